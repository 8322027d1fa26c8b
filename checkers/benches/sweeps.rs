//! How long it takes to judge sets, counters, locks and ids: `cargo bench -p checkers --bench sweeps`.
//!
//! Legal histories of ten clients that are scheduled at random, as columns; the sets that grow, and
//! what is called `calls`, as whole calls, the time of lowering included. Memory is the peak of the
//! process, input included. `-- 1000000` ends at a million operations.
#[path = "kit/busy.rs"]
mod busy;
#[path = "kit/peak.rs"]
mod peak;
#[path = "kit/rng.rs"]
mod rng;

use busy::busy_ns;
use checkers::columns::{Calls, Hold, Holds, Ids, Levels, Move};
use checkers::{Call, Data, Verb};
use peak::{forget_peak, peak_mb};
use rng::Rng;
use std::time::Instant;

const CLIENTS: u64 = 10;

fn main() {
    let told = std::env::args().find_map(|argument| argument.parse().ok());
    let most: u32 = told.unwrap_or(10_000_000);
    println!("| object | operations | ms | ms on a core | ns/op | peak MB |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    let sizes = [10_000, 100_000, 1_000_000, 10_000_000];
    for size in sizes.into_iter().filter(|size| *size <= most) {
        elements(size, 1);
        elements(size, size / 100);
        level("lock, anyone releases", size, 1, false);
        level("semaphore of 8", size, 8, false);
        level("counter", size, i32::MAX >> 2, true);
        owner_mutex(size);
        ids(size);
        if size <= 1_000_000 {
            calls(size);
        }
    }
    for (adds, reads) in [(10_000, 100), (100_000, 1_000)] {
        growing_set(adds, reads);
    }
}

/// One operation: what it did, who asked, and when.
type Done<A> = (A, u32, u32, u32);

/// Operations in order of invocation. One that cannot take effect yet is asked again later.
fn simulate<A: Clone>(
    size: u32,
    rng: &mut Rng,
    mut effect: impl FnMut(u32, &mut Rng) -> Option<A>,
) -> Vec<Done<A>> {
    let mut done: Vec<(Option<A>, u32, u32, u32)> = Vec::with_capacity(size as usize);
    let mut open: Vec<Option<usize>> = vec![None; CLIENTS as usize];
    let (mut position, mut returned) = (0, 0);
    while returned < size {
        let client = rng.below(CLIENTS) as usize;
        match open[client] {
            None if done.len() == size as usize => {}
            None => {
                open[client] = Some(done.len());
                done.push((None, client as u32, position, u32::MAX));
                position += 1;
            }
            Some(op) if done[op].0.is_none() => done[op].0 = effect(client as u32, rng),
            Some(op) => {
                done[op].3 = position;
                position += 1;
                returned += 1;
                open[client] = None;
            }
        }
    }
    let all = done.into_iter();
    all.map(|(did, client, invoked, end)| (did.expect("it returned"), client, invoked, end))
        .collect()
}

/// Times `judge`, which has to find the history legal.
fn measure(object: &str, size: u64, judge: impl FnOnce() -> bool) {
    let (start, busy) = (Instant::now(), busy_ns());
    let is_legal = judge();
    let took = start.elapsed().as_secs_f64();
    let busy = (busy_ns() - busy) as f64;
    assert!(is_legal, "{object} is legal");
    let (ms, ns, peak) = (took * 1e3, busy / size as f64, peak_mb());
    let busy = busy / 1e6;
    println!("| {object} | {size} | {ms:.2} | {busy:.2} | {ns:.0} | {peak} |");
}

fn elements(size: u32, elements: u32) {
    let mut rng = Rng(1);
    let mut levels = Levels::default();
    for _ in 0..elements {
        let mut level = 0;
        let element = simulate(size / elements, &mut rng, |_, rng| {
            Some(match (rng.below(3), level) {
                (0, 0) => {
                    level = 1;
                    Move::Up
                }
                (1, 1) => {
                    level = 0;
                    Move::Down
                }
                (_, level) => Move::Read(level),
            })
        });
        for (did, _, invoked, returned) in element {
            levels.push(did, invoked, returned);
        }
        levels.split();
    }
    forget_peak();
    let name = if elements == 1 {
        "one element of a set"
    } else {
        "elements of 100 operations"
    };
    measure(name, u64::from(size), || levels.are_legal(1));
}

fn level(name: &str, size: u32, highest: i32, is_read: bool) {
    let mut level = 0;
    let all = simulate(size, &mut Rng(2), |_, rng| {
        let is_up = level == 0 || level < highest && rng.below(2) == 0;
        if is_read && !is_up {
            return Some(Move::Read(level));
        }
        level += if is_up { 1 } else { -1 };
        Some(if is_up { Move::Up } else { Move::Down })
    });
    let mut levels = Levels::default();
    for (did, _, invoked, returned) in all {
        levels.push(did, invoked, returned);
    }
    levels.split();
    forget_peak();
    measure(name, u64::from(size), || levels.are_legal(highest));
}

fn holds(size: u32) -> Vec<Done<Hold>> {
    let mut holder = None;
    simulate(size, &mut Rng(3), |client, rng| {
        if holder == Some(client) {
            holder = None;
            return Some(Hold::Release);
        }
        if holder.is_none() {
            holder = Some(client);
            return Some(Hold::Acquire);
        }
        // Most wait for it, some give up.
        (rng.below(10) == 0).then_some(Hold::Refused)
    })
}

fn owner_mutex(size: u32) {
    let mut columns = Holds::default();
    for (did, client, invoked, returned) in holds(size) {
        columns.push(client, did, invoked, returned);
    }
    forget_peak();
    measure("lock of an owner", u64::from(size), || columns.are_legal());
}

fn ids(size: u32) {
    let mut id = 0;
    let all = simulate(size, &mut Rng(4), |_, rng| {
        id += 1 + rng.below(3) as i64;
        Some(id)
    });
    let (mut growing, mut unique) = (Ids::default(), Ids::default());
    for (id, _, invoked, returned) in all {
        growing.push(id, invoked, returned);
        unique.push(
            id.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as i64),
            invoked,
            returned,
        );
    }
    forget_peak();
    measure("growing ids", u64::from(size), || growing.are_growing());
    forget_peak();
    measure("unique ids", u64::from(size), || unique.are_unique());
}

