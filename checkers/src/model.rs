//! The objects that come with us: what each is asked, what it answers, and who judges it.
use crate::{Call, Data, Op, Verb};
use std::borrow::Cow;

mod bag;
mod bank;
mod counter;
mod fenced_mutex;
mod fit;
mod guarded;
mod guess;
mod ids;
mod judge;
mod kv;
mod log;
mod multi_register;
mod mutex;
mod owner_mutex;
mod priority_queue;
mod queue;
mod reentrant_mutex;
mod register;
mod rw_lock;
mod semaphore;
mod set;
mod shape;
mod stack;
mod table;

#[cfg(test)]
pub(crate) mod script;
#[cfg(test)]
mod tests;

pub use bag::Bag;
pub use bank::Bank;
pub use counter::Counter;
pub use fenced_mutex::FencedMutex;
pub use fit::{Misfit, misfit};
pub use guess::guess;
pub use ids::{MonotoneIds, UniqueIds};
pub use judge::{Consistency, Parameters, checker};
pub use kv::Kv;
pub use log::Log;
pub use multi_register::MultiRegister;
pub use mutex::Mutex;
pub use owner_mutex::OwnerMutex;
pub use priority_queue::PriorityQueue;
pub use queue::Queue;
pub use reentrant_mutex::ReentrantMutex;
pub use register::Register;
pub use rw_lock::RwLock;
pub use semaphore::Semaphore;
pub use set::Set;
pub(crate) use shape::either;
pub use shape::{Asks, Shape};
pub use stack::Stack;
pub(crate) use table::REGISTER;
pub use table::{MODELS, Model};

/// What the answer to a lock, or another thing that does or refuses, says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said<'a> {
    /// It was done: nil or true.
    Done,
    /// It was refused, and nothing was done: false.
    Refused,
    /// There is no answer.
    Nothing,
    /// Anything else.
    Other(&'a Data),
}

impl Said<'_> {
    fn by(call: &Call) -> Said<'_> {
        match &call.output {
            None => Said::Nothing,
            Some(Data::Nil | Data::Bool(true)) => Said::Done,
            Some(Data::Bool(false)) => Said::Refused,
            Some(other) => Said::Other(other),
        }
    }
}

/// The members of a list that stands for a set or bag, in ascending order.
fn sorted(members: &[Data]) -> Cow<'_, [Data]> {
    if members.is_sorted() {
        return Cow::Borrowed(members);
    }
    let mut members = members.to_vec();
    members.sort();
    Cow::Owned(members)
}

/// An operation as a call. A refused compare-and-set does not say here what it found.
pub(crate) fn asked(op: &Op, is_answered: bool) -> Cow<'_, Call> {
    let value = |value: &Option<i64>| value.map_or(Data::Nil, Data::Int);
    let (f, input, output) = match op {
        Op::Call(call) if is_answered || call.output.is_none() => return Cow::Borrowed(call),
        Op::Call(call) => (call.f.clone(), call.input.clone(), Data::Nil),
        Op::Read { value: read, .. } => (Verb::Read, Data::Nil, value(read)),
        Op::Write { value, .. } => (Verb::Write, Data::Int(*value), Data::Nil),
        Op::Cas {
            from, to, found, ..
        } => {
            let is_done = *found == Some(*from);
            (Verb::Cas, vec![*from, *to].into(), is_done.into())
        }
    };
    let call = Call::new(f, op.key(), input);
    Cow::Owned(if is_answered {
        call.answered(output)
    } else {
        call
    })
}
