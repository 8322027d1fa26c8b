//! What each level forbids, as patterns of walks that close one dependency.
//!
//! `rw` leads to the next version and `ww` from each version to the next, so that "read a version
//! older than T's" is rw and any number of ww on the same key. T and the reader are then joined by
//! whatever makes T visible to the reader. `so` is the order of a process.
use super::pattern::On::{Any, Same};
use super::pattern::{Move, Pattern};
use crate::transactional::Level;
use crate::transactional::Via::{Process, Rw, Wr, Ww};

/// What else has to be true of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Also {
    /// Nothing.
    Nothing,
    /// The last dependency enters its transaction at an earlier step than the first one leaves it.
    EnteredBefore,
    /// The first dependency is ww, and its tail read the version right before its own: an older one
    /// than every later one.
    Read,
}

/// An older version than that of whoever state 0 is at.
const OLDER: Move = (0, Ww, Same, 0);

/// The patterns that no history of `level` has, beyond those of weaker levels; None if it is
/// defined by a graph without cycles, or otherwise.
pub(super) fn walks(level: Level) -> Option<Vec<(Pattern, Also)>> {
    let rw = |moves: &[Move], accepted: &[u8]| Pattern::new(Rw, moves, accepted);
    let plain = |patterns: Vec<Pattern>| {
        let all = patterns.into_iter().map(|pattern| (pattern, Also::Nothing));
        Some(all.collect())
    };
    // Whoever reads and then writes a key has no rw to its own version; ww leads on from there.
    let missed = |moves: &[Move], accepted: &[u8], more: Option<Pattern>| {
        let read = (Pattern::new(Ww, moves, accepted), Also::Read);
        let mut all = vec![(rw(moves, accepted), Also::Nothing), read];
        all.extend(more.map(|pattern| (pattern, Also::Nothing)));
        Some(all)
    };
    match level {
        // G-single: a cycle with exactly one rw (Adya 4.3.1). A start of a transaction that is known
        // to follow a commit would make G-SIb of forward consistent view more; nobody outside a
        // system sees its starts and commits, and real time is no claim of a plain level.
        Level::ConsistentView
        | Level::ForwardConsistentView
        // (dep ; rw?) is irreflexive (Cerone, Gotsman 2016, theorem 22).
        | Level::ParallelSnapshotIsolation => {
            plain(vec![rw(&[(0, Ww, Any, 0), (0, Wr, Any, 0)], &[0])])
        }
        Level::StrongSessionParallelSnapshotIsolation => {
            let moves = [(0, Ww, Any, 0), (0, Wr, Any, 0), (0, Process, Any, 0)];
            plain(vec![rw(&moves, &[0])])
        }
        // G-monotonic (Adya 4.2.1): a transaction that depends on one whose change it then misses.
        // G-MSR is the same where starts are not known, see above.
        Level::MonotonicView | Level::MonotonicSnapshotRead => {
            let patterns = vec![rw(&[(0, Ww, Any, 0), (0, Wr, Any, 0)], &[0])];
            Some(patterns.into_iter().map(|pattern| (pattern, Also::EnteredBefore)).collect())
        }
        // Observed transaction vanishes (Bailis et al. 2013, definition 9).
        Level::MonotonicAtomicView => {
            let patterns = vec![rw(&[OLDER, (0, Wr, Any, 1)], &[1])];
            Some(patterns.into_iter().map(|pattern| (pattern, Also::EnteredBefore)).collect())
        }
        // Fractured reads (Bailis et al. 2014); INT and EXT (Cerone, Bernardi, Gotsman 2015).
        Level::ReadAtomic => plain(vec![rw(&[OLDER, (0, Wr, Any, 1)], &[1])]),
        // Biswas, Enea 2019, axiom Read Atomic: visible is what so or wr reaches in one step.
        Level::StrongSessionReadAtomic => {
            let moves = [OLDER, (0, Wr, Any, 1), (0, Process, Any, 2), (2, Process, Any, 2)];
            plain(vec![rw(&moves, &[1, 2])])
        }
        // G-cursor (Adya 4.3.2), P4 of Berenson et al. 1995: no update is lost.
        Level::CursorStability | Level::UpdateAtomic => plain(vec![rw(&[OLDER], &[0])]),
        // Item-many-preceders (Bailis et al. 2013, definition 12).
        Level::CutIsolation => plain(vec![rw(&[OLDER, (0, Wr, Same, 1)], &[1])]),
        // TRANSVIS (Cerone, Bernardi, Gotsman 2015): visible is what wr reaches.
        Level::CausalCerone => {
            plain(vec![rw(&[OLDER, (0, Wr, Any, 1), (1, Wr, Any, 1)], &[1])])
        }
        // Biswas, Enea 2019, axiom Causal: visible is what so and wr reach.
        Level::Causal => {
            let to_first = [(0, Wr, Any, 1), (0, Process, Any, 1)];
            let on = [(1, Wr, Any, 1), (1, Process, Any, 1)];
            plain(vec![rw(&[&[OLDER][..], &to_first, &on].concat(), &[1])])
        }
        // A later transaction of the writer's process (Bailis et al. 2013, "missing your writes").
        Level::ReadYourWrites => {
            missed(&[OLDER, (0, Process, Any, 1), (1, Process, Any, 1)], &[1], None)
        }
        // "Non-monotonic reads", about one object.
        Level::MonotonicReads => {
            let moves = [OLDER, (0, Wr, Same, 1), (1, Process, Any, 2), (2, Process, Any, 2)];
            missed(&moves, &[2], None)
        }
        // The later change of a process is seen without the earlier one, or comes before it.
        Level::MonotonicWrites => {
            let moves = [OLDER, (0, Process, Any, 1), (1, Process, Any, 1), (1, Wr, Any, 2)];
            missed(&moves, &[2], Some(out_of_order()))
        }
        // A change is seen without what its process had read before, or comes before that.
        Level::WritesFollowReads => {
            let moves = [OLDER, (0, Wr, Any, 1), (1, Process, Any, 2), (2, Process, Any, 2)];
            let seen = [(1, Wr, Any, 3), (2, Wr, Any, 3)];
            let before = Pattern::new(Ww, &moves, &[1, 2]);
            let mut all = missed(&[&moves[..], &seen].concat(), &[3], Some(before))?;
            // It was read by its own process before it was made.
            let own = [(0, Process, Any, 1), (1, Process, Any, 1)];
            all.push((Pattern::new(Wr, &own, &[1]), Also::Nothing));
            Some(all)
        }
        // Visible is what a process did before, and whoever it has read from with all that their
        // process did before; not what those had read.
        Level::Pram => {
            let own = [OLDER, (0, Process, Any, 1), (1, Process, Any, 1)];
            let read = [(0, Wr, Any, 2), (1, Wr, Any, 3)];
            let then = [(2, Process, Any, 4), (3, Process, Any, 4), (4, Process, Any, 4)];
            let moves = [&own[..], &read, &then].concat();
            missed(&moves, &[1, 3, 4], Some(out_of_order()))
        }
        Level::ReadUncommitted
        | Level::ReadCommitted
        | Level::Prefix
        | Level::SnapshotIsolation
        | Level::RepeatableRead
        | Level::UpdateSerializable
        | Level::Serializable
        | Level::StrongSessionReadUncommitted
        | Level::StrongSessionReadCommitted
        | Level::StrongSessionPrefix
        | Level::StrongSessionSnapshotIsolation
        | Level::StrongSessionSerializable
        | Level::StrongReadUncommitted
        | Level::StrongReadCommitted
        | Level::StrongSnapshotIsolation
        | Level::StrictSerializable => None,
    }
}

/// The versions of one key stand in another order than one process wrote them.
fn out_of_order() -> Pattern {
    Pattern::new(
        Ww,
        &[OLDER, (0, Process, Any, 1), (1, Process, Any, 1)],
        &[1],
    )
}

/// G-update (Adya 4.3.3): whoever writes nothing is one of at most one such.
pub(super) fn update() -> Pattern {
    Pattern::new(
        Rw,
        &[(0, Ww, Any, 0), (0, Wr, Any, 0), (0, Rw, Any, 0)],
        &[0],
    )
}