fn calls(size: u32) {
    let mut locks = Calls::default();
    for (did, client, invoked, returned) in holds(size) {
        let (f, output) = match did {
            Hold::Acquire => (Verb::Acquire, Data::Nil),
            Hold::Refused => (Verb::Acquire, Data::Bool(false)),
            Hold::Release => (Verb::Release, Data::Nil),
        };
        let call = Call::new(f, 0, Data::Nil).answered(output);
        locks.push(client, call, invoked, returned);
    }
    forget_peak();
    measure("lock of an owner, calls", u64::from(size), || {
        locks.is_owner_mutex()
    });
    let mut sum = 0;
    let all = simulate(size, &mut Rng(5), |_, rng| {
        let is_read = rng.below(2) == 0;
        sum += i64::from(!is_read);
        Some(if is_read {
            Call::new(Verb::Read, 0, Data::Nil).answered(sum)
        } else {
            Call::new(Verb::Add, 0, 1).answered(Data::Nil)
        })
    });
    let mut counter = Calls::default();
    for (call, client, invoked, returned) in all {
        counter.push(client, call, invoked, returned);
    }
    forget_peak();
    measure("counter, calls", u64::from(size), || counter.is_counter());
}

fn growing_set(adds: u32, reads: u32) {
    let mut held: Vec<i64> = Vec::new();
    let share = u64::from(adds / reads + 1);
    let all = simulate(adds + reads, &mut Rng(6), |_, rng| {
        if rng.below(share) == 0 {
            let seen = Data::List(held.iter().map(|&element| Data::Int(element)).collect());
            return Some(Call::new(Verb::Read, 0, Data::Nil).answered(seen));
        }
        let element = held.len() as i64;
        held.push(element);
        Some(Call::new(Verb::Add, 0, element).answered(Data::Nil))
    });
    let mut calls = Calls::default();
    for (call, client, invoked, returned) in all {
        calls.push(client, call, invoked, returned);
    }
    forget_peak();
    let name = format!("growing set, about {reads} reads, calls");
    measure(&name, u64::from(adds + reads), || calls.is_growing_set());
}
