//! The last word on the terminal: the same facts as in the report, in at most 20 lines.
use crate::catalog::NO_NEMESIS;
use crate::claim::claim;
use crate::judge::Judgement;
use crate::result::{Check, RunResult, Word};
use checkers::transactional::strongest;
use checkers::{Anomaly, Fit, LevelAnswer, Verdict};
use std::borrow::Cow;
use std::fmt::Write;
use std::path::Path;

/// No more operations of a witness than this; the report shows all.
const WITNESS_LINES_MAX: usize = 5;

/// The summary of a run whose page is the file `report`.
pub(crate) fn of_run(result: &RunResult, report: &str) -> String {
    let mut text = String::new();
    let length = result.phases.iter().find(|phase| phase.name == "traffic");
    let length = length.map_or(0.0, |phase| (phase.to - phase.from) as f64 / 1e9);
    let milliseconds: u64 = result.checks.iter().map(|check| check.milliseconds).sum();
    let bugs: String = result
        .bugs
        .iter()
        .map(|bug| format!(" (bug {bug})"))
        .collect();
    let early = match result.stopped_early {
        Some(_) => ", stopped early",
        None => "",
    };
    let _ = writeln!(
        text,
        " {}  {} {}{bugs} · {} · {}    {length:.1} s traffic{early}, {:.1} s check\n",
        result.verdict.with_glyph(),
        result.target,
        result.target_version,
        result.workload,
        result.nemesis,
        milliseconds as f64 / 1000.0,
    );
    let _ = writeln!(text, "   {}", result.sentence);
    for check in &result.checks {
        text += &of_check(check);
    }
    if let (Word::Fail, Some(error)) = (result.verdict, &result.error) {
        let _ = writeln!(text, "   besides: {error}");
    }
    let strength = &result.strength;
    let (mut ok, mut fail, mut info) = (0, 0, 0);
    for outcomes in result.operations.values() {
        ok += outcomes.ok;
        fail += outcomes.fail;
        info += outcomes.info;
    }
    let _ = write!(
        text,
        "   asked {}  ok {ok}  fail {fail}  info {info}",
        ok + fail + info
    );
    if result.nemesis != NO_NEMESIS {
        let _ = write!(
            text,
            " · faults that bit {}/{}",
            strength.faults_bit, strength.faults
        );
    }
    if result.faults.iter().any(|fault| !fault.links.is_empty()) {
        let _ = write!(
            text,
            " · on the minority side {} ({} ok)",
            strength.on_minority, strength.on_minority_ok
        );
    }
    text.push('\n');
    for warning in result.warnings.iter().take(2) {
        let _ = writeln!(text, "   warning: {warning}");
    }
    let _ = writeln!(text, "\n   again    {}", result.again);
    let _ = writeln!(text, "   recheck  {}", result.recheck);
    let _ = write!(text, "   report   {report}");
    text
}

/// The command that judges a history again, fit to be pasted into a shell.
pub(crate) fn recheck(history: &Path) -> String {
    let name = history.display().to_string();
    let quoted = shlex::try_quote(&name).map(Cow::into_owned);
    format!("assay check {}", quoted.unwrap_or(name))
}

/// What a check shows: the witness of its first anomaly, or why it is undecided.
fn of_check(check: &Check) -> String {
    match &check.verdict {
        // The sentence has said it.
        Verdict::Valid { .. } | Verdict::Unknown { .. } => String::new(),
        Verdict::Invalid { anomalies, .. } => {
            let mut text = anomalies.first().map(of_anomaly).unwrap_or_default();
            let more = check.violations().saturating_sub(1);
            let title = anomalies.first().map_or("", |anomaly| anomaly.kind.title());
            let _ = write!(text, "   not {} · {title}", claim(&check.name));
            if 0 < more {
                let what = match check.evidence().levels.is_empty() {
                    true => " keys",
                    false => "",
                };
                let _ = write!(text, " · +{more} more{what}");
            }
            text.push('\n');
            text
        }
    }
}

fn of_anomaly(anomaly: &Anomaly) -> String {
    let mut text = String::new();
    for op in anomaly.witness.iter().take(WITNESS_LINES_MAX) {
        let seconds = |ns: u64| ns as f64 / 1e9;
        let end = op
            .end
            .map_or("…".to_owned(), |end| format!("{:.3}", seconds(end)));
        let node = op
            .node
            .as_ref()
            .map(|node| format!(" → {node}"))
            .unwrap_or_default();
        let _ = writeln!(
            text,
            "     {} process {}{node}  {:.3}–{end} s  {}  {}",
            op.label,
            op.process,
            seconds(op.start),
            op.text,
            op.role
        );
    }
    let hidden = anomaly.witness.len().saturating_sub(WITNESS_LINES_MAX);
    if 0 < hidden {
        let _ = writeln!(text, "     … and {hidden} more operations");
    }
    text
}

