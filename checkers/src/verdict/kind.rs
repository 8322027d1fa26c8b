//! The names of what can go wrong.
use serde::{Deserialize, Serialize};

/// What went wrong, by the name that the field gives it; the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnomalyKind {
    /// A value that nobody wrote: no phantom, which is about what a predicate finds.
    GarbageRead,
    /// A value whose write had failed, or had not begun.
    AbortedRead,
    /// More holders of a lock at one instant than it allows.
    MutualExclusion,
    /// A later holder of a lock got a token that is not greater.
    FencingToken,
    /// One thing was decided in two ways.
    Disagreement,
    /// The same id was issued twice.
    DuplicateId,
    /// One element was taken out twice.
    DuplicateDelivery,
    /// An element that was put in, and is missing though nobody took it out.
    LostElement,
    /// An acknowledged write that nobody saw, though nothing followed that can have replaced it.
    LostWrite,
    /// Two compare-and-sets both replaced the same value.
    LostUpdate,
    /// A process did not see what it had written itself.
    ReadYourWrites,
    /// A process saw an older state than it had seen before.
    MonotonicReads,
    /// The writes of one process were seen in another order than it made them.
    MonotonicWrites,
    /// A write was seen without what its writer had read before.
    WritesFollowReads,
    /// A read returned what had been overwritten before it began.
    StaleRead,
    /// Elements left a queue, stack or priority queue in an order that it does not allow.
    OutOfOrder,
    /// Something was said to be empty while an element was in it for certain.
    FalseEmpty,
    /// An id that was issued later is not greater.
    NonMonotonicId,
    /// A value that its writer had itself overwritten before it committed (G1b).
    IntermediateRead,
    /// A transaction that contradicts what it read or wrote itself a moment before.
    Internal,
    /// A transaction that read what it wrote only later.
    FutureRead,
    /// One element more than once in one list.
    DuplicateElements,
    /// Two reads of one list that no order of its elements explains.
    IncompatibleOrder,
    /// A committed change on top of an aborted one.
    DirtyUpdate,
    /// Versions of one key that would each have to come before the other.
    CyclicVersions,
    /// A cycle of changes that overwrite each other: dirty write.
    G0,
    /// A dirty write that the order of a session closes.
    G0Process,
    /// A dirty write that real time closes.
    G0Realtime,
    /// A cycle in which information flows only forward: circular information flow.
    G1c,
    /// A circular information flow that the order of a session closes.
    G1cProcess,
    /// A circular information flow that real time closes.
    G1cRealtime,
    /// A transaction that saw a part of another one's changes, and missed the rest.
    FracturedRead,
    /// A read of what had been overwritten by something that the reader had, through others, already seen.
    CausalityViolation,
    /// A cycle with one anti-dependency: read skew.
    GSingle,
    /// A read skew that the order of a session closes.
    GSingleProcess,
    /// A read skew that real time closes.
    GSingleRealtime,
    /// Two transactions that saw two independent changes in opposite orders.
    LongFork,
    /// A cycle of which no two anti-dependencies touch: what snapshot isolation forbids.
    GNonadjacent,
    /// Such a cycle that the order of a session closes.
    GNonadjacentProcess,
    /// Such a cycle that real time closes.
    GNonadjacentRealtime,
    /// Two transactions that each overwrote what the other had read.
    WriteSkew,
    /// A cycle with anti-dependencies on items.
    G2Item,
    /// A G2-item that the order of a session closes.
    G2ItemProcess,
    /// A G2-item that real time closes.
    G2ItemRealtime,
    /// A cycle with anti-dependencies on predicates.
    G2,
    /// A G2 that the order of a session closes.
    G2Process,
    /// A G2 that real time closes.
    G2Realtime,
    /// No order of the transactions explains the answers, and no single cycle shows it.
    NonSerializable,
    /// Accounts that do not add up to what was there.
    WrongTotal,
    /// An account that was overdrawn.
    NegativeBalance,
    /// A read of accounts that do not exist, or that leaves some out.
    WrongAccounts,
    /// A change was seen without one that had been acknowledged before it began.
    CausalReverse,
    /// A reader passed over an element that was there.
    SkippedElement,
    /// A count that no moment of the read explains.
    ImpossibleCount,
    /// Replicas that were left alone did not come to agree, or not on what was acknowledged.
    Divergence,
    /// No order that every process agrees with explains the answers.
    NonSequential,
    /// No order of the operations explains the answers, and no simpler name fits.
    NonLinearizable,
}

