//! Isolation levels, and which of them promise more than others.
//!
//! A level is *plain* when any order of the transactions will do, a *session* level when each
//! process has to see its own order, and *strong* when what had ended has to come before what
//! begins. Where the literature knows a level only with sessions (Biswas and Enea, OOPSLA 2019) and
//! only without (Adya 1999; Cerone, Bernardi and Gotsman, CONCUR 2015), both are here: `prefix` and
//! `strong-session-prefix`, `causal-cerone` and `causal`.
mod lattice;
mod named;
mod refuted;
#[cfg(test)]
mod tests;

pub use lattice::LATTICE;
pub use refuted::refutes;

/// What a system may promise about its transactions, from the weakest to the strongest of each family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    ReadUncommitted,
    ReadCommitted,
    CutIsolation,
    MonotonicAtomicView,
    ReadAtomic,
    UpdateAtomic,
    CursorStability,
    MonotonicView,
    MonotonicSnapshotRead,
    ConsistentView,
    ForwardConsistentView,
    MonotonicReads,
    MonotonicWrites,
    ReadYourWrites,
    WritesFollowReads,
    Pram,
    Causal,
    CausalCerone,
    ParallelSnapshotIsolation,
    Prefix,
    SnapshotIsolation,
    RepeatableRead,
    UpdateSerializable,
    Serializable,
    StrongSessionReadUncommitted,
    StrongSessionReadCommitted,
    StrongSessionReadAtomic,
    StrongSessionParallelSnapshotIsolation,
    StrongSessionPrefix,
    StrongSessionSnapshotIsolation,
    StrongSessionSerializable,
    StrongReadUncommitted,
    StrongReadCommitted,
    StrongSnapshotIsolation,
    StrictSerializable,
}

/// What a level is asked beyond its own rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// Nothing: any order of the transactions will do.
    Plain,
    /// Each process has to see its own order.
    Session,
    /// What ended before has to come before.
    Strong,
}

/// A set of levels, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Levels(u64);

impl Levels {
    /// Whether `level` is in it.
    pub fn has(self, level: Level) -> bool {
        self.0 >> level as u8 & 1 == 1
    }

    /// Puts `level` into it.
    pub fn add(&mut self, level: Level) {
        self.0 |= 1 << level as u8;
    }

    /// Its members, the strongest first.
    pub fn iter(self) -> impl Iterator<Item = Level> {
        Level::ALL.into_iter().filter(move |level| self.has(*level))
    }
}

impl Level {
    /// Every level, a stronger one always before a weaker one.
    pub const ALL: [Level; 35] = [
        Level::StrictSerializable,
        Level::StrongSessionSerializable,
        Level::Serializable,
        Level::StrongSnapshotIsolation,
        Level::StrongSessionSnapshotIsolation,
        Level::RepeatableRead,
        Level::SnapshotIsolation,
        Level::UpdateSerializable,
        Level::StrongSessionPrefix,
        Level::Prefix,
        Level::StrongSessionParallelSnapshotIsolation,
        Level::ParallelSnapshotIsolation,
        Level::ForwardConsistentView,
        Level::ConsistentView,
        Level::Causal,
        Level::CausalCerone,
        Level::StrongSessionReadAtomic,
        Level::UpdateAtomic,
        Level::ReadAtomic,
        Level::MonotonicSnapshotRead,
        Level::MonotonicView,
        Level::CursorStability,
        Level::MonotonicAtomicView,
        Level::StrongReadCommitted,
        Level::StrongSessionReadCommitted,
        Level::ReadCommitted,
        Level::StrongReadUncommitted,
        Level::StrongSessionReadUncommitted,
        Level::ReadUncommitted,
        Level::CutIsolation,
        Level::Pram,
        Level::WritesFollowReads,
        Level::MonotonicReads,
        Level::MonotonicWrites,
        Level::ReadYourWrites,
    ];

    /// The level that is called so, by any of the names of the field, in any case.
    pub fn named(name: &str) -> Option<Level> {
        named::level(name)
    }