/// The verdict on a history that was not run by us.
pub(crate) fn of_history(file: &str, judgement: &Judgement) -> String {
    let checks = &judgement.checks;
    let operations: u64 = checks.iter().map(|check| check.evidence().operations).sum();
    let mut text = format!(" {}  {file}", judgement.verdict.with_glyph());
    // Nothing is known of what could not even be read.
    if !judgement.judged_as.is_empty() {
        let operations = counted(operations, "operation");
        let _ = write!(text, " · {} · {operations}", judgement.judged_as);
    }
    let _ = writeln!(text, "\n\n   {}", judgement.sentence);
    if let Some(advice) = checks.iter().find_map(advice) {
        let _ = writeln!(text, "   {advice}");
    }
    for check in checks {
        text += &of_check(check);
        if let Some(levels) = strongest_level(&check.evidence().levels) {
            let _ = writeln!(text, "   {levels}");
        }
        let method = &check.evidence().method;
        if !method.is_empty() {
            let _ = writeln!(
                text,
                "   by {method}, in {:.1} s",
                check.milliseconds as f64 / 1000.0
            );
        }
    }
    text
}

/// So many levels that fit, of which none is implied by another, are named; the report lists all.
const LEVELS_NAMED_MAX: usize = 3;

/// `fits snapshot-isolation and repeatable-read; what is stronger is refuted`.
pub(crate) fn strongest_level(levels: &[LevelAnswer]) -> Option<String> {
    let first = levels.first()?;
    if first.fit == Fit::Fits {
        return Some(format!("fits {} and all weaker levels", first.level));
    }
    let fitting = strongest(levels);
    let is_open = levels.iter().any(|answer| answer.fit == Fit::Undecided);
    let others = match is_open {
        true => "what is stronger is refuted or not decided",
        false => "what is stronger is refuted",
    };
    Some(match fitting[..] {
        [] => format!("no level is known to fit; {others}"),
        _ => {
            let named = &fitting[..fitting.len().min(LEVELS_NAMED_MAX)];
            format!("fits {}; {others}", named.join(" and "))
        }
    })
}

/// How a reason begins that is a want of memory, and one that is a want of time.
pub(crate) const OUT_OF_MEMORY: &str = "out of memory";
const OUT_OF_TIME: &str = "out of time";

/// What to do about an undecided check.
fn advice(check: &Check) -> Option<&'static str> {
    match &check.verdict {
        Verdict::Unknown { reason, .. } if reason.starts_with(OUT_OF_MEMORY) => {
            Some("Give it more with --max-mem SIZE, or judge one key at a time with --key KEY.")
        }
        Verdict::Unknown { reason, .. } if reason.starts_with(OUT_OF_TIME) => {
            Some("Give it more with --time-limit TIME, or judge one key at a time with --key KEY.")
        }
        Verdict::Valid { .. } | Verdict::Unknown { .. } | Verdict::Invalid { .. } => None,
    }
}

fn counted(count: u64, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

/// The verdict and its sentence, from what the checkers said alone.
pub(crate) fn of_checks(checks: &[Check]) -> (Word, String) {
    if let Some(anomaly) = checks.iter().flat_map(Check::anomalies).next() {
        return (Word::Fail, anomaly.sentence.clone());
    }
    for check in checks {
        if let Verdict::Unknown { reason, evidence } = &check.verdict {
            let decided = format!(
                "{} of {} are {}",
                evidence.keys_valid,
                counted(evidence.keys, "key"),
                claim(&check.name)
            );
            return (Word::Unknown, format!("Not decided: {reason}; {decided}."));
        }
    }
    let operations: u64 = checks.iter().map(|check| check.evidence().operations).sum();
    if operations == 0 {
        return (
            Word::Unknown,
            "The history holds no operation that could be judged.".to_owned(),
        );
    }
    let names: Vec<Cow<'_, str>> = checks.iter().map(|check| claim(&check.name)).collect();
    let keys = checks
        .iter()
        .map(|check| check.evidence().keys)
        .max()
        .unwrap_or(0);
    (
        Word::Pass,
        format!(
            "All {} on {} are {}.",
            counted(operations, "operation"),
            counted(keys, "key"),
            names.join(" and ")
        ),
    )
}
