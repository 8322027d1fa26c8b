//! How long it takes to decide registers of unique writes alone: `cargo bench -p checkers --bench registers`.
//!
//! Simulated registers as columns, with no history around them: an equal mix of reads, writes and
//! compare-and-sets, ten clients scheduled at random, 1 % of unknown outcomes, half of which took
//! effect. A lie is a read at three quarters that found what had long been replaced. Times are
//! medians of several decisions, on one core: of the clock, and of the core itself, which other
//! work on the machine does not lengthen. Memory is the peak of the process, columns included.
//! Arguments: the largest number of operations (10^7), and the seed (7).
#[path = "kit/busy.rs"]
mod busy;
#[path = "kit/peak.rs"]
mod peak;
#[path = "kit/rng.rs"]
mod rng;

use busy::busy_ns;
use checkers::columns::{Access, Registers};
use peak::{forget_peak, peak_mb};
use rng::Rng;
use std::time::Instant;

const CLIENTS: u64 = 10;

/// How often a case is decided.
const TIMES: usize = 7;

fn main() {
    let numbers = std::env::args().filter_map(|argument| argument.parse().ok());
    let numbers: Vec<u64> = numbers.collect();
    let most = numbers.first().copied().unwrap_or(10_000_000);
    let seed = numbers.get(1).copied().unwrap_or(7);
    println!(
        "| operations | keys | lie | ms | ms on a core | ns/op | million op/s | peak MB | of which columns |"
    );
    println!("| ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    let sizes = [10_000, 100_000, 1_000_000, 10_000_000];
    for operations in sizes.into_iter().filter(|size| *size <= most) {
        for (keys, is_lie) in [(1, false), (1, true), (operations / 1_000, false)] {
            measure(&Case {
                operations,
                keys,
                is_lie,
                seed,
            });
        }
    }
}

struct Case {
    operations: u64,
    keys: u64,
    is_lie: bool,
    seed: u64,
}

fn measure(case: &Case) {
    let registers = simulate(case);
    forget_peak();
    let columns = peak_mb();
    let lies = usize::from(case.is_lie);
    let mut times: Vec<(f64, f64)> = Vec::new();
    for _ in 0..TIMES {
        let (start, busy) = (Instant::now(), busy_ns());
        let legal = registers.legal();
        let took = start.elapsed().as_secs_f64();
        times.push((took * 1e3, (busy_ns() - busy) as f64 / 1e6));
        assert_eq!(legal, case.keys as usize - lies, "as simulated");
    }
    let ms = median(times.iter().map(|time| time.0));
    let busy = median(times.iter().map(|time| time.1));
    let size = case.operations as f64;
    println!(
        "| {} | {} | {} | {ms:.2} | {busy:.2} | {:.0} | {:.0} | {} | {columns} |",
        case.operations,
        case.keys,
        if case.is_lie { "yes" } else { "no" },
        busy * 1e6 / size,
        size / busy / 1e3,
        peak_mb(),
    );
}

fn median(times: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.collect();
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}

/// An operation that was asked, or took effect and is about to be answered.
#[derive(Clone, Copy)]
struct Open {
    key: usize,
    op: usize,
    access: Access,
    is_done: bool,
}

/// What a key holds, what it held long ago, and how many values were named.
#[derive(Clone, Copy, Default)]
struct Held {
    now: u32,
    once: u32,
    fresh: u32,
}

struct Simulation {
    registers: Registers,
    held: Vec<Held>,
    rng: Rng,
}

fn simulate(case: &Case) -> Registers {
    let mut simulation = Simulation {
        registers: Registers::new(case.keys as usize),
        held: vec![Held::default(); case.keys as usize],
        rng: Rng(case.seed),
    };
    let mut clients: Vec<Option<Open>> = vec![None; CLIENTS as usize];
    let mut asked = 0;
    let mut is_lie_due = case.is_lie;
    while asked < case.operations || clients.iter().any(Option::is_some) {
        let client = &mut clients[simulation.rng.below(CLIENTS) as usize];
        *client = match *client {
            None if asked == case.operations => None,
            None => {
                asked += 1;
                Some(simulation.begin())
            }
            Some(open) if open.is_done => {
                let is_due = is_lie_due && asked > case.operations * 3 / 4;
                is_lie_due &= !simulation.end(open, is_due);
                None
            }
            Some(open) => simulation.take_effect(open),
        };
    }
    assert!(!is_lie_due, "somebody read late enough");
    simulation.registers
}

impl Simulation {
    fn begin(&mut self) -> Open {
        let key = self.rng.below(self.held.len() as u64) as usize;
        let held = &mut self.held[key];
        let kind = self.rng.below(3);
        held.fresh += u32::from(kind > 0);
        let (from, to) = (held.now, held.fresh);
        let access = match kind {
            0 => Access::Found(0),
            1 => Access::Write(to),
            _ => Access::Swap { from, to },
        };
        let op = self.registers.begin(key, access);
        let is_done = false;
        Open {
            key,
            op,
            access,
            is_done,
        }
    }

    /// None if nobody will ever hear of it.
    fn take_effect(&mut self, mut open: Open) -> Option<Open> {
        let is_unknown = self.rng.below(100) == 0;
        if is_unknown && self.rng.below(2) == 0 {
            return None;
        }
        let held = &mut self.held[open.key];
        match open.access {
            Access::Found(_) => open.access = Access::Found(held.now),
            Access::Swap { from, .. } if from != held.now => open.access = Access::Found(held.now),
            Access::Write(to) | Access::Swap { to, .. } => {
                if held.once == 0 {
                    held.once = to;
                }
                held.now = to;
            }
        }
        open.is_done = true;
        (!is_unknown).then_some(open)
    }

    /// Answers, with a lie if one is due and this found anything; whether it lied.
    fn end(&mut self, mut open: Open, is_due: bool) -> bool {
        let is_lie = is_due && matches!(open.access, Access::Found(_));
        if is_lie {
            open.access = Access::Found(self.held[open.key].once);
        }
        self.registers.end(open.key, open.op, open.access);
        is_lie
    }
}
