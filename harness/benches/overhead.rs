//! What the harness itself costs: operations a second against a target that answers at once, and
//! what an event costs to record. Run with `cargo bench -p harness`.
use harness::{About, Checker, Client, Failure, Launch, Node, Op, Plan, Rng, Target, Workload};
use std::fs::File;
use std::time::{Duration, Instant};
use std::{io, process::Command};

struct Noop;
struct NoopClient;

impl Target for Noop {
    type Client = NoopClient;

    fn about(&self) -> About {
        About {
            summary: "answers at once",
            version: "0",
            port: 0,
            bugs: &[],
        }
    }

    fn command(&self, _launch: &Launch<'_>) -> Option<Command> {
        None
    }

    async fn connect(&self, _node: &Node) -> io::Result<NoopClient> {
        Ok(NoopClient)
    }
}

impl Client for NoopClient {
    async fn invoke(&mut self, op: Op) -> Result<Op, Failure> {
        // As any client would, it lets the others have their turn.
        tokio::task::yield_now().await;
        Ok(op)
    }
}

struct Reads;

impl Workload for Reads {
    fn next(&mut self, rng: &mut Rng) -> Op {
        Op::Read {
            key: rng.below(8),
            value: None,
        }
    }

    fn checkers(&self) -> Vec<Box<dyn Checker>> {
        Vec::new()
    }
}

const SECONDS: u64 = 2;

fn main() {
    println!("harness overhead: a target in memory, one thread, {SECONDS} s a row");
    println!(
        "{:>9}  {:>12}  {:>10}  {:>9}  {:>8}",
        "processes", "ops/s", "ns/op", "events", "B/event"
    );
    for concurrency in [1, 10, 100, 1000] {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let sink = File::create(file.path()).expect("our own file");
        let plan = Plan {
            target: "noop".to_owned(),
            workload: "reads".to_owned(),
            level: None,
            nemesis: "none".to_owned(),
            bugs: Vec::new(),
            seed: 7,
            nodes: 5,
            concurrency,
            rate: None,
            time_limit: Duration::from_secs(SECONDS),
            op_deadline: Duration::from_secs(1),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let began = Instant::now();
        runtime
            .block_on(harness::rehearse(&plan, &mut Reads, Noop, Box::new(sink)))
            .expect("it runs");
        let elapsed = began.elapsed().as_secs_f64();
        let text = std::fs::read(file.path()).expect("our own file");
        let events = text.iter().filter(|byte| **byte == b'\n').count();
        let operations = events as f64 / 2.0;
        println!(
            "{concurrency:>9}  {:>12.0}  {:>10.0}  {events:>9}  {:>8.1}",
            operations / elapsed,
            elapsed * 1e9 / operations,
            text.len() as f64 / events as f64
        );
    }
}
