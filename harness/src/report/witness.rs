//! Why it is impossible: the counter-example as a drawing and, step by step, in words.
use super::{arrows, drawing, layout, text};
use crate::result::{Check, RunResult};
use checkers::{Anomaly, Edge, Step, WitnessOp};
use maud::{Markup, html};

/// Most further anomalies that are listed.
const OTHERS_MAX: usize = 200;

/// The first anomaly in full, and a table of the others.
pub(super) fn section(result: &RunResult) -> Markup {
    let mut anomalies = result
        .checks
        .iter()
        .flat_map(|c| c.anomalies().iter().map(move |a| (c, a)));
    let Some((check, anomaly)) = anomalies.next() else {
        return html! {};
    };
    let others: Vec<&Anomaly> = anomalies.map(|(_, anomaly)| anomaly).collect();
    let violations: u64 = result.checks.iter().map(Check::violations).sum();
    let ops = anomaly.witness.len();
    let is_drawn = layout::fits(anomaly);
    html! {
        section id="cex" data-ops=(ops) data-minimal=(anomaly.is_minimal) {
            h2 { "Why this is impossible "
                small { (text::count(ops as u64)) " of " (text::counted(check.evidence().operations, "operation")) }
            }
            @if is_drawn {
                figure {
                    div.wide tabindex="0" role="group" aria-label="Drawing of the counter-example" {
                        (drawing::draw(anomaly, &result.faults))
                    }
                    figcaption { (caption(anomaly)) }
                }
                (legend(anomaly))
            } @else if ops > 0 {
                p.note { "Drawing omitted, " (text::counted(ops as u64, "op")) ": it would be too large to read." }
            }
            ol.steps {
                @for (i, step) in anomaly.steps.iter().enumerate() { (one_step(anomaly, i, step)) }
            }
            details open[!is_drawn] {
                summary { "The same operations as a table" }
                (table(&anomaly.witness))
            }
            @if !others.is_empty() { (other_anomalies(&others, violations.saturating_sub(1))) }
        }
    }
}

fn caption(anomaly: &Anomaly) -> String {
    let minimal = match anomaly.is_minimal {
        true => {
            "None of them can be left out: the rest would be legal, or show less plainly what is wrong."
        }
        false => "It was not shown that all of them are needed: perhaps fewer would do.",
    };
    let start = anomaly.witness.iter().map(|op| op.start).min().unwrap_or(0);
    format!(
        "Boxes reach from question to answer; +0 ms is {} after the run began. Time is to scale, except that // leaves \
         out time in which nothing here begins or ends, and that very short moments are widened. {minimal}",
        text::moment(start)
    )
}

/// In words, what the arrows mean that are in this drawing.
fn legend(anomaly: &Anomaly) -> Markup {
    let used: Vec<Edge> = arrows::joined(anomaly)
        .map(|(step, _)| anomaly.steps[step].edge)
        .collect();
    let edges = [
        Edge::WriteRead,
        Edge::WriteWrite,
        Edge::ReadWrite,
        Edge::Order,
        Edge::Process,
        Edge::RealTime,
        Edge::None,
    ];
    html! {
        @if !used.is_empty() {
            ul.legend {
                @for edge in edges.into_iter().filter(|edge| used.contains(edge)) {
                    li {
                        svg.key viewBox="0 0 36 10" aria-hidden="true" {
                            g class={ "sample " (arrows::short(edge)) } { path d="M1 5H35" {} }
                        }
                        @if edge != Edge::None { b { (arrows::short(edge)) } " " }
                        (arrows::meaning(edge))
                    }
                }
            }
        }
    }
}

fn one_step(anomaly: &Anomaly, i: usize, step: &Step) -> Markup {
    let text = text::clean(&step.text, text::SHOWN_MAX);
    let joined = arrows::joined(anomaly).find(|(step, _)| *step == i);
    html! {
        @match joined {
            None => li { (text) },
            Some((_, (from, to))) => {
                li class={ "arrow " (arrows::short(step.edge)) } tabindex="0" data-step=(i) data-ops={ (from) " " (to) } {
                    b { (layout::letter(&anomaly.witness[from])) " → " (layout::letter(&anomaly.witness[to])) }
                    @if step.edge != Edge::None { " (" (arrows::short(step.edge)) ")" }
                    ": " bdi { (text) }
                }
            }
        }
    }
}

fn table(witness: &[WitnessOp]) -> Markup {
    html! {
        div.wide tabindex="0" role="group" aria-label="Operations of the counter-example" {
            table {
                thead { tr {
                    th scope="col" { "Op" } th scope="col" { "Process" } th scope="col" { "Node" }
                    th scope="col" { "Operation" } th scope="col" { "Part it plays" }
                    th.n scope="col" { "Asked" } th.n scope="col" { "Took" } th scope="col" { "Outcome" }
                } }
                tbody { @for op in witness { (row(op)) } }
            }
        }
    }
}

fn row(op: &WitnessOp) -> Markup {
    html! {
        tr {
            th scope="row" { (layout::letter(op)) }
            td.n { (op.process) }
            td { (text::clean(op.node.as_deref().unwrap_or("–"), 60)) }
            td.words { code { (text::clean(&op.text, text::SHOWN_MAX)) } }
            td.words { (text::clean(&op.role, text::SHOWN_MAX)) }
            td.n { (text::moment(op.start)) }
            td.n { (op.end.map_or("never ended".to_owned(), |end| text::span(end.saturating_sub(op.start)))) }
            td { @if op.completed.is_some() { "ok" } @else { "unknown: may still happen" } }
        }
    }
}

fn other_anomalies(others: &[&Anomaly], more: u64) -> Markup {
    html! {
        h3 id="more" { "Also found " small { (text::count(more)) " more" } }
        div.wide tabindex="0" role="group" aria-label="Further anomalies" {
            table {
                thead { tr {
                    th scope="col" { "What" } th.n scope="col" { "Key" } th scope="col" { "In words" }
                    th.n scope="col" { "Operations" } th.n scope="col" { "At" }
                } }
                tbody {
                    @for anomaly in others.iter().take(OTHERS_MAX) {
                        tr {
                            td.nowrap { (anomaly.kind.title()) }
                            td.n { (anomaly.key.map_or("–".to_owned(), |key| key.to_string())) }
                            td.words { (text::clean(&anomaly.sentence, text::SHOWN_MAX)) }
                            td.n { (text::count(anomaly.witness.len() as u64)) }
                            td.n { (anomaly.shown_at().map_or("–".to_owned(), text::moment)) }
                        }
                    }
                }
            }
        }
        @let shown = others.len().min(OTHERS_MAX) as u64;
        @if shown < more {
            p.note { "The worst " (text::count(shown)) " of " (text::count(more)) " are shown; the rest were counted, not explained." }
        }
    }
}
