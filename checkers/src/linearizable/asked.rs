//! One operation on an object that is judged by a specification.
use crate::{Call, Process};

/// Who asked what, and when. Positions are those of the object's own events, from 0 without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// Who asked.
    pub(crate) process: Process,
    /// With its answer; without an output if its outcome is unknown.
    pub(crate) call: Call,
    /// Position of the invocation.
    pub(crate) invoked: u32,
    /// Position of the return, or [`super::timed::NEVER`].
    pub(crate) returned: u32,
}

impl Asked {
    /// Whether it was answered, and so certainly took effect.
    pub(crate) fn is_answered(&self) -> bool {
        self.returned != super::timed::NEVER
    }
}
