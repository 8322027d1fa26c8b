//! Each anomaly in its smallest form, and a near miss that is none.
use super::tiny::Tiny;
use crate::transactional::cycles::decide;
use crate::transactional::{Level, refutes};
use crate::{Budget, Fit};
use std::collections::BTreeSet;

/// The weakest levels that a history does not fit, and the first cycle: `consistent-view: G-single`.
fn judged(text: &str) -> String {
    let tiny = Tiny::drawn(text);
    let found = decide(
        &tiny.txns(),
        &tiny.inference(),
        &Budget::new(u64::MAX),
        None,
    );
    let refuted: BTreeSet<Level> = found
        .answers
        .iter()
        .filter(|answer| answer.fit == Fit::Refuted)
        .map(|answer| answer.level)
        .collect();
    let weakest = refuted
        .iter()
        .filter(|level| !refuted.iter().any(|other| other.weaker_than(**level)));
    let names: Vec<&str> = weakest.map(|level| level.name()).collect();
    let cycle = found.cycles.first().map_or("no cycle".to_owned(), |cycle| {
        for kind in std::iter::once(&cycle.kind).chain(&cycle.also) {
            for level in refutes(*kind) {
                assert!(
                    refuted.contains(level),
                    "{text}: {kind:?} without {level:?}"
                );
            }
        }
        let also: Vec<&str> = cycle.also.iter().map(|kind| kind.title()).collect();
        [vec![cycle.kind.title()], also].concat().join(", ")
    });
    format!("{}: {cycle}", names.join(" "))
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(judged(text), expected, "{text}");
}

#[test]
fn what_happens_one_after_another_fits_everything() {
    check("0:wx // 1:rxA wy // 0:ryB rxA", ": no cycle");
    check("0!:wx / 1:rx-", ": no cycle");
}

#[test]
fn changes_that_mix_are_g0() {
    check(
        "0:wx wy / 1:wx wy ; y=BA",
        "read-uncommitted: G0 (dirty write)",
    );
    check("0:wx wy / 1:wx wy", ": no cycle");
    check(
        "0:wx // 1:wx ; x=BA",
        "strong-read-uncommitted: G0-realtime",
    );
    check(
        "0:wx // 0:wx ; x=BA",
        "monotonic-writes strong-session-read-uncommitted: G0-process, writes out of order",
    );
    check("0!:wx // 1:wx ; x=BA", ": no cycle");
}

#[test]
fn information_in_a_circle_is_g1c() {
    check(
        "0:wx ryB / 1:wy rxA",
        "read-committed: G1c (circular information flow)",
    );
    check("0:wx ryB / 1:wy rx-", ": no cycle");
    check("0:rxB // 1:wx", "strong-read-committed: G1c-realtime");
    check(
        "0:rxB // 0:wx",
        "writes-follow-reads strong-session-read-committed: G1c-process",
    );
}

#[test]
fn half_of_a_transaction_is_a_fractured_read() {
    check(
        "0:wx wy / 1:rxA ry-",
        "monotonic-atomic-view monotonic-view monotonic-snapshot-read: G-single (read skew), fractured read",
    );
    // The older one was read first: monotonic, not atomic.
    check(
        "0:wx wy / 1:ry- rxA",
        "read-atomic consistent-view repeatable-read: G-single (read skew), fractured read",
    );
    check("0:wx wy / 1:rxA ryA", ": no cycle");
    check("0:wx / 1:wy / 2:rxA ry-", ": no cycle");
}

#[test]
fn read_skew_through_others_is_no_consistent_view() {
    // B has seen A's x; C sees B's y and then misses x: its view goes backwards.
    check(
        "0:wx / 1:rxA wy / 2:ryB rx-",
        "monotonic-view monotonic-snapshot-read writes-follow-reads causal-cerone repeatable-read: G-single (read skew), write ordered before what it followed",
    );
    check(
        "0:wx / 1:rxA wy / 2:rx- ryB",
        "consistent-view writes-follow-reads causal-cerone repeatable-read: G-single (read skew), write ordered before what it followed",
    );
    check("0:wx / 1:rxA wy / 2:rxA ryB", ": no cycle");
}

#[test]
fn an_update_that_is_lost_is_no_cursor_stability() {
    check(
        "0:rx- wx / 1:rx- wx",
        "update-atomic cursor-stability: G-single (read skew), lost update",
    );
    check("0:rx- wx / 1:rxA wx", ": no cycle");
}

#[test]
fn skewed_writes_fit_snapshots_and_no_serial_order() {
    check(
        "0:rx- wy / 1:ry- wx",
        "repeatable-read update-serializable: G2-item (anti-dependency cycle), write skew",
    );
    check("0:rx- wy / 1:ryA wx", ": no cycle");
}

#[test]
fn a_long_fork_is_no_prefix() {
    check(
        "0:wx / 1:wy / 2:rxA ry- / 3:rx- ryB",
        "prefix repeatable-read: G-nonadjacent, long fork",
    );
    check("0:wx / 1:wy / 2:rxA ry- / 3:rxA ryB", ": no cycle");
}

#[test]
fn snapshots_are_as_old_as_a_family_allows() {
    check(
        "0:wx // 1:rx-",
        "strong-snapshot-isolation: G-single-realtime",
    );
    check(
        "0:wx // 0:rx-",
        "read-your-writes: G-single-process, own write not seen",
    );
    check("0:wx / 1:rx-", ": no cycle");
    check(
        "0:wx / 1:rxA // 1:rx-",
        "monotonic-reads: G-single-process, reads went backwards",
    );
    check(
        "0:wx // 0:wy / 1:ryB rx-",
        "monotonic-writes: G-single-process, writes out of order",
    );
}

#[test]
fn a_reader_between_updates_breaks_update_serializability_only_with_them() {
    // Two readers that disagree about two independent changes: each alone is fine.
    let fork = judged("0:wx / 1:wy / 2:rxA ry- / 3:rx- ryB");
    assert!(!fork.contains("update-serializable"), "{fork}");
    // A reader that has seen B, which A had missed, and misses A (Fekete, O'Neil, O'Neil 2004).
    check(
        "0:rx- wy / 1:wx / 2:rxB ry-",
        "repeatable-read update-serializable: G2-item (anti-dependency cycle)",
    );
}

#[test]
fn a_changing_read_is_no_cut() {
    let text = judged("0:wx / 1:rx- rxA");
    assert!(text.starts_with("cut-isolation "), "{text}");
}
