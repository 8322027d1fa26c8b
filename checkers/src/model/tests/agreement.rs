//! The algorithms made for an object against the specification that users read, by brute force.
use crate::linearizable::{Answer, Asked, Engine, NEVER, priority, queue, stack, sweep, verify};
use crate::model::script::parse;
use crate::model::{
    Counter, FencedMutex, MonotoneIds, Mutex, OwnerMutex, PriorityQueue, Queue, ReentrantMutex,
    RwLock, Semaphore, Set, Stack, UniqueIds,
};
use crate::testing::{Rng, close_gaps, is_legal, schedule};
use crate::{Call, Process, Spec};

const ROUNDS: u64 = 25_000;

/// Compares on random histories of `calls`, separated by semicolons.
#[track_caller]
fn agree<S: Spec>(spec: &S, engine: &Engine, calls: &str) {
    let calls: Vec<Call> = calls.split(';').map(|call| parse(call).1).collect();
    let (mut legal, mut illegal) = (0, 0);
    for seed in 0..ROUNDS {
        let mut rng = Rng(seed);
        let asked = history(spec, &calls, &mut rng);
        let is_legal_by_force = is_legal(spec, &asked);
        match (engine.check)(&asked) {
            Answer::Outside(_) => {}
            Answer::Legal => {
                assert!(is_legal_by_force, "{seed} acquitted: {asked:#?}");
                let order = (engine.order)(&asked).expect("a legal history has an order");
                let verified = verify(spec, &asked, &order);
                assert_eq!(verified, Ok(()), "{seed}: {order:?} of {asked:#?}");
                legal += 1;
            }
            Answer::Illegal(proof) => {
                assert!(!is_legal_by_force, "{seed} accused: {asked:#?}");
                let alone = proof.ops.iter().map(|(op, _)| asked[*op as usize].clone());
                let alone: Vec<Asked> = alone.collect();
                assert!(
                    !is_legal(spec, &alone),
                    "{seed} no proof: {proof:#?} of {asked:#?}"
                );
                illegal += 1;
            }
        }
    }
    assert!(ROUNDS / 50 < legal, "{legal} legal ones");
    assert!(ROUNDS / 50 < illegal, "{illegal} illegal ones");
}

/// What clients of such an object might record, some of it wrong, some without an answer.
fn history<S: Spec>(spec: &S, calls: &[Call], rng: &mut Rng) -> Vec<Asked> {
    let operations = 2 + rng.below(6) as usize;
    let (plan, order) = schedule(operations, 2 + rng.below(3) as usize, rng);
    let any = |rng: &mut Rng| calls[rng.below(calls.len() as u64) as usize].clone();
    let mut chosen: Vec<Option<Call>> = vec![None; operations];
    let mut state = spec.init();
    for op in order {
        let process = Process(plan[op].process);
        for _ in 0..12 {
            let call = any(rng);
            let next = spec.step(&state, process, &call).into_iter().next();
            if let Some(next) = next {
                (state, chosen[op]) = (next, Some(call));
                break;
            }
        }
    }
    let mut asked: Vec<Asked> = Vec::new();
    for (op, planned) in plan.iter().enumerate() {
        let is_last = plan[op + 1..]
            .iter()
            .all(|later| later.process != planned.process);
        let mut call = chosen[op].take().unwrap_or_else(|| any(rng));
        if rng.percent(8) {
            call = any(rng);
        }
        let is_unknown = is_last && rng.percent(25);
        if is_unknown {
            call.output = None;
            if spec.is_read_only(&call) {
                continue;
            }
        }
        asked.push(Asked {
            process: Process(planned.process),
            call,
            invoked: planned.invoked,
            returned: if is_unknown { NEVER } else { planned.returned },
        });
    }
    close_gaps(&mut asked);
    asked
}

#[test]
fn elements_of_sets() {
    let calls = "add 1 → true; add 1 → false; remove 1 → true; remove 1 → false; contains 1 → true; contains 1 → false";
    agree(&Set, &sweep::element::ENGINE, calls);
    agree(
        &Set,
        &sweep::element::ENGINE,
        "add 1; remove 1; contains 1 → true; contains 1 → false",
    );
}

#[test]
fn sets_that_grow() {
    let calls = "add 1; add 2; add 3; add 4; read → []; read → [1]; read → [2]; read → [1 2]; read → [2 3]; read → [1 2 3]; read → [1 2 3 4]";
    agree(&Set, &sweep::grow_set::ENGINE, calls);
}

#[test]
fn counters() {
    agree(
        &Counter,
        &sweep::counter::ENGINE,
        "add 1; add 1; read → 0; read → 1; read → 2; read → 3",
    );
    agree(
        &Counter,
        &sweep::counter::ENGINE,
        "add 1 → 1; add 1 → 2; add 1 → 3; read → 0; read → 1; read → 2",
    );
}

#[test]
fn queues() {
    let calls = "enqueue 1; enqueue 2; enqueue 3; enqueue 4; enqueue 5; dequeue → 1; dequeue → 2; dequeue → 3; dequeue → 4; dequeue → nil";
    agree(&Queue, &queue::ENGINE, calls);
}

#[test]
fn stacks() {
    let calls =
        "push 1; push 2; push 3; push 4; push 5; pop → 1; pop → 2; pop → 3; pop → 4; pop → nil";
    agree(&Stack, &stack::ENGINE, calls);
}

#[test]
fn priority_queues() {
    let calls = "insert 1; insert 2; insert 3; insert 4; insert 5; delete-min → 1; delete-min → 2; delete-min → 3; delete-min → 4; delete-min → nil";
    agree(&PriorityQueue, &priority::ENGINE, calls);
}

#[test]
fn locks() {
    let calls = "acquire; acquire → true; acquire → false; release; release";
    agree(&Mutex, &sweep::mutex::ENGINE, calls);
    agree(&OwnerMutex, &sweep::owned::MUTEX, calls);
    agree(&ReentrantMutex, &sweep::owned::REENTRANT, calls);
    for permits in 1..=3 {
        let engine = sweep::semaphore::engine(permits).expect("few permits");
        let permits = i64::from(permits);
        agree(
            &Semaphore { permits },
            &engine,
            "acquire; acquire; acquire; release; acquire → false",
        );
    }
}

#[test]
fn locks_of_readers_and_writers() {
    let calls = "acquire-read; acquire-write; release; release; acquire-read → false; acquire-write → false";
    agree(&RwLock, &sweep::owned::RW_LOCK, calls);
}

#[test]
fn locks_with_tokens() {
    let calls = "acquire → 1; acquire → 2; acquire → 3; acquire → 4; release; release; release; acquire → false";
    agree(&FencedMutex, &sweep::fenced::ENGINE, calls);
}

#[test]
fn ids() {
    let calls = "generate → 1; generate → 2; generate → 3; generate → 4; generate → 5; generate → 6; generate → 7";
    agree(&UniqueIds, &sweep::ids::UNIQUE, calls);
    agree(&MonotoneIds, &sweep::ids::MONOTONE, calls);
}
