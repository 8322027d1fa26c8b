//! Which level implies which, and who says so.
use super::Level;
use Level::*;

/// PL-1 to PL-3.
const ADYA: &str = "Adya 1999, chapter 3";
/// The levels in between: PL-CS, PL-2L, PL-MSR, PL-2+, PL-FCV, PL-SI and PL-3U.
const ADYA_MORE: &str = "Adya 1999, chapter 4";
const BAILIS: &str = "Bailis et al. 2013, figure 2";
const CERONE: &str = "Cerone, Bernardi, Gotsman 2015";
const CERONE_INT: &str = "Cerone, Bernardi, Gotsman 2015, axiom INT";
const CERONE_SI: &str = "Cerone, Gotsman 2016";
const BISWAS: &str = "Biswas, Enea 2019, section 2";
const DAUDJEE: &str = "Daudjee, Salem 2004";
const DAUDJEE_SI: &str = "Daudjee, Salem 2006";
const TERRY: &str = "Terry et al. 1994; Bailis et al. 2013, section 5.1.3";
const EDGES: &str = "by definition: the stronger one forbids the same with more edges";
const CYCLES: &str = "by definition: the stronger one forbids all cycles that the weaker one does";
/// Bailis et al. 2013 forbid for later reads what Bailis et al. 2014 forbid for all of them.
const ATOMIC: &str = "by definition: of all reads instead of later ones";
const SESSIONS: &str = "by definition: session order is among what has to be seen";

/// Whoever keeps the first promise keeps the second; and who says so.
pub const LATTICE: &[(Level, Level, &str)] = &[
    (StrictSerializable, StrongSessionSerializable, DAUDJEE),
    (StrictSerializable, StrongSnapshotIsolation, CYCLES),
    (StrongSessionSerializable, Serializable, DAUDJEE),
    (
        StrongSessionSerializable,
        StrongSessionSnapshotIsolation,
        CYCLES,
    ),
    (
        StrongSnapshotIsolation,
        StrongSessionSnapshotIsolation,
        DAUDJEE_SI,
    ),
    (StrongSnapshotIsolation, StrongReadCommitted, CYCLES),
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
    (Serializable, UpdateSerializable, ADYA_MORE),
    (Serializable, SnapshotIsolation, CERONE),
    (SnapshotIsolation, ForwardConsistentView, ADYA_MORE),
    (SnapshotIsolation, MonotonicAtomicView, BAILIS),
    (SnapshotIsolation, MonotonicSnapshotRead, ADYA_MORE),
    (SnapshotIsolation, ParallelSnapshotIsolation, CERONE),
    (SnapshotIsolation, Prefix, CERONE),
    (StrongSessionPrefix, Prefix, EDGES),
    (StrongSessionPrefix, Causal, BISWAS),
    (Prefix, CausalCerone, CERONE),
    (
        StrongSessionParallelSnapshotIsolation,
        ParallelSnapshotIsolation,
        EDGES,
    ),
    (StrongSessionParallelSnapshotIsolation, Causal, CERONE_SI),
    (ParallelSnapshotIsolation, CausalCerone, CERONE),
    (ParallelSnapshotIsolation, UpdateAtomic, CERONE),
    // Parallel snapshot isolation is the absence of a cycle of dependencies with at most one
    // anti-dependency (Cerone, Gotsman 2016); that is what G1 and G-single are. Adya's PL-FCV adds
    // starts that follow commits, which nobody outside a system sees.
    (ParallelSnapshotIsolation, ForwardConsistentView, CYCLES),
    (UpdateSerializable, ForwardConsistentView, CYCLES),
    (ForwardConsistentView, ConsistentView, ADYA_MORE),
    (ConsistentView, CursorStability, ADYA_MORE),
    (ConsistentView, MonotonicView, ADYA_MORE),
    (RepeatableRead, CursorStability, ADYA_MORE),
    (RepeatableRead, MonotonicAtomicView, BAILIS),
    (RepeatableRead, CutIsolation, BAILIS),
    (Causal, CausalCerone, EDGES),
    (Causal, StrongSessionReadAtomic, BISWAS),
    (Causal, Pram, BAILIS),
    (Causal, WritesFollowReads, BAILIS),
    (CausalCerone, ReadAtomic, CERONE),
    (StrongSessionReadAtomic, ReadAtomic, EDGES),
    (StrongSessionReadAtomic, StrongSessionReadCommitted, BISWAS),
    (StrongSessionReadAtomic, ReadYourWrites, SESSIONS),
    (UpdateAtomic, ReadAtomic, CERONE),
    (ReadAtomic, MonotonicAtomicView, ATOMIC),
    (ReadAtomic, CutIsolation, CERONE_INT),
    (MonotonicSnapshotRead, ReadCommitted, ADYA_MORE),
    (MonotonicView, ReadCommitted, ADYA_MORE),
    (CursorStability, ReadCommitted, ADYA_MORE),
    (MonotonicAtomicView, ReadCommitted, BAILIS),
    (StrongReadCommitted, StrongSessionReadCommitted, EDGES),
    (StrongReadCommitted, StrongReadUncommitted, CYCLES),
    (StrongSessionReadCommitted, ReadCommitted, EDGES),
    (
        StrongSessionReadCommitted,
        StrongSessionReadUncommitted,
        CYCLES,
    ),
    (StrongReadUncommitted, StrongSessionReadUncommitted, EDGES),
    (StrongSessionReadUncommitted, ReadUncommitted, EDGES),
    (ReadCommitted, ReadUncommitted, ADYA),
    (Pram, MonotonicReads, TERRY),
    (Pram, MonotonicWrites, TERRY),
    (Pram, ReadYourWrites, TERRY),
];
