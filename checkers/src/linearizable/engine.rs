//! A specialised algorithm, as the front door sees it.
use super::asked::Asked;
use super::proof::Answer;

/// Decides one object whose history it understands, exactly and in near-linear time.
#[derive(Clone, Copy)]
pub(crate) struct Engine {
    /// What it is called in a verdict: `FIFO queue by order of values`.
    pub(crate) name: &'static str,
    /// Decides. Operations are those of one object (or one part of it), in order of invocation.
    pub(crate) check: fn(&[Asked]) -> Answer,
    /// For a legal history: an order in which its operations can have taken effect, as indexes. All
    /// answered ones are in it, and those of unknown outcome that have to have happened.
    pub(crate) order: fn(&[Asked]) -> Option<Vec<u32>>,
}
