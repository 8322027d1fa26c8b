//! Each anomaly in its smallest form, and what only looks like it.
use super::{ALL, Sessions, judge};
use crate::transactional::sketch::draw;
use crate::transactional::{Level, Registers, Txns};
use crate::{Budget, Fit};
use Level::{
    Causal, CutIsolation, MonotonicAtomicView, MonotonicReads, MonotonicWrites, Pram, ReadAtomic,
    ReadCommitted, ReadYourWrites, UpdateAtomic, WritesFollowReads,
};

/// Exactly these levels are refuted, sessions being kept by those that know them; all others fit.
fn refutes(text: &str, expected: &[Level]) {
    let txns = draw(text);
    for level in super::super::LEVELS {
        let (answer, _) = judge(&txns, level, Sessions::Ignored);
        let fit = if expected.contains(&level) {
            Fit::Refuted
        } else {
            Fit::Fits
        };
        // Update atomic is left open where no order at hand shows it.
        let is_open = level == UpdateAtomic && answer.fit == Fit::Undecided;
        assert!(
            answer.fit == fit || is_open && fit == Fit::Fits,
            "{text}: {answer:?}"
        );
    }
    let registers = Registers::of(&txns);
    let all = super::super::decide(&txns, &registers, &Budget::new(u64::MAX));
    let refuted: Vec<Level> = all
        .iter()
        .filter(|(answer, _)| answer.fit == Fit::Refuted)
        .map(|(answer, _)| answer.level)
        .collect();
    assert_eq!(refuted, expected, "{text}");
}

#[test]
fn circular_information_flow() {
    let everything_atomic = [
        ReadCommitted,
        MonotonicAtomicView,
        ReadAtomic,
        UpdateAtomic,
        WritesFollowReads,
        Causal,
    ];
    refutes("0 wx1 ry2 \n 1 wy2 rx1", &everything_atomic);
    refutes("0 wx1 ry_ \n 1 wy2 rx1", &[]);
    // A session is part of the circle: no matter for levels without sessions.
    refutes("0 rx1 \n 0 wy1 \n 1 ry1 wx1", &[WritesFollowReads, Causal]);
}

#[test]
fn a_transaction_that_vanishes() {
    let atomic = [MonotonicAtomicView, ReadAtomic, UpdateAtomic, Causal];
    refutes("0 wx1 wy1 \n 1 rx1 ry_", &atomic);
    // The other way round only atomic reads forbid it.
    refutes("0 wx1 wy1 \n 1 ry_ rx1", &atomic[1..]);
    refutes("0 wx1 \n 0 wx2 wy2 \n 1 rx1 ry2", &[Causal]);
    refutes("0 wx1 wy1 \n 1 rx1 ry1", &[]);
}

#[test]
fn two_answers_to_one_question() {
    let text = "0 wx1 \n 1 wx2 \n 2 rx1 rx2";
    refutes(text, &[CutIsolation, ReadAtomic, UpdateAtomic, Causal]);
    refutes("0 wx1 \n 1 wx2 \n 2 rx1 wx3 rx3", &[]);
}

#[test]
fn reads_that_go_back() {
    let back = [MonotonicReads, Pram, Causal];
    refutes("0 wx1 \n 1 rx1 \n 1 rx_", &back);
    refutes("0 wx1 \n 1 rx1 \n 2 rx_", &[]);
    refutes("0 wx1 \n 3 wx2 \n 1 rx1 \n 1 rx2 \n 2 rx2 \n 2 rx1", &back);
    refutes("0 wx1 \n 3 wx2 \n 1 rx1 \n 1 rx2 \n 2 rx1 \n 2 rx2", &[]);
}

#[test]
fn own_writes_that_are_not_seen() {
    refutes("0 wx1 \n 0 rx_", &[ReadYourWrites, Pram, Causal]);
    refutes("0 wx1 \n 1 rx_", &[]);
    refutes("0 wx1 \n 1 wx2 \n 0 rx2 \n 1 rx2", &[]);
    refutes(
        "0 wx1 \n 1 wx2 \n 0 rx2 \n 1 rx1",
        &[ReadYourWrites, Pram, Causal],
    );
    // Of two own writes either may be the last, as far as this goes.
    refutes("0 wx1 \n 0 wx2 \n 0 rx1", &[Pram, Causal]);
}

