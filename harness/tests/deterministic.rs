//! The same seed gives the same history, byte for byte, with a target in memory and time on pause.
use checkers::format::jsonl;
use harness::{
    About, Checker, Client, Failure, Kind, Launch, Node, NodeId, Op, Plan, Rng, Target, Workload,
};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;
use std::{io, process::Command};

type Registers = Rc<RefCell<HashMap<u64, i64>>>;

/// Registers in memory, on nodes that take a while to answer, and that are ready after `patience` asks.
#[derive(Default)]
struct Memory {
    registers: Registers,
    is_never_ready: bool,
}

struct Wire {
    registers: Registers,
    rng: Rng,
}

impl Target for Memory {
    type Client = Wire;

    fn about(&self) -> About {
        About {
            summary: "registers in memory",
            version: "0",
            port: 0,
            bugs: &[],
        }
    }

    fn command(&self, _launch: &Launch<'_>) -> Option<Command> {
        None
    }

    async fn connect(&self, node: &Node) -> io::Result<Wire> {
        Ok(Wire {
            registers: self.registers.clone(),
            rng: Rng::new(node.id.0.into()),
        })
    }

    async fn ready(&self, _node: &Node) -> io::Result<()> {
        if self.is_never_ready {
            return Err(io::Error::other("still in bed"));
        }
        Ok(())
    }
}

impl Client for Wire {
    async fn invoke(&mut self, op: Op) -> Result<Op, Failure> {
        // Now and then longer than the deadline of an operation.
        let micros = if self.rng.chance(1) {
            2_000_000
        } else {
            self.rng.between(100, 3000)
        };
        tokio::time::sleep(Duration::from_micros(micros)).await;
        match op {
            Op::Read { key, .. } => Ok(Op::Read {
                key,
                value: self.registers.borrow().get(&key).copied(),
            }),
            Op::Write { key, value } => {
                self.registers.borrow_mut().insert(key, value);
                Ok(op)
            }
            Op::Cas { .. } | Op::Call(_) => Err(Failure::definite("unsupported")),
        }
    }
}

/// Reads and writes of a few keys; one last read from each node.
#[derive(Default)]
struct ReadWrite {
    written: i64,
    last: u16,
}

impl Workload for ReadWrite {
    fn next(&mut self, rng: &mut Rng) -> Op {
        self.written += 1;
        let key = rng.below(8);
        match rng.below(3) {
            0 => Op::Read { key, value: None },
            1 => Op::Write {
                key,
                value: self.written,
            },
            _ => Op::Cas {
                key,
                from: 0,
                to: 1,
                found: None,
            },
        }
    }

    fn last(&mut self, node: NodeId) -> Option<Op> {
        (self.last < node.0).then(|| {
            self.last += 1;
            Op::Read {
                key: 0,
                value: None,
            }
        })
    }

    fn checkers(&self) -> Vec<Box<dyn Checker>> {
        Vec::new()
    }
}

fn plan(seed: u64) -> Plan {
    Plan {
        target: "memory".to_owned(),
        workload: "read-write".to_owned(),
        level: None,
        nemesis: "none".to_owned(),
        bugs: Vec::new(),
        seed,
        nodes: 3,
        concurrency: 6,
        rate: None,
        time_limit: Duration::from_secs(5),
        op_deadline: Duration::from_secs(1),
    }
}

/// A sink that somebody else can look into.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn history_of(seed: u64) -> Vec<u8> {
    let sink = Shared::default();
    let target = Memory::default();
    harness::rehearse(
        &plan(seed),
        &mut ReadWrite::default(),
        target,
        Box::new(sink.clone()),
    )
    .await
    .expect("memory does not fail");
    sink.0.take()
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_gives_the_same_history() {
    let (first, again, other) = (
        history_of(7).await,
        history_of(7).await,
        history_of(8).await,
    );
    assert_eq!(first, again);
    assert_ne!(first, other);
}

#[tokio::test(start_paused = true)]
async fn a_process_whose_outcome_is_unknown_is_never_used_again() {
    let recording = jsonl::read(&history_of(7).await[..]).expect("well formed");
    let events = recording.history.events();
    assert!(1000 < events.len(), "only {} events", events.len());
    let mut gone = std::collections::HashSet::new();
    for event in events {
        assert!(
            !gone.contains(&event.process),
            "{:?} came back",
            event.process
        );
        if matches!(event.kind, Kind::Info(_)) {
            gone.insert(event.process);
            assert!(
                !event.op.is_pure_read(),
                "a lost answer to a read has no effect"
            );
        }
    }
    assert!(!gone.is_empty(), "nothing timed out");
}

#[tokio::test(start_paused = true)]
async fn a_target_that_never_becomes_ready_is_named_after_a_limit() {
    let target = Memory {
        is_never_ready: true,
        ..Memory::default()
    };
    let began = tokio::time::Instant::now();
    let error = harness::rehearse(
        &plan(7),
        &mut ReadWrite::default(),
        target,
        Box::new(io::sink()),
    )
    .await
    .expect_err("it is never ready");
    assert!(
        error.contains("n1 did not start within 30s: still in bed"),
        "{error}"
    );
    assert!(began.elapsed() < Duration::from_secs(40));
}

/// A disk that is full after some bytes.
struct Full(usize);

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self
            .0
            .checked_sub(bytes.len())
            .ok_or(io::Error::from(io::ErrorKind::StorageFull))?;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_ends_the_run_with_its_name() {
    let target = Memory::default();
    let error = harness::rehearse(
        &plan(7),
        &mut ReadWrite::default(),
        target,
        Box::new(Full(20_000)),
    )
    .await
    .expect_err("the disk is full");
    assert!(
        error.contains("the history cannot be written: no storage space"),
        "{error}"
    );
}
