//! The weak levels against their definitions, drawn histories and those of others.
mod corpus;
mod drawn;
mod oracle;
mod random;

use super::{Sessions, Witness, decide_level};
use crate::transactional::{Answer, Level, Registers, Txns, Via};
use crate::{Budget, Fit};
use oracle::Told;

/// Every level, with and without sessions where that makes a difference.
const ALL: [(Level, Sessions); 14] = [
    (Level::ReadCommitted, Sessions::Ignored),
    (Level::ReadCommitted, Sessions::Kept),
    (Level::CutIsolation, Sessions::Ignored),
    (Level::MonotonicAtomicView, Sessions::Ignored),
    (Level::MonotonicAtomicView, Sessions::Kept),
    (Level::ReadAtomic, Sessions::Ignored),
    (Level::ReadAtomic, Sessions::Kept),
    (Level::UpdateAtomic, Sessions::Ignored),
    (Level::MonotonicReads, Sessions::Kept),
    (Level::MonotonicWrites, Sessions::Kept),
    (Level::ReadYourWrites, Sessions::Kept),
    (Level::WritesFollowReads, Sessions::Kept),
    (Level::Pram, Sessions::Kept),
    (Level::Causal, Sessions::Kept),
];

fn judge(txns: &Txns, level: Level, sessions: Sessions) -> (Answer, Option<Witness>) {
    let registers = Registers::of(txns);
    decide_level((txns, &registers), level, sessions, &Budget::new(u64::MAX))
}

/// Compares every level with its definition; how often each was refuted, fitted, and was left open.
fn agree(txns: &Txns, text: &dyn Fn() -> String, counts: &mut [[u32; 3]; 14]) {
    agree_but(txns, None, text, counts);
}

/// The same without one level.
fn agree_but(
    txns: &Txns,
    without: Option<Level>,
    text: &dyn Fn() -> String,
    counts: &mut [[u32; 3]; 14],
) {
    let registers = Registers::of(txns);
    let budget = Budget::new(u64::MAX);
    let told = Told::of(txns);
    for (at, &(level, sessions)) in ALL.iter().enumerate() {
        if without == Some(level) {
            continue;
        }
        let (answer, witness) = decide_level((txns, &registers), level, sessions, &budget);
        let fits = told.fits(level, sessions == Sessions::Kept);
        let case = || format!("{level:?} {sessions:?} {answer:?}\n{}", text());
        match answer.fit {
            Fit::Fits => assert!(fits, "{}", case()),
            Fit::Refuted => assert!(!fits, "{}", case()),
            Fit::Undecided => {
                let is_open = told.is_doubtful || level == Level::UpdateAtomic;
                assert!(is_open, "{}", case());
            }
        }
        assert_eq!(witness.is_some(), answer.fit == Fit::Refuted, "{}", case());
        if let Some(witness) = witness {
            well_told(&witness, &case);
        }
        counts[at][answer.fit as usize] += 1;
    }
}

/// A proof has steps, and a cycle closes.
fn well_told(witness: &Witness, case: &dyn Fn() -> String) {
    assert!(!witness.finding.steps.is_empty(), "{}", case());
    assert!(!witness.finding.sentence.is_empty(), "{}", case());
    let Some(cycle) = &witness.cycle else {
        return;
    };
    let arcs = &cycle.arcs;
    assert!(arcs.len() >= 2, "{}{cycle:?}", case());
    for (at, arc) in arcs.iter().enumerate() {
        assert_eq!(
            arc.to,
            arcs[(at + 1) % arcs.len()].from,
            "{}{cycle:?}",
            case()
        );
        assert_ne!(arc.from, arc.to, "{}{cycle:?}", case());
        assert!(arc.via != Via::Realtime, "{}{cycle:?}", case());
    }
}
