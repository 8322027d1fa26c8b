//! Clusters of three real `kv-raft` processes: they serve, crash, and remember.
use harness::{Client, Failure, Launch, Node, NodeId, Op, Target};
use std::{
    fs::File,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use targets::{KvClient, KvRaft, kv_raft::serve};
use tempfile::TempDir;

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(15);

/// The arguments of a node that this test binary is to become, one to a line.
const NODE_ARGS: &str = "KV_RAFT_TEST_NODE";

/// Not a test of its own: where this binary is started again as a node, the node runs here.
#[test]
fn node_process() {
    if let Ok(args) = std::env::var(NODE_ARGS) {
        let exit = serve(args.lines().map(Into::into).collect());
        std::process::exit(i32::from(exit != std::process::ExitCode::SUCCESS));
    }
}

struct Cluster {
    nodes: Vec<Node>,
    children: Vec<Option<Child>>,
    args: Vec<&'static str>,
    bugs: Vec<String>,
    dir: TempDir,
}

impl Cluster {
    /// Starts three nodes, and waits until each of them serves.
    async fn start(args: &[&'static str], bugs: &[&str]) -> Cluster {
        let dir = tempfile::tempdir().expect("a writable temporary directory");
        let free = || TcpListener::bind("127.0.0.1:0").expect("a free port");
        let listeners = [free(), free(), free()];
        let nodes = listeners.iter().zip(1..).map(|(listener, id)| Node {
            id: NodeId(id),
            ip: [127, 0, 0, 1].into(),
            port: listener.local_addr().expect("bound above").port(),
            data: dir.path().join(id.to_string()),
        });
        let mut cluster = Cluster {
            nodes: nodes.collect(),
            children: vec![None, None, None],
            args: args.to_vec(),
            bugs: bugs.iter().map(ToString::to_string).collect(),
            dir,
        };
        drop(listeners);
        cluster.start_all().await;
        cluster
    }

    async fn start_all(&mut self) {
        for at in 0..3 {
            self.start_node(at);
        }
        for at in 0..3 {
            self.wait_ready(at).await;
        }
    }

    fn start_node(&mut self, at: usize) {
        let launch = Launch {
            node: &self.nodes[at],
            cluster: &self.nodes,
            bugs: &self.bugs,
        };
        let command = KvRaft.command(&launch).expect("it runs as a process");
        let mut args: Vec<&str> = command
            .get_args()
            .skip_while(|arg| *arg != "--id")
            .map(|arg| arg.to_str().expect("all are ASCII"))
            .collect();
        args.extend(&self.args);
        let log = self.dir.path().join(format!("{at}.log"));
        let log = File::options().create(true).append(true).open(log);
        let child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "node_process", "--nocapture"])
            .env(NODE_ARGS, args.join("\n"))
            .stdout(Stdio::null())
            .stderr(log.expect("the directory is ours"))
            .spawn();
        self.children[at] = Some(child.expect("this test can be started"));
    }

    /// SIGKILL.
    fn kill(&mut self, at: usize) {
        if let Some(mut child) = self.children[at].take() {
            child.kill().expect("it is our child");
            child.wait().expect("it is our child");
        }
    }

    async fn wait_ready(&self, at: usize) {
        let start = Instant::now();
        while let Err(error) = KvRaft.ready(&self.nodes[at]).await {
            assert!(start.elapsed() < PATIENCE, "{error}, {}", self.logs());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn leader(&self) -> usize {
        let leader = KvRaft.leader(&self.nodes).await.expect("it is ready");
        usize::from(leader.0 - 1)
    }

    async fn client(&self, at: usize) -> KvClient {
        let client = KvRaft.connect(&self.nodes[at]).await;
        client.expect("it connects lazily")
    }

    /// The answer to a read at node `at`.
    async fn read(&self, at: usize, key: u64) -> Result<Option<i64>, Failure> {
        let read = Op::Read { key, value: None };
        match self.client(at).await.invoke(read).await? {
            Op::Read { value, .. } => Ok(value),
            op @ (Op::Write { .. } | Op::Cas { .. } | Op::Call(_)) => {
                panic!("a read was answered with {op}")
            }
        }
    }

    async fn write(&self, at: usize, key: u64, value: i64) -> Result<(), Failure> {
        let write = Op::Write { key, value };
        self.client(at).await.invoke(write).await.map(drop)
    }

    async fn status(&self, at: usize) -> serde_json::Value {
        let url = format!("http://{}/status", self.nodes[at].addr());
        let response = reqwest::get(url).await.expect("it runs");
        let body = response.bytes().await.expect("it runs");
        serde_json::from_slice(&body).expect("JSON")
    }

    fn logs(&self) -> String {
        let log = |at| std::fs::read_to_string(self.dir.path().join(format!("{at}.log")));
        let logs = (0..3).map(|at| format!("\n-- {at}\n{}", log(at).unwrap_or_default()));
        logs.collect()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for at in 0..3 {
            self.kill(at);
        }
    }
}

#[tokio::test]
async fn every_node_serves_reads_writes_and_compare_and_sets() {
    let cluster = Cluster::start(&[], &[]).await;
    assert_eq!(cluster.read(0, 4).await, Ok(None));
    for at in 0..3 {
        let value = at as i64 * 10;
        cluster.write(at, 4, value).await.expect("written");
        for reader in 0..3 {
            assert_eq!(cluster.read(reader, 4).await, Ok(Some(value)));
        }
        let cas = |from, to, found| Op::Cas {
            key: 4,
            from,
            to,
            found,
        };
        let mut client = cluster.client(at).await;
        let refused = client.invoke(cas(-1, 0, None)).await;
        assert_eq!(refused, Ok(cas(-1, 0, Some(value))));
        let swapped = client.invoke(cas(value, value + 1, None)).await;
        assert_eq!(swapped, Ok(cas(value, value + 1, Some(value))));
        assert_eq!(cluster.read(at, 4).await, Ok(Some(value + 1)));
    }
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_the_leader_and_then_all_nodes_are_killed() {
    let mut cluster = Cluster::start(&[], &[]).await;
    for key in 0..20 {
        cluster
            .write(key as usize % 3, key, 7)
            .await
            .expect("written");
    }
    let leader = cluster.leader().await;
    cluster.kill(leader);
    let other = (leader + 1) % 3;
    cluster.wait_ready(other).await;
    assert_ne!(cluster.leader().await, leader);
    cluster.write(other, 20, 7).await.expect("written");
    let term = cluster.status(other).await["term"].as_u64();
    for at in 0..3 {
        cluster.kill(at);
    }
    cluster.start_all().await;
    let term_now = cluster.status(other).await["term"].as_u64();
    assert!(
        term_now > term,
        "a restarted leader has to be elected again"
    );
    for key in 0..=20 {
        assert_eq!(cluster.read(key as usize % 3, key).await, Ok(Some(7)));
    }
}

#[tokio::test]
async fn a_follower_that_missed_what_was_compacted_catches_up_by_snapshot() {
    let mut cluster = Cluster::start(&["--snapshot-every", "20"], &[]).await;
    let leader = cluster.leader().await;
    let follower = (leader + 1) % 3;
    cluster.kill(follower);
    for value in 0..100 {
        cluster
            .write(leader, 4, value)
            .await
            .expect("two of three run");
    }
    let compacted = cluster.status(leader).await["snapshot"].as_u64();
    assert!(compacted.is_some_and(|index| index >= 80), "{compacted:?}");

    cluster.start_node(follower);
    let start = Instant::now();
    while cluster.read_applied(follower).await < 100 {
        assert!(start.elapsed() < PATIENCE, "{}", cluster.logs());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(
        cluster.logs().contains("snapshot installed"),
        "{}",
        cluster.logs()
    );
    assert_eq!(cluster.read(follower, 4).await, Ok(Some(99)));
}

impl Cluster {
    /// How far node `at` has come; 0 while it starts.
    async fn read_applied(&self, at: usize) -> u64 {
        match KvRaft.ready(&self.nodes[at]).await {
            Ok(()) => self.status(at).await["applied"].as_u64().unwrap_or(0),
            Err(_) => 0,
        }
    }
}

/// The leader is left alone: what does it still answer?
async fn alone(bugs: &[&str]) -> (Result<Option<i64>, Failure>, Result<(), Failure>) {
    let mut cluster = Cluster::start(&[], bugs).await;
    cluster.write(0, 4, 7).await.expect("written");
    let leader = cluster.leader().await;
    // With early-ack, the answer may have come before the value.
    let start = Instant::now();
    while cluster.read(leader, 4).await != Ok(Some(7)) {
        assert!(start.elapsed() < PATIENCE, "{}", cluster.logs());
    }
    cluster.kill((leader + 1) % 3);
    cluster.kill((leader + 2) % 3);
    (
        cluster.read(leader, 4).await,
        cluster.write(leader, 4, 8).await,
    )
}

#[tokio::test]
async fn without_a_majority_the_clean_build_answers_nothing() {
    let (read, write) = alone(&[]).await;
    assert!(matches!(read, Err(Failure::Definite(_))), "{read:?}");
    assert!(write.is_err(), "{write:?}");
}

#[tokio::test]
async fn without_a_majority_the_bugs_show() {
    for bug in ["stale-reads", "unconfirmed-leader"] {
        let (read, write) = alone(&[bug]).await;
        assert_eq!(read, Ok(Some(7)), "{bug}");
        assert!(write.is_err(), "{bug}: {write:?}");
    }
    let (read, write) = alone(&["early-ack"]).await;
    assert!(read.is_err(), "{read:?}");
    assert_eq!(write, Ok(()));
}
