//! Systems under test. A bundled service and its client stand side by side.
mod kv_client;
mod service;
mod steps;

pub mod consensus;
pub mod kv_raft;
pub mod txn_2pc;

pub use consensus::{Consensus, ConsensusClient};
pub use kv_client::KvClient;
pub use kv_raft::KvRaft;
pub use txn_2pc::Txn2pc;

/// Puts every target of this crate into `catalog`.
pub fn list(catalog: &mut harness::Catalog) {
    catalog.target("kv-raft", KvRaft);
    catalog.service("kv-raft", kv_raft::serve);
    catalog.target("consensus", Consensus);
    catalog.service("consensus", consensus::serve);
    catalog.target("txn-2pc", Txn2pc);
    catalog.service("txn-2pc", txn_2pc::serve);
}
