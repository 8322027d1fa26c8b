//! The weak promises against drawings, brute force and simulations.
mod converged;
mod drawn;
mod generate;
mod oracle;
mod sessions;
mod stale;

use crate::{Anomaly, Budget, Checker, History, Verdict};

fn judge(checker: &impl Checker, history: &History) -> Verdict {
    checker.check(history, &Budget::new(1 << 30))
}

/// `valid`, `unknown`, or the kinds and sentences of what was found.
fn told(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Valid { .. } => "valid".to_owned(),
        Verdict::Unknown { reason, .. } => format!("unknown: {reason}"),
        Verdict::Invalid { anomalies, .. } => {
            let sentences = anomalies.iter().map(|anomaly| anomaly.sentence.clone());
            sentences.collect::<Vec<_>>().join("; ")
        }
    }
}

/// Whether an anomaly says all that it has to.
fn check_anomaly(history: &History, anomaly: &Anomaly) {
    let story = format!("{anomaly:#?}\n{:#?}", history.events());
    let length = anomaly.sentence.chars().count();
    assert!((20..=160).contains(&length), "{length} characters: {story}");
    let last = anomaly.steps.last().expect("a proof has steps");
    assert!(last.text.ends_with("— a contradiction."), "{story}");
    for (first, second) in anomaly.steps.iter().filter_map(|step| step.between) {
        assert!(
            first != second && first.max(second) < anomaly.witness.len(),
            "{story}"
        );
    }
    let kept: Vec<usize> = anomaly.witness.iter().map(|op| op.invoked).collect();
    assert!(kept.is_sorted() && !kept.is_empty(), "{story}");
}

/// The history of those operations only, each with all of its events.
fn only(history: &History, kept: &[usize]) -> History {
    let mut is_kept = vec![false; history.events().len()];
    for operation in history.operations() {
        if !kept.contains(&operation.invoked) {
            continue;
        }
        is_kept[operation.invoked] = true;
        match operation.outcome {
            crate::Outcome::Ok { completed } => is_kept[completed] = true,
            crate::Outcome::Unknown { gave_up: Some(end) } => is_kept[end] = true,
            crate::Outcome::Unknown { gave_up: None } => {}
        }
    }
    let mut only = History::default();
    for (event, _) in history.events().iter().zip(is_kept).filter(|both| both.1) {
        only.push(event.clone()).expect("whole operations are kept");
    }
    only
}

/// More than usual if the environment says so, for a long run by hand.
fn rounds(usual: u64) -> u64 {
    let rounds = std::env::var("ROUNDS").ok();
    rounds.map_or(usual, |rounds| rounds.parse().expect("a number"))
}
