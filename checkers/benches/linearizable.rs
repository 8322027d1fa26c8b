//! How long it takes to judge registers: `cargo bench -p checkers --bench linearizable`.
//!
//! A simulated register, an equal mix of reads, writes and compare-and-sets, clients scheduled at
//! random. `info` is the share of operations of unknown outcome, half of which took effect; a lie
//! is a read near three quarters of the history that says what had been replaced. Reading the
//! history in is not measured; taking it apart by key, deciding and explaining are. `peak` is that
//! of the process, with the history itself. Arguments: the largest number of operations (10^6), and
//! the clients (10).
#[path = "kit/peak.rs"]
mod peak;

use checkers::{Budget, Checker, Event, History, Kind, Linearizable, Op, Process, Value, Verdict};
use peak::{forget_peak, peak_mb};
use std::fs;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// A case may take this long; then it is given up.
const CASE_MAX: Duration = Duration::from_secs(30);

/// And this much memory for the tables of the search.
const BYTES_MAX: u64 = 2 << 30;

/// Searches are measured up to here.
const SEARCHED_MAX: usize = 1_000_000;

fn main() {
    let numbers = std::env::args().filter_map(|argument| argument.parse().ok());
    let numbers: Vec<usize> = numbers.collect();
    let operations_max = numbers.first().copied().unwrap_or(1_000_000);
    let clients = numbers.get(1).copied().unwrap_or(10);
    println!(
        "| operations | clients | keys | values | info | lie | verdict | by | ms | CPU ms | ns/op | configurations | peak MB |"
    );
    println!(
        "| ---: | ---: | ---: | ---: | ---: | --- | --- | --- | ---: | ---: | ---: | ---: | ---: |"
    );
    let mut operations = 10_000;
    while operations <= operations_max {
        for (keys, values, info, is_lie) in [
            (1, None, 0.0, false),
            (1, None, 0.01, false),
            (100, None, 0.01, false),
            (1, None, 0.01, true),
            (1, Some(5), 0.0, false),
            (1, Some(5), 0.0, true),
            (1, Some(5), 30.0 / operations as f64, false),
        ] {
            if values.is_none() || operations <= SEARCHED_MAX {
                measure(&Case {
                    operations,
                    clients,
                    keys,
                    values,
                    info,
                    is_lie,
                });
            }
        }
        operations *= 10;
    }
}

struct Case {
    operations: usize,
    clients: usize,
    keys: u64,
    /// How many different values; none if each is written once.
    values: Option<u64>,
    /// The share of unknown outcomes.
    info: f64,
    is_lie: bool,
}

fn measure(case: &Case) {
    let history = simulate(case);
    forget_peak();
    let budget = &Budget::new(BYTES_MAX);
    let (done, waiting) = mpsc::channel::<()>();
    let (verdict, (took, busy)) = std::thread::scope(|scope| {
        scope.spawn(move || {
            if waiting.recv_timeout(CASE_MAX).is_err() {
                budget.stop();
            }
        });
        let (start, busy) = (Instant::now(), cpu_ms());
        let verdict = Linearizable.check(&history, budget);
        let took = (start.elapsed(), cpu_ms() - busy);
        done.send(()).ok();
        (verdict, took)
    });
    let (word, evidence) = match &verdict {
        Verdict::Valid { evidence } => ("valid", evidence),
        Verdict::Unknown { evidence, .. } => ("unknown", evidence),
        Verdict::Invalid { evidence, .. } => ("invalid", evidence),
    };
    println!(
        "| {} | {} | {} | {} | {:.4} % | {} | {word} | {} | {:.1} | {busy} | {:.0} | {} | {} |",
        case.operations,
        case.clients,
        case.keys,
        case.values
            .map_or("unique".to_owned(), |values| values.to_string()),
        case.info * 100.0,
        if case.is_lie { "yes" } else { "no" },
        evidence.method,
        took.as_secs_f64() * 1e3,
        took.as_secs_f64() * 1e9 / case.operations as f64,
        evidence.configurations,
        peak_mb(),
    );
}

