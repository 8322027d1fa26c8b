//! Each anomaly in its smallest form, and the history beside it that is none.
mod edges;
mod made;
mod order;
mod random;
mod small;

use super::{ListAppend, Strict};
use crate::transactional::{Evidence, Finding, Graph, Txns, Via, label, script};
use crate::{AnomalyKind, Budget};

fn found(script: &str) -> (Vec<AnomalyKind>, Strict) {
    let txns = script::txns(script);
    let inferred = ListAppend::infer(&txns);
    let kinds = inferred.findings().iter().map(|finding| finding.kind);
    (kinds.collect(), inferred.strict(&Budget::new(u64::MAX)))
}

#[track_caller]
fn check(script: &str, expected: &[AnomalyKind]) {
    assert_eq!(found(script).0, expected, "{script}");
}

#[test]
fn duplicate_elements() {
    check("ax1 / rx11", &[AnomalyKind::DuplicateElements]);
    check("ax1 / ax2 / rx121", &[AnomalyKind::DuplicateElements]);
    check("ax1 / ay1 / rx1 ry1", &[]);
    check("ax1 / ax1 / rx11", &[]);
}

#[test]
fn garbage_read() {
    check("rx1 ay1", &[AnomalyKind::GarbageRead]);
    check("ay1 / rx1", &[AnomalyKind::GarbageRead]);
    check("ax1? / rx1", &[]);
    check("ax1 ax5 / rx135", &[AnomalyKind::GarbageRead]);
}

#[test]
fn aborted_read() {
    check("ax1! / rx1", &[AnomalyKind::AbortedRead]);
    check("ax1? / rx1", &[]);
    check("ax1! / ax2 / rx2", &[]);
}

#[test]
fn intermediate_read() {
    check("~ ax1 ax2 / rx1", &[AnomalyKind::IntermediateRead]);
    check("~ ax1 ax2 / rx12", &[]);
    check("~ ax1 ay2 / rx1", &[]);
    check("ax1 rx1 ax2 / rx12", &[]);
    check("~ ax1 ax2? / rx1", &[AnomalyKind::IntermediateRead]);
}

#[test]
fn internal() {
    check("ax1 rx", &[AnomalyKind::Internal]);
    check("ax1 rx1", &[]);
    check("~ ax1 rx12 / ax2", &[AnomalyKind::Internal]);
    check("~ ax1 rx21 / ax2", &[]);
    check("~ rx rx1 / ax1", &[AnomalyKind::Internal]);
    check("~ rx1 ax2 rx12 / ax1", &[]);
    check("~ rx1 ax2 rx1 / ax1", &[AnomalyKind::Internal]);
    check("rx ry ax1 ay2 rx1 ry2", &[]);
    check("ax1? / ax2 rx", &[AnomalyKind::Internal]);
}

#[test]
fn future_read() {
    check("rx1 ax1", &[AnomalyKind::FutureRead]);
    check("rx ax1", &[]);
    check("ry1 ax1 ay1", &[AnomalyKind::FutureRead]);
}

#[test]
fn incompatible_order() {
    check(
        "~ ax1 / ax2 / rx12 / rx21",
        &[AnomalyKind::IncompatibleOrder],
    );
    check(
        "~ ax1 / ax2 / rx12 / rx2",
        &[AnomalyKind::IncompatibleOrder],
    );
    check("~ ax1 / ax2 / rx12 / rx1", &[]);
    check("~ ax1 / ax2 / ay2 / ay1 / rx12 / ry21", &[]);
}

#[test]
fn dirty_update() {
    let both = [AnomalyKind::AbortedRead, AnomalyKind::DirtyUpdate];
    check("ax1! / ax2 / rx12", &both);
    check("ax1 / ax2! / rx12", &[AnomalyKind::AbortedRead]);
    check("ax1! / ax2? / rx12", &both);
}

