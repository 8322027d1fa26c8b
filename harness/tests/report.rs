//! The report tells what the result says, whatever the result says.
#[path = "report/browser.rs"]
mod browser;
#[path = "report/contrast.rs"]
mod contrast;
#[path = "report/drawing.rs"]
mod drawing;
#[path = "report/fixtures.rs"]
mod fixtures;
#[path = "report/hostile.rs"]
mod hostile;
#[path = "report/robust.rs"]
mod robust;

use fixtures::{error, failed, lost_update, pass, stale_read, unknown};
use harness::{report::render, result::RunResult};

/// How often `needle` occurs.
fn count(page: &str, needle: &str) -> usize {
    page.matches(needle).count()
}

/// The page without its script, style and data: what a reader sees.
fn visible(page: &str) -> String {
    let mut seen = String::new();
    let mut rest = page;
    while let Some(start) = ["<script", "<style"]
        .iter()
        .filter_map(|tag| rest.find(tag))
        .min()
    {
        seen.push_str(&rest[..start]);
        let end = ["</script>", "</style>"]
            .iter()
            .filter_map(|tag| rest[start..].find(tag))
            .min();
        rest = &rest[start + end.expect("every element is closed")..];
    }
    seen + rest
}

/// The result as data, as a tool finds it in the page.
fn data(page: &str) -> RunResult {
    let (_, json) = page
        .split_once("id=\"assay-result\">")
        .expect("the data is there");
    let (json, _) = json.split_once("</script>").expect("and it ends");
    serde_json::from_str(json).expect("and it is a result")
}

#[test]
fn the_verdict_comes_first() {
    for ((result, history), valid, word) in [
        (pass(), "true", "✓ PASS"),
        (stale_read(), "false", "✗ FAIL"),
        (unknown(), "unknown", "? UNKNOWN"),
        (error(), "error", "! ERROR"),
    ] {
        let page = render(&result, &history);
        assert_eq!(count(&page, "id=\"verdict\""), 1);
        assert!(page.contains(&format!("data-valid=\"{valid}\"")), "{word}");
        assert_eq!(count(&page, "<h1"), 1);
        assert!(page.contains(&format!("<h1 id=\"sentence\">{}</h1>", result.sentence)));
        assert!(page.contains(word));
        assert!(page.contains(&result.again) && page.contains(&result.recheck));
        assert_eq!(data(&page), result);
    }
}

#[test]
fn a_failure_is_told_with_its_facts() {
    let (result, history) = stale_read();
    let page = render(&result, &history);
    for fact in [
        "stale read shown by 3 operations, + 2 more",
        "partition n1 n2 | n3 n4 n5",
        "213,404 operations in 4.1 s",
        "3</small>",
        "of 213,404 operations",
        "+0 ms is 10.810 s after the run began",
        "// 341 ms",
        "None of them can be left out",
        "Also found",
        "local-reads",
        "n2 → n5",
        "n1 ⇄ n3",
        "▲ anomaly at 11.212 s",
        "18,222 packets dropped on 11 of 11 links",
        "1,204,311 configurations",
    ] {
        let fact = fact.trim_end_matches("</small>");
        assert!(page.contains(fact), "{fact}");
    }
    assert!(page.contains("id=\"cex\" data-ops=\"3\" data-minimal"));
}

#[test]
fn what_is_missing_is_said() {
    let (result, history) = unknown();
    let page = render(&result, &history);
    assert!(page.contains("What was missing"));
    assert!(page.contains("no read was answered on n4"));
    assert!(page.contains("✗ did not bite"));
    assert!(page.contains("linearizable: out of memory after 8,192 MB on key 42"));
    let (result, history) = error();
    let page = render(&result, &history);
    assert!(page.contains("No operation ended") && page.contains("No fault was injected"));
    assert!(!page.contains("id=\"cex\""));
}

#[test]
fn no_template_is_left_unfilled_and_nothing_is_loaded() {
    for (result, history) in [pass(), stale_read(), lost_update(), unknown(), error()] {
        let page = render(&result, &history);
        let seen = visible(&page);
        assert!(!seen.contains(['{', '}']), "a placeholder");
        assert!(
            !seen.contains("#0") && !seen.contains("#1\""),
            "a colour that stands for another"
        );
        for loader in [" src=", "@import", "<link", "<iframe", "http:", "https:"] {
            assert!(!page.contains(loader), "{loader}");
        }
        assert!(page.contains("default-src 'none'; script-src 'sha256-"));
    }
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let (result, history) = lost_update();
    assert_eq!(render(&result, &history), render(&result, &history));
}

#[test]
fn each_fault_is_a_band_in_each_chart() {
    let (result, history) = pass();
    let page = render(&result, &history);
    // Two charts, and a sample in the table.
    assert_eq!(count(&page, "class=\"band "), 3 * result.faults.len());
    assert_eq!(count(&page, "<figure>"), 3);
}

#[test]
fn further_anomalies_are_listed_and_their_number_told() {
    let one = fixtures::chain(checkers::AnomalyKind::LostWrite, 2, 2);
    let (result, history) = failed(vec![one; 301]);
    let page = render(&result, &history);
    assert!(page.contains("+ 300 more"));
    assert!(page.contains("The worst 200 of 300"));
}
