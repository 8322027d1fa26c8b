//! What the verdict is worth: how much was asked, what was contended, which faults bit, how it was judged.
use super::{
    load::{Load, Message},
    text,
    text::{count, percent},
};
use crate::result::{Check, RunResult};
use checkers::Verdict;
use maud::{Markup, html};

/// Most explanations of clients that are listed.
const MESSAGES_MAX: usize = 12;

/// Strength, operations, checks, and why operations were not answered.
pub(super) fn section(result: &RunResult, load: &Load) -> Markup {
    let lacking = &result.strength.lacking;
    html! {
        section id="strength" {
            h2 { "What this verdict is worth" }
            @if !lacking.is_empty() {
                div.lacking role="note" {
                    p { strong { "What was missing" } }
                    ul { @for reason in lacking { li { (text::clean(reason, text::SHOWN_MAX)) } } }
                }
            }
            dl.figures {
                @for (name, value, of) in figures(result) {
                    div { dt { (name) } dd { strong { (value) } @if let Some(of) = of { " " (of) } } }
                }
            }
            div.columns {
                (operations(result))
                (checks(&result.checks))
            }
            @if !load.messages.is_empty() { (messages(&load.messages)) }
        }
    }
}

fn figures(result: &RunResult) -> Vec<(&'static str, String, Option<String>)> {
    let strength = &result.strength;
    let of = |whole: u64| Some(format!("of {}", count(whole)));
    let contended = (
        "Keys with overlapping operations",
        count(strength.keys_contended),
        of(strength.keys),
    );
    if result.is_of_bare_history() && result.faults.is_empty() {
        return vec![contended];
    }
    vec![
        (
            "Faults that bit",
            count(strength.faults_bit),
            of(strength.faults),
        ),
        (
            "Operations open during a fault",
            count(strength.during_faults),
            None,
        ),
        (
            "Asked on the minority side",
            count(strength.on_minority),
            Some(format!("({} answered)", count(strength.on_minority_ok))),
        ),
        contended,
        (
            "Last reads answered",
            count(strength.last_reads_ok),
            of(strength.last_reads),
        ),
        ("Changes of leader", count(strength.leader_changes), None),
    ]
}

fn operations(result: &RunResult) -> Markup {
    let rows = result.operations.iter();
    html! {
        div.wide tabindex="0" role="group" aria-label="Operations by verb and outcome" {
            h3 { "Operations" }
            @if result.operations.is_empty() { p.note { "No operation was asked." } }
            @else {
                table {
                    thead { tr {
                        th scope="col" { "Verb" } th.n scope="col" { "ok" } th.n scope="col" { "fail" } th.n scope="col" { "info" }
                        th.n scope="col" { "answered" }
                    } }
                    tbody {
                        @for (verb, n) in rows {
                            tr {
                                th scope="row" { (text::clean(verb, 60)) }
                                td.n { (count(n.ok)) } td.n { (count(n.fail)) } td.n { (count(n.info)) }
                                td.n { (percent(n.ok, n.ok + n.fail + n.info)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn checks(checks: &[Check]) -> Markup {
    html! {
        div.wide tabindex="0" role="group" aria-label="Checks" {
            h3 { "Checks" }
            @if checks.is_empty() { p.note { "Nothing was judged." } }
            @for check in checks {
                @let (glyph, said) = said(check);
                @let evidence = check.evidence();
                p.check { strong { (glyph) " " bdi { (text::clean(&check.name, 80)) } } ": " bdi { (said) } }
                ul.evidence {
                    li { (text::counted(evidence.operations, "operation")) " judged in " (text::span(check.milliseconds.saturating_mul(1_000_000))) }
                    @if !evidence.method.is_empty() { li { (text::clean(&evidence.method, text::SHOWN_MAX)) } }
                    @if evidence.keys > 0 {
                        li { (count(evidence.keys_valid)) " of " (text::counted(evidence.keys, "key")) " legal, "
                            (count(evidence.keys_contended)) " with overlapping operations" }
                    }
                    @if evidence.configurations > 0 { li { (text::counted(evidence.configurations, "configuration")) " looked at" } }
                }
            }
        }
    }
}

fn said(check: &Check) -> (&'static str, String) {
    match &check.verdict {
        Verdict::Valid { .. } => (
            "✓",
            "nothing wrong was found, and everything was decided".to_owned(),
        ),
        Verdict::Unknown { reason, .. } => (
            "?",
            format!("undecided: {}", text::clean(reason, text::SHOWN_MAX)),
        ),
        Verdict::Invalid { .. } => (
            "✗",
            format!("{} found", text::counted(check.violations(), "violation")),
        ),
    }
}

fn messages(messages: &[Message]) -> Markup {
    html! {
        details {
            summary { "Why operations were not answered" }
            div.wide tabindex="0" role="group" aria-label="Explanations of the clients" {
                table {
                    thead { tr {
                        th.n scope="col" { "Times" } th scope="col" { "Outcome" } th.n scope="col" { "First at" } th scope="col" { "What the client said" }
                    } }
                    tbody {
                        @for message in messages.iter().take(MESSAGES_MAX) {
                            tr {
                                td.n { (count(message.count)) } td { (message.outcome.name()) }
                                td.n { (text::moment(message.first)) } td.words { (text::clean(message.text, text::SHOWN_MAX)) }
                            }
                        }
                    }
                }
            }
            @if MESSAGES_MAX < messages.len() {
                p.note { "The " (MESSAGES_MAX) " most frequent of " (text::count(messages.len() as u64)) " different ones; all are in the history." }
            }
        }
    }
}
