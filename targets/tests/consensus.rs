//! A cluster of three real `consensus` processes: they decide, refuse, crash, and remember.
use harness::{Call, Client, Failure, Launch, Node, NodeId, Op, Target, Verb};
use std::{
    net::TcpListener,
    process::{Child, Command, ExitCode, Stdio},
    time::{Duration, Instant},
};
use targets::{Consensus, consensus::serve};
use tempfile::TempDir;

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(15);

/// The arguments of a node that this test binary is to become, one to a line.
const NODE_ARGS: &str = "CONSENSUS_TEST_NODE";

/// Not a test of its own: where this binary is started again as a node, the node runs here.
#[test]
fn node_process() {
    if let Ok(args) = std::env::var(NODE_ARGS) {
        let exit = serve(args.lines().map(Into::into).collect());
        std::process::exit(i32::from(exit != ExitCode::SUCCESS));
    }
}

struct Cluster {
    nodes: Vec<Node>,
    children: Vec<Child>,
    _folder: TempDir,
}

impl Cluster {
    async fn start() -> Cluster {
        let folder = tempfile::tempdir().expect("a writable temporary directory");
        let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
        let nodes = listeners.iter().zip(1..).map(|(listener, id)| Node {
            id: NodeId(id),
            ip: [127, 0, 0, 1].into(),
            port: listener.local_addr().expect("bound above").port(),
            data: folder.path().join(id.to_string()),
        });
        let mut cluster = Cluster {
            nodes: nodes.collect(),
            children: Vec::new(),
            _folder: folder,
        };
        drop(listeners);
        cluster.start_all().await;
        cluster
    }

    async fn start_all(&mut self) {
        let start = |node: &Node| {
            let launch = Launch {
                node,
                cluster: &self.nodes,
                bugs: &[],
            };
            let command = Consensus.command(&launch).expect("it runs as a process");
            let args = command.get_args().skip_while(|arg| *arg != "--id");
            let args: Vec<&str> = args.filter_map(|arg| arg.to_str()).collect();
            let child = Command::new(std::env::current_exe().expect("this test"))
                .args(["--exact", "node_process", "--nocapture"])
                .env(NODE_ARGS, args.join("\n"))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn();
            child.expect("this test can be started")
        };
        self.children = self.nodes.iter().map(start).collect();
        for node in &self.nodes {
            let begun = Instant::now();
            while let Err(error) = Consensus.ready(node).await {
                assert!(begun.elapsed() < PATIENCE, "{error}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }

    /// SIGKILL.
    fn kill(&mut self, at: usize) {
        self.children[at].kill().expect("it is our child");
        self.children[at].wait().expect("it is our child");
    }

    async fn propose(&self, at: usize, key: u64, value: i64) -> Result<i64, Failure> {
        let client = Consensus.connect(&self.nodes[at]).await;
        let call = Call::new(Verb::Propose, key, value);
        match client.expect("lazily").invoke(call.into()).await? {
            Op::Call(call) => Ok(call
                .output
                .and_then(|output| output.int())
                .expect("a number")),
            op => panic!("{op}"),
        }
    }

    async fn read(&self, at: usize, key: u64) -> Option<i64> {
        let client = Consensus.connect(&self.nodes[at]).await;
        let read = Op::Read { key, value: None };
        match client.expect("lazily").invoke(read).await {
            Ok(Op::Read { value, .. }) => value,
            other => panic!("{other:?}"),
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for child in &mut self.children {
            // It may be dead already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[tokio::test]
async fn a_decision_is_everybodys_and_outlives_the_death_of_all() {
    let mut cluster = Cluster::start().await;
    for key in 0..20 {
        assert_eq!(cluster.read(0, key).await, None);
        let proposals = tokio::join!(
            cluster.propose(0, key, 10),
            cluster.propose(1, key, 20),
            cluster.propose(2, key, 30),
        );
        let decided = proposals.0.expect("all nodes are there");
        assert!([10, 20, 30].contains(&decided));
        assert_eq!((proposals.1, proposals.2), (Ok(decided), Ok(decided)));
    }
    let before: Vec<_> = [cluster.read(0, 3).await, cluster.read(0, 19).await].into();
    for at in 0..3 {
        cluster.kill(at);
    }
    cluster.start_all().await;
    for at in 0..3 {
        let after = [cluster.read(at, 3).await, cluster.read(at, 19).await];
        assert_eq!(before, after, "node {at}");
        assert_eq!(cluster.propose(at, 3, 40).await.ok(), before[0]);
    }
}

#[tokio::test]
async fn without_a_majority_nothing_is_decided_and_that_is_definite() {
    let mut cluster = Cluster::start().await;
    cluster.kill(1);
    assert_eq!(cluster.propose(0, 1, 10).await, Ok(10));
    cluster.kill(2);
    let refused = cluster.propose(0, 2, 10).await;
    assert!(matches!(refused, Err(Failure::Definite(_))), "{refused:?}");
    assert_eq!(cluster.read(0, 2).await, None);
    // What is decided is known all the same.
    assert_eq!(cluster.propose(0, 1, 11).await, Ok(10));
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let cluster = Cluster::start().await;
    let check = async |method: &str, path: &str, body: String, expected: u16| {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let url = format!("http://{}/{path}", cluster.nodes[0].addr());
        let request = reqwest::Client::new().request(method, url).body(body);
        let request = request.header("content-type", "application/json");
        let status = request.send().await.expect("an answer").status();
        assert_eq!(status.as_u16(), expected, "{path}");
    };
    let good = || r#"{"propose": 7}"#.to_owned();
    check("POST", "consensus/1", good(), 200).await;
    check("POST", "consensus/-1", good(), 400).await;
    check("GET", "consensus/x", String::new(), 400).await;
    check("POST", "consensus/1", "{".to_owned(), 400).await;
    check("POST", "consensus/1", r#"{"propose": "7"}"#.to_owned(), 400).await;
    check(
        "POST",
        "consensus/1",
        r#"{"propose": 7, "x": 1}"#.to_owned(),
        400,
    )
    .await;
    let long = format!(r#"{{"propose": {}7}}"#, " ".repeat(5000));
    check("POST", "consensus/1", long, 400).await;
    check("DELETE", "consensus/1", String::new(), 405).await;
    check("GET", "elsewhere", String::new(), 404).await;
    check("POST", "paxos/acceptor", good(), 400).await;
}
