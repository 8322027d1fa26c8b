//! Which isolation levels the history fits, and what refutes the others.
use super::text;
use crate::result::RunResult;
use crate::summary;
use checkers::{Fit, LevelAnswer};
use maud::{Markup, html};

/// What is known of each level; nothing for histories that are not of transactions.
pub(super) fn section(result: &RunResult) -> Markup {
    let Some(levels) = of(result) else {
        return html! {};
    };
    html! {
        section id="levels" {
            @let strongest = summary::strongest_level(levels).unwrap_or_default();
            h2 { "Isolation levels " small { (text::clean(&strongest, 200)) } }
            div.wide tabindex="0" role="group" aria-label="Isolation levels" {
                table {
                    thead { tr { th scope="col" { "Level" } th scope="col" { "This history" } th scope="col" { "Why" } } }
                    tbody {
                        @for answer in levels {
                            tr {
                                th scope="row" { (text::clean(&answer.level, 60)) }
                                td.nowrap { (word(answer.fit)) }
                                td.words { (text::clean(&answer.why, text::SHOWN_MAX)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What the first check that tells of levels says.
pub(super) fn of(result: &RunResult) -> Option<&[LevelAnswer]> {
    let mut all = result.checks.iter().map(|check| &check.evidence().levels);
    all.find(|levels| !levels.is_empty()).map(Vec::as_slice)
}

fn word(fit: Fit) -> &'static str {
    match fit {
        Fit::Fits => "✓ fits",
        Fit::Refuted => "✗ refuted",
        Fit::Undecided => "? not decided",
    }
}
