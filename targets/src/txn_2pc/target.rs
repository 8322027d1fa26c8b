//! How Assay starts `txn-2pc`, and what it asks of it.
use super::bugs::BUGS;
use crate::kv_client::KvClient;
use crate::service::launch;
use harness::{About, Launch, Node, Target};
use std::{io, process::Command};

/// Transactions over sharded lists and registers, served by this same binary. Nobody leads.
pub struct Txn2pc;

impl Target for Txn2pc {
    type Client = KvClient;

    fn about(&self) -> About {
        About {
            summary: "bundled sharded store with two-phase commit: strictly serializable transactions, durable, blocks while a coordinator is gone",
            version: env!("CARGO_PKG_VERSION"),
            port: 7480,
            bugs: BUGS,
        }
    }

    fn command(&self, launch: &Launch<'_>) -> Option<Command> {
        Some(launch::command("txn-2pc", launch))
    }

    async fn connect(&self, node: &Node) -> io::Result<KvClient> {
        KvClient::new(node.addr())
    }

    async fn ready(&self, node: &Node) -> io::Result<()> {
        launch::ready(node).await
    }
}
