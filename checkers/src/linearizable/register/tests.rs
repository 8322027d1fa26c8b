//! The judge of registers against drawings, brute force, simulations and real histories.
mod blocks;
mod calls;
mod corpus;
mod drawn;
mod exhaustive;
mod generate;
mod oracle;
mod parts;
mod random;
mod told;

use super::Linearizable;
use super::decide::{Decision, decide};
use super::split::split;
use crate::{Anomaly, Budget, Checker, Data, History, Verdict};

/// The verdict on a history, given memory enough.
fn judge(history: &History) -> Verdict {
    Linearizable.check(history, &Budget::new(1 << 30))
}

/// Judges, and compares with brute force: the verdict, and that each witness is a crime by itself.
fn compare(history: &History) -> bool {
    let is_legal = oracle::is_legal(&oracle::acts(history));
    match judge(history) {
        Verdict::Valid { .. } => assert!(is_legal, "acquitted:\n{:#?}", history.events()),
        Verdict::Unknown { reason, evidence } => {
            assert_eq!(evidence.keys_valid, evidence.keys, "{reason}");
            assert!(is_legal, "acquitted:\n{:#?}", history.events());
        }
        Verdict::Invalid { anomalies, .. } => {
            assert!(!is_legal, "falsely accused:\n{:#?}", history.events());
            for anomaly in &anomalies {
                check_anomaly(history, anomaly);
            }
        }
    }
    is_legal
}

/// Compares the bare decision about a history of one key with brute force.
fn compare_decision(history: &History) -> bool {
    let is_legal = oracle::is_legal(&oracle::acts(history));
    let key = split(history, &Data::Nil).remove(0);
    match decide(&key.register, &Budget::new(1 << 30)).0 {
        Decision::Legal { .. } => assert!(is_legal, "acquitted:\n{:#?}", history.events()),
        Decision::Illegal { .. } => assert!(!is_legal, "accused:\n{:#?}", history.events()),
        Decision::Undecided { reason, .. } => panic!("{reason}"),
    }
    is_legal
}

/// Whether an anomaly says all that it has to, and its witness is illegal by itself.
fn check_anomaly(history: &History, anomaly: &Anomaly) {
    let story = format!("{anomaly:#?}\n{:#?}", history.events());
    let length = anomaly.sentence.chars().count();
    assert!((20..=160).contains(&length), "{length} characters: {story}");
    assert!(!anomaly.sentence.contains('{'), "{story}");
    assert!(anomaly.is_minimal, "{story}");
    let last = anomaly.steps.last().expect("a proof has steps");
    assert!(last.text.ends_with("— a contradiction."), "{story}");
    for (first, second) in anomaly.steps.iter().filter_map(|step| step.between) {
        assert!(first != second, "{story}");
        assert!(first.max(second) < anomaly.witness.len(), "{story}");
    }
    let kept: Vec<usize> = anomaly.witness.iter().map(|op| op.invoked).collect();
    assert!(kept.is_sorted(), "{story}");
    let mut acts = oracle::acts(history);
    acts.retain(|act| kept.contains(&act.invoked));
    assert_eq!(acts.len(), kept.len(), "{story}");
    assert!(!oracle::is_legal(&acts), "no crime by itself: {story}");
}
