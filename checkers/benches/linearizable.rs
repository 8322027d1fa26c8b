//! How long it takes to judge registers: `cargo bench -p checkers`.
//!
//! One key, an equal mix of reads, writes and compare-and-sets, clients scheduled at random, the
//! time of splitting the history included. `info` is the share of operations of unknown outcome,
//! half of which took effect; `lie` changes the answer of one read at three quarters of the history.
use checkers::{Budget, Checker, Event, History, Kind, Linearizable, Op, Process, Value, Verdict};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// A case may take this long; then it is given up.
const CASE_MAX: Duration = Duration::from_secs(5);

/// And this much memory for the tables of the search.
const BYTES_MAX: u64 = 2 << 30;

fn main() {
    println!(
        "{:>8} {:>7} {:>6} {:>5} {:>4}  {:<8} {:>9} {:>8} {:>14}",
        "ops", "clients", "values", "info", "lie", "verdict", "ms", "ns/op", "configurations"
    );
    for operations in [1_000, 10_000, 100_000, 1_000_000] {
        for clients in [10, 20] {
            for values in [None, Some(5)] {
                for info in [0, 1] {
                    measure(&Case {
                        operations,
                        clients,
                        values,
                        info,
                        is_lie: false,
                    });
                }
            }
        }
    }
    for operations in [1_000, 10_000, 100_000] {
        for values in [None, Some(5)] {
            for info in [0, 1] {
                measure(&Case {
                    operations,
                    clients: 10,
                    values,
                    info,
                    is_lie: true,
                });
            }
        }
    }
}

struct Case {
    operations: usize,
    clients: usize,
    /// How many different values; none if each is written once.
    values: Option<u64>,
    /// In percent.
    info: u64,
    is_lie: bool,
}

fn measure(case: &Case) {
    let history = simulate(case);
    let budget = &Budget::new(BYTES_MAX);
    let (done, waiting) = mpsc::channel::<()>();
    let (verdict, took) = std::thread::scope(|scope| {
        scope.spawn(move || {
            if waiting.recv_timeout(CASE_MAX).is_err() {
                budget.stop();
            }
        });
        let start = Instant::now();
        let verdict = Linearizable.check(&history, budget);
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
        "{:>8} {:>7} {:>6} {:>4}% {:>4}  {:<8} {:>9.2} {:>8.0} {:>14}",
        case.operations,
        case.clients,
        case.values
            .map_or("unique".to_owned(), |values| values.to_string()),
        case.info,
        if case.is_lie { "yes" } else { "no" },
        word,
        took.as_secs_f64() * 1e3,
        took.as_secs_f64() * 1e9 / case.operations as f64,
        evidence.configurations,
    );
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
struct Rng(u64);

impl Rng {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }
}

/// Where a client stands: asked, or about to be answered.
enum Stage {
    Asked(Op),
    Done(Op),
}

fn simulate(case: &Case) -> History {
    let mut rng = Rng(7);
    let mut events: Vec<Event> = Vec::with_capacity(case.operations * 2);
    let mut clients: Vec<(u32, Option<Stage>)> =
        (0..case.clients as u32).map(|name| (name, None)).collect();
    let mut held: Option<Value> = None;
    let mut names = case.clients as u32;
    let (mut asked, mut fresh) = (0, 0);
    while asked < case.operations || clients.iter().any(|client| client.1.is_some()) {
        let lane = rng.below(case.clients as u64) as usize;
        let (name, stage) = &mut clients[lane];
        let push = |events: &mut Vec<Event>, kind: Kind, op: Op| {
            events.push(Event {
                time: events.len() as u64 * 1_000,
                process: Process(*name),
                node: None,
                kind,
                op,
            });
        };
        match stage.take() {
            None if asked == case.operations => {}
            None => {
                asked += 1;
                let op = draw(case, held, &mut fresh, &mut rng);
                push(&mut events, Kind::Invoke, op.clone());
                *stage = Some(Stage::Asked(op));
            }
            Some(Stage::Asked(mut op)) => {
                let is_info = rng.below(100) < case.info;
                let question = op.clone();
                if !is_info || rng.below(2) == 0 {
                    apply(&mut op, &mut held);
                }
                if is_info {
                    push(&mut events, Kind::Info("timed out".to_owned()), question);
                    *name = names;
                    names += 1;
                } else {
                    *stage = Some(Stage::Done(op));
                }
            }
            Some(Stage::Done(op)) => push(&mut events, Kind::Ok, op),
        }
    }
    if case.is_lie {
        lie(&mut events);
    }
    let mut history = History::default();
    for event in events {
        history.push(event).expect("simulated well-formed");
    }
    history
}

fn draw(case: &Case, held: Option<Value>, fresh: &mut Value, rng: &mut Rng) -> Op {
    let key = 0;
    let mut written = |rng: &mut Rng| {
        *fresh += 1;
        case.values
            .map_or(*fresh, |values| rng.below(values) as Value)
    };
    match rng.below(3) {
        0 => Op::Read { key, value: None },
        1 => {
            let value = written(rng);
            Op::Write { key, value }
        }
        _ => {
            let from = match case.values {
                Some(values) => rng.below(values) as Value,
                None => held.unwrap_or(0),
            };
            let to = written(rng);
            let found = None;
            Op::Cas {
                key,
                from,
                to,
                found,
            }
        }
    }
}

fn apply(op: &mut Op, held: &mut Option<Value>) {
    match op {
        Op::Read { value, .. } => *value = *held,
        Op::Write { value, .. } => *held = Some(*value),
        Op::Call(_) => unreachable!("only registers are asked"),
        Op::Cas {
            from, to, found, ..
        } => {
            *found = *held;
            if *held == Some(*from) {
                *held = Some(*to);
            }
        }
    }
}

/// Changes what one read found.
fn lie(events: &mut [Event]) {
    let start = events.len() * 3 / 4;
    for event in &mut events[start..] {
        if let (Kind::Ok, Op::Read { value, .. }) = (&event.kind, &mut event.op) {
            *value = value.map(|value| (value + 1) % 5);
            return;
        }
    }
}
