//! Registers without a known version order: against definitions, against other tools, at size.
mod corpus;
mod drawn;
mod exhaustive;
mod generate;
mod large;
mod oracle;
mod random;

use super::rules::{Rules, Shape};
use super::{Witness, decide_rules};
use crate::transactional::{Family, Registers, Txns};
use crate::{Budget, Fit};

/// All that is decided here.
const RULES: [(Shape, Family); 12] = [
    (Shape::Whole, Family::Plain),
    (Shape::Whole, Family::Session),
    (Shape::Whole, Family::Strong),
    (Shape::Snapshot, Family::Plain),
    (Shape::Snapshot, Family::Session),
    (Shape::Snapshot, Family::Strong),
    (Shape::Prefix, Family::Plain),
    (Shape::Prefix, Family::Session),
    (Shape::Parallel, Family::Plain),
    (Shape::Parallel, Family::Session),
    (Shape::Updates, Family::Plain),
    (Shape::Prefix, Family::Strong),
];

/// Whether a history fits, with the witness looked through; none if it is undecided.
fn fits(txns: &Txns, (shape, family): (Shape, Family)) -> Option<bool> {
    let registers = Registers::of(txns);
    let budget = Budget::new(1 << 30);
    let (fit, why, witness) = decide_rules(txns, &registers, Rules::new(shape, family), &budget);
    match (fit, witness) {
        (Fit::Fits, Some(Witness::Order(_))) => Some(true),
        (Fit::Refuted, Some(Witness::Cycle { cycle, reasons })) => {
            assert!(cycle.arcs.len() > 1, "{txns:?}");
            for (at, arc) in cycle.arcs.iter().enumerate() {
                let next = cycle.arcs[(at + 1) % cycle.arcs.len()];
                assert_eq!(arc.to, next.from, "{txns:?}\n{cycle:?}");
                let reason = crate::transactional::Evidence::why(&reasons, *arc);
                assert!(reason.ends_with('.') && reason.len() > 20, "{reason}");
            }
            Some(false)
        }
        (Fit::Refuted, Some(Witness::Finding(finding))) => {
            assert!(
                !finding.txns.is_empty() && !finding.steps.is_empty(),
                "{finding:?}"
            );
            Some(false)
        }
        (Fit::Undecided, None) => None,
        (fit, witness) => panic!("{fit:?} {why} {witness:?}"),
    }
}
