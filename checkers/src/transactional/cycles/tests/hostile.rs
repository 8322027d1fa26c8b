//! Large components, long cycles, and budgets that run out.
use crate::transactional::cycles::decide;
use crate::transactional::cycles::steps::enters;
use crate::transactional::{Arc, F, Graph, Inference, Level, Status, Txn, Txns, ValueId, Via};
use crate::{AnomalyKind, Budget, Fit, Process};

/// So many transactions of their own processes, all at the same time.
fn crowd(count: usize) -> Txns {
    Txns {
        status: vec![Status::Ok; count],
        process: (0..count as u32).map(Process).collect(),
        invoked: (0..count as u32).collect(),
        completed: (0..count as u32).map(|txn| txn + count as u32).collect(),
        starts: (0..=count as u32).collect(),
        f: vec![F::Write; count],
        key: vec![0; count],
        value: (0..count as u32).map(ValueId).collect(),
        has_real_time: true,
        ..Txns::default()
    }
}

fn inferred(count: usize, arcs: Vec<Arc>) -> Inference {
    Inference {
        is_included: vec![true; count],
        graph: Graph::new(count, arcs),
        ..Inference::default()
    }
}

fn ring(count: u32, via: impl Fn(Txn) -> Via) -> Vec<Arc> {
    let arc = |from: Txn| Arc {
        from,
        to: (from + 1) % count,
        via: via(from),
        key: from,
    };
    (0..count).map(arc).collect()
}

fn fit(level: Level, answers: &[crate::transactional::Answer]) -> Fit {
    answers
        .iter()
        .find(|answer| answer.level == level)
        .expect("every level")
        .fit
}

#[test]
fn one_cycle_through_everyone_is_found() {
    let count = 50_000;
    let via = |txn| if txn == 7 { Via::Rw } else { Via::Wr };
    let (txns, inference) = (crowd(count), inferred(count, ring(count as u32, via)));
    let found = decide(&txns, &inference, &Budget::new(u64::MAX), None);
    assert_eq!(found.cycles[0].kind, AnomalyKind::GSingle);
    assert_eq!(found.cycles[0].arcs.len(), count);
    assert_eq!(fit(Level::ConsistentView, &found.answers), Fit::Refuted);
    assert_eq!(fit(Level::ReadCommitted, &found.answers), Fit::Fits);
}

#[test]
fn rings_of_every_class_are_what_they_are() {
    let (count, all) = (1000, [Via::Ww, Via::Wr, Via::Rw]);
    let kinds = [AnomalyKind::G0, AnomalyKind::G1c, AnomalyKind::G2Item];
    for (via, kind) in all.into_iter().zip(kinds) {
        let inference = inferred(count, ring(count as u32, |_| via));
        let found = decide(&crowd(count), &inference, &Budget::new(u64::MAX), None);
        assert_eq!(
            (found.cycles[0].kind, found.cycles[0].arcs.len()),
            (kind, count)
        );
    }
    let alternating = |txn| if txn % 2 == 0 { Via::Rw } else { Via::Wr };
    let found = decide(
        &crowd(count),
        &inferred(count, ring(count as u32, alternating)),
        &Budget::new(u64::MAX),
        None,
    );
    assert_eq!(found.cycles[0].kind, AnomalyKind::GNonadjacent);
    assert_eq!(
        fit(Level::ParallelSnapshotIsolation, &found.answers),
        Fit::Fits
    );
    assert_eq!(fit(Level::Prefix, &found.answers), Fit::Refuted);
}

#[test]
fn the_shortest_of_many_is_told() {
    let count = 10_000;
    let mut arcs = ring(count as u32, |_| Via::Wr);
    arcs.extend(
        [(500, 100, 0), (7_000, 6_998, 1)].map(|(from, to, key)| Arc {
            from,
            to,
            via: Via::Rw,
            key,
        }),
    );
    let found = decide(
        &crowd(count),
        &inferred(count, arcs),
        &Budget::new(u64::MAX),
        None,
    );
    let single = found
        .cycles
        .iter()
        .find(|cycle| cycle.kind == AnomalyKind::GSingle)
        .expect("a read skew");
    assert_eq!(single.arcs.len(), 3);
}

#[test]
fn a_walk_may_go_against_any_order_of_a_cycle() {
    // 3 read x twice: before 2 wrote it, and from 0, who wrote it last. Between 3 and 2 lie many.
    let count = 200;
    let arc = |from, to, via, key| Arc { from, to, via, key };
    let mut arcs: Vec<Arc> = (3..count - 1)
        .map(|from| arc(from, from + 1, Via::Wr, 1))
        .collect();
    arcs.extend([
        arc(count - 1, 2, Via::Wr, 1),
        arc(3, 2, Via::Rw, 0),
        arc(2, 1, Via::Ww, 0),
        arc(1, 0, Via::Ww, 0),
        arc(0, 3, Via::Wr, 0),
    ]);
    let (txns, inference) = (crowd(count as usize), inferred(count as usize, arcs));
    let found = decide(&txns, &inference, &Budget::new(u64::MAX), None);
    assert_eq!(fit(Level::CutIsolation, &found.answers), Fit::Refuted);
}

#[test]
fn the_last_of_several_writes_makes_the_version() {
    let txns = Txns {
        starts: vec![0, 1, 4],
        key: vec![0, 0, 1, 0],
        f: vec![F::Write; 4],
        value: (0..4).map(ValueId).collect(),
        ..crowd(2)
    };
    let overwritten = Arc {
        from: 0,
        to: 1,
        via: Via::Ww,
        key: 0,
    };
    assert_eq!(enters(&txns, overwritten), Some(2));
}

#[test]
fn a_spent_budget_leaves_levels_undecided() {
    let (count, budget) = (100_000, Budget::new(u64::MAX));
    budget.stop();
    let found = decide(
        &crowd(count),
        &inferred(count, ring(count as u32, |_| Via::Rw)),
        &budget,
        None,
    );
    let open = found
        .answers
        .iter()
        .filter(|answer| answer.fit == Fit::Undecided)
        .count();
    assert_eq!(open, Level::ALL.len());
    assert!(
        found
            .answers
            .iter()
            .all(|answer| answer.why == "out of time")
    );
}

#[test]
fn what_has_no_real_time_leaves_strong_levels_open() {
    let mut txns = crowd(2);
    txns.has_real_time = false;
    let found = decide(
        &txns,
        &inferred(2, Vec::new()),
        &Budget::new(u64::MAX),
        None,
    );
    for answer in &found.answers {
        let is_strong = answer.level.family() == crate::transactional::Family::Strong;
        let expected = if is_strong { Fit::Undecided } else { Fit::Fits };
        assert_eq!(answer.fit, expected, "{answer:?}");
    }
}

#[test]
fn known_strictness_is_believed_and_choices_are_not_settled_by_silence() {
    let mut inference = inferred(2, Vec::new());
    inference.choices.push(crate::transactional::Choice {
        either: Vec::new(),
        or: Vec::new(),
    });
    let found = decide(&crowd(2), &inference, &Budget::new(u64::MAX), None);
    assert!(
        found
            .answers
            .iter()
            .all(|answer| answer.fit == Fit::Undecided)
    );
    let found = decide(&crowd(2), &inference, &Budget::new(u64::MAX), Some(true));
    assert!(found.answers.iter().all(|answer| answer.fit == Fit::Fits));
}
