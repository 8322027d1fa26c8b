//! The lattice is sound, complete, and agrees with what others say.
use super::*;
use crate::AnomalyKind;
use std::collections::BTreeSet;

#[test]
fn a_stronger_level_always_comes_first() {
    let place = |level| Level::ALL.iter().position(|each| *each == level);
    for (stronger, weaker, by) in LATTICE {
        assert!(
            place(*stronger) < place(*weaker),
            "{stronger:?} and {weaker:?}"
        );
        assert!(!by.is_empty());
    }
    let all: BTreeSet<Level> = Level::ALL.into_iter().collect();
    assert_eq!(all.len(), Level::ALL.len());
    assert!((0..Level::ALL.len()).all(|bit| all.iter().any(|level| *level as usize == bit)));
}

#[test]
fn no_level_stands_alone() {
    for level in Level::ALL {
        let is_weaker = level.weaker_than(Level::StrictSerializable);
        assert!(is_weaker || level == Level::StrictSerializable, "{level:?}");
        assert!(level.weaker().has(level) && level.stronger().has(level));
        assert!(!level.weaker_than(level) && !level.about().is_empty());
    }
}

/// What follows from what, as the literature has it; a level of the left implies all on the right.
const KNOWN: &[(&str, &str)] = &[
    (
        "strict-serializable",
        "serializable strong-snapshot-isolation strong-session-serializable",
    ),
    (
        "serializable",
        "repeatable-read update-serializable snapshot-isolation",
    ),
    (
        "strong-session-serializable",
        "serializable strong-session-snapshot-isolation",
    ),
    (
        "snapshot-isolation",
        "forward-consistent-view monotonic-atomic-view monotonic-snapshot-read parallel-snapshot-isolation prefix",
    ),
    ("parallel-snapshot-isolation", "causal-cerone update-atomic"),
    ("prefix", "causal-cerone"),
    ("causal-cerone", "read-atomic"),
    ("update-atomic", "read-atomic"),
    ("read-atomic", "monotonic-atomic-view"),
    ("monotonic-atomic-view", "read-committed"),
    ("read-committed", "read-uncommitted"),
    ("repeatable-read", "cursor-stability monotonic-atomic-view"),
    ("update-serializable", "forward-consistent-view"),
    ("forward-consistent-view", "consistent-view"),
    ("consistent-view", "cursor-stability monotonic-view"),
    ("causal", "pram writes-follow-reads"),
    ("pram", "monotonic-reads monotonic-writes read-your-writes"),
];

#[test]
fn what_the_literature_says_is_in_the_lattice() {
    for (stronger, weaker) in KNOWN {
        let stronger = Level::named(stronger).expect(stronger);
        for weaker in weaker
            .split(' ')
            .map(|name| Level::named(name).expect(name))
        {
            assert!(
                stronger.stronger_than(weaker),
                "{stronger:?} and {weaker:?}"
            );
        }
    }
}

#[test]
fn levels_go_by_many_names() {
    for level in Level::ALL {
        assert_eq!(Level::named(level.name()), Some(level));
    }
    let names = [
        ("PL-1", Level::ReadUncommitted),
        ("PL-2", Level::ReadCommitted),
        ("PL-SI", Level::SnapshotIsolation),
        ("PL-2.99", Level::RepeatableRead),
        (":PL-3", Level::Serializable),
        ("PL-SS", Level::StrictSerializable),
        ("strong-serializable", Level::StrictSerializable),
        ("Snapshot Isolation", Level::SnapshotIsolation),
        ("read_committed", Level::ReadCommitted),
        ("si", Level::SnapshotIsolation),
        ("SER", Level::Serializable),
    ];
    for (name, level) in names {
        assert_eq!(Level::named(name), Some(level), "{name}");
    }
    assert_eq!(Level::named("eventually"), None);
}

/// Levels that Elle leaves open, though what we know refutes them: read skew is no parallel snapshot
/// isolation (Cerone and Gotsman 2016), a read that changes is not repeatable.
const MORE: &[(AnomalyKind, &str)] = &[
    (AnomalyKind::GSingle, "parallel-snapshot-isolation"),
    (AnomalyKind::Internal, "repeatable-read"),
];

