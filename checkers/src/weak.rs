//! Promises to registers that are weaker than linearizability: sessions, convergence, staleness.
mod convergence;
mod guarantee;
mod old;
mod session;
mod staleness;
mod story;
mod table;
mod version;
mod versions;
mod zones;

#[cfg(test)]
mod tests;

pub use convergence::Convergence;
pub use guarantee::Guarantee;
pub use staleness::{BoundedStaleness, KAtomic, Staleness, staleness};
pub use table::{PROMISES, Promise, checker};
