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

/// About a history that tells the order within sessions and no other. What stands before something
/// else there need not have happened before it, so that nothing can be held against it.
fn without_real_time() -> crate::Verdict {
    crate::Verdict::Unknown {
        reason: "this history has no real time, without which nobody can say whether it is linearizable; --sequential needs none".to_owned(),
        evidence: crate::Evidence::default(),
    }
}

#[cfg(test)]
mod tests;
