//! From what happened to what is said of it: the result of a run.
use crate::notes;
use crate::plan::Plan;
use crate::result::{Check, RunResult, SCHEMA, Strength, Word};
use crate::run::Ran;
use crate::strength::Ordeal;
use crate::target::About;
use crate::{environment, judge, strength, summary};
use checkers::History;
use checkers::format::Recording;
use std::path::Path;
use std::time::SystemTime;

/// All that decides a result beside what happened.
pub(crate) struct Circumstances<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) about: About,
    pub(crate) started: SystemTime,
    pub(crate) run: &'a str,
    pub(crate) history_file: &'a Path,
    /// Why the run was stopped before its time, if it was.
    pub(crate) stopped: Option<String>,
}

impl Circumstances<'_> {
    /// The result, and the history that it tells of.
    pub(crate) fn conclude(&self, mut ran: Ran, checks: Vec<Check>) -> (RunResult, History) {
        let history = match judge::read(self.history_file) {
            Ok(recording) => recording.history,
            Err(error) => {
                ran.error.get_or_insert(error);
                History::default()
            }
        };
        // What stopped the run is the cause; what went wrong after that is a consequence.
        if let Some(stopped) = self
            .stopped
            .clone()
            .filter(|stopped| stopped != INTERRUPTED)
            && let Some(later) = ran.error.replace(stopped)
        {
            ran.warnings.push(later);
        }
        let plan = self.plan;
        let faults = notes::faults(&history);
        let operations = strength::outcomes(&history);
        let ordeal = Ordeal {
            nemesis: &plan.nemesis,
            nodes: plan.nodes,
            faults: &faults,
            operations: &operations,
            last_reads: (ran.last_reads, ran.last_reads_ok),
        };
        let strength = strength::weigh(&history, &ordeal, &checks);
        let (verdict, sentence) = verdict(&checks, ran.error.as_deref(), &strength);
        let result = RunResult {
            schema: SCHEMA.to_owned(),
            run: self.run.to_owned(),
            verdict,
            sentence,
            target: plan.target.clone(),
            target_version: self.about.version.to_owned(),
            bugs: plan.bugs.clone(),
            workload: plan.workload.clone(),
            nemesis: plan.nemesis.clone(),
            seed: plan.seed,
            nodes: plan.nodes,
            concurrency: plan.concurrency,
            started: humantime::format_rfc3339_seconds(self.started).to_string(),
            phases: ran.phases,
            stopped_early: self.stopped.clone(),
            error: ran.error,
            operations,
            faults,
            checks,
            strength,
            again: plan.command(),
            recheck: summary::recheck(self.history_file),
            environment: environment::describe(plan.nodes, self.about.port),
            warnings: ran.warnings,
        };
        (result, history)
    }
}

/// The verdict on a recording, as strict as that on the run: one that proves nothing is no pass.
/// A history that was not recorded by us does not say what was done to the system; then only its
/// operations count.
pub(crate) fn of_recording(recording: &Recording, checks: &[Check]) -> (Word, String, Strength) {
    let mut strength = Strength::default();
    let header = recording.header.as_ref();
    if let Some((nemesis, nodes)) =
        header.and_then(|header| header.nemesis.clone().zip(header.nodes))
    {
        let history = &recording.history;
        let ordeal = Ordeal {
            nemesis: &nemesis,
            nodes,
            faults: &notes::faults(history),
            operations: &strength::outcomes(history),
            last_reads: (0, 0),
        };
        strength = strength::weigh(history, &ordeal, checks);
    }
    let (word, sentence) = verdict(checks, None, &strength);
    (word, sentence, strength)
}

/// What [`crate::control::Control`] gives as the reason when the user ended the run.
pub(crate) const INTERRUPTED: &str = "interrupted";

/// A violation outweighs everything; then what broke; then what is undecided or too weak.
fn verdict(checks: &[Check], error: Option<&str>, strength: &Strength) -> (Word, String) {
    let (word, sentence) = summary::of_checks(checks);
    match (word, error) {
        (Word::Fail, _) => (word, sentence),
        (_, Some(error)) => {
            let error = error.lines().next().unwrap_or_default();
            (Word::Error, format!("Nothing was learned: {error}."))
        }
        (Word::Pass, None) => match strength.lacking.first() {
            None => (word, sentence),
            Some(lacking) => (
                Word::Unknown,
                format!("Too weak to mean anything: {lacking}."),
            ),
        },
        (word, None) => (word, sentence),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkers::{Anomaly, AnomalyKind, Evidence, Verdict};

    fn check(verdict: Verdict) -> Check {
        Check {
            name: "linearizable".to_owned(),
            milliseconds: 1,
            verdict,
        }
    }

    fn evidence() -> Evidence {
        Evidence {
            operations: 3,
            keys: 1,
            keys_valid: 1,
            ..Evidence::default()
        }
    }

    #[test]
    fn a_violation_outweighs_an_error_and_an_error_outweighs_the_unknown() {
        let evidence = evidence();
        let valid = check(Verdict::Valid {
            evidence: evidence.clone(),
        });
        let unknown = check(Verdict::Unknown {
            reason: "out of time".to_owned(),
            evidence: evidence.clone(),
        });
        let anomaly = Anomaly {
            also: Vec::new(),
            kind: AnomalyKind::StaleRead,
            sentence: "Stale read.".to_owned(),
            key: None,
            witness: Vec::new(),
            steps: Vec::new(),
            is_minimal: true,
        };
        let invalid = check(Verdict::Invalid {
            anomalies: vec![anomaly],
            evidence,
        });
        let (strong, mut weak) = (Strength::default(), Strength::default());
        weak.lacking.push("no fault was injected".to_owned());
        let both = [unknown.clone(), invalid];
        let (unknown, valid) = ([unknown], [valid]);
        let word = |checks: &[Check], error, strength| verdict(checks, error, strength).0;
        assert_eq!(word(&both, Some("broken"), &weak), Word::Fail);
        assert_eq!(word(&unknown, Some("broken"), &strong), Word::Error);
        assert_eq!(word(&unknown, None, &strong), Word::Unknown);
        assert_eq!(word(&valid, None, &weak), Word::Unknown);
        assert_eq!(word(&valid, None, &strong), Word::Pass);
        assert_eq!(word(&[], None, &strong), Word::Unknown);
    }
}
