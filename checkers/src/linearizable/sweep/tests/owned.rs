//! Locks that know who holds them.
use super::{DONE, Model, NO, Tally, all_histories, calls, compare, compare_random, small};
use crate::linearizable::engine::Engine;
use crate::linearizable::sweep::owned;
use crate::testing::Rng;
use crate::{Call, Data, Spec, Verb};

/// Who holds it, in ascending order, and whether as a writer.
type Holders = (bool, Vec<u32>);

#[derive(Clone, Copy, PartialEq)]
enum Lock {
    Mutex,
    Reentrant,
    ReadWrite,
}

impl Lock {
    fn engine(self) -> Engine {
        match self {
            Lock::Mutex => owned::MUTEX,
            Lock::Reentrant => owned::REENTRANT,
            Lock::ReadWrite => owned::RW_LOCK,
        }
    }

    fn with(self, (is_written, held): &Holders, process: u32, f: &Verb) -> Option<Holders> {
        let mut after = held.clone();
        after.push(process);
        after.sort_unstable();
        let is_own = held.iter().all(|&holder| holder == process);
        let is_possible = match (self, f) {
            (Lock::Mutex | Lock::ReadWrite, Verb::Acquire | Verb::AcquireWrite) => held.is_empty(),
            (Lock::Reentrant, _) => is_own,
            (_, _) => !is_written,
        };
        is_possible.then_some((*f != Verb::AcquireRead, after))
    }

    fn without(self, (is_written, held): &Holders, process: u32) -> Option<Holders> {
        let mut after = held.clone();
        after.remove(held.iter().position(|&holder| holder == process)?);
        Some((*is_written && !after.is_empty(), after))
    }

    fn spec(self) -> impl Spec<State = Holders> {
        let step = move |holders: &Holders, process: u32, call: &Call| {
            let after = match call.f {
                Verb::Release => self.without(holders, process),
                _ => self.with(holders, process, &call.f),
            };
            match &call.output {
                None => Some(after.unwrap_or_else(|| holders.clone())),
                Some(Data::Bool(false)) => after.is_none().then(|| holders.clone()),
                Some(_) => after,
            }
        };
        Model {
            init: (false, Vec::new()),
            step,
        }
    }

    fn acquires(self) -> &'static [Verb] {
        match self {
            Lock::Mutex | Lock::Reentrant => &[Verb::Acquire],
            Lock::ReadWrite => &[Verb::AcquireRead, Verb::AcquireWrite],
        }
    }
}

const LOCKS: [Lock; 3] = [Lock::Mutex, Lock::Reentrant, Lock::ReadWrite];

#[test]
fn all_small_histories_of_owned_locks_agree_with_brute_force() {
    for lock in LOCKS {
        let mut choices = calls(Verb::Release, &Data::Nil, &[DONE, None]);
        for f in lock.acquires() {
            choices.extend(calls(f.clone(), &Data::Nil, &[DONE, NO, None]));
        }
        let mut tally = Tally::default();
        let (spec, engine) = (lock.spec(), lock.engine());
        let mut judge = |asked: &[_]| compare(&spec, engine, asked, &mut tally);
        all_histories(&choices, 3, 4, &mut judge);
        println!("{tally:?}");
        assert!(tally.outside * 10 < tally.all());
        assert!(lock == Lock::ReadWrite || tally.outside == 0);
    }
}

#[test]
fn random_histories_of_owned_locks_agree_with_brute_force() {
    for (lock, tries) in LOCKS.into_iter().flat_map(|lock| [(lock, 10), (lock, 60)]) {
        let ask = |holders: &mut Holders, process: u32, rng: &mut Rng| {
            let is_mine = holders.1.contains(&process);
            if is_mine && !rng.percent(tries / 2) {
                let after = lock.without(holders, process);
                *holders = after.expect("it holds");
                return Call::new(Verb::Release, 0, Data::Nil).answered(Data::Nil);
            }
            let all = lock.acquires();
            let f = all[rng.below(all.len() as u64) as usize].clone();
            let after = lock.with(holders, process, &f);
            let is_refused = after.is_none();
            *holders = after.unwrap_or_else(|| holders.clone());
            Call::new(f, 0, Data::Nil).answered(!is_refused)
        };
        let lie = |call: &Call, rng: &mut Rng| {
            if call.f == Verb::Release {
                return call.clone();
            }
            call.clone().answered(rng.percent(50))
        };
        let (spec, engine) = (lock.spec(), lock.engine());
        let tally = compare_random(&spec, engine, 70_000, small, false, &ask, &lie);
        assert!(tally.outside * 20 < tally.all());
        assert!(lock == Lock::ReadWrite || tally.outside == 0);
        assert!(tally.illegal > tally.all() / 50);
    }
}

#[test]
fn a_reader_who_stays_keeps_the_next_writer_out() {
    // Process 1 was refused as a reader while 2 was reading, and so before 0 can have been writing.
    let (done, no) = (DONE.expect("an answer"), NO.expect("an answer"));
    let history = [
        (2, Verb::AcquireRead, &done, 0, 2),
        (0, Verb::AcquireRead, &done, 1, 3),
        (0, Verb::Release, &done, 4, 5),
        (1, Verb::AcquireRead, &no, 6, 8),
        (0, Verb::AcquireWrite, &done, 7, 11),
        (2, Verb::Release, &done, 9, 10),
    ];
    let asked = history.map(|(process, f, output, invoked, returned)| super::Asked {
        process: crate::Process(process),
        call: Call::new(f, 0, Data::Nil).answered(output.clone()),
        invoked,
        returned,
    });
    let mut tally = Tally::default();
    let lock = Lock::ReadWrite;
    compare(&lock.spec(), lock.engine(), &asked, &mut tally);
    assert_eq!(tally.illegal, 1);
}
