//! The many names of each level.
use super::Level;

/// Other names than the standard one, in lower case and with dashes.
const SYNONYMS: &[(&str, Level)] = &[
    ("pl-1", Level::ReadUncommitted),
    ("ru", Level::ReadUncommitted),
    ("pl-2", Level::ReadCommitted),
    ("rc", Level::ReadCommitted),
    ("item-cut-isolation", Level::CutIsolation),
    ("i-ci", Level::CutIsolation),
    ("mav", Level::MonotonicAtomicView),
    ("ra", Level::ReadAtomic),
    ("ua", Level::UpdateAtomic),
    ("rola", Level::UpdateAtomic),
    ("pl-cs", Level::CursorStability),
    ("cs", Level::CursorStability),
    ("pl-2l", Level::MonotonicView),
    ("pl-msr", Level::MonotonicSnapshotRead),
    ("pl-2+", Level::ConsistentView),
    ("pl-fcv", Level::ForwardConsistentView),
    ("mr", Level::MonotonicReads),
    ("mw", Level::MonotonicWrites),
    ("ryw", Level::ReadYourWrites),
    ("read-my-writes", Level::ReadYourWrites),
    ("wfr", Level::WritesFollowReads),
    ("session-causality", Level::WritesFollowReads),
    ("pipelined-ram", Level::Pram),
    ("fifo", Level::Pram),
    ("cc", Level::Causal),
    ("tcc", Level::Causal),
    ("tccv", Level::Causal),
    ("causal-consistency", Level::Causal),
    ("transactional-causal-consistency", Level::Causal),
    ("psi", Level::ParallelSnapshotIsolation),
    ("pc", Level::Prefix),
    ("prefix-consistency", Level::Prefix),
    ("consistent-prefix", Level::Prefix),
    ("pl-si", Level::SnapshotIsolation),
    ("si", Level::SnapshotIsolation),
    ("generalized-snapshot-isolation", Level::SnapshotIsolation),
    ("pl-2.99", Level::RepeatableRead),
    ("rr", Level::RepeatableRead),
    ("pl-3u", Level::UpdateSerializable),
    ("pl-3", Level::Serializable),
    ("ser", Level::Serializable),
    ("serializability", Level::Serializable),
    ("conflict-serializable", Level::Serializable),
    ("strong-session-pl-1", Level::StrongSessionReadUncommitted),
    ("strong-session-pl-2", Level::StrongSessionReadCommitted),
    ("strong-session-si", Level::StrongSessionSnapshotIsolation),
    (
        "prefix-consistent-snapshot-isolation",
        Level::StrongSessionSnapshotIsolation,
    ),
    ("strong-session-ser", Level::StrongSessionSerializable),
    ("session-serializable", Level::StrongSessionSerializable),
    ("strong-pl-1", Level::StrongReadUncommitted),
    ("strong-pl-2", Level::StrongReadCommitted),
    ("strong-si", Level::StrongSnapshotIsolation),
    ("strict-snapshot-isolation", Level::StrongSnapshotIsolation),
    ("pl-ss", Level::StrictSerializable),
    ("strict-serializability", Level::StrictSerializable),
    ("strong-serializable", Level::StrictSerializable),
    ("strong-serializability", Level::StrictSerializable),
    ("sser", Level::StrictSerializable),
    ("strict", Level::StrictSerializable),
];

/// See [`Level::named`].
pub(super) fn level(name: &str) -> Option<Level> {
    let name = name.trim().trim_start_matches(':').to_lowercase();
    let name = name.replace([' ', '_'], "-");
    let standard = Level::ALL.into_iter().find(|level| level.name() == name);
    standard.or_else(|| {
        let other = SYNONYMS.iter().find(|(other, _)| *other == name);
        other.map(|(_, level)| *level)
    })
}
