//! How long it takes to judge queues, stacks and priority queues: `cargo bench -p checkers --bench collections`.
//!
//! One object with different values, 10 clients scheduled at random, one half of what they ask puts
//! something in; from columns, on one core, as time on the processor. `unknown` is the share of puts of unknown outcome, half of
//! which took effect. Memory is the peak of what a decision holds beside the history.
#[path = "kit/counting.rs"]
mod counting;
#[path = "kit/rng.rs"]
mod rng;

use checkers::measured::Columns;
use rng::Rng;
use std::time::{Duration, Instant};

/// The best of so many measurements is shown.
const ROUNDS: usize = 5;

/// Less than this is measured by the clock, as time on the processor is counted in steps of some ms.
const COUNTED_MIN: Duration = Duration::from_millis(20);

const CLIENTS: usize = 10;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Object {
    Queue,
    Stack,
    PriorityQueue,
}

fn main() {
    println!("| object | operations | unknown | ms | ns/operation | peak MB |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    for (object, name, largest) in [
        (Object::Queue, "FIFO queue", 10_000_000),
        (Object::Stack, "stack", 1_000_000),
        (Object::PriorityQueue, "priority queue", 1_000_000),
    ] {
        for unknown in [0, 1] {
            let mut operations = 10_000;
            while operations <= largest {
                measure(object, name, operations, unknown);
                operations *= 10;
            }
        }
    }
}

fn measure(object: Object, name: &str, operations: usize, unknown: u64) {
    let columns = simulate(object, operations, unknown);
    let (mut best, mut best_on_clock) = (Duration::MAX, Duration::MAX);
    let began = Instant::now();
    let before = counting::begin();
    for _ in 0..ROUNDS {
        let (start, start_on_clock) = (on_processor(began), Instant::now());
        let is_legal = match object {
            Object::Queue => columns.is_queue(),
            Object::Stack => columns.is_stack(),
            Object::PriorityQueue => columns.is_priority_queue(),
        };
        best_on_clock = best_on_clock.min(start_on_clock.elapsed());
        best = best.min(on_processor(began) - start);
        assert_eq!(is_legal, Some(true), "simulated as one");
    }
    if best_on_clock < COUNTED_MIN {
        best = best_on_clock;
    }
    let peak = counting::peak() - before;
    println!(
        "| {name} | {operations} | {unknown}% | {:.1} | {:.0} | {:.1} |",
        best.as_secs_f64() * 1e3,
        best.as_secs_f64() * 1e9 / operations as f64,
        peak as f64 / 1e6,
    );
}

/// For how long this thread was on a processor; for how long it has been running, where nobody counts.
fn on_processor(began: Instant) -> Duration {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let counted = counted.and_then(|counts| counts.split(' ').next()?.parse().ok());
    counted.map_or_else(|| began.elapsed(), Duration::from_nanos)
}

/// The elements of the object.
struct Held {
    object: Object,
    elements: std::collections::VecDeque<u32>,
    heap: std::collections::BinaryHeap<std::cmp::Reverse<u32>>,
}

impl Held {
    fn put(&mut self, value: u32) {
        match self.object {
            Object::Queue | Object::Stack => self.elements.push_back(value),
            Object::PriorityQueue => self.heap.push(std::cmp::Reverse(value)),
        }
    }

    fn take(&mut self) -> Option<u32> {
        match self.object {
            Object::Queue => self.elements.pop_front(),
            Object::Stack => self.elements.pop_back(),
            Object::PriorityQueue => self.heap.pop().map(|value| value.0),
        }
    }
}

#[derive(Clone, Copy)]
enum Did {
    Put(u32),
    Take(Option<u32>),
}

/// One operation: what it did, and between which events.
#[derive(Clone, Copy)]
struct Operation {
    did: Did,
    invoked: u32,
    returned: u32,
}

fn simulate(object: Object, operations: usize, unknown: u64) -> Columns {
    let mut rng = Rng(7);
    let mut held = Held {
        object,
        elements: std::collections::VecDeque::new(),
        heap: std::collections::BinaryHeap::new(),
    };
    let mut values = shuffled(object, operations, &mut rng).into_iter();
    let mut all: Vec<Operation> = Vec::with_capacity(operations);
    // By client: its operation, and whether that took effect.
    let mut clients: Vec<Option<(usize, bool)>> = vec![None; CLIENTS];
    let (mut position, mut open) = (0, 0);
    while all.len() < operations || open > 0 {
        let client = &mut clients[rng.below(CLIENTS as u64) as usize];
        match *client {
            None if all.len() == operations => {}
            None => {
                let did = if rng.below(2) == 0 {
                    Did::Put(values.next().expect("as many as operations"))
                } else {
                    Did::Take(None)
                };
                *client = Some((all.len(), false));
                all.push(Operation {
                    did,
                    invoked: position,
                    returned: u32::MAX,
                });
                position += 1;
                open += 1;
            }
            Some((op, false)) => {
                let is_unknown = matches!(all[op].did, Did::Put(_)) && rng.below(100) < unknown;
                if !is_unknown || rng.below(2) == 0 {
                    match &mut all[op].did {
                        Did::Put(value) => held.put(*value),
                        Did::Take(taken) => *taken = held.take(),
                    }
                }
                *client = (!is_unknown).then_some((op, true));
                open -= usize::from(is_unknown);
            }
            Some((op, true)) => {
                all[op].returned = position;
                position += 1;
                open -= 1;
                *client = None;
            }
        }
    }
    let mut columns = Columns::default();
    for op in all {
        match op.did {
            Did::Put(value) => columns.put(value, op.invoked, op.returned),
            Did::Take(taken) => columns.take(taken, op.invoked, op.returned),
        }
    }
    columns
}

/// Values in order for queues and stacks, at random for priority queues.
fn shuffled(object: Object, operations: usize, rng: &mut Rng) -> Vec<u32> {
    let mut values: Vec<u32> = (0..operations as u32).collect();
    if object == Object::PriorityQueue {
        for last in (1..values.len()).rev() {
            values.swap(last, rng.below(last as u64 + 1) as usize);
        }
    }
    values
}
