//! How long registers take whose versions are in no known order: `cargo bench -p checkers --bench blind`.
//!
//! A correct store, clients scheduled at random, transactions of one to four steps of which half are
//! blind writes. `skewed` asks one key in ten for half of all steps. The number of transactions of the
//! greatest case can be given: `cargo bench -p checkers --bench blind -- 100000`.
#[path = "kit/rng.rs"]
mod rng;

use checkers::transactional::{F, Level, NEVER, Registers, Status, Txns, ValueId, blind};
use checkers::{Budget, Data, Fit, Process};
use rng::Rng;
use std::time::{Duration, Instant};

/// A case may take this long; then it is given up.
const CASE_MAX: Duration = Duration::from_secs(60);

fn main() {
    let most = std::env::args()
        .filter_map(|word| word.parse().ok())
        .next_back();
    let most: usize = most.unwrap_or(1_000_000);
    println!(
        "{:>8} {:>7} {:>6} {:<7} {:<26} {:<9} {:>9} {:>9}  why",
        "txns", "clients", "keys", "skewed", "level", "fit", "index ms", "ms"
    );
    for txns in [100_000, 1_000_000] {
        for (clients, keys, is_skewed) in [
            (20, 1000, false),
            (50, 1000, false),
            (100, 1000, false),
            (50, 1000, true),
            (20, 10, false),
        ] {
            if txns > most || (txns > 100_000 && keys < 1000) {
                continue;
            }
            let history = simulate(txns, clients, keys, is_skewed);
            for level in [
                Level::StrictSerializable,
                Level::Serializable,
                Level::SnapshotIsolation,
            ] {
                measure(&history, (clients, keys, is_skewed), level);
            }
        }
    }
}

fn measure(txns: &Txns, (clients, keys, is_skewed): (u32, u64, bool), level: Level) {
    let budget = &Budget::new(16 << 30);
    let (done, waiting) = std::sync::mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if waiting.recv_timeout(CASE_MAX).is_err() {
                budget.stop();
            }
        });
        let start = Instant::now();
        let registers = Registers::of(txns);
        let indexed = start.elapsed();
        let (answer, _) = blind::decide(txns, &registers, level, budget);
        let took = start.elapsed() - indexed;
        done.send(()).ok();
        let fit = match answer.fit {
            Fit::Fits => "fits",
            Fit::Refuted => "refuted",
            Fit::Undecided => "undecided",
        };
        println!(
            "{:>8} {:>7} {:>6} {:<7} {:<26} {:<9} {:>9.1} {:>9.1}  {}",
            txns.len(),
            clients,
            keys,
            is_skewed,
            format!("{level:?}"),
            fit,
            indexed.as_secs_f64() * 1e3,
            took.as_secs_f64() * 1e3,
            answer.why
        );
    });
}

/// One transaction of the simulation.
struct One {
    process: u32,
    invoked: u32,
    completed: u32,
    steps: Vec<(F, u32, ValueId)>,
}

/// Each client is invoked, takes effect and completes at random moments.
fn simulate(count: usize, clients: u32, keys: u64, is_skewed: bool) -> Txns {
    let mut rng = Rng(7);
    let mut state = vec![ValueId::NIL; keys as usize];
    let mut stage: Vec<Option<(usize, bool)>> = vec![None; clients as usize];
    let mut all: Vec<One> = Vec::with_capacity(count);
    let (mut position, mut value) = (0, 0);
    let mut completed = 0;
    while completed < count {
        let client = rng.below(u64::from(clients)) as usize;
        match stage[client] {
            None if all.len() < count => {
                stage[client] = Some((all.len(), false));
                all.push(One {
                    process: client as u32,
                    invoked: position,
                    completed: NEVER,
                    steps: Vec::new(),
                });
                position += 1;
            }
            None => {}
            Some((at, false)) => {
                let mut own: Vec<(u32, ValueId)> = Vec::new();
                for _ in 0..=rng.below(4) {
                    let bound = if is_skewed && rng.below(2) == 0 {
                        keys / 10
                    } else {
                        keys
                    };
                    let key = rng.below(bound) as u32;
                    let written = own.iter().rev().find(|own| own.0 == key);
                    let step = if rng.below(2) == 0 {
                        value += 1;
                        own.push((key, ValueId(value)));
                        (F::Write, key, ValueId(value))
                    } else {
                        (
                            F::Read,
                            key,
                            written.map_or(state[key as usize], |own| own.1),
                        )
                    };
                    all[at].steps.push(step);
                }
                own.into_iter()
                    .for_each(|(key, value)| state[key as usize] = value);
                stage[client] = Some((at, true));
            }
            Some((at, true)) => {
                all[at].completed = position;
                position += 1;
                completed += 1;
                stage[client] = None;
            }
        }
    }
    let mut txns = Txns {
        has_real_time: true,
        keys: (0..keys as i64).map(Data::Int).collect(),
        starts: vec![0],
        ..Txns::default()
    };
    for one in all {
        txns.status.push(Status::Ok);
        txns.process.push(Process(one.process));
        txns.invoked.push(one.invoked);
        txns.completed.push(one.completed);
        for (f, key, value) in one.steps {
            txns.f.push(f);
            txns.key.push(key);
            txns.value.push(value);
        }
        txns.starts.push(txns.f.len() as u32);
    }
    txns
}
