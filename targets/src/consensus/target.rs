//! How Assay starts `consensus`, and what it asks of it.
use super::bugs::BUGS;
use super::client::ConsensusClient;
use crate::service::launch;
use harness::{About, Launch, Node, Target};
use std::{io, process::Command};

/// Single decisions by Paxos, served by this same binary.
pub struct Consensus;

impl Target for Consensus {
    type Client = ConsensusClient;

    fn about(&self) -> About {
        About {
            summary: "bundled consensus service on Paxos: a decision for each key, once for ever, durable",
            version: env!("CARGO_PKG_VERSION"),
            port: 7480,
            bugs: BUGS,
        }
    }

    fn command(&self, launch: &Launch<'_>) -> Option<Command> {
        Some(launch::command("consensus", launch))
    }

    async fn connect(&self, node: &Node) -> io::Result<ConsensusClient> {
        ConsensusClient::new(node.addr())
    }

    async fn ready(&self, node: &Node) -> io::Result<()> {
        launch::ready(node).await
    }
}
