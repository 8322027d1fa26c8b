//! What clients ask of each object, and which answers they may get; habits are drawn once a history.
use super::Rng;
use crate::model::{
    Counter, FencedMutex, MonotoneIds, Mutex, OwnerMutex, PriorityQueue, Queue, ReentrantMutex,
    RwLock, Semaphore, Set, Stack, UniqueIds,
};
use crate::{Call, Data, Process, Spec, Verb};

type Ask<S> = dyn Fn(&<S as Spec>::State, Process, &mut Rng) -> Call;
type Answers<S> = dyn Fn(&<S as Spec>::State, &Call, &mut Rng) -> Vec<Data>;

/// Clients of an object.
pub(super) struct Clients<S: Spec> {
    /// The next call of a process.
    pub(super) ask: Box<Ask<S>>,
    /// Answers, of which the first that is possible is given.
    pub(super) answers: Box<Answers<S>>,
    /// Whether this process has what only it can give back.
    pub(super) holds: fn(&S::State, Process) -> bool,
    /// Whether the answer to such a call may be lost.
    pub(super) loses: Box<dyn Fn(&Call) -> bool>,
    /// Whether the search loses its way among many that are open, or were lost.
    pub(super) is_hard: bool,
}

impl<S: Spec> Clients<S> {
    fn new(
        ask: impl Fn(&S::State, Process, &mut Rng) -> Call + 'static,
        answers: impl Fn(&S::State, &Call, &mut Rng) -> Vec<Data> + 'static,
    ) -> Clients<S> {
        Clients {
            ask: Box::new(ask),
            answers: Box::new(answers),
            holds: |_, _| false,
            loses: Box::new(|_| true),
            is_hard: false,
        }
    }

    fn holding(self, holds: fn(&S::State, Process) -> bool) -> Clients<S> {
        Clients { holds, ..self }
    }

    fn hard(self) -> Clients<S> {
        Clients {
            is_hard: true,
            ..self
        }
    }
}

fn call(f: Verb) -> Call {
    Call::new(f, 0, Data::Nil)
}

/// One of them.
fn any<T: Clone>(of: &[T], rng: &mut Rng) -> T {
    of[rng.below(of.len() as u64) as usize].clone()
}

/// A number that nobody drew before, but by the rarest chance.
fn fresh(rng: &mut Rng) -> i64 {
    rng.below(1 << 40) as i64
}

/// Done, in the words of this history, or, if it knows refusals, refused.
fn done(refusals: u64, rng: &mut Rng) -> Vec<Data> {
    let said = any(&[Data::Nil, true.into()], rng);
    if rng.percent(refusals) {
        vec![said, false.into()]
    } else {
        vec![said]
    }
}

pub(super) fn element(rng: &mut Rng) -> Clients<Set> {
    let silent = if rng.percent(10) { 1 } else { 0 };
    let verbs = [Verb::Add, Verb::Remove, Verb::Contains, Verb::Contains];
    let ask = move |_: &_, _, rng: &mut Rng| Call::new(any(&verbs, rng), 0, 7);
    Clients::new(ask, move |_, call, rng| {
        if call.f != Verb::Contains && rng.percent(silent) {
            return vec![Data::Nil];
        }
        vec![true.into(), false.into()]
    })
}

/// Additions come in bursts, and not so many that nobody can remember all reads.
pub(super) fn grow_set(rng: &mut Rng) -> Clients<Set> {
    let most = 20 + rng.below(100) as usize;
    let adds = any(&[2, 10, 60], rng);
    let ask = move |held: &Vec<Data>, _, rng: &mut Rng| {
        if held.len() < most && rng.percent(adds) {
            Call::new(Verb::Add, 0, fresh(rng))
        } else {
            call(Verb::Read)
        }
    };
    let said = any(&[Data::Nil, true.into()], rng);
    Clients::new(ask, move |held: &Vec<Data>, call, _| {
        vec![match call.f {
            Verb::Add => said.clone(),
            _ => held.clone().into(),
        }]
    })
}

/// Steps of one size, told or not; now and then up and down.
pub(super) fn counter(rng: &mut Rng) -> Clients<Counter> {
    let size = any(&[1, 1, 5, -3], rng);
    let does_tell = rng.percent(40);
    let goes_back = if does_tell {
        0
    } else {
        any(&[0, 0, 0, 40], rng)
    };
    let adds = any(&[10, 50, 90], rng);
    let ask = move |_: &i64, _, rng: &mut Rng| {
        let step = if rng.percent(goes_back) { -size } else { size };
        if rng.percent(adds) {
            Call::new(Verb::Add, 0, step)
        } else {
            call(Verb::Read)
        }
    };
    Clients::new(ask, move |count, call, _| {
        vec![match call.input {
            Data::Int(step) if does_tell => (count + step).into(),
            Data::Int(_) => Data::Nil,
            _ => (*count).into(),
        }]
    })
}

