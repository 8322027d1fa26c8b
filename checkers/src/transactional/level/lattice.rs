//! Which level implies which, and who says so.
use super::Level;
use Level::*;

const ADYA: &str = "Adya 1999, chapter 4";
const BAILIS: &str = "Bailis et al. 2013, figure 2";
const CERONE: &str = "Cerone, Bernardi, Gotsman 2015, figure 1";
const CERONE_SI: &str = "Cerone, Gotsman 2016, definitions 4 and 20";
const BISWAS: &str = "Biswas, Enea 2019, section 2";
const DAUDJEE: &str = "Daudjee, Salem 2004";
const DAUDJEE_SI: &str = "Daudjee, Salem 2006";
const LIU: &str = "Liu et al. 2019 (ROLA)";
const TERRY: &str = "Terry et al. 1994; Bailis et al. 2013, section 5.1.3";
const MORE: &str = "by definition: the stronger one forbids the same with more edges";

/// Whoever keeps the first promise keeps the second; and who says so.
pub const LATTICE: &[(Level, Level, &str)] = &[
    (StrictSerializable, StrongSessionSerializable, DAUDJEE),
    (StrictSerializable, StrongSnapshotIsolation, DAUDJEE_SI),
    (StrongSessionSerializable, Serializable, DAUDJEE),
    (
        StrongSessionSerializable,
        StrongSessionSnapshotIsolation,
        DAUDJEE_SI,
    ),
    (
        StrongSnapshotIsolation,
        StrongSessionSnapshotIsolation,
        DAUDJEE_SI,
    ),
    (StrongSnapshotIsolation, StrongReadCommitted, MORE),
    (
        StrongSessionSnapshotIsolation,
        SnapshotIsolation,
        DAUDJEE_SI,
    ),
    (StrongSessionSnapshotIsolation, StrongSessionPrefix, BISWAS),
    (
        StrongSessionSnapshotIsolation,
        StrongSessionParallelSnapshotIsolation,
        CERONE_SI,
    ),
    (Serializable, RepeatableRead, ADYA),
    (Serializable, UpdateSerializable, ADYA),
    (Serializable, SnapshotIsolation, CERONE),
    (SnapshotIsolation, ForwardConsistentView, ADYA),
    (SnapshotIsolation, MonotonicAtomicView, BAILIS),
    (SnapshotIsolation, MonotonicSnapshotRead, ADYA),
    (SnapshotIsolation, ParallelSnapshotIsolation, CERONE),
    (SnapshotIsolation, Prefix, CERONE),
    (StrongSessionPrefix, Prefix, MORE),
    (StrongSessionPrefix, Causal, BISWAS),
    (Prefix, CausalCerone, CERONE),
    (
        StrongSessionParallelSnapshotIsolation,
        ParallelSnapshotIsolation,
        MORE,
    ),
    (StrongSessionParallelSnapshotIsolation, Causal, CERONE_SI),
    (ParallelSnapshotIsolation, CausalCerone, CERONE),
    (ParallelSnapshotIsolation, UpdateAtomic, LIU),
    // Parallel snapshot isolation is the absence of a cycle of dependencies with at most one
    // anti-dependency; that is what G1 and G-single are.
    (ParallelSnapshotIsolation, ForwardConsistentView, CERONE_SI),
    (UpdateSerializable, ForwardConsistentView, ADYA),
    (ForwardConsistentView, ConsistentView, ADYA),
    (ConsistentView, CursorStability, ADYA),
    (ConsistentView, MonotonicView, ADYA),
    (RepeatableRead, CursorStability, ADYA),
    (RepeatableRead, MonotonicAtomicView, BAILIS),
    (RepeatableRead, CutIsolation, BAILIS),
    (Causal, CausalCerone, MORE),
    (Causal, StrongSessionReadAtomic, BISWAS),
    (Causal, Pram, BAILIS),
    (Causal, WritesFollowReads, BAILIS),
    (CausalCerone, ReadAtomic, CERONE),
    (StrongSessionReadAtomic, ReadAtomic, MORE),
    (StrongSessionReadAtomic, StrongSessionReadCommitted, MORE),
    (StrongSessionReadAtomic, ReadYourWrites, TERRY),
    (UpdateAtomic, ReadAtomic, LIU),
    (ReadAtomic, MonotonicAtomicView, CERONE),
    (ReadAtomic, CutIsolation, CERONE),
    (MonotonicSnapshotRead, ReadCommitted, ADYA),
    (MonotonicView, ReadCommitted, ADYA),
    (CursorStability, ReadCommitted, ADYA),
    (MonotonicAtomicView, ReadCommitted, BAILIS),
    (StrongReadCommitted, StrongSessionReadCommitted, MORE),
    (StrongReadCommitted, StrongReadUncommitted, MORE),
    (StrongSessionReadCommitted, ReadCommitted, MORE),
    (
        StrongSessionReadCommitted,
        StrongSessionReadUncommitted,
        MORE,
    ),
    (StrongReadUncommitted, StrongSessionReadUncommitted, MORE),
    (StrongSessionReadUncommitted, ReadUncommitted, MORE),
    (ReadCommitted, ReadUncommitted, ADYA),
    (Pram, MonotonicReads, TERRY),
    (Pram, MonotonicWrites, TERRY),
    (Pram, ReadYourWrites, TERRY),
];
