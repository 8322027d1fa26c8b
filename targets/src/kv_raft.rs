//! `kv-raft`: registers, lists and transactions replicated by Raft, kept on disk, served over HTTP. See `targets/KV-RAFT.md`.
mod target;

mod api;
mod bugs;
mod node;
mod service;
mod transact;
mod txn;

mod disk;
mod log_store;
mod machine;
mod peers;
mod store;
mod types;

#[cfg(test)]
mod storage_tests;

pub use service::serve;
pub use target::KvRaft;
