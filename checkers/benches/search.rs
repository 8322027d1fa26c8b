//! How long the search takes that judges any object: `cargo bench -p checkers --bench search`.
//!
//! One object, clients scheduled at random, the time of splitting the history included. The register
//! is asked an equal mix of reads, writes and compare-and-sets of five values; the queue gets values
//! that repeat. `lie` changes the answer of one call at three quarters of the history.
#[path = "kit/rng.rs"]
mod rng;

use checkers::{
    Budget, Call, Checker, Data, Event, History, Kind, Object, Op, Process, Spec, Verb, Verdict,
};
use rng::Rng;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// A case may take this long; then it is given up.
const CASE_MAX: Duration = Duration::from_secs(20);

/// And this much memory for the tables of the search.
const BYTES_MAX: u64 = 2 << 30;

/// Different values.
const VALUES: u64 = 5;

fn main() {
    println!(
        "{:<8} {:>8} {:>7} {:>4}  {:<8} {:>9} {:>7} {:>14} {:>8}",
        "object", "ops", "clients", "lie", "verdict", "ms", "ns/op", "configurations", "peak MB"
    );
    for operations in [10_000, 100_000, 1_000_000] {
        for clients in [5, 10, 20, 40] {
            measure("register", operations, clients, false);
        }
    }
    for operations in [10_000, 100_000, 1_000_000] {
        measure("register", operations, 10, true);
    }
    for operations in [10_000, 100_000] {
        for clients in [5, 10] {
            measure("queue", operations, clients, false);
        }
    }
}

fn measure(object: &str, operations: usize, clients: u64, is_lie: bool) {
    let history = simulate(object == "queue", operations, clients, is_lie);
    let budget = &Budget::new(BYTES_MAX);
    // Linux counts the peak anew after a 5 was written here.
    std::fs::write("/proc/self/clear_refs", "5").ok();
    let before = resident_mb("VmRSS:");
    let (done, waiting) = mpsc::channel::<()>();
    let (verdict, took) = std::thread::scope(|scope| {
        scope.spawn(move || {
            if waiting.recv_timeout(CASE_MAX).is_err() {
                budget.stop();
            }
        });
        let start = Instant::now();
        let verdict = match object {
            "queue" => Object::new("queue", Queue).check(&history, budget),
            _ => Object::new("register", Register).check(&history, budget),
        };
        let took = start.elapsed();
        done.send(()).ok();
        (verdict, took)
    });
    let (word, evidence) = match &verdict {
        Verdict::Valid { evidence } => ("valid", evidence),
        Verdict::Unknown { evidence, .. } => ("unknown", evidence),
        Verdict::Invalid { evidence, .. } => ("invalid", evidence),
    };
    println!(
        "{object:<8} {operations:>8} {clients:>7} {:>4}  {word:<8} {:>9.2} {:>7.0} {:>14} {:>8}",
        if is_lie { "yes" } else { "no" },
        took.as_secs_f64() * 1e3,
        took.as_secs_f64() * 1e9 / operations as f64,
        evidence.configurations,
        resident_mb("VmHWM:").saturating_sub(before),
    );
}

/// Memory of this process, by the name that the kernel gives it.
fn resident_mb(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}

struct Register;

impl Spec for Register {
    type State = Data;

    fn init(&self) -> Data {
        Data::Nil
    }

    fn step(&self, held: &Data, _: Process, call: &Call) -> impl IntoIterator<Item = Data> {
        match (&call.f, &call.output) {
            (Verb::Write, _) => Some(call.input.clone()),
            (Verb::Read, read) => {
                let is_possible = read.as_ref().is_none_or(|read| read == held);
                is_possible.then(|| held.clone())
            }
            (Verb::Cas, output) => {
                let (from, to) = call.input.pair()?;
                let takes_place = from == held;
                match output {
                    Some(told) if *told != Data::Bool(takes_place) => None,
                    _ if takes_place => Some(to.clone()),
                    _ => Some(held.clone()),
                }
            }
            _ => None,
        }
    }

    fn is_read_only(&self, call: &Call) -> bool {
        call.f == Verb::Read || (call.f == Verb::Cas && call.output == Some(Data::Bool(false)))
    }

