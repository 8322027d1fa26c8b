//! Three nodes as processes, each this test binary started again.
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
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

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

pub(crate) struct Cluster {
    pub(crate) nodes: Vec<Node>,
    children: Vec<Option<Child>>,
    args: Vec<&'static str>,
    bugs: Vec<String>,
    dir: TempDir,
}

impl Cluster {
    /// Starts three nodes, and waits until each of them serves.
    pub(crate) async fn start(args: &[&'static str], bugs: &[&str]) -> Cluster {
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

    pub(crate) async fn start_all(&mut self) {
        for at in 0..3 {
            self.start_node(at);
        }
        for at in 0..3 {
            self.wait_ready(at).await;
        }
    }

    pub(crate) fn start_node(&mut self, at: usize) {
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
            .args(["--exact", "cluster::node_process", "--nocapture"])
            .env(NODE_ARGS, args.join("\n"))
            .stdout(Stdio::null())
            .stderr(log.expect("the directory is ours"))
            .spawn();
        self.children[at] = Some(child.expect("this test can be started"));
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self, at: usize) {
        if let Some(mut child) = self.children[at].take() {
            child.kill().expect("it is our child");
            child.wait().expect("it is our child");
        }
    }

    pub(crate) async fn wait_ready(&self, at: usize) {
        let start = Instant::now();
        while let Err(error) = KvRaft.ready(&self.nodes[at]).await {
            assert!(start.elapsed() < PATIENCE, "{error}, {}", self.logs());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) async fn leader(&self) -> usize {
        let leader = KvRaft.leader(&self.nodes).await.expect("it is ready");
        usize::from(leader.0 - 1)
    }

    pub(crate) async fn client(&self, at: usize) -> KvClient {
        let client = KvRaft.connect(&self.nodes[at]).await;
        client.expect("it connects lazily")
    }

    /// The answer to a read at node `at`.
    pub(crate) async fn read(&self, at: usize, key: u64) -> Result<Option<i64>, Failure> {
        let read = Op::Read { key, value: None };
        match self.client(at).await.invoke(read).await? {
            Op::Read { value, .. } => Ok(value),
            op @ (Op::Write { .. } | Op::Cas { .. } | Op::Call(_)) => {
                panic!("a read was answered with {op}")
            }
        }
    }

    pub(crate) async fn write(&self, at: usize, key: u64, value: i64) -> Result<(), Failure> {
        let write = Op::Write { key, value };
        self.client(at).await.invoke(write).await.map(drop)
    }

    pub(crate) async fn status(&self, at: usize) -> serde_json::Value {
        let url = format!("http://{}/status", self.nodes[at].addr());
        let response = reqwest::get(url).await.expect("it runs");
        let body = response.bytes().await.expect("it runs");
        serde_json::from_slice(&body).expect("JSON")
    }

    /// How far node `at` has come; 0 while it starts.
    pub(crate) async fn read_applied(&self, at: usize) -> u64 {
        match KvRaft.ready(&self.nodes[at]).await {
            Ok(()) => self.status(at).await["applied"].as_u64().unwrap_or(0),
            Err(_) => 0,
        }
    }

    pub(crate) fn logs(&self) -> String {
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
