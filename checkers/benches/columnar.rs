//! How fast columnar histories are written and read, beside JSON lines: `cargo bench -p checkers --bench columnar`.
//!
//! Registers: ten processes ask for reads, writes and compare-and-sets of 100 keys. Log: appends,
//! and every hundredth operation a read of everything, of one object.
#[path = "kit/rng.rs"]
mod rng;

use checkers::format::columnar::{self, Columns, Writer};
use checkers::format::jsonl;
use checkers::{Call, Data, Event, History, Kind, NodeId, Op, Process, Verb};
use rng::Rng;
use std::hint::black_box;
use std::time::{Duration, Instant};

fn main() {
    println!(
        "{:<10} {:<9} {:>9} {:>10} {:>8} {:>10} {:>9}",
        "history", "format", "events", "what", "ms", "M ev/s", "B/event"
    );
    for events in [1_000_000, 4_000_000] {
        let registers = registers(events);
        jsonl("registers", &registers);
        columns("registers", &registers);
    }
    columns("log", &log(50_000));
}

fn columns(name: &str, events: &[Event]) {
    let (bytes, took) = timed(|| {
        let mut writer = Writer::new(Vec::new(), None).expect("memory takes it");
        for event in events {
            writer.event(event).expect("memory takes it");
        }
        writer.finish().expect("memory takes it")
    });
    let tell = |what: &str, took| tell(name, "columnar", events.len(), what, took, bytes.len());
    tell("write", took);
    let (columns, took) = timed(|| Columns::open(&bytes).expect("just written"));
    assert_eq!(columns.events(), events.len() as u64);
    tell("open", took);
    let (recording, took) = timed(|| columnar::read(&bytes).expect("just written"));
    tell("read", took);
    assert!(recording.history.events() == events);
    let (_, took) = timed(|| pushed(events));
    tell("(push)", took);
}

fn jsonl(name: &str, events: &[Event]) {
    let (bytes, took) = timed(|| {
        let mut bytes = Vec::new();
        for event in events {
            jsonl::write_event(&mut bytes, event).expect("memory takes it");
        }
        bytes
    });
    let tell = |what: &str, took| tell(name, "jsonl", events.len(), what, took, bytes.len());
    tell("write", took);
    let (_, took) = timed(|| jsonl::read(&bytes[..]).expect("just written"));
    tell("read", took);
}

/// What a history costs by itself, its events being there.
fn pushed(events: &[Event]) -> History {
    let mut history = History::default();
    for event in events {
        history.push(event.clone()).expect("well-formed");
    }
    history
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let made = black_box(work());
    (made, start.elapsed())
}

fn tell(name: &str, format: &str, events: usize, what: &str, took: Duration, bytes: usize) {
    println!(
        "{name:<10} {format:<9} {events:>9} {what:>10} {:>8.0} {:>10.2} {:>9.1}",
        took.as_secs_f64() * 1e3,
        events as f64 / took.as_secs_f64() / 1e6,
        bytes as f64 / events as f64,
    );
}

/// Each process in turn is answered and asked again.
fn recorded(events: usize, mut asked: impl FnMut() -> (Op, Op)) -> Vec<Event> {
    const PROCESSES: usize = 10;
    let mut open: Vec<Option<Op>> = vec![None; PROCESSES];
    let mut recorded = Vec::with_capacity(events);
    let mut rng = Rng(7);
    while recorded.len() < events {
        let lane = rng.below(PROCESSES as u64) as usize;
        let (kind, op) = match open[lane].take() {
            Some(answer) => (Kind::Ok, answer),
            None => {
                let (question, answer) = asked();
                open[lane] = Some(answer);
                (Kind::Invoke, question)
            }
        };
        recorded.push(Event {
            time: recorded.len() as u64 * 40_000,
            process: Process(lane as u32),
            node: Some(NodeId(1 + lane as u16 % 5)),
            kind,
            op,
        });
    }
    recorded
}

fn registers(events: usize) -> Vec<Event> {
    let mut rng = Rng(11);
    let mut fresh = 0;
    recorded(events, || {
        let key = rng.below(100);
        fresh += 1;
        match rng.below(3) {
            0 => {
                let value = Some(fresh - 10);
                (Op::Read { key, value: None }, Op::Read { key, value })
            }
            1 => {
                let write = Op::Write { key, value: fresh };
                (write.clone(), write)
            }
            _ => {
                let (from, to) = (fresh - 5, fresh);
                let cas = |found| Op::Cas {
                    key,
                    from,
                    to,
                    found,
                };
                (cas(None), cas(Some(fresh - 7)))
            }
        }
    })
}

fn log(events: usize) -> Vec<Event> {
    let mut log: Vec<Data> = Vec::new();
    let mut asked = 0;
    recorded(events, || {
        asked += 1;
        if asked % 100 == 0 {
            let read = Call::new(Verb::Read, 0, Data::Nil);
            let seen = Data::List(log.as_slice().into());
            return (read.clone().into(), read.answered(seen).into());
        }
        log.push(Data::Int(asked));
        let append = Call::new(Verb::Append, 0, asked);
        (append.clone().into(), append.answered(Data::Nil).into())
    })
}
