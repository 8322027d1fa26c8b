//! What a workload wants to be there first is asked until it is answered, and stands in the history.
use checkers::format::jsonl;
use harness::{
    About, Checker, Client, Event, Failure, Kind, Launch, Node, Op, Plan, Process, Rng, Target,
    Workload,
};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;
use std::{io, process::Command};

type Failures = Rc<RefCell<VecDeque<Failure>>>;

/// Fails as it is told, and then does all that it is asked; or it never does anything.
#[derive(Default)]
struct Moody {
    failures: Failures,
    is_hopeless: bool,
}

struct Wire(Failures, bool);

impl Target for Moody {
    type Client = Wire;

    fn about(&self) -> About {
        About {
            summary: "fails as it is told",
            version: "0",
            port: 0,
            bugs: &[],
        }
    }

    fn command(&self, _launch: &Launch<'_>) -> Option<Command> {
        None
    }

    async fn connect(&self, _node: &Node) -> io::Result<Wire> {
        Ok(Wire(self.failures.clone(), self.is_hopeless))
    }
}

impl Client for Wire {
    async fn invoke(&mut self, op: Op) -> Result<Op, Failure> {
        tokio::time::sleep(Duration::from_millis(1)).await;
        let failure = self.0.borrow_mut().pop_front();
        let hopeless = || self.1.then(|| Failure::definite("not today"));
        failure.or_else(hopeless).map_or(Ok(op), Err)
    }
}

/// Writes 1 and then 2 to key 7 first; then reads.
#[derive(Default)]
struct Prepared(i64);

impl Workload for Prepared {
    fn first(&mut self) -> Option<Op> {
        self.0 += 1;
        let write = Op::Write {
            key: 7,
            value: self.0,
        };
        (self.0 <= 2).then_some(write)
    }

    fn next(&mut self, _rng: &mut Rng) -> Op {
        Op::Read {
            key: 7,
            value: None,
        }
    }

    fn checkers(&self) -> Vec<Box<dyn Checker>> {
        Vec::new()
    }
}

fn plan() -> Plan {
    Plan {
        target: "moody".to_owned(),
        workload: "prepared".to_owned(),
        level: None,
        nemesis: "none".to_owned(),
        bugs: Vec::new(),
        seed: 7,
        nodes: 3,
        concurrency: 4,
        rate: None,
        time_limit: Duration::from_millis(50),
        op_deadline: Duration::from_secs(1),
    }
}

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

async fn run(target: Moody) -> (Result<(), String>, Vec<Event>) {
    let sink = Shared::default();
    let mut workload = Prepared::default();
    let ran = harness::rehearse(&plan(), &mut workload, target, Box::new(sink.clone())).await;
    let recording = jsonl::read(&sink.0.take()[..]).expect("well formed");
    (ran, recording.history.events().to_vec())
}

#[tokio::test(start_paused = true)]
async fn it_is_asked_again_until_it_is_answered_and_only_then_traffic_begins() {
    let failures = VecDeque::from([
        Failure::Unknown("lost".to_owned()),
        Failure::definite("refused"),
    ]);
    let target = Moody {
        failures: Rc::new(RefCell::new(failures)),
        ..Moody::default()
    };
    let (ran, events) = run(target).await;
    assert_eq!(ran, Ok(()));
    let write = |value| Op::Write { key: 7, value };
    let (first, fresh) = (Process(0), Process(4));
    let expected = [
        (first, Kind::Invoke, write(1)),
        (first, Kind::Info("lost".to_owned()), write(1)),
        (fresh, Kind::Invoke, write(1)),
        (fresh, Kind::Fail("refused".to_owned()), write(1)),
        (fresh, Kind::Invoke, write(1)),
        (fresh, Kind::Ok, write(1)),
        (fresh, Kind::Invoke, write(2)),
        (fresh, Kind::Ok, write(2)),
    ];
    let told = events
        .iter()
        .map(|event| (event.process, event.kind.clone(), event.op.clone()));
    let (told, traffic): (Vec<_>, Vec<_>) = told.partition(|(_, _, op)| !op.is_pure_read());
    assert_eq!(told, expected);
    assert_eq!(events[8].kind, Kind::Invoke);
    assert!(events[8..].iter().all(|event| event.op.is_pure_read()));
    assert!(!traffic.is_empty());
    assert!(traffic.iter().all(|(process, _, _)| *process != first));
}

#[tokio::test(start_paused = true)]
async fn what_is_never_answered_ends_the_run_with_its_name() {
    let target = Moody {
        is_hopeless: true,
        ..Moody::default()
    };
    let began = tokio::time::Instant::now();
    let (ran, events) = run(target).await;
    let why = ran.expect_err("nothing is ever answered");
    assert!(
        why.contains("the set-up was not answered within 30s: write 7 := 1"),
        "{why}"
    );
    assert!(began.elapsed() < Duration::from_secs(40));
    assert!(events.iter().all(|event| !event.op.is_pure_read()));
}
