//! How long it takes to decide every level and to find the shortest cycles: `cargo bench -p checkers --bench cycles`.
//!
//! Transactions of 4 reads and writes of 10,000 keys by 20 processes, with their dependencies given.
//! In `snapshots` everyone reads a snapshot that is a little old, so that there are skewed writes and
//! cycles everywhere; `skew` has one read skew in it; a `tangle` is one component. `-- 100000` ends at
//! a hundred thousand transactions.
#[path = "kit/rng.rs"]
mod rng;

use checkers::transactional::{
    Arc, F, Graph, Inference, Level, NO_KEY, Status, Txn, Txns, ValueId, Via, decide,
};
use checkers::{Budget, Data, Fit, Process};
use rng::Rng;
use std::time::Instant;

const PROCESSES: u64 = 20;
const KEYS: usize = 10_000;

fn main() {
    let told = std::env::args().find_map(|argument| argument.parse().ok());
    let most: usize = told.unwrap_or(1_000_000);
    println!(
        "| history | transactions | ms | strongest that fits | worst cycle | transactions in it |"
    );
    println!("| --- | ---: | ---: | --- | --- | ---: |");
    for size in [10_000, 100_000, 1_000_000]
        .into_iter()
        .filter(|size| *size <= most)
    {
        for (name, lag, damage) in [
            ("serial", 0, 0),
            ("one skew", 0, 1),
            ("snapshots", 40, 0),
            ("snapshots and 100 skews", 40, 100),
        ] {
            let (txns, inference) = history(size, lag, damage);
            run(name, &txns, &inference);
        }
    }
    if most >= 1_000_000 {
        let (txns, mut inference) = history(1_000_000, 0, 0);
        tangle(&txns, &mut inference, 100_000);
        run("tangle of 100,000", &txns, &inference);
        let (txns, mut inference) = history(1_000_000, 0, 0);
        tangle(&txns, &mut inference, 1_000_000);
        run("tangle of 1,000,000", &txns, &inference);
    }
}

fn run(name: &str, txns: &Txns, inference: &Inference) {
    let budget = Budget::new(8 << 30);
    let start = Instant::now();
    let found = decide(txns, inference, &budget, None);
    let took = start.elapsed().as_millis();
    let fits = found.answers.iter().find(|answer| answer.fit == Fit::Fits);
    let open = found
        .answers
        .iter()
        .filter(|answer| answer.fit == Fit::Undecided)
        .count();
    let strongest = fits.map_or("none", |answer| answer.level.name());
    let (kind, length) = found
        .cycles
        .first()
        .map_or(("none", 0), |cycle| (cycle.kind.title(), cycle.arcs.len()));
    println!(
        "| {name} | {} | {took} | {strongest} ({open} open of {}) | {kind} | {length} |",
        txns.len(),
        Level::ALL.len()
    );
}

/// Transactions in the order in which they commit; each reads a snapshot that lacks up to `lag` of
/// the last ones, and writes one key of which it has seen the last version. `damage` of them read one
/// key older than their snapshot.
fn history(size: usize, lag: u64, damage: usize) -> (Txns, Inference) {
    let mut rng = Rng(1);
    let mut txns = Txns {
        starts: vec![0],
        has_real_time: true,
        keys: (0..KEYS as i64).map(Data::Int).collect(),
        ..Txns::default()
    };
    let mut versions: Vec<Vec<Txn>> = vec![Vec::new(); KEYS];
    let mut reads: Vec<(Txn, u32, usize)> = Vec::new();
    for txn in 0..size {
        let seen = (txn as u64).saturating_sub(if lag == 0 { 0 } else { rng.below(lag) });
        let place = |versions: &Vec<Txn>| versions.partition_point(|&by| u64::from(by) < seen);
        let is_skewed = damage > 0 && txn % (size / damage) == size / damage / 2;
        for step in 0..3 {
            let key = rng.below(KEYS as u64) as usize;
            let at = place(&versions[key]);
            let at = if is_skewed && step == 2 {
                at.saturating_sub(2)
            } else {
                at
            };
            reads.push((txn as Txn, key as u32, at));
            push(
                &mut txns,
                F::Read,
                key,
                at.checked_sub(1)
                    .map_or(ValueId::NIL, |at| ValueId(versions[key][at])),
            );
        }
        let key = rng.below(KEYS as u64) as usize;
        if place(&versions[key]) == versions[key].len() {
            versions[key].push(txn as Txn);
            push(&mut txns, F::Write, key, ValueId(txn as u32));
        }
        txns.status.push(Status::Ok);
        txns.process.push(Process(txn as u32 % PROCESSES as u32));
        // Overlaps with those that it may have missed, as far as its process lets it.
        txns.invoked.push(2 * txn as u32);
        txns.completed.push(2 * (txn as u32 + PROCESSES as u32) - 1);
        txns.starts.push(txns.f.len() as u32);
    }
    let mut arcs = Vec::new();
    for (key, order) in versions.iter().enumerate() {
        arcs.extend(order.windows(2).map(|pair| Arc {
            from: pair[0],
            to: pair[1],
            via: Via::Ww,
            key: key as u32,
        }));
    }
    for (txn, key, at) in reads {
        let order = &versions[key as usize];
        if at > 0 {
            arcs.push(Arc {
                from: order[at - 1],
                to: txn,
                via: Via::Wr,
                key,
            });
        }
        if let Some(&to) = order.get(at) {
            arcs.push(Arc {
                from: txn,
                to,
                via: Via::Rw,
                key,
            });
        }
    }
    let inference = Inference {
        is_included: vec![true; size],
        graph: Graph::new(size, arcs),
        ..Inference::default()
    };
    (txns, inference)
}

fn push(txns: &mut Txns, f: F, key: usize, value: ValueId) {
    txns.f.push(f);
    txns.key.push(key as u32);
    txns.value.push(value);
}

/// Ties the first `size` transactions into one component by random dependencies that lead back.
fn tangle(txns: &Txns, inference: &mut Inference, size: usize) {
    let mut rng = Rng(2);
    let all = 0..txns.len() as Txn;
    let mut arcs: Vec<Arc> = all
        .flat_map(|txn| inference.graph.after(txn).collect::<Vec<Arc>>())
        .collect();
    for from in (0..size as u32).step_by(4) {
        let to = rng.below(size as u64) as u32;
        arcs.push(Arc {
            from,
            to,
            via: Via::Rw,
            key: rng.below(KEYS as u64) as u32,
        });
    }
    debug_assert!(arcs.iter().all(|arc| arc.key != NO_KEY));
    inference.graph = Graph::new(txns.len(), arcs);
}
