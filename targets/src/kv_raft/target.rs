//! How Assay starts `kv-raft`, and what it asks of it.
use super::bugs::BUGS;
use crate::kv_client::KvClient;
use crate::service::launch;
use harness::{About, Launch, Node, NodeId, Target};
use std::{io, process::Command};

/// Registers and lists replicated by Raft, served by this same binary.
pub struct KvRaft;

impl Target for KvRaft {
    type Client = KvClient;

    fn about(&self) -> About {
        About {
            summary: "bundled key-value service on Raft (openraft): linearizable registers, strictly serializable transactions, durable",
            version: env!("CARGO_PKG_VERSION"),
            port: 7470,
            bugs: BUGS,
        }
    }

    fn command(&self, launch: &Launch<'_>) -> Option<Command> {
        Some(launch::command("kv-raft", launch))
    }

    async fn connect(&self, node: &Node) -> io::Result<KvClient> {
        KvClient::new(node.addr())
    }

    async fn ready(&self, node: &Node) -> io::Result<()> {
        launch::ready(node).await
    }

    async fn leader(&self, cluster: &[Node]) -> Option<NodeId> {
        launch::leader(cluster).await
    }
}
