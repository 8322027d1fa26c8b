//! Small objects of four sorts: a register, a queue, one that is nondeterministic, one that knows who asks.
use crate::{Call, Data, Process, Spec, Verb};

/// A register with compare-and-set.
pub(super) struct Register;

impl Spec for Register {
    type State = Data;

    fn init(&self) -> Data {
        Data::Nil
    }

    fn step(&self, held: &Data, _: Process, call: &Call) -> impl IntoIterator<Item = Data> {
        match (&call.f, &call.output) {
            (Verb::Write, _) => Some(call.input.clone()),
            (Verb::Read, Some(read)) => (read == held).then(|| held.clone()),
            (Verb::Read, None) => Some(held.clone()),
            (Verb::Cas, output) => {
                let (from, to) = call.input.pair()?;
                let takes_place = from == held;
                match output {
                    Some(told) if *told != Data::Bool(takes_place) => None,
                    Some(_) | None if takes_place => Some(to.clone()),
                    Some(_) | None => Some(held.clone()),
                }
            }
            _ => None,
        }
    }

    fn is_read_only(&self, call: &Call) -> bool {
        call.f == Verb::Read || (call.f == Verb::Cas && call.output == Some(Data::Bool(false)))
    }

    fn is_owner_aware(&self) -> bool {
        false
    }
}

/// A queue: first in, first out.
pub(super) struct Queue;

impl Spec for Queue {
    type State = Vec<i64>;

    fn init(&self) -> Vec<i64> {
        Vec::new()
    }

    fn step(&self, held: &Vec<i64>, _: Process, call: &Call) -> impl IntoIterator<Item = Vec<i64>> {
        match (&call.f, &call.output) {
            (Verb::Enqueue, _) => {
                let mut held = held.clone();
                held.push(call.input.int()?);
                Some(held)
            }
            (Verb::Dequeue, told) => {
                let first = held.first().copied().map_or(Data::Nil, Data::Int);
                let is_possible = told.as_ref().is_none_or(|told| *told == first);
                is_possible.then(|| held.get(1..).unwrap_or_default().to_vec())
            }
            _ => None,
        }
    }

    fn is_owner_aware(&self) -> bool {
        false
    }
}

/// A bag: to take something out may take any of it.
pub(super) struct Bag;

impl Spec for Bag {
    type State = Vec<i64>;

    fn init(&self) -> Vec<i64> {
        Vec::new()
    }

    fn step(&self, held: &Vec<i64>, _: Process, call: &Call) -> impl IntoIterator<Item = Vec<i64>> {
        match (&call.f, &call.output) {
            (Verb::Add, _) => {
                let mut held = held.clone();
                held.extend(call.input.int());
                held.sort_unstable();
                vec![held]
            }
            (Verb::Remove, Some(Data::Nil)) if !held.is_empty() => Vec::new(),
            (Verb::Remove, Some(Data::Nil)) => vec![Vec::new()],
            (Verb::Remove, None) if held.is_empty() => vec![Vec::new()],
            (Verb::Remove, told) => {
                let told = told.as_ref().and_then(Data::int);
                let places = (0..held.len()).filter(|&i| told.is_none_or(|told| told == held[i]));
                let without = places.map(|i| {
                    let mut held = held.clone();
                    held.remove(i);
                    held
                });
                without.collect()
            }
            _ => Vec::new(),
        }
    }

    fn is_owner_aware(&self) -> bool {
        false
    }
}

/// A lock that only its holder may release. Whoever is refused finds it held.
pub(super) struct Mutex;

impl Spec for Mutex {
    type State = Option<Process>;

    fn init(&self) -> Option<Process> {
        None
    }

    fn step(
        &self,
        holder: &Option<Process>,
        process: Process,
        call: &Call,
    ) -> impl IntoIterator<Item = Option<Process>> {
        let is_refused = call.output == Some(Data::Bool(false));
        match (&call.f, holder) {
            (Verb::Acquire, None) if !is_refused => Some(Some(process)),
            (Verb::Acquire, Some(_)) if is_refused => Some(*holder),
            (Verb::Release, Some(holder)) if *holder == process => Some(None),
            _ => None,
        }
    }
}
