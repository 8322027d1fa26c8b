//! Small histories drawn by hand, and how they are told.
use super::super::rules::{Rules, Shape};
use super::{Witness, decide_rules, fits};
use crate::transactional::sketch::draw;
use crate::transactional::{Evidence, Family, Registers, Txns};
use crate::{AnomalyKind, Budget, Fit};

const SERIALIZABLE: (Shape, Family) = (Shape::Whole, Family::Plain);
const SNAPSHOT: (Shape, Family) = (Shape::Snapshot, Family::Plain);

/// The kind of a refutation, and its steps.
fn told(txns: &Txns, (shape, family): (Shape, Family)) -> (AnomalyKind, Vec<String>) {
    let registers = Registers::of(txns);
    let rules = Rules::new(shape, family);
    let (fit, why, witness) = decide_rules(txns, &registers, rules, &Budget::new(1 << 20));
    assert_eq!(fit, Fit::Refuted, "{why}");
    match witness.expect("a refutation has a witness") {
        Witness::Cycle { cycle, reasons } => {
            let why = cycle.arcs.iter().map(|&arc| reasons.why(arc));
            (cycle.kind, why.collect())
        }
        Witness::Finding(finding) => {
            let steps = finding.steps.into_iter().map(|step| step.text);
            (finding.kind, steps.collect())
        }
        Witness::Order(_) => panic!("an order refutes nothing"),
    }
}

#[test]
fn write_skew_is_serializable_to_nobody() {
    let txns = draw("0 rx_ wy1\n1 ry_ wx2");
    assert_eq!(fits(&txns, SNAPSHOT), Some(true));
    let (kind, why) = told(&txns, SERIALIZABLE);
    assert_eq!(kind, AnomalyKind::G2Item);
    assert!(
        why[0].contains("nothing is older than what nobody wrote"),
        "{why:?}"
    );
}

#[test]
fn a_long_fork_is_not_snapshot_isolation() {
    let txns = draw("0 wx1\n1 wy1\n2 rx1 ry_\n3 rx_ ry1");
    assert_eq!(fits(&txns, (Shape::Parallel, Family::Plain)), Some(true));
    assert_eq!(fits(&txns, (Shape::Updates, Family::Plain)), Some(true));
    assert_eq!(told(&txns, SNAPSHOT).0, AnomalyKind::GNonadjacent);
    assert_eq!(told(&txns, SERIALIZABLE).0, AnomalyKind::GNonadjacent);
}

/// Two blind writes to x and two to y, seen in four combinations: one pair of versions, and whichever
/// came first, somebody saw the other order.
#[test]
fn both_orders_of_a_pair_may_close_a_cycle() {
    let txns = draw("0 wx1 wy1\n1 wx2 wy2\n2 rx1 ry2\n3 rx2 ry1");
    assert_eq!(fits(&txns, SERIALIZABLE), Some(false));
    let (_, why) = told(&txns, SERIALIZABLE);
    assert!(
        !why.is_empty() && why.iter().all(|why| why.ends_with('.')),
        "{why:?}"
    );
}

#[test]
fn lost_updates_fit_prefix_only() {
    let txns = draw("0 rx_ wx1\n1 rx_ wx2");
    assert_eq!(fits(&txns, (Shape::Prefix, Family::Plain)), Some(true));
    assert_eq!(told(&txns, SNAPSHOT).0, AnomalyKind::LostUpdate);
}

#[test]
fn a_write_of_unknown_outcome_counts_once_it_was_seen() {
    let txns = draw("0? wx1\n1 rx1\n2 rx_");
    assert_eq!(fits(&txns, SERIALIZABLE), Some(true));
    let txns = draw("0? wx1 wy1\n1 rx1 ry_\n2 rx_ ry1");
    assert_eq!(fits(&txns, SERIALIZABLE), Some(false));
}

#[test]
fn without_real_time_strict_levels_are_undecided() {
    let txns = draw("0 wx1\n1 rx1");
    assert_eq!(fits(&txns, (Shape::Whole, Family::Strong)), None);
}

#[test]
fn values_that_two_wrote_are_undecided_unless_the_rest_is_wrong() {
    let txns = draw("0 wx1\n1 wx1\n2 rx1");
    assert_eq!(fits(&txns, SERIALIZABLE), None);
    let txns = draw("0 wx1\n1 wx1\n2 rx1\n3 ry_ wz1\n4 rz_ wy1");
    assert_eq!(fits(&txns, SERIALIZABLE), Some(false));
}

#[test]
fn empty_histories_and_transactions_fit() {
    assert_eq!(fits(&draw(""), SERIALIZABLE), Some(true));
    assert_eq!(fits(&draw("0\n1\n0"), SNAPSHOT), Some(true));
}
