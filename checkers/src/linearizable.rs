//! Linearizability: whether every operation can have taken effect at one instant between its
//! invocation and its return.
mod asked;
mod engine;
mod parallel;
mod proof;
mod register;
mod timed;

pub use register::Linearizable;

#[cfg(test)]
pub(crate) use asked::Asked;
