//! Linearizability: whether every operation can have taken effect at one instant between its
//! invocation and its return.
mod asked;
mod collection;
mod engine;
mod mask;
mod object;
mod parallel;
pub(crate) mod priority;
mod proof;
pub(crate) mod queue;
mod register;
mod search;
pub(crate) mod stack;
pub(crate) mod sweep;
mod timed;

#[doc(hidden)]
pub use collection::measured;
pub use object::{Linearization, Object, SequentiallyConsistent};
pub use register::Linearizable;
#[doc(hidden)]
pub use sweep::columns;

pub(crate) use engine::Engine;

#[cfg(test)]
pub(crate) use {asked::Asked, object::verify::verify, proof::Answer, timed::NEVER};

#[cfg(test)]
mod tests;