    /// Its standard name: `snapshot-isolation`.
    pub fn name(self) -> &'static str {
        self.words().0
    }

    /// What it promises, in one line.
    pub fn about(self) -> &'static str {
        self.words().1
    }

    /// What it asks beyond its own rules.
    pub fn family(self) -> Family {
        match self {
            Level::StrongReadUncommitted
            | Level::StrongReadCommitted
            | Level::StrongSnapshotIsolation
            | Level::StrictSerializable => Family::Strong,
            Level::MonotonicReads
            | Level::MonotonicWrites
            | Level::ReadYourWrites
            | Level::WritesFollowReads
            | Level::Pram
            | Level::Causal
            | Level::StrongSessionReadUncommitted
            | Level::StrongSessionReadCommitted
            | Level::StrongSessionReadAtomic
            | Level::StrongSessionParallelSnapshotIsolation
            | Level::StrongSessionPrefix
            | Level::StrongSessionSnapshotIsolation
            | Level::StrongSessionSerializable => Family::Session,
            Level::ReadUncommitted
            | Level::ReadCommitted
            | Level::CutIsolation
            | Level::MonotonicAtomicView
            | Level::ReadAtomic
            | Level::UpdateAtomic
            | Level::CursorStability
            | Level::MonotonicView
            | Level::MonotonicSnapshotRead
            | Level::ConsistentView
            | Level::ForwardConsistentView
            | Level::CausalCerone
            | Level::ParallelSnapshotIsolation
            | Level::Prefix
            | Level::SnapshotIsolation
            | Level::RepeatableRead
            | Level::UpdateSerializable
            | Level::Serializable => Family::Plain,
        }
    }

    /// All that whoever keeps this one keeps too, itself included.
    pub fn weaker(self) -> Levels {
        closure(self, |&(stronger, weaker, _)| (stronger, weaker))
    }

    /// All that nobody can keep who breaks this one, itself included.
    pub fn stronger(self) -> Levels {
        closure(self, |&(stronger, weaker, _)| (weaker, stronger))
    }

    /// Whether whoever keeps `other` keeps this one, and it is another.
    pub fn weaker_than(self, other: Level) -> bool {
        self != other && other.weaker().has(self)
    }

    /// Whether whoever keeps this one keeps `other`, and it is another.
    pub fn stronger_than(self, other: Level) -> bool {
        other.weaker_than(self)
    }

    #[rustfmt::skip]
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Level::ReadUncommitted => ("read-uncommitted", "changes of two transactions to several objects never mix: no dirty write"),
            Level::ReadCommitted => ("read-committed", "only what was committed is read, and information flows one way"),
            Level::CutIsolation => ("cut-isolation", "an object that is read twice in one transaction has not changed in between"),
            Level::MonotonicAtomicView => ("monotonic-atomic-view", "who has seen one change of a transaction sees all its others from then on"),
            Level::ReadAtomic => ("read-atomic", "of each transaction all changes are seen or none"),
            Level::UpdateAtomic => ("update-atomic", "read atomic, and no update is lost"),
            Level::CursorStability => ("cursor-stability", "what a transaction read and then writes has not changed in between: no lost update"),
            Level::MonotonicView => ("monotonic-view", "within a transaction the view of the database never goes backwards"),
            Level::MonotonicSnapshotRead => ("monotonic-snapshot-read", "each statement reads a snapshot, and none that is older than the last"),
            Level::ConsistentView => ("consistent-view", "what a transaction reads belongs together: no read skew"),
            Level::ForwardConsistentView => ("forward-consistent-view", "a consistent view that may also hold what was committed after the beginning"),
            Level::MonotonicReads => ("monotonic-reads", "what a process has seen it does not see older again"),
            Level::MonotonicWrites => ("monotonic-writes", "the changes of a process come about in its order"),
            Level::ReadYourWrites => ("read-your-writes", "a process sees what it has written"),
            Level::WritesFollowReads => ("writes-follow-reads", "who sees a change sees what its process had read before"),
            Level::Pram => ("pram", "everyone sees the changes of each process in its order"),
            Level::Causal => ("causal", "everyone sees what led to what they see, sessions included"),
            Level::CausalCerone => ("causal-cerone", "everyone sees what led to what they see, sessions aside"),
            Level::ParallelSnapshotIsolation => ("parallel-snapshot-isolation", "snapshots that respect causes, and no two overlapping changes of one object"),
            Level::Prefix => ("prefix", "everyone reads a beginning of one common order of the transactions"),
            Level::SnapshotIsolation => ("snapshot-isolation", "everyone reads a snapshot, and of overlapping changes of one object one wins"),
            Level::RepeatableRead => ("repeatable-read", "serializable as far as single objects go; predicates may change"),
            Level::UpdateSerializable => ("update-serializable", "those who change something are serializable, with each single reader too"),
            Level::Serializable => ("serializable", "as if one transaction ran after another"),
            Level::StrongSessionReadUncommitted => ("strong-session-read-uncommitted", "read uncommitted in an order that each process agrees with"),
            Level::StrongSessionReadCommitted => ("strong-session-read-committed", "read committed in an order that each process agrees with"),
            Level::StrongSessionReadAtomic => ("strong-session-read-atomic", "read atomic, and each process sees its own changes"),
            Level::StrongSessionParallelSnapshotIsolation => ("strong-session-parallel-snapshot-isolation", "parallel snapshot isolation, and each snapshot holds what its process did before"),
            Level::StrongSessionPrefix => ("strong-session-prefix", "prefix, and each process sees its own past"),
            Level::StrongSessionSnapshotIsolation => ("strong-session-snapshot-isolation", "snapshot isolation, and each snapshot holds what its process did before"),
            Level::StrongSessionSerializable => ("strong-session-serializable", "serializable in an order that each process agrees with"),
            Level::StrongReadUncommitted => ("strong-read-uncommitted", "read uncommitted in an order that real time agrees with"),
            Level::StrongReadCommitted => ("strong-read-committed", "read committed in an order that real time agrees with"),
            Level::StrongSnapshotIsolation => ("strong-snapshot-isolation", "snapshot isolation, and each snapshot holds all that had been committed before"),
            Level::StrictSerializable => ("strict-serializable", "as if each transaction took effect at one moment between its beginning and its end"),
        }
    }
}

/// Everything that can be reached from `level` along the edges as `turned` shows them.
fn closure(level: Level, turned: impl Fn(&(Level, Level, &str)) -> (Level, Level)) -> Levels {
    let mut found = Levels::default();
    found.add(level);
    let mut open = vec![level];
    while let Some(at) = open.pop() {
        for (from, to) in LATTICE.iter().map(&turned) {
            if from == at && !found.has(to) {
                found.add(to);
                open.push(to);
            }
        }
    }
    found
}