#[test]
fn cyclic_versions() {
    check(
        "ax1 ax2 / rx21",
        &[AnomalyKind::CyclicVersions, AnomalyKind::IntermediateRead],
    );
    check("ax1 ax2 / rx2", &[AnomalyKind::CyclicVersions]);
    check("ax1 ax2! / rx12", &[AnomalyKind::AbortedRead; 2]);
    check("ax1 ay2 / rx1 ry2", &[]);
}

#[test]
fn lost_update() {
    check("~ ax0 / rx0 ax1 / rx0 ax2", &[AnomalyKind::LostUpdate]);
    check("~ ax0 / rx0 ax1 / rx01 ax2", &[]);
    check("~ rx ax1 / rx ax2", &[AnomalyKind::LostUpdate]);
    check("~ rx ax1 / rx ay2", &[]);
    check("~ rx ax1 / rx ax2!", &[]);
    check("~ rx ax1 / ax2 rx2", &[]);
    check("rx ax1 ax2", &[]);
}

#[test]
fn strict_serializability() {
    for (script, is_fine) in [
        ("ax1 / rx1", true),
        ("ax1 / rx", false),
        ("~ ax1 / rx", true),
        ("ax1? / rx", true),
        ("ax1? / rx / rx1", true),
        ("ax1? / rx1 / rx", false),
        ("~ rx ay1 / ry ax1", false),
        ("~ rx ay1 / ry1 ax1", true),
        ("~ ax1 ay1 / rx1 ry", false),
        ("~ ax1 ay2 / ax2 ay1 / rx12 ry12", false),
        ("~ ax1 / rx ax2 / rx1 ax3", false),
        ("rx ax1", true),
        ("~ rx ax1 / rx", true),
        ("~ rx ax1 / rx ax2", false),
        ("|ax1|      |rx1|\n  |ax2-----|\n |ax3|   |rx31|", true),
        ("|ax1|      |rx1|\n  |ax2-----|\n |ax3| |rx13|", false),
    ] {
        let (_, strict) = found(script);
        assert_eq!(strict == Strict::Acyclic, is_fine, "{script}: {strict:?}");
    }
}

#[test]
fn what_is_stuck_holds_the_cycle_and_not_what_left_before() {
    let (_, strict) = found("ax1 / ay1 / ax2 / rx1");
    assert_eq!(strict, Strict::Stuck(vec![2, 3]));
}

#[test]
fn an_element_appended_twice_accuses_nobody_and_leaves_a_doubt() {
    let txns = script::txns("ax1! / ax1 / rx1 / rx1");
    let inferred = ListAppend::infer(&txns);
    assert_eq!(inferred.findings(), []);
    assert!(
        inferred
            .doubts()
            .unwrap()
            .starts_with("1 elements were appended more than once")
    );
    assert_eq!(inferred.strict(&Budget::new(u64::MAX)), Strict::Acyclic);
    let txns = script::txns("ax1 / rx1");
    assert_eq!(ListAppend::infer(&txns).doubts(), None);
}

#[test]
fn a_spent_budget_and_a_history_without_time_are_said() {
    let mut txns = script::txns("ax1");
    txns.has_real_time = false;
    let strict = ListAppend::infer(&txns).strict(&Budget::new(0));
    assert_eq!(
        strict,
        Strict::Spent("this history has no real time".to_owned())
    );
    let many = made::appends(20_000);
    let budget = Budget::new(0);
    budget.stop();
    let strict = ListAppend::infer(&many).strict(&budget);
    assert_eq!(strict, Strict::Spent("out of time".to_owned()));
}

fn graph(txns: &Txns) -> Graph {
    ListAppend::infer(txns).graph(None).unwrap()
}

