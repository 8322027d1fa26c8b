//! `consensus`: a decision for each key, taken once for ever by Paxos, kept on disk, served over HTTP. See `targets/CONSENSUS.md`.
mod client;
mod target;

mod api;
mod bugs;
mod node;
mod service;

mod acceptor;
mod memory;
mod message;
mod proposer;

#[cfg(test)]
mod schedules;

pub use client::ConsensusClient;
pub use service::serve;
pub use target::Consensus;
