//! How fast it answered, and how much, before, during and after each fault.
use super::{
    axis, charts,
    load::{Bin, Load, Outcome},
    text,
};
use crate::result::{Fault, RunResult};
use maud::{Markup, html};

/// Rows of the table twin.
const ROWS_MAX: u64 = 20;

/// Lines through fewer operations than this show nothing but chance.
const CHARTED_MIN: usize = 20;

/// Latency and throughput over the whole run, each as a chart, and both as one table.
pub(super) fn section(result: &RunResult, load: &Load) -> Markup {
    html! {
        section id="latency" {
            h2 { "Latency and throughput" }
            @if load.samples.is_empty() {
                p.note { "No operation ended, so there is nothing to draw." }
            } @else if load.samples.len() < CHARTED_MIN {
                p.note { "No charts: " (text::counted(load.samples.len() as u64, "operation")) " ended, which is too few to show speed or load." }
            } @else {
                (latency(result, load))
                (throughput(result, load))
                (table(result, load))
            }
        }
    }
}

fn latency(result: &RunResult, load: &Load) -> Markup {
    let (chart, shown) = charts::latency(load, &result.faults);
    let totals = load.totals();
    html! {
        figure {
            div.wide tabindex="0" role="group" aria-label="Latency chart" { (chart) }
            ul.legend {
                @for (line, what) in [("p50", "half were faster"), ("p95", "95 % were"), ("p99", "99 % were"), ("max", "slowest")] {
                    li { (charts::key(line)) b { (line) } " " (what) }
                }
                @for outcome in Outcome::ALL {
                    li { svg.key viewBox="0 0 36 10" aria-hidden="true" {
                        path class={ "dots " (outcome.name()) } d="M8 5h0M18 5h0M28 5h0" {} } (outcome.name()) }
                }
            }
            figcaption {
                "Each operation at the moment it was asked; lines are of answered (ok) operations, per "
                (text::span(axis::round_step(load.frame().end, charts::BINS_MAX))) ". Points shown: "
                @for (i, outcome) in Outcome::ALL.iter().enumerate() {
                    @if i > 0 { ", " }
                    (text::count(shown[i] as u64)) " of " (text::count(totals[i])) " " (outcome.name())
                }
                ", and the slowest of each stretch is among them."
                @if load.unended > 0 { " " (text::counted(load.unended, "operation")) " had not ended when the history did." }
            }
        }
    }
}

fn throughput(result: &RunResult, load: &Load) -> Markup {
    let [_, fail, info] = load.totals();
    html! {
        figure {
            div.wide tabindex="0" role="group" aria-label="Throughput chart" { (charts::throughput(load, &result.faults)) }
            ul.legend {
                li { (charts::key("ok")) b { "ok" } " answered" }
                @if fail + info > 0 {
                    li { (charts::key("fail")) b { "fail" } " certainly without effect" }
                    li { (charts::key("info")) b { "info" } " outcome unknown" }
                }
            }
            figcaption {
                "Operations by the moment they ended."
                @if fail + info > 0 { " Those that were not answered have a scale of their own." }
                @else { " None failed and none stayed unknown." }
            }
        }
    }
}

fn table(result: &RunResult, load: &Load) -> Markup {
    html! {
        details {
            summary { "Both charts as a table" }
            div.wide tabindex="0" role="group" aria-label="Latency and throughput as a table" {
                table {
                    thead { tr {
                        th.n scope="col" { "From" } th.n scope="col" { "To" } th.n scope="col" { "Ended" } th.n scope="col" { "ok" }
                        th.n scope="col" { "fail" } th.n scope="col" { "info" } th.n scope="col" { "p50" }
                        th.n scope="col" { "p95" } th.n scope="col" { "p99" } th.n scope="col" { "max" } th scope="col" { "Faults" }
                    } }
                    tbody { @for bin in &load.bins(ROWS_MAX) { (row(bin, &result.faults)) } }
                }
            }
        }
    }
}

fn row(bin: &Bin, faults: &[Fault]) -> Markup {
    let ended: u64 = bin.ended.iter().sum();
    let rate: f64 = Outcome::ALL.iter().map(|outcome| bin.rate(*outcome)).sum();
    html! {
        tr {
            td.n { (text::span(bin.from)) }
            td.n { (text::span(bin.to)) }
            td.n { (charts::rate_text(rate)) "/s" }
            td.n { (text::percent(bin.ended[Outcome::Ok as usize], ended)) }
            td.n { (text::count(bin.ended[Outcome::Fail as usize])) }
            td.n { (text::count(bin.ended[Outcome::Info as usize])) }
            @for per_mille in [500, 950, 990, 1_000] {
                td.n { (bin.quantile(per_mille).map_or("–".to_owned(), text::span)) }
            }
            td { (active(bin, faults)) }
        }
    }
}

/// The numbers of the faults in force during a bin.
fn active(bin: &Bin, faults: &[Fault]) -> String {
    let numbered = faults.iter().enumerate();
    let active = numbered
        .filter(|(_, fault)| fault.from < bin.to && fault.to.is_none_or(|end| bin.from < end));
    let numbers: Vec<String> = active.map(|(i, _)| format!("#{}", i + 1)).collect();
    match numbers.len() {
        0..=6 => numbers.join(" "),
        more => format!("{} … {} ({more})", numbers[0], numbers[more - 1]),
    }
}
