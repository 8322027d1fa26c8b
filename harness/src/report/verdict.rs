//! The top of the page: what was found, in one word and one sentence, and how to see it again.
use super::{layout, text};
use crate::result::{Check, RunResult, Word};
use checkers::{Anomaly, Verdict};
use maud::{Markup, html};

/// A sentence has at most 160 characters by contract; a longer one is cut here.
const SENTENCE_MAX: usize = 320;
const REASONS_MAX: usize = 4;

/// The header, which has to fit above the fold.
pub(super) fn header(result: &RunResult) -> Markup {
    let (valid, tone) = match result.verdict {
        Word::Pass => ("true", "pass"),
        Word::Fail => ("false", "fail"),
        Word::Unknown => ("unknown", "unknown"),
        Word::Error => ("error", "error"),
    };
    html! {
        header id="verdict" class=(tone) data-valid=(valid) {
            p.verdict {
                strong.word { (result.verdict.with_glyph()) }
                span {
                    bdi { (text::label(&result.target, 60)) " " (text::label(&result.target_version, 40)) }
                    " · " bdi { (text::label(&result.workload, 40)) } " · " bdi { (text::label(&result.nemesis, 60)) }
                }
                button #theme type="button" hidden aria-label="Colours: as the system" { "◐ auto" }
            }
            h1 id="sentence" { (text::clean(&result.sentence, SENTENCE_MAX)) }
            @let reasons = reasons(result);
            @if !reasons.is_empty() {
                ul.reasons {
                    @for reason in reasons.iter().take(REASONS_MAX) { li { (text::clean(reason, 300)) } }
                    @if REASONS_MAX < reasons.len() { li { "and " (reasons.len() - REASONS_MAX) " more below" } }
                }
            }
            ul.facts {
                @for (name, value) in facts(result) { li { b { (name) } " " (value) } }
            }
            @if !result.is_of_bare_history() { (command("again", "Repeat", &result.again)) }
            (command("recheck", "Judge again", &result.recheck))
        }
    }
}

/// A command with a button that copies it.
pub(super) fn command(id: &str, name: &str, command: &str) -> Markup {
    html! {
        p.command {
            b { (name) } " "
            code id=(id) { (text::clean(command, 4_000)) } " "
            button type="button" hidden data-copy=(id) { "Copy" }
        }
    }
}

/// Why there is no verdict, where there is none.
fn reasons(result: &RunResult) -> Vec<String> {
    let undecided = result
        .checks
        .iter()
        .filter_map(|check| match &check.verdict {
            Verdict::Unknown { reason, .. } => Some(format!("{}: {reason}", check.name)),
            Verdict::Valid { .. } | Verdict::Invalid { .. } => None,
        });
    match result.verdict {
        Word::Pass => Vec::new(),
        // Found all the same, but a reader should know what else went wrong.
        Word::Fail => result
            .error
            .iter()
            .cloned()
            .chain(result.warnings.clone())
            .collect(),
        Word::Unknown => undecided
            .chain(result.strength.lacking.iter().cloned())
            .filter(|reason| !result.sentence.contains(reason))
            .collect(),
        Word::Error => result.warnings.clone(),
    }
}

fn facts(result: &RunResult) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(anomaly) = result.anomaly() {
        facts.push(("Anomaly", found(result, anomaly)));
        if !(result.is_of_bare_history() && result.faults.is_empty()) {
            facts.push(("During", during(result, anomaly)));
        }
    }
    if !result.bugs.is_empty() {
        facts.push(("Planted bugs", text::label(&result.bugs.join(", "), 120)));
    }
    let judged: u64 = result
        .checks
        .iter()
        .map(|check| check.evidence().operations)
        .max()
        .unwrap_or(0);
    let ms: u64 = result.checks.iter().map(|check| check.milliseconds).sum();
    facts.push((
        "Judged",
        match result.checks.is_empty() {
            true => "nothing".to_owned(),
            false => format!(
                "{} in {}",
                text::counted(judged, "operation"),
                text::span(ms.saturating_mul(1_000_000))
            ),
        },
    ));
    if result.is_of_bare_history() {
        facts.push(("Of", of_what(result)));
        return facts;
    }
    facts.push(("Ran", ran(result)));
    if let Some(by) = &result.stopped_early {
        facts.push(("Stopped early", text::label(by, 120)));
    }
    facts.push(("Seed", result.seed.to_string()));
    facts
}

/// `60 s on 5 nodes, 10 operations at a time, from 2026-11-20T03:12:44Z`.
fn ran(result: &RunResult) -> String {
    let end = result
        .phases
        .iter()
        .map(|phase| phase.to)
        .max()
        .unwrap_or(0);
    format!(
        "{} on {}, {} at a time, from {}",
        text::span(end),
        text::counted(result.nodes.into(), "node"),
        text::counted(result.concurrency.into(), "operation"),
        text::label(&result.started, 40),
    )
}

/// `a recorded history, up to 10 operations at a time`.
fn of_what(result: &RunResult) -> String {
    format!(
        "a recorded history, up to {} at a time",
        text::counted(result.concurrency.into(), "operation")
    )
}

/// `stale read shown by 3 operations, + 17 more`.
fn found(result: &RunResult, anomaly: &Anomaly) -> String {
    let all: u64 = result.checks.iter().map(Check::violations).sum();
    let ops = text::counted(anomaly.witness.len() as u64, "operation");
    let more = match all - 1 {
        0 => String::new(),
        more => format!(", + {} more", text::count(more)),
    };
    format!("{} shown by {ops}{more}", anomaly.kind.title())
}

/// The faults in force while it happened, or how long before the last one had ended.
fn during(result: &RunResult, anomaly: &Anomaly) -> String {
    let from = anomaly.witness.iter().map(|op| op.start).min().unwrap_or(0);
    let to = anomaly
        .witness
        .iter()
        .map(|op| op.end.unwrap_or(op.start))
        .max()
        .unwrap_or(0);
    let active = layout::active(&result.faults, from, to);
    let Some((_, first)) = active.first() else {
        let healed = result
            .faults
            .iter()
            .filter_map(|fault| fault.to)
            .filter(|end| *end < from)
            .max();
        return match healed {
            Some(end) => format!(
                "no fault; the last had ended {} before",
                text::span(from - end)
            ),
            None => "no fault".to_owned(),
        };
    };
    let more = match active.len() - 1 {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "{} {}{more}",
        text::label(&first.nemesis, 24),
        text::label(&first.description, 60)
    )
}
