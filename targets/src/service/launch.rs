//! How Assay starts a bundled service, and what it asks of its nodes.
use super::peers::http_client;
use futures_util::future::join_all;
use harness::{Launch, Node, NodeId};
use serde::Deserialize;
use std::{io, net::SocketAddr, path::PathBuf, process::Command, time::Duration};

/// How long a node may take to say whether it is ready.
const READY_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a node may take to say what it believes; those that are cut off are not waited for.
const STATUS_TIMEOUT: Duration = Duration::from_millis(300);

/// Runs a node of `service` from this same binary.
pub(crate) fn command(service: &str, launch: &Launch<'_>) -> Command {
    let binary = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("/proc/self/exe"));
    let mut command = Command::new(binary);
    command.args(["node", service]);
    command.args(["--id", &launch.node.id.0.to_string()]);
    command.args(["--listen", &launch.node.addr().to_string()]);
    command.arg("--data").arg(&launch.node.data);
    for peer in launch.cluster {
        command.args(["--peer", &format!("{}={}", peer.id.0, peer.addr())]);
    }
    for bug in launch.bugs {
        command.args(["--bug", bug]);
    }
    command
}

/// Succeeds if `GET /ready` does.
///
/// # Errors
/// If the node cannot be reached, or says that it is not ready.
pub(crate) async fn ready(node: &Node) -> io::Result<()> {
    ask(node.addr(), "ready", READY_TIMEOUT).await.map(drop)
}

/// Who leads: of those whose `GET /status` says so the one with the highest term, since a leader that
/// was cut off still believes in itself.
pub(crate) async fn leader(cluster: &[Node]) -> Option<NodeId> {
    let statuses = join_all(cluster.iter().map(status)).await;
    let leaders = statuses
        .into_iter()
        .flatten()
        .filter(|(_, status)| status.is_leader);
    leaders
        .max_by_key(|(_, status)| status.term)
        .map(|(id, _)| id)
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
