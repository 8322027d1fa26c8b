//! How to see it again, and where it ran.
use super::{text, verdict};
use crate::result::RunResult;
use maud::{Markup, html};

/// The commands, how far they can be trusted to repeat the run, and what the run consisted of.
pub(super) fn reproduce(result: &RunResult) -> Markup {
    html! {
        section id="reproduce" {
            h2 { "Reproduce" }
            @if !result.is_of_bare_history() {
            (verdict::command("again-again", "The same operations and faults, on a fresh cluster", &result.again))
            p.note {
                b { "schedule" } ": the seed fixes the operations and the faults, not the store's own timing. "
                "The same seed therefore asks the same questions, and may get other answers."
            }
            }
            (verdict::command("recheck-again", "The same history, judged again", &result.recheck))
            p.note { b { "exact" } ": the same history gets the same verdict from the checkers, without a cluster." }
            @if !result.phases.is_empty() { (phases(result)) }
        }
    }
}

fn phases(result: &RunResult) -> Markup {
    html! {
        div.wide tabindex="0" role="group" aria-label="Phases of the run" {
            table {
                caption { "Phases of the run" }
                thead { tr {
                    th scope="col" { "Phase" } th.n scope="col" { "From" } th.n scope="col" { "To" } th.n scope="col" { "Lasted" }
                } }
                tbody {
                    @for phase in &result.phases {
                        tr {
                            th scope="row" { (text::clean(&phase.name, 60)) }
                            td.n { (text::moment(phase.from)) }
                            td.n { (text::moment(phase.to)) }
                            td.n { (text::span(phase.to.saturating_sub(phase.from))) }
                        }
                    }
                }
            }
        }
    }
}

/// Where it ran, and what else went wrong.
pub(super) fn environment(result: &RunResult) -> Markup {
    html! {
        section id="environment" {
            h2 { "Environment" }
            div.wide tabindex="0" role="group" aria-label="Environment" {
                table {
                    tbody {
                        (pair("target", &format!("{} {}", result.target, result.target_version)))
                        @if !result.is_of_bare_history() {
                            (pair("seed", &result.seed.to_string()))
                            (pair("started", &result.started))
                        }
                        @for (name, value) in &result.environment { (pair(name, value)) }
                    }
                }
            }
        }
        @if !result.warnings.is_empty() {
            section id="warnings" {
                h2 { "Warnings" }
                ul { @for warning in &result.warnings { li { (text::clean(warning, text::SHOWN_MAX)) } } }
            }
        }
    }
}

fn pair(name: &str, value: &str) -> Markup {
    html! {
        tr { th scope="row" { (text::clean(name, 60)) } td { (text::clean(value, text::SHOWN_MAX)) } }
    }
}
