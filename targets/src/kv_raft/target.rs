//! How Assay starts `kv-raft`, and what it asks of it.
use super::{bugs::BUGS, peers::http_client};
use crate::kv_client::KvClient;
use futures_util::future::join_all;
use harness::{About, Launch, Node, NodeId, Target};
use serde::Deserialize;
use std::{io, net::SocketAddr, path::PathBuf, process::Command, time::Duration};

/// How long a node may take to say whether it is ready.
const READY_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a node may take to say what it believes; those that are cut off are not waited for.
const STATUS_TIMEOUT: Duration = Duration::from_millis(300);

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
        let binary = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/proc/self/exe"));
        let mut command = Command::new(binary);
        command.args(["node", "kv-raft"]);
        command.args(["--id", &launch.node.id.0.to_string()]);
        command.args(["--listen", &launch.node.addr().to_string()]);
        command.arg("--data").arg(&launch.node.data);
        for peer in launch.cluster {
            command.args(["--peer", &format!("{}={}", peer.id.0, peer.addr())]);
        }
        for bug in launch.bugs {
            command.args(["--bug", bug]);
        }
        Some(command)
    }

    async fn connect(&self, node: &Node) -> io::Result<KvClient> {
        KvClient::new(node.addr())
    }

    async fn ready(&self, node: &Node) -> io::Result<()> {
        ask(node.addr(), "ready", READY_TIMEOUT).await.map(drop)
    }

    async fn leader(&self, cluster: &[Node]) -> Option<NodeId> {
        let statuses = join_all(cluster.iter().map(status)).await;
        // A leader that was cut off still believes in itself, with an older term.
        let leaders = statuses
            .into_iter()
            .flatten()
            .filter(|(_, status)| status.is_leader);
        leaders
            .max_by_key(|(_, status)| status.term)
            .map(|(id, _)| id)
    }
}

/// What `GET /status` says; the rest of it is for people.
#[derive(Deserialize)]
struct Status {
    is_leader: bool,
    term: u64,
}

async fn status(node: &Node) -> Option<(NodeId, Status)> {
    let body = ask(node.addr(), "status", STATUS_TIMEOUT).await.ok()?;
    let status = serde_json::from_slice(&body).ok()?;
    Some((node.id, status))
}

async fn ask(addr: SocketAddr, question: &str, timeout: Duration) -> io::Result<Vec<u8>> {
    let url = format!("http://{addr}/{question}");
    let answer = async {
        let response = http_client(timeout)
            .get(url)
            .timeout(timeout)
            .send()
            .await?;
        let body = response.error_for_status()?.bytes().await?;
        Ok(body.to_vec())
    };
    let answer: reqwest::Result<_> = answer.await;
    answer.map_err(io::Error::other)
}
