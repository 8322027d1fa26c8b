//! Objects that are decided exactly by one sweep over their history: set elements, counters, locks and ids.
//!
//! Each file lowers the calls of its object into a few kinds of acts, and one of three sweeps
//! decides: `level` for what goes up and down, `holds` for locks that know their owner, and `chain`
//! for what has to have happened in one order.
mod chain;
mod counter_bounds;
mod counter_chain;
mod holds;
mod level;
mod lowered;

#[doc(hidden)]
pub mod columns;

pub(crate) mod counter;
pub(crate) mod element;
pub(crate) mod fenced;
pub(crate) mod grow_set;
pub(crate) mod ids;
pub(crate) mod mutex;
pub(crate) mod owned;
pub(crate) mod semaphore;

#[cfg(test)]
mod tests;
