//! The harness against a real cluster: how soon it is ready, and how many operations a second it
//! answers over the bridge. Run with `cargo bench --bench cluster`.
use harness::result::RunResult;
use std::process::{Command, Stdio};

const ROUNDS: usize = 3;

fn main() {
    println!("kv-raft over the bridge, no faults, 5 s a row");
    println!(
        "{:>5} {:>9} {:>11} {:>9} {:>8} {:>8} {:>10} {:>12} {:>10}",
        "nodes",
        "processes",
        "network ms",
        "ready ms",
        "ops",
        "ops/s",
        "history kB",
        "check ms",
        "check ns/op"
    );
    for (nodes, concurrency) in [(1, 10), (3, 10), (5, 1), (5, 10), (5, 50)] {
        let mut rows: Vec<Row> = (0..ROUNDS).map(|_| row(nodes, concurrency)).collect();
        rows.sort_by(|a, b| a.rate.total_cmp(&b.rate));
        // The median of the rounds by operations a second.
        rows[ROUNDS / 2].print(nodes, concurrency);
    }
}

struct Row {
    network_ms: f64,
    ready_ms: f64,
    operations: u64,
    rate: f64,
    history_bytes: u64,
    check_ms: u64,
}

fn row(nodes: u16, concurrency: u32) -> Row {
    let results = tempfile::tempdir().expect("a temporary folder");
    let status = Command::new(env!("CARGO_BIN_EXE_assay"))
        .args(["test", "--nemesis", "none", "--time-limit", "5s"])
        .args([
            "--nodes",
            &nodes.to_string(),
            "--concurrency",
            &concurrency.to_string(),
        ])
        .arg("--results")
        .arg(results.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("assay starts");
    // A lone process cannot show much, and its run is rightly called too weak.
    assert!(
        matches!(status.code(), Some(0 | 2)),
        "the clean service is not accused"
    );
    let run = std::fs::read_dir(results.path())
        .expect("results")
        .next()
        .expect("a run");
    let run = run.expect("it can be read").path();
    let text = std::fs::read(run.join("result.json")).expect("a result");
    let result: RunResult = serde_json::from_slice(&text).expect("of our own making");
    let phase = |name: &str| {
        let phase = result
            .phases
            .iter()
            .find(|phase| phase.name == name)
            .expect("every phase is told");
        (phase.to - phase.from) as f64 / 1e6
    };
    let operations = result.operations.values().map(|outcomes| outcomes.ok).sum();
    Row {
        network_ms: phase("network"),
        ready_ms: phase("network") + phase("boot"),
        operations,
        rate: operations as f64 / (phase("traffic") / 1e3),
        history_bytes: std::fs::metadata(run.join("history.jsonl"))
            .expect("a history")
            .len(),
        check_ms: result.checks.iter().map(|check| check.milliseconds).sum(),
    }
}

impl Row {
    fn print(&self, nodes: u16, concurrency: u32) {
        println!(
            "{nodes:>5} {concurrency:>9} {:>11.0} {:>9.0} {:>8} {:>8.0} {:>10} {:>12} {:>10.0}",
            self.network_ms,
            self.ready_ms,
            self.operations,
            self.rate,
            self.history_bytes / 1000,
            self.check_ms,
            self.check_ms as f64 * 1e6 / self.operations as f64
        );
    }
}