#[test]
fn dependencies_are_those_of_adjacent_versions_and_of_the_unseen_tail() {
    for (script, expected) in [
        ("ax1 / ax2 / ax3 / rx123", "0ww1 1ww2 2wr3"),
        ("ax1 / rx1 / ax2 / ax3", "0ww2 0ww3 0wr1 1rw2 1rw3"),
        ("rx / ax1 / rx1 / rx", "0rw1 1wr2 3rw1"),
        ("ax1? / ax2? / rx1", "0wr2"),
        ("ax1 ax2 / rx12", "0wr1"),
        ("ax1 / ax5! / ax2 / rx152", "0ww2 2wr3"),
        ("ax1? ay1 / rx1 ry", "0wr1 1rw0"),
        ("ax1 / ay1 / rx1 ry1", "0wr2 1wr2"),
    ] {
        let script = script.replace("ax1? ay1", "ax1 ay1?");
        let txns = script::txns(&script);
        let graph = graph(&txns);
        let arcs = (0..txns.len() as u32).flat_map(|txn| graph.after(txn).collect::<Vec<_>>());
        let mut arcs: Vec<String> = arcs
            .map(|arc| {
                let via = match arc.via {
                    Via::Ww => "ww",
                    Via::Wr => "wr",
                    Via::Rw => "rw",
                    Via::Process | Via::Realtime => "?",
                };
                format!("{}{via}{}", arc.from, arc.to)
            })
            .collect();
        let mut expected: Vec<&str> = expected.split(' ').collect();
        arcs.sort_unstable();
        expected.sort_unstable();
        assert_eq!(arcs, expected, "{script}");
    }
}

#[test]
fn only_some_may_be_asked_for() {
    let txns = script::txns("ax1 / ax2 / ax3 / rx123");
    let inferred = ListAppend::infer(&txns);
    let graph = inferred.graph(Some(&[false, true, true, false])).unwrap();
    assert_eq!(graph.arcs(), 1);
}

#[test]
fn every_dependency_says_who_shows_it() {
    let txns = script::txns("ax1 / ax2 / rx12 / rx1 / ax3");
    let inferred = ListAppend::infer(&txns);
    let graph = inferred.graph(None).unwrap();
    let why: Vec<String> = (0..5)
        .flat_map(|txn| graph.after(txn).collect::<Vec<_>>())
        .map(|arc| inferred.why(arc))
        .collect();
    let expected = [
        "{T0} appended 1 to key x before {T1} appended 2: {T2} read [1 2].",
        "{T3} read [1] from key x, and {T0} had appended its 1.",
        "{T2} read [1 2] from key x, the longest list that was seen, without 3, so {T4} appended it after {T1} appended 2.",
        "{T2} read [1 2] from key x, and {T1} had appended its 2.",
        "{T3} read [1] from key x, without 2, which {T1} appended.",
        "{T2} read [1 2] from key x, without 3, which {T4} appended.",
    ];
    for sentence in expected {
        let sentence = (0..5).fold(sentence.to_owned(), |sentence, txn| {
            sentence.replace(&format!("{{T{txn}}}"), &label(txn))
        });
        let is_there = why.contains(&sentence);
        assert!(is_there, "{sentence}\n{why:#?}");
    }
    assert_eq!(why.len(), expected.len());
}

#[test]
fn long_lists_are_shown_where_it_matters() {
    let list: Vec<String> = (1..40).map(|number| number.to_string()).collect();
    let appends: Vec<String> = list.iter().map(|number| format!("ax{number}")).collect();
    let script = format!("{} / ax40 / rx{}.40", appends.join(" "), list.join("."));
    let txns = script::txns(&script);
    let inferred = ListAppend::infer(&txns);
    let graph = inferred.graph(None).unwrap();
    let arc = graph.after(0).find(|arc| arc.via == Via::Ww).unwrap();
    assert!(
        inferred.why(arc).contains("[1 … 37 38 39 40]"),
        "{}",
        inferred.why(arc)
    );
}

#[test]
fn a_finding_names_its_transactions_and_its_proof() {
    let txns = script::txns("ax1! / ax2 / rx12");
    let inferred = ListAppend::infer(&txns);
    let [aborted, dirty]: &[Finding; 2] = inferred.findings().try_into().unwrap();
    assert_eq!((&aborted.txns, &dirty.txns), (&vec![0, 2], &vec![0, 1, 2]));
    let sentence = format!(
        "{} read 1 in key x, which {} appended before it aborted",
        label(2),
        label(0)
    );
    assert_eq!(aborted.sentence, sentence);
    assert_eq!(aborted.steps.len(), 2);
}