/// The time that this process was running, in ticks of 10 ms: on a busy machine, the better measure.
fn cpu_ms() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum::<u64>()
        * 10
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn chance(&mut self, share: f64) -> bool {
        ((self.next() >> 11) as f64) < share * (1_u64 << 53) as f64
    }
}

/// Where a client stands: asked, or about to be answered.
enum Stage {
    Asked(Op),
    Done(Op),
}

struct Simulation {
    history: History,
    held: Vec<Option<Value>>,
    /// What each key held before.
    before: Vec<Option<Value>>,
    names: u32,
    asked: usize,
    fresh: Value,
    rng: Rng,
    has_lied: bool,
}

fn simulate(case: &Case) -> History {
    let mut simulation = Simulation {
        history: History::default(),
        held: vec![None; case.keys as usize],
        before: vec![None; case.keys as usize],
        names: case.clients as u32,
        asked: 0,
        fresh: 0,
        rng: Rng(7),
        has_lied: !case.is_lie,
    };
    let mut clients: Vec<(u32, Option<Stage>)> =
        (0..case.clients as u32).map(|name| (name, None)).collect();
    while simulation.asked < case.operations || clients.iter().any(|client| client.1.is_some()) {
        let lane = simulation.rng.below(case.clients as u64) as usize;
        simulation.turn(case, &mut clients[lane]);
    }
    simulation.history
}

impl Simulation {
    fn turn(&mut self, case: &Case, (name, stage): &mut (u32, Option<Stage>)) {
        match stage.take() {
            None if self.asked == case.operations => {}
            None => {
                self.asked += 1;
                let op = self.draw(case);
                self.push(*name, Kind::Invoke, op.clone());
                *stage = Some(Stage::Asked(op));
            }
            Some(Stage::Asked(mut op)) => {
                let is_info = self.rng.chance(case.info);
                let question = op.clone();
                if !is_info || self.rng.below(2) == 0 {
                    self.apply(case, &mut op);
                }
                if is_info {
                    self.push(*name, Kind::Info("timed out".to_owned()), question);
                    *name = self.names;
                    self.names += 1;
                } else {
                    *stage = Some(Stage::Done(op));
                }
            }
            Some(Stage::Done(op)) => self.push(*name, Kind::Ok, op),
        }
    }

    fn push(&mut self, name: u32, kind: Kind, op: Op) {
        let event = Event {
            time: self.history.events().len() as u64 * 1_000,
            process: Process(name),
            node: None,
            kind,
            op,
        };
        self.history.push(event).expect("simulated well-formed");
    }

    fn draw(&mut self, case: &Case) -> Op {
        let key = self.rng.below(case.keys);
        self.fresh += 1;
        let unique = self.fresh;
        let written = |rng: &mut Rng| {
            case.values
                .map_or(unique, |values| rng.below(values) as Value)
        };
        match self.rng.below(3) {
            0 => Op::Read { key, value: None },
            1 => {
                let value = written(&mut self.rng);
                Op::Write { key, value }
            }
            _ => {
                let from = match case.values {
                    Some(values) => self.rng.below(values) as Value,
                    None => self.held[key as usize].unwrap_or(0),
                };
                let to = written(&mut self.rng);
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

    fn apply(&mut self, case: &Case, op: &mut Op) {
        let key = op.key() as usize;
        let held = self.held[key];
        match op {
            Op::Read { value, .. } => {
                *value = held;
                if !self.has_lied && self.asked > case.operations * 3 / 4 {
                    self.has_lied = true;
                    *value = match case.values {
                        None => self.before[key],
                        Some(values) => held.map(|held| (held + 1) % values as Value),
                    };
                }
            }
            Op::Write { value, .. } => self.hold(key, *value),
            Op::Call(_) => unreachable!("only registers are asked"),
            Op::Cas {
                from, to, found, ..
            } => {
                *found = held;
                if held == Some(*from) {
                    self.hold(key, *to);
                }
            }
        }
    }

    /// Remembers the values of long ago: what was replaced just now may still be read.
    fn hold(&mut self, key: usize, value: Value) {
        if self.rng.below(100) == 0 && self.has_lied {
            self.before[key] = self.held[key];
        }
        if self.before[key].is_none() {
            self.before[key] = self.held[key];
        }
        self.held[key] = Some(value);
    }
}