/// Puts and takes around a depth; `next` is what would be taken.
fn collection<S: Spec<State = Vec<T>>, T: 'static>(
    put: Verb,
    take: Verb,
    next: fn(&[T]) -> Option<Data>,
    rng: &mut Rng,
) -> Clients<S> {
    let deep = any(&[0, 1, 3], rng);
    let loses_takes = rng.percent(20);
    let does_tell_empty = rng.percent(if loses_takes { 20 } else { 70 });
    let taken = take.clone();
    let ask = move |held: &Vec<T>, _: Process, rng: &mut Rng| {
        let puts = if held.len() <= deep { 65 } else { 35 };
        if rng.percent(puts) {
            Call::new(put.clone(), 0, fresh(rng))
        } else {
            call(take.clone())
        }
    };
    let answers = move |held: &Vec<T>, call: &Call, _: &mut Rng| {
        let taken = next(held).or(does_tell_empty.then_some(Data::Nil));
        match call.f {
            Verb::Enqueue | Verb::Push | Verb::Insert => vec![Data::Nil],
            _ => taken.into_iter().collect(),
        }
    };
    Clients {
        loses: Box::new(move |call| loses_takes || call.f != taken),
        ..Clients::new(ask, answers)
    }
}

pub(super) fn queue(rng: &mut Rng) -> Clients<Queue> {
    let next = |held: &[Data]| held.first().cloned();
    collection(Verb::Enqueue, Verb::Dequeue, next, rng).hard()
}

pub(super) fn stack(rng: &mut Rng) -> Clients<Stack> {
    let next = |held: &[Data]| held.last().cloned();
    collection(Verb::Push, Verb::Pop, next, rng).hard()
}

pub(super) fn priority_queue(rng: &mut Rng) -> Clients<PriorityQueue> {
    let next = |held: &[i64]| held.last().map(|&least| least.into());
    collection(Verb::Insert, Verb::DeleteMin, next, rng)
}

/// Anyone acquires and releases.
fn anyones<S: Spec>(refusals: u64, rng: &mut Rng) -> Clients<S> {
    let done = done(refusals, rng);
    let verbs = [Verb::Acquire, Verb::Release];
    let ask = move |_: &_, _, rng: &mut Rng| call(any(&verbs, rng));
    Clients::new(ask, move |_, _, _| done.clone())
}

pub(super) fn mutex(rng: &mut Rng) -> Clients<Mutex> {
    anyones(50, rng)
}

pub(super) fn semaphore(rng: &mut Rng) -> Clients<Semaphore> {
    anyones(25, rng)
}

pub(super) fn fenced_mutex(rng: &mut Rng) -> Clients<FencedMutex> {
    let refusal = rng.percent(50).then_some(Data::Bool(false));
    let clients: Clients<FencedMutex> = anyones(0, rng);
    let answers = move |fence: &<FencedMutex as Spec>::State, call: &Call, rng: &mut Rng| {
        let token = fence.token.unwrap_or_default() + 1 + rng.below(3) as i64;
        match call.f {
            Verb::Acquire => [Some(token.into()), refusal.clone()]
                .into_iter()
                .flatten()
                .collect(),
            _ => vec![Data::Nil],
        }
    };
    Clients {
        answers: Box::new(answers),
        ..clients
    }
}

/// Who holds it releases it, mostly, and who does not wants it.
fn owned<S: Spec<State: 'static>>(
    holds: fn(&S::State, Process) -> bool,
    wants: &'static [Verb],
    rng: &mut Rng,
) -> Clients<S> {
    let done = done(50, rng);
    let wants_again = any(&[0, 30], rng);
    let ask = move |state: &S::State, process, rng: &mut Rng| {
        if holds(state, process) && !rng.percent(wants_again) {
            call(Verb::Release)
        } else {
            call(any(wants, rng))
        }
    };
    Clients::new(ask, move |_, _, _| done.clone()).holding(holds)
}

pub(super) fn owner_mutex(rng: &mut Rng) -> Clients<OwnerMutex> {
    let holds = |holder: &_, process| *holder == Some(process);
    owned(holds, &[Verb::Acquire], rng)
}

pub(super) fn reentrant_mutex(rng: &mut Rng) -> Clients<ReentrantMutex> {
    let holds = |hold: &Option<(Process, u32)>, process| hold.is_some_and(|(p, _)| p == process);
    owned(holds, &[Verb::Acquire], rng)
}

pub(super) fn rw_lock(rng: &mut Rng) -> Clients<RwLock> {
    let holds = |holders: &<RwLock as Spec>::State, process| {
        holders.writer == Some(process) || holders.readers.contains(&process)
    };
    let wants = &[Verb::AcquireRead, Verb::AcquireRead, Verb::AcquireWrite];
    owned(holds, wants, rng)
}

pub(super) fn unique_ids(_: &mut Rng) -> Clients<UniqueIds> {
    let ask = |_: &_, _, _: &mut Rng| call(Verb::Generate);
    Clients::new(ask, |_, _, rng| vec![fresh(rng).into()])
}

pub(super) fn monotone_ids(rng: &mut Rng) -> Clients<MonotoneIds> {
    let gaps = any(&[1, 5], rng);
    let ask = |_: &_, _, _: &mut Rng| call(Verb::Generate);
    Clients::new(ask, move |last: &Option<i64>, _, rng| {
        vec![(last.unwrap_or_default() + 1 + rng.below(gaps) as i64).into()]
    })
}
