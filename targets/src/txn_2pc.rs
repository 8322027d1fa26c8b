//! `txn-2pc`: transactions over sharded keys by two-phase commit and two-phase locking. See `targets/TXN-2PC.md`.
mod target;

mod api;
mod bugs;
mod node;
mod post;
mod service;

mod active;
mod coordinator;
mod locks;
mod machine;
mod messages;
mod outbox;
mod participant;
mod task;

#[cfg(test)]
mod simulation;

pub use service::serve;
pub use target::Txn2pc;