#[test]
fn writes_out_of_order() {
    refutes(
        "0 wx1 \n 0 wy1 \n 1 ry1 rx_",
        &[MonotonicWrites, Pram, Causal],
    );
    refutes("0 wx1 \n 0 wy1 \n 1 rx_ ry1", &[Causal]);
    refutes("0 wx1 \n 1 wy1 \n 2 ry1 rx_", &[]);
    refutes("0 wx1 \n 0 wy1 \n 1 ry1 \n 1 rx_", &[Pram, Causal]);
}

#[test]
fn writes_without_what_they_follow() {
    refutes(
        "0 wx1 \n 1 rx1 wy1 \n 2 ry1 rx_",
        &[WritesFollowReads, Causal],
    );
    refutes("0 wx1 \n 1 wy1 \n 2 ry1 rx_", &[]);
    refutes(
        "0 wx1 \n 1 rx1 \n 1 wy1 \n 2 ry1 rx_",
        &[WritesFollowReads, Causal],
    );
    refutes("0 wx1 \n 1 rx1 wy1 \n 2 ry1 wz1 \n 3 rz1 rx_", &[Causal]);
}

#[test]
fn lost_updates() {
    refutes("0 wx1 \n 1 rx1 wx2 \n 2 rx1 wx3", &[UpdateAtomic]);
    let chain = "0 wx1 \n 1 rx1 wx2 \n 2 rx2 wx3";
    refutes(chain, &[]);
    let (answer, _) = judge(&draw(chain), UpdateAtomic, Sessions::Ignored);
    assert_eq!(answer.fit, Fit::Fits);
    // Concurrent blind writes, of which each reader sees one: no order of commits has both last.
    refutes("0 wx1 \n 1 wx2 \n 2 rx1 \n 3 rx2", &[]);
}

#[test]
fn an_unknown_outcome_counts_if_it_was_seen() {
    let vanished = [MonotonicAtomicView, ReadAtomic, UpdateAtomic, Causal];
    refutes("0? wx1 wy1 \n 1 rx1 ry_", &vanished);
    refutes("0? wx1 wy1 \n 1 ry_", &[]);
    // Its place in its session counts too.
    refutes(
        "0 wx1 \n 0? wy1 \n 1 ry1 rx_",
        &[MonotonicWrites, Pram, Causal],
    );
}

#[test]
fn what_is_ambiguous_is_left_open() {
    let txns = draw("0 wx1 \n 1 wx1 \n 2 rx1 \n 2 rx_");
    for (level, sessions) in ALL {
        let (answer, _) = judge(&txns, level, sessions);
        let is_clear = level == CutIsolation;
        let fit = if is_clear { Fit::Fits } else { Fit::Undecided };
        assert_eq!(answer.fit, fit, "{answer:?}");
    }
    // What the others say still refutes.
    let txns = draw("0 wx1 \n 1 wx1 \n 2 rx1 \n 3 wy1 \n 3 ry_");
    assert_eq!(
        judge(&txns, ReadYourWrites, Sessions::Kept).0.fit,
        Fit::Refuted
    );
}

#[test]
fn a_spent_budget_leaves_all_open() {
    let txns = draw("0 wx1 \n 1 rx1");
    let registers = Registers::of(&txns);
    let budget = Budget::new(0);
    budget.stop();
    for (answer, _) in super::super::decide(&txns, &registers, &budget) {
        assert_eq!(
            (answer.fit, answer.why.as_str()),
            (Fit::Undecided, "out of time")
        );
    }
}

#[test]
fn nothing_at_all_fits() {
    for txns in [
        Txns::default(),
        draw("0"),
        draw("0! wx1 \n 1?"),
        draw("0 \n 1"),
    ] {
        let txns = Txns {
            starts: if txns.starts.is_empty() {
                vec![0]
            } else {
                txns.starts.clone()
            },
            ..txns
        };
        for (level, sessions) in ALL {
            assert_eq!(judge(&txns, level, sessions).0.fit, Fit::Fits);
        }
    }
}
