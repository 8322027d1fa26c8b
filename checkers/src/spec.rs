//! A sequential specification: what an object does when it is asked one thing after another.
use crate::{Call, Data, Process};
use std::{fmt::Debug, hash::Hash};

/// An object by its states, and what each call may do to it.
///
/// ```
/// use checkers::{Call, Data, Process, Spec, Verb};
///
/// /// A register that holds a number.
/// struct Register;
///
/// impl Spec for Register {
///     type State = Data;
///
///     fn init(&self) -> Data {
///         Data::Nil
///     }
///
///     fn step(&self, held: &Data, _: Process, call: &Call) -> impl IntoIterator<Item = Data> {
///         match (&call.f, &call.output) {
///             (Verb::Write, _) => Some(call.input.clone()),
///             (Verb::Read, Some(read)) => (read == held).then(|| held.clone()),
///             (Verb::Read, None) => Some(held.clone()),
///             _ => None,
///         }
///     }
/// }
/// ```
pub trait Spec: Send + Sync {
    /// What the object remembers.
    type State: Clone + Eq + Hash + Debug + Send;

    /// How it begins.
    fn init(&self) -> Self::State;

    /// The states in which `call`, asked by `process` and answered as it says, may leave the object:
    /// none if that answer is not possible, several if the object is nondeterministic. Without an
    /// output any answer is possible.
    fn step(
        &self,
        state: &Self::State,
        process: Process,
        call: &Call,
    ) -> impl IntoIterator<Item = Self::State>;

    /// Whether `call` leaves every state in which it is possible as it is. Not to know costs time only.
    fn is_read_only(&self, _call: &Call) -> bool {
        false
    }

    /// Whether a step looks at who asks: the holder of a lock. To say so of an object that does not
    /// care costs time only; to deny it of one that does makes verdicts wrong.
    fn is_owner_aware(&self) -> bool {
        true
    }

    /// The part of the object that `call` is about, if it can be judged apart from the others: the
    /// element of a set. Used if every call names a part.
    fn part(&self, _call: &Call) -> Option<Data> {
        None
    }

    /// A state in words.
    fn describe(&self, state: &Self::State) -> String {
        format!("{state:?}")
    }
}