/// Elle's answers to single anomalies: what it names as impossible.
const ELLE: &[(AnomalyKind, &str)] = &[
    (
        AnomalyKind::G0,
        "read-uncommitted strong-read-uncommitted strong-session-read-uncommitted ABOVE read-committed",
    ),
    (AnomalyKind::G1c, "ABOVE read-committed"),
    (AnomalyKind::AbortedRead, "ABOVE read-committed"),
    (AnomalyKind::IntermediateRead, "ABOVE read-committed"),
    (AnomalyKind::DirtyUpdate, "ABOVE read-committed"),
    (AnomalyKind::FutureRead, "ABOVE read-committed"),
    (AnomalyKind::IncompatibleOrder, "ABOVE read-committed"),
    (
        AnomalyKind::GSingle,
        "consistent-view repeatable-read forward-consistent-view serializable snapshot-isolation strong-serializable strong-session-serializable strong-session-snapshot-isolation strong-snapshot-isolation update-serializable",
    ),
    (
        AnomalyKind::GNonadjacent,
        "repeatable-read snapshot-isolation serializable strong-serializable strong-session-serializable strong-session-snapshot-isolation strong-snapshot-isolation",
    ),
    (
        AnomalyKind::G2Item,
        "repeatable-read serializable strong-serializable strong-session-serializable",
    ),
    (
        AnomalyKind::G2,
        "serializable strong-serializable strong-session-serializable",
    ),
    (
        AnomalyKind::LostUpdate,
        "cursor-stability update-atomic consistent-view forward-consistent-view parallel-snapshot-isolation repeatable-read serializable snapshot-isolation strong-serializable strong-session-serializable strong-session-snapshot-isolation strong-snapshot-isolation update-serializable",
    ),
    (
        AnomalyKind::Internal,
        "read-atomic causal-cerone parallel-snapshot-isolation prefix serializable snapshot-isolation strong-serializable strong-session-serializable strong-session-snapshot-isolation strong-snapshot-isolation update-atomic",
    ),
    (
        AnomalyKind::G1cProcess,
        "strong-session-read-committed strong-read-committed strong-serializable strong-session-serializable strong-session-snapshot-isolation strong-snapshot-isolation",
    ),
    (
        AnomalyKind::GSingleProcess,
        "strong-session-snapshot-isolation strong-serializable strong-session-serializable strong-snapshot-isolation",
    ),
    (
        AnomalyKind::GNonadjacentProcess,
        "strong-session-snapshot-isolation strong-serializable strong-session-serializable strong-snapshot-isolation",
    ),
    (
        AnomalyKind::GSingleRealtime,
        "strong-snapshot-isolation strong-serializable",
    ),
];

/// What Elle names for every violation of read committed.
const ABOVE: &str = "causal-cerone consistent-view cursor-stability forward-consistent-view monotonic-atomic-view monotonic-snapshot-read monotonic-view parallel-snapshot-isolation prefix read-atomic repeatable-read serializable snapshot-isolation strong-read-committed strong-serializable strong-session-read-committed strong-session-serializable strong-session-snapshot-isolation strong-snapshot-isolation update-atomic update-serializable";

/// Levels that Elle does not know, or does not refute by anomalies of transactions.
const OURS: [Level; 6] = [
    Level::Causal,
    Level::StrongSessionPrefix,
    Level::StrongSessionParallelSnapshotIsolation,
    Level::StrongSessionReadAtomic,
    Level::CutIsolation,
    Level::Pram,
];

#[test]
fn anomalies_refute_what_elle_says_they_do() {
    for (kind, names) in ELLE {
        let names = names.replace("ABOVE", ABOVE);
        let mut expected: BTreeSet<Level> = names
            .split(' ')
            .map(|name| Level::named(name).expect(name))
            .collect();
        let more = MORE.iter().filter(|(other, _)| other == kind);
        expected.extend(more.map(|(_, name)| Level::named(name).expect(name)));
        let refuted = refutes(*kind)
            .iter()
            .flat_map(|level| level.stronger().iter());
        let refuted: BTreeSet<Level> = refuted.filter(|level| !OURS.contains(level)).collect();
        assert_eq!(refuted, expected, "{kind:?}");
    }
}

#[test]
fn every_weaker_variant_of_an_anomaly_refutes_less() {
    let sets = |kind: AnomalyKind| {
        let levels = refutes(kind)
            .iter()
            .flat_map(|level| level.stronger().iter());
        levels.collect::<BTreeSet<Level>>()
    };
    let chains = [
        [
            AnomalyKind::G0,
            AnomalyKind::G0Process,
            AnomalyKind::G0Realtime,
        ],
        [
            AnomalyKind::G1c,
            AnomalyKind::G1cProcess,
            AnomalyKind::G1cRealtime,
        ],
        [
            AnomalyKind::GSingle,
            AnomalyKind::GSingleProcess,
            AnomalyKind::GSingleRealtime,
        ],
        [
            AnomalyKind::GNonadjacent,
            AnomalyKind::GNonadjacentProcess,
            AnomalyKind::GNonadjacentRealtime,
        ],
        [
            AnomalyKind::G2Item,
            AnomalyKind::G2ItemProcess,
            AnomalyKind::G2ItemRealtime,
        ],
        [
            AnomalyKind::GSingle,
            AnomalyKind::GNonadjacent,
            AnomalyKind::G2Item,
        ],
        [AnomalyKind::G0, AnomalyKind::G1c, AnomalyKind::GSingle],
    ];
    for [worst, middle, last] in chains {
        assert!(
            sets(worst).is_superset(&sets(middle)),
            "{worst:?} and {middle:?}"
        );
        assert!(
            sets(middle).is_superset(&sets(last)),
            "{middle:?} and {last:?}"
        );
    }
}
