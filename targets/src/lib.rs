//! Systems under test. A bundled service and its client stand side by side.
mod kv_client;

pub mod kv_raft;

pub use kv_client::KvClient;
pub use kv_raft::KvRaft;

/// Puts every target of this crate into `catalog`.
pub fn list(catalog: &mut harness::Catalog) {
    catalog.target("kv-raft", KvRaft);
    catalog.service("kv-raft", kv_raft::serve);
}
