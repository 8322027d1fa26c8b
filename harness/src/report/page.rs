//! The page around the sections: head, navigation, the result as data, and the script.
use super::{bands, faults, latency, levels, load::Load, strength, tables, text, verdict, witness};
use crate::result::RunResult;
use base64::{Engine, prelude::BASE64_STANDARD};
use checkers::History;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("page.js");

/// The whole document.
pub(super) fn page(result: &RunResult, history: &History) -> Markup {
    let load = Load::of(history, &result.faults);
    let has_witness = result.anomaly().is_some();
    let has_faults = !(result.is_of_bare_history() && result.faults.is_empty());
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(policy());
                title { (title(result)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the evidence" }
                (bands::defs())
                (verdict::header(result))
                (navigation(result, has_witness, has_faults))
                main id="main" tabindex="-1" {
                    @if has_witness { (witness::section(result)) }
                    (levels::section(result))
                    (strength::section(result, &load))
                    (latency::section(result, &load))
                    @if has_faults { (faults::section(result, load.frame())) }
                    (tables::reproduce(result))
                    (tables::environment(result))
                }
                footer {
                    p { "Run " code { (text::clean(&result.run, 200)) } ". The data behind this page is inside it, as JSON with the id "
                        code { "assay-result" } "; it is the same as result.json." }
                }
                script type="application/json" id="assay-result" { (PreEscaped(data(result))) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// Nothing may be loaded from anywhere, and no script may run but ours: the browser itself sees to that.
fn policy() -> String {
    let hash = BASE64_STANDARD.encode(Sha256::digest(SCRIPT));
    format!(
        "default-src 'none'; script-src 'sha256-{hash}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )
}

fn title(result: &RunResult) -> String {
    let parts = [&result.target, &result.workload, &result.nemesis];
    let parts = parts.map(|part| text::label(part, 40)).join(" · ");
    format!("{} {parts} – assay", result.verdict.with_glyph())
}

fn navigation(result: &RunResult, has_witness: bool, has_faults: bool) -> Markup {
    html! {
        nav aria-label="Sections" {
            @if has_witness { a href="#cex" { "Counter-example" } }
            @if levels::of(result).is_some() { a href="#levels" { "Levels" } }
            a href="#strength" { "Strength" }
            a href="#latency" { "Latency" }
            @if has_faults { a href="#faults" { "Faults" } }
            a href="#reproduce" { "Reproduce" }
            a href="#environment" { "Environment" }
            @if !result.warnings.is_empty() { a href="#warnings" { "Warnings" } }
        }
    }
}

/// JSON in which no `<` can end the element that it stands in.
fn data(result: &RunResult) -> String {
    let json = serde_json::to_string(result).expect("every key of a result is a string");
    json.replace('<', "\\u003c")
}
