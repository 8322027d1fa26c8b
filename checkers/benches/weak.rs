//! How long it takes to judge the weak isolation levels: `cargo bench -p checkers --bench weak`.
//!
//! Transactions of five steps by twenty sessions on ten thousand keys, half of the steps writes, all
//! values unique. `serial` runs them one after the other at a random moment between invocation and
//! answer; `replicas` lets four replicas follow one log at random distance, so that answers are
//! causally consistent and no more. Memory is the peak of the process while it judges, input included.
//! `-- 1000000` ends at a million transactions.
#[path = "kit/busy.rs"]
mod busy;
#[path = "kit/peak.rs"]
mod peak;
#[path = "kit/rng.rs"]
mod rng;

use busy::busy_ns;
use checkers::Process;
use checkers::transactional::weak::{Sessions, decide, decide_level};
use checkers::transactional::{F, Level, NEVER, Registers, Status, Txns, ValueId};
use checkers::{Budget, Data};
use peak::{forget_peak, peak_mb};
use rng::Rng;

const SESSIONS: u64 = 20;
const KEYS: u64 = 10_000;
const STEPS: u64 = 5;
const REPLICAS: u64 = 4;

fn main() {
    let told = std::env::args().find_map(|argument| argument.parse().ok());
    let most: u32 = told.unwrap_or(1_000_000);
    println!("| history | transactions | judged | answer | ms on a core | peak MB |");
    println!("| --- | ---: | --- | --- | ---: | ---: |");
    let sizes = [10_000, 100_000, 1_000_000, 10_000_000];
    for size in sizes.into_iter().filter(|size| *size <= most) {
        for (name, lag) in [("serial", 0), ("replicas", 200)] {
            measure(name, &simulate(size, lag));
        }
    }
}

fn measure(name: &str, txns: &Txns) {
    let row = |judged: &str, answer: &str, start: f64| {
        let (ms, size) = (cpu_ms() - start, txns.len());
        println!(
            "| {name} | {size} | {judged} | {answer} | {ms:.0} | {} |",
            peak_mb()
        );
        forget_peak();
    };
    let start = cpu_ms();
    let registers = Registers::of(txns);
    row("registers", "", start);
    let budget = Budget::new(u64::MAX);
    for (judged, level, sessions) in [
        ("read committed", Level::ReadCommitted, Sessions::Ignored),
        (
            "monotonic atomic view, sessions",
            Level::MonotonicAtomicView,
            Sessions::Kept,
        ),
        ("read atomic, sessions", Level::ReadAtomic, Sessions::Kept),
        ("causal", Level::Causal, Sessions::Kept),
        ("PRAM", Level::Pram, Sessions::Kept),
        ("monotonic writes", Level::MonotonicWrites, Sessions::Kept),
        (
            "writes follow reads",
            Level::WritesFollowReads,
            Sessions::Kept,
        ),
        ("update atomic", Level::UpdateAtomic, Sessions::Kept),
    ] {
        let start = cpu_ms();
        let (answer, _) = decide_level((txns, &registers), level, sessions, &budget);
        row(judged, &format!("{:?}", answer.fit), start);
    }
    let start = cpu_ms();
    let fits = decide(txns, &registers, &budget);
    let fits = fits
        .iter()
        .filter(|(answer, _)| answer.fit == checkers::Fit::Fits)
        .count();
    row("all eleven", &format!("{fits} fit"), start);
}

/// One version of a key: where it stands in the log, which replica took it, and what it is.
type Version = (u32, u64, u32);

/// A history; replicas are up to `lag` transactions behind what others have taken.
fn simulate(size: u32, lag: u64) -> Txns {
    let mut rng = Rng(7);
    let mut versions: Vec<Vec<Version>> = vec![Vec::new(); KEYS as usize];
    let mut done: Vec<Option<Vec<(F, u32, ValueId)>>> = Vec::new();
    let (mut session, mut invoked, mut completed) = (Vec::new(), Vec::new(), Vec::new());
    let mut open: Vec<Option<usize>> = vec![None; SESSIONS as usize];
    let mut far = [0_u32; REPLICAS as usize];
    let (mut position, mut log, mut value, mut ended) = (0, 0_u32, 0, 0);
    while ended < size {
        let client = rng.below(SESSIONS);
        match open[client as usize] {
            None if done.len() == size as usize => {}
            None => {
                open[client as usize] = Some(done.len());
                done.push(None);
                session.push(Process(client as u32));
                invoked.push(position);
                completed.push(NEVER);
                position += 1;
            }
            Some(txn) if done[txn].is_none() => {
                let replica = client % REPLICAS;
                let far = &mut far[replica as usize];
                *far = (*far).max(log.saturating_sub(rng.below(lag + 1) as u32));
                let mut steps: Vec<(F, u32, ValueId)> = Vec::new();
                for _ in 0..STEPS {
                    let key = rng.below(KEYS) as u32;
                    if rng.below(2) == 0 {
                        value += 1;
                        steps.push((F::Write, key, ValueId(value)));
                        continue;
                    }
                    let own = steps
                        .iter()
                        .rev()
                        .find(|step| step.1 == key)
                        .map(|step| step.2);
                    let seen = versions[key as usize].iter().rev();
                    let mut seen = seen.filter(|&&(at, by, _)| at < *far || by == replica);
                    let found = seen.next().map_or(ValueId::NIL, |found| ValueId(found.2));
                    steps.push((F::Read, key, own.unwrap_or(found)));
                }
                for (at, &(f, key, ValueId(value))) in steps.iter().enumerate() {
                    let is_last = steps[at + 1..]
                        .iter()
                        .all(|s| s.1 != key || s.0 != F::Write);
                    if f == F::Write && is_last {
                        versions[key as usize].push((log, replica, value));
                    }
                }
                log += 1;
                done[txn] = Some(steps);
            }
            Some(txn) => {
                completed[txn] = position;
                position += 1;
                ended += 1;
                open[client as usize] = None;
            }
        }
    }
    let mut txns = Txns {
        status: vec![Status::Ok; size as usize],
        process: session,
        invoked,
        completed,
        keys: (0..KEYS as i64).map(Data::from).collect(),
        has_real_time: true,
        ..Txns::default()
    };
    txns.starts.push(0);
    for steps in done {
        for (f, key, value) in steps.expect("all ended") {
            txns.f.push(f);
            txns.key.push(key);
            txns.value.push(value);
        }
        txns.starts.push(txns.f.len() as u32);
    }
    txns
}

/// How long this process has had a core: other load does not count.
fn cpu_ms() -> f64 {
    busy_ns() as f64 / 1e6
}
