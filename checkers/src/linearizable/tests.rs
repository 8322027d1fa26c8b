//! Every specialised algorithm against the general search, on histories of thousands of operations.
//!
//! Brute force holds all of them to the specification on small histories; here they and the search,
//! which share nothing, judge what only long ones have: many turns, and lies far from either end.
//! `AGREEMENT_HISTORIES=500 cargo test --release -p checkers linearizable::tests` draws more.
mod clients;
mod generate;

use super::object::verify::verify;
use super::search::{End, Question, search};
use super::{Answer, Asked, Engine, NEVER, priority, queue, stack, sweep};
use crate::model::{
    Counter, FencedMutex, MonotoneIds, Mutex, OwnerMutex, PriorityQueue, Queue, ReentrantMutex,
    RwLock, Semaphore, Set, Stack, UniqueIds,
};
use crate::testing::{Rng, close_gaps};
use crate::{Budget, Data, Spec};
use clients::Clients;
use generate::{Shape, corrupt, history};
use std::collections::BTreeMap;

/// Histories of each object, unless told otherwise.
const HISTORIES: u64 = 20;

const OPERATIONS_MIN: u64 = 1_000;
const OPERATIONS_MAX: u64 = 10_000;

/// What the search may spend on one history.
const STEPS_MAX: u64 = 400_000;
const BYTES_MAX: u64 = 256 << 20;

/// How the histories of one object were judged.
#[derive(Debug, Default)]
struct Tally {
    legal: u64,
    illegal: u64,
    /// By the reason that the algorithm gave.
    outside: BTreeMap<&'static str, u64>,
    /// The search gave up.
    undecided: u64,
    operations: usize,
    /// Operations that got no answer.
    lost: usize,
}

impl Tally {
    fn give_up(&mut self, name: &str) {
        println!("{name}: the search gave up");
        self.undecided += 1;
    }
}

/// Compares on random histories, half of them with a lie.
#[track_caller]
fn agree<S: Spec>(name: &str, spec: &S, engine: &Engine, clients: fn(&mut Rng) -> Clients<S>) {
    let told = std::env::var("AGREEMENT_HISTORIES").ok();
    let rounds = told.map_or(HISTORIES, |told| told.parse().expect("a number"));
    let mut tally = Tally::default();
    for seed in 0..rounds {
        let mut rng = Rng(seed);
        let clients = clients(&mut rng);
        let shape = Shape::draw(operations(&mut rng), clients.is_hard, &mut rng);
        let mut asked = history(spec, &clients, shape, &mut rng);
        if seed % 2 == 1 {
            corrupt(&mut asked, &mut rng);
        }
        tally.operations += asked.len();
        tally.lost += asked.iter().filter(|asked| !asked.is_answered()).count();
        let name = format!("{name} {seed} {shape:?}");
        compare(spec, engine, &asked, &mut tally, &name);
    }
    println!("{name}: {tally:?}");
    let Tally { legal, illegal, .. } = tally;
    assert!(0 < tally.lost && rounds / 4 <= legal, "{name}: {tally:?}");
    assert!(rounds / 10 <= illegal, "{name}: {tally:?}");
    assert!(tally.undecided * 10 <= rounds, "{name}: {tally:?}");
    assert!(rounds * 3 <= (legal + illegal) * 4, "{name}: {tally:?}");
}

/// As many of a thousand as of several thousands.
fn operations(rng: &mut Rng) -> usize {
    let most = OPERATIONS_MIN + rng.below(OPERATIONS_MAX - OPERATIONS_MIN + 1);
    (OPERATIONS_MIN + rng.below(most - OPERATIONS_MIN + 1)) as usize
}

