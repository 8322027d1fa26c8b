//! Something that was done between two instants.

/// The return of an operation whose outcome is unknown: it comes after everything.
pub(crate) const NEVER: u32 = u32::MAX;

/// An operation as an algorithm sees it. Positions are those of events, all different.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timed<A> {
    /// What it did.
    pub(crate) act: A,
    /// Position of the invocation.
    pub(crate) invoked: u32,
    /// Position of the return, or [`NEVER`]: then it took effect at any later time, or not at all.
    pub(crate) returned: u32,
}

impl<A> Timed<A> {
    /// Whether it was answered, and so certainly took effect.
    pub(crate) fn is_answered(&self) -> bool {
        self.returned != NEVER
    }
}
