//! Which anomaly refutes which levels.
use super::Level;
use crate::AnomalyKind;
use Level::*;

/// The weakest levels that `kind` refutes; with them fall all stronger ones ([`Level::stronger`]).
///
/// Sources: G0 to G2 Adya 1999, chapters 3 and 4, with the variants of Kingsbury and Alvaro (Elle,
/// VLDB 2020); lost update Berenson et al. 1995 (P4) and Bailis et al. 2013; fractured read Bailis
/// et al. 2014; long fork Cerone, Bernardi, Gotsman 2015; session guarantees Terry et al. 1994. A
/// list with an element twice, an order of versions that is cyclic, and a value out of nowhere are
/// no histories of Adya's at all, so no level of his holds. Where every anti-dependency is about a
/// single object, G-single and G2 are also G2-item and refute repeatable read.
pub fn refutes(kind: AnomalyKind) -> &'static [Level] {
    match kind {
        AnomalyKind::GarbageRead
        | AnomalyKind::DuplicateElements
        | AnomalyKind::CyclicVersions
        | AnomalyKind::G0 => &[ReadUncommitted],
        AnomalyKind::G0Process => &[StrongSessionReadUncommitted],
        AnomalyKind::G0Realtime => &[StrongReadUncommitted],
        AnomalyKind::AbortedRead
        | AnomalyKind::IntermediateRead
        | AnomalyKind::FutureRead
        | AnomalyKind::IncompatibleOrder
        | AnomalyKind::DirtyUpdate
        | AnomalyKind::G1c => &[ReadCommitted],
        AnomalyKind::G1cProcess => &[StrongSessionReadCommitted],
        AnomalyKind::G1cRealtime => &[StrongReadCommitted],
        // Cerone et al.: the axiom INT. What changed under a transaction was no repeatable read.
        AnomalyKind::Internal => &[ReadAtomic, CutIsolation],
        AnomalyKind::FracturedRead => &[ReadAtomic, ConsistentView, RepeatableRead],
        AnomalyKind::CausalityViolation => &[Causal],
        AnomalyKind::LostUpdate => &[CursorStability, UpdateAtomic],
        AnomalyKind::GSingle => &[ConsistentView, RepeatableRead],
        AnomalyKind::GSingleProcess => &[StrongSessionParallelSnapshotIsolation],
        AnomalyKind::GSingleRealtime | AnomalyKind::StaleRead | AnomalyKind::CausalReverse => {
            &[StrongSnapshotIsolation]
        }
        AnomalyKind::LongFork => &[Prefix, RepeatableRead],
        AnomalyKind::GNonadjacent => &[SnapshotIsolation, RepeatableRead],
        AnomalyKind::GNonadjacentProcess => &[StrongSessionSnapshotIsolation],
        AnomalyKind::GNonadjacentRealtime => &[StrongSnapshotIsolation],
        AnomalyKind::WriteSkew => &[RepeatableRead, UpdateSerializable],
        AnomalyKind::G2Item => &[RepeatableRead],
        AnomalyKind::G2 | AnomalyKind::NonSerializable => &[Serializable],
        AnomalyKind::G2ItemProcess | AnomalyKind::G2Process | AnomalyKind::NonSequential => {
            &[StrongSessionSerializable]
        }
        AnomalyKind::G2ItemRealtime | AnomalyKind::G2Realtime | AnomalyKind::NonLinearizable => {
            &[StrictSerializable]
        }
        AnomalyKind::ReadYourWrites => &[ReadYourWrites],
        AnomalyKind::MonotonicReads => &[MonotonicReads],
        AnomalyKind::MonotonicWrites => &[MonotonicWrites],
        AnomalyKind::WritesFollowReads => &[WritesFollowReads],
        // Every transfer is atomic and every total a snapshot.
        AnomalyKind::WrongTotal => &[SnapshotIsolation, RepeatableRead],
        AnomalyKind::NegativeBalance | AnomalyKind::WrongAccounts => &[Serializable],
        AnomalyKind::MutualExclusion
        | AnomalyKind::FencingToken
        | AnomalyKind::Disagreement
        | AnomalyKind::DuplicateId
        | AnomalyKind::DuplicateDelivery
        | AnomalyKind::LostElement
        | AnomalyKind::LostWrite
        | AnomalyKind::OutOfOrder
        | AnomalyKind::FalseEmpty
        | AnomalyKind::NonMonotonicId
        | AnomalyKind::SkippedElement
        | AnomalyKind::ImpossibleCount
        | AnomalyKind::Divergence => &[],
    }
}