fn compare<S: Spec>(spec: &S, engine: &Engine, asked: &[Asked], tally: &mut Tally, name: &str) {
    match (engine.check)(asked) {
        Answer::Outside(why) => *tally.outside.entry(why).or_default() += 1,
        Answer::Legal => {
            let order = (engine.order)(asked).unwrap_or_else(|| panic!("{name}: no order"));
            assert_eq!(verify(spec, asked, &order), Ok(()), "{name}");
            match is_legal(spec, asked) {
                Some(is_legal) => assert!(is_legal, "{name}: acquitted"),
                None => tally.give_up(name),
            }
            tally.legal += 1;
        }
        Answer::Illegal(proof) => {
            let mut ops: Vec<u32> = proof.ops.iter().map(|(op, _)| *op).collect();
            ops.sort_unstable();
            let alone = ops.iter().map(|&op| asked[op as usize].clone());
            let alone = is_legal(spec, &alone.collect::<Vec<_>>());
            assert_ne!(alone, Some(true), "{name}: no proof: {proof:#?}");
            match is_legal(spec, asked) {
                Some(is_legal) => assert!(!is_legal, "{name}: accused: {proof:#?}"),
                None => tally.give_up(name),
            }
            tally.illegal += 1;
        }
    }
}

/// What the search says, part by part where the object has parts, as its judge does; none if it
/// gave up.
fn is_legal<S: Spec>(spec: &S, asked: &[Asked]) -> Option<bool> {
    let mut parts: BTreeMap<Option<Data>, Vec<Asked>> = BTreeMap::new();
    let has_parts = asked.iter().all(|asked| spec.part(&asked.call).is_some());
    for asked in asked {
        let part = spec.part(&asked.call).filter(|_| has_parts);
        parts.entry(part).or_default().push(asked.clone());
    }
    let mut is_known = true;
    for part in parts.values_mut() {
        close_gaps(part);
        let found = search(
            Question::new(spec, part),
            &Budget::new(BYTES_MAX),
            STEPS_MAX,
        );
        match found.end {
            End::Legal { .. } => {}
            End::Illegal(_) => return Some(false),
            End::GaveUp { .. } => is_known = false,
        }
    }
    is_known.then_some(true)
}

#[test]
fn elements_of_sets() {
    agree(
        "set element",
        &Set,
        &sweep::element::ENGINE,
        clients::element,
    );
}

#[test]
fn sets_that_grow() {
    agree(
        "grow-only set",
        &Set,
        &sweep::grow_set::ENGINE,
        clients::grow_set,
    );
}

#[test]
fn counters() {
    agree(
        "counter",
        &Counter,
        &sweep::counter::ENGINE,
        clients::counter,
    );
}

#[test]
fn queues() {
    agree("queue", &Queue, &queue::ENGINE, clients::queue);
}

#[test]
fn stacks() {
    agree("stack", &Stack, &stack::ENGINE, clients::stack);
}

#[test]
fn priority_queues() {
    let clients = clients::priority_queue;
    agree("priority queue", &PriorityQueue, &priority::ENGINE, clients);
}

#[test]
fn mutexes() {
    agree("mutex", &Mutex, &sweep::mutex::ENGINE, clients::mutex);
}

#[test]
fn mutexes_that_know_their_owner() {
    let clients = clients::owner_mutex;
    agree("owner mutex", &OwnerMutex, &sweep::owned::MUTEX, clients);
}

#[test]
fn reentrant_locks() {
    let clients = clients::reentrant_mutex;
    agree(
        "reentrant",
        &ReentrantMutex,
        &sweep::owned::REENTRANT,
        clients,
    );
}

#[test]
fn locks_of_readers_and_writers() {
    agree("rw-lock", &RwLock, &sweep::owned::RW_LOCK, clients::rw_lock);
}

#[test]
fn semaphores() {
    for permits in [1, 2, 5] {
        let engine = sweep::semaphore::engine(permits).expect("few permits");
        let name = format!("semaphore of {permits}");
        let permits = i64::from(permits);
        agree(&name, &Semaphore { permits }, &engine, clients::semaphore);
    }
}

#[test]
fn locks_with_tokens() {
    let clients = clients::fenced_mutex;
    agree("fenced lock", &FencedMutex, &sweep::fenced::ENGINE, clients);
}

#[test]
fn ids_without_order() {
    let clients = clients::unique_ids;
    agree("unique ids", &UniqueIds, &sweep::ids::UNIQUE, clients);
}

#[test]
fn ids_that_grow() {
    let clients = clients::monotone_ids;
    agree("monotone ids", &MonotoneIds, &sweep::ids::MONOTONE, clients);
}