impl AnomalyKind {
    /// Every kind, for tests that must not forget one.
    pub const ALL: [AnomalyKind; 57] = [
        AnomalyKind::GarbageRead,
        AnomalyKind::AbortedRead,
        AnomalyKind::MutualExclusion,
        AnomalyKind::FencingToken,
        AnomalyKind::Disagreement,
        AnomalyKind::DuplicateId,
        AnomalyKind::DuplicateDelivery,
        AnomalyKind::LostElement,
        AnomalyKind::LostWrite,
        AnomalyKind::LostUpdate,
        AnomalyKind::ReadYourWrites,
        AnomalyKind::MonotonicReads,
        AnomalyKind::MonotonicWrites,
        AnomalyKind::WritesFollowReads,
        AnomalyKind::StaleRead,
        AnomalyKind::OutOfOrder,
        AnomalyKind::FalseEmpty,
        AnomalyKind::NonMonotonicId,
        AnomalyKind::IntermediateRead,
        AnomalyKind::Internal,
        AnomalyKind::FutureRead,
        AnomalyKind::DuplicateElements,
        AnomalyKind::IncompatibleOrder,
        AnomalyKind::DirtyUpdate,
        AnomalyKind::CyclicVersions,
        AnomalyKind::G0,
        AnomalyKind::G0Process,
        AnomalyKind::G0Realtime,
        AnomalyKind::G1c,
        AnomalyKind::G1cProcess,
        AnomalyKind::G1cRealtime,
        AnomalyKind::FracturedRead,
        AnomalyKind::CausalityViolation,
        AnomalyKind::GSingle,
        AnomalyKind::GSingleProcess,
        AnomalyKind::GSingleRealtime,
        AnomalyKind::LongFork,
        AnomalyKind::GNonadjacent,
        AnomalyKind::GNonadjacentProcess,
        AnomalyKind::GNonadjacentRealtime,
        AnomalyKind::WriteSkew,
        AnomalyKind::G2Item,
        AnomalyKind::G2ItemProcess,
        AnomalyKind::G2ItemRealtime,
        AnomalyKind::G2,
        AnomalyKind::G2Process,
        AnomalyKind::G2Realtime,
        AnomalyKind::NonSerializable,
        AnomalyKind::WrongTotal,
        AnomalyKind::NegativeBalance,
        AnomalyKind::WrongAccounts,
        AnomalyKind::CausalReverse,
        AnomalyKind::SkippedElement,
        AnomalyKind::ImpossibleCount,
        AnomalyKind::Divergence,
        AnomalyKind::NonSequential,
        AnomalyKind::NonLinearizable,
    ];

    /// In plain words: `stale read`.
    pub fn title(self) -> &'static str {
        match self {
            AnomalyKind::GarbageRead => "garbage read",
            AnomalyKind::AbortedRead => "aborted read",
            AnomalyKind::MutualExclusion => "mutual exclusion broken",
            AnomalyKind::FencingToken => "fencing token went backwards",
            AnomalyKind::Disagreement => "agreement broken",
            AnomalyKind::DuplicateId => "duplicate id",
            AnomalyKind::DuplicateDelivery => "duplicate delivery",
            AnomalyKind::LostElement => "lost element",
            AnomalyKind::LostWrite => "lost write",
            AnomalyKind::LostUpdate => "lost update",
            AnomalyKind::ReadYourWrites => "own write not seen",
            AnomalyKind::MonotonicReads => "reads went backwards",
            AnomalyKind::MonotonicWrites => "writes out of order",
            AnomalyKind::WritesFollowReads => "write ordered before what it followed",
            AnomalyKind::StaleRead => "stale read",
            AnomalyKind::OutOfOrder => "out of order",
            AnomalyKind::FalseEmpty => "false empty",
            AnomalyKind::NonMonotonicId => "id went backwards",
            AnomalyKind::IntermediateRead => "intermediate read (G1b)",
            AnomalyKind::Internal => "internal inconsistency",
            AnomalyKind::FutureRead => "future read",
            AnomalyKind::DuplicateElements => "duplicate elements",
            AnomalyKind::IncompatibleOrder => "incompatible order",
            AnomalyKind::DirtyUpdate => "dirty update",
            AnomalyKind::CyclicVersions => "cyclic version order",
            AnomalyKind::G0 => "G0 (dirty write)",
            AnomalyKind::G0Process => "G0-process",
            AnomalyKind::G0Realtime => "G0-realtime",
            AnomalyKind::G1c => "G1c (circular information flow)",
            AnomalyKind::G1cProcess => "G1c-process",
            AnomalyKind::G1cRealtime => "G1c-realtime",
            AnomalyKind::FracturedRead => "fractured read",
            AnomalyKind::CausalityViolation => "causality violation",
            AnomalyKind::GSingle => "G-single (read skew)",
            AnomalyKind::GSingleProcess => "G-single-process",
            AnomalyKind::GSingleRealtime => "G-single-realtime",
            AnomalyKind::LongFork => "long fork",
            AnomalyKind::GNonadjacent => "G-nonadjacent",
            AnomalyKind::GNonadjacentProcess => "G-nonadjacent-process",
            AnomalyKind::GNonadjacentRealtime => "G-nonadjacent-realtime",
            AnomalyKind::WriteSkew => "write skew",
            AnomalyKind::G2Item => "G2-item (anti-dependency cycle)",
            AnomalyKind::G2ItemProcess => "G2-item-process",
            AnomalyKind::G2ItemRealtime => "G2-item-realtime",
            AnomalyKind::G2 => "G2 (predicate anti-dependency cycle)",
            AnomalyKind::G2Process => "G2-process",
            AnomalyKind::G2Realtime => "G2-realtime",
            AnomalyKind::NonSerializable => "not serializable",
            AnomalyKind::WrongTotal => "wrong total",
            AnomalyKind::NegativeBalance => "negative balance",
            AnomalyKind::WrongAccounts => "wrong accounts",
            AnomalyKind::CausalReverse => "causal reverse",
            AnomalyKind::SkippedElement => "skipped element",
            AnomalyKind::ImpossibleCount => "impossible count",
            AnomalyKind::Divergence => "divergence",
            AnomalyKind::NonSequential => "not sequentially consistent",
            AnomalyKind::NonLinearizable => "not linearizable",
        }
    }
}