    fn is_owner_aware(&self) -> bool {
        false
    }
}

struct Queue;

impl Spec for Queue {
    type State = Vec<i64>;

    fn init(&self) -> Vec<i64> {
        Vec::new()
    }

    fn step(&self, held: &Vec<i64>, _: Process, call: &Call) -> impl IntoIterator<Item = Vec<i64>> {
        if call.f == Verb::Enqueue {
            let mut held = held.clone();
            held.extend(call.input.int());
            return Some(held);
        }
        let first = held.first().copied().map_or(Data::Nil, Data::Int);
        let is_possible = call.output.as_ref().is_none_or(|told| *told == first);
        is_possible.then(|| held.get(1..).unwrap_or_default().to_vec())
    }

    fn is_owner_aware(&self) -> bool {
        false
    }
}

/// Where a client stands: asked, or about to be answered.
enum Stage {
    Asked(Call),
    Done(Call),
}

fn simulate(is_queue: bool, operations: usize, clients: u64, is_lie: bool) -> History {
    let mut rng = Rng(7);
    let mut events: Vec<Event> = Vec::with_capacity(operations * 2);
    let mut stages: Vec<Option<Stage>> = (0..clients).map(|_| None).collect();
    let mut held: Vec<i64> = Vec::new();
    let mut asked = 0;
    while asked < operations || stages.iter().any(Option::is_some) {
        let client = rng.below(clients) as usize;
        let mut push = |kind: Kind, call: Call| {
            events.push(Event {
                time: events.len() as u64 * 1_000,
                process: Process(client as u32),
                node: None,
                kind,
                op: Op::from(call),
            });
        };
        stages[client] = match stages[client].take() {
            None if asked == operations => None,
            None => {
                asked += 1;
                let call = draw(is_queue, held.len() as u64, &mut rng);
                push(Kind::Invoke, call.clone());
                Some(Stage::Asked(call))
            }
            Some(Stage::Asked(call)) => {
                let output = apply(&call, &mut held);
                Some(Stage::Done(call.answered(output)))
            }
            Some(Stage::Done(call)) => {
                push(Kind::Ok, call);
                None
            }
        };
    }
    if is_lie {
        lie(&mut events);
    }
    let mut history = History::default();
    for event in events {
        history.push(event).expect("simulated well-formed");
    }
    history
}

fn draw(is_queue: bool, length: u64, rng: &mut Rng) -> Call {
    let value = |rng: &mut Rng| rng.below(VALUES) as i64;
    if is_queue {
        // About four elements are in it.
        return if rng.below(8) < length {
            Call::new(Verb::Dequeue, 0, Data::Nil)
        } else {
            Call::new(Verb::Enqueue, 0, value(rng))
        };
    }
    match rng.below(3) {
        0 => Call::new(Verb::Read, 0, Data::Nil),
        1 => Call::new(Verb::Write, 0, value(rng)),
        _ => Call::new(Verb::Cas, 0, vec![value(rng), value(rng)]),
    }
}

/// A register holds nothing or one value.
fn apply(call: &Call, held: &mut Vec<i64>) -> Data {
    let first = held.first().copied().map_or(Data::Nil, Data::Int);
    match call.f {
        Verb::Read => first,
        Verb::Write => {
            *held = call.input.int().into_iter().collect();
            Data::Nil
        }
        Verb::Cas => {
            let (from, to) = call.input.pair().expect("drawn as a pair");
            let takes_place = *from == first;
            if takes_place {
                *held = to.int().into_iter().collect();
            }
            Data::Bool(takes_place)
        }
        Verb::Enqueue => {
            held.extend(call.input.int());
            Data::Nil
        }
        _ => {
            if !held.is_empty() {
                held.remove(0);
            }
            first
        }
    }
}

/// Changes what one read found.
fn lie(events: &mut [Event]) {
    let start = events.len() * 3 / 4;
    for event in &mut events[start..] {
        if let (Kind::Ok, Op::Call(call)) = (&event.kind, &mut event.op)
            && call.f == Verb::Read
        {
            let found = call.output.as_ref().and_then(Data::int).unwrap_or(0);
            call.output = Some(Data::Int((found + 1) % VALUES as i64));
            return;
        }
    }
}
