//! What was done to the cluster, when, and whether it took effect.
use super::{bands, bands::Frame, lanes, text};
use crate::result::{Fault, RunResult};
use checkers::Anomaly;
use maud::{Markup, html};

/// Most faults that are listed.
const ROWS_MAX: usize = 500;
/// Most anomalies that are marked.
const MARKS_MAX: usize = 20;

/// The lanes, then every fault.
pub(super) fn section(result: &RunResult, frame: Frame) -> Markup {
    let faults = &result.faults;
    let idle = faults.iter().filter(|fault| !fault.bit).count();
    html! {
        section id="faults" {
            h2 { "Faults: what was cut when"
                @if !faults.is_empty() { " " small { (text::counted(faults.len() as u64, "fault")) } } }
            @if faults.is_empty() {
                p.note { "No fault was injected." }
            } @else {
                @if idle > 0 {
                    p.note.warn { "⚠ " (text::count(idle as u64)) " of " (text::counted(faults.len() as u64, "fault"))
                        " did not bite: nothing on the target's own traffic showed an effect." }
                }
                @let (drawing, note) = lanes::draw(faults, frame, &marks(result));
                figure {
                    div.wide tabindex="0" role="group" aria-label="Faults over time" { (drawing) }
                    figcaption {
                        "A filled bar bit; a dashed outline did not. “n1 → n2” is a cut in one direction: n2 does not hear n1. "
                        @if let Some(note) = note { (note) }
                    }
                }
                (table(faults, frame))
            }
        }
    }
}

/// When each anomaly showed.
fn marks(result: &RunResult) -> Vec<u64> {
    let anomalies = result.checks.iter().flat_map(|check| check.anomalies());
    anomalies
        .filter_map(Anomaly::shown_at)
        .take(MARKS_MAX)
        .collect()
}

fn table(faults: &[Fault], frame: Frame) -> Markup {
    html! {
        div.wide tabindex="0" role="group" aria-label="All faults" {
            table {
                thead { tr {
                    th.n scope="col" { "#" } th.n scope="col" { "From" } th.n scope="col" { "To" } th.n scope="col" { "Lasted" }
                    th scope="col" { "Fault" } th scope="col" { "What" } th scope="col" { "Bit?" } th scope="col" { "Evidence" }
                } }
                tbody { @for (i, fault) in faults.iter().take(ROWS_MAX).enumerate() { (row(i + 1, fault, frame)) } }
            }
        }
        @if ROWS_MAX < faults.len() {
            p.note { "The first " (ROWS_MAX) " of " (text::count(faults.len() as u64)) "; all are in result.json." }
        }
    }
}

fn row(number: usize, fault: &Fault, frame: Frame) -> Markup {
    html! {
        tr class=[(!fault.bit).then_some("idle")] {
            th.n scope="row" { "#" (number) }
            td.n { (text::moment(fault.from)) }
            td.n { (fault.to.map_or("never healed".to_owned(), text::moment)) }
            td.n { (text::span(bands::end(fault, frame) - fault.from)) }
            td.nowrap { svg.swatch viewBox="0 0 16 12" aria-hidden="true" {
                rect class={ "band " (bands::look(fault)) } width="16" height="12" fill={ "url(#" (bands::look(fault)) ")" } {} }
                " " (text::clean(&fault.nemesis, 60)) }
            td.words { (text::clean(&fault.description, text::SHOWN_MAX)) }
            td.nowrap { @if fault.bit { "✓ bit" } @else { strong { "✗ did not bite" } } }
            td.words { (text::clean(&fault.evidence, text::SHOWN_MAX)) }
        }
    }
}
