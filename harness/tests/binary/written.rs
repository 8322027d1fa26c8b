//! What `assay check` writes beside its verdict: reports, and orders that explain a pass.
use crate::check::{LOST, check_piped, event, write_then_read};
use crate::{assay, stderr, stdout};
use std::path::Path;

/// A model, something that an object of it cannot have answered, and how that is called.
const WRONG: [(&str, &str, &str); 12] = [
    ("queue", "enqueue 1, enqueue 2, dequeue > 2", "out of order"),
    (
        "queue",
        "enqueue 1, dequeue > 1, dequeue > 1",
        "duplicate delivery",
    ),
    ("queue", "enqueue 1, dequeue > null", "false empty"),
    ("stack", "push 1, push 2, pop > 1", "out of order"),
    (
        "priority-queue",
        "insert 2, insert 1, delete-min > 2",
        "out of order",
    ),
    ("set", "add 1 > true, contains 1 > false", ""),
    ("grow-only-set", "add 1, read > []", ""),
    ("counter", "add 1, read > 2", "impossible count"),
    ("mutex", "acquire, acquire", "mutual exclusion broken"),
    (
        "fenced-mutex",
        "acquire > 2, release, acquire > 1",
        "fencing token went backwards",
    ),
    ("unique-ids", "generate > 1, generate > 1", "duplicate id"),
    ("log", "append 1, read > [2]", "not linearizable"),
];

#[test]
fn a_report_of_a_bare_history_shows_the_counter_example() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("report.html");
    let page = page.to_str().unwrap();
    let output = check_piped(&["--report", page, "-"], LOST.as_bytes());
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("id=\"cex-svg\""));
    assert!(!page.contains("Repeat"), "nobody knows how to repeat it");
}

#[test]
fn every_kind_of_violation_is_drawn_in_its_report() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("report.html");
    let page = page.to_str().unwrap();
    for (model, script, kind) in WRONG {
        let mut text = String::new();
        for (process, step) in script.split(", ").enumerate() {
            let (asked, result) = step.split_once(" > ").unwrap_or((step, "null"));
            let (f, value) = asked.split_once(' ').unwrap_or((asked, "null"));
            let line = |kind, rest: &str| {
                format!(
                    "{{\"time\":{process},\"process\":{process},\"type\":\"{kind}\",\"f\":\"{f}\",\"value\":{value}{rest}}}\n"
                )
            };
            text += &line("invoke", "");
            text += &line("ok", &format!(",\"result\":{result}"));
        }
        let args = ["--model", model, "--report", page, "-"];
        let output = check_piped(&args, text.as_bytes());
        let told = stdout(&output) + &stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{model} {script}: {told}");
        let page = std::fs::read_to_string(page).unwrap();
        assert!(page.contains("id=\"cex-svg\""), "{model} {script}: {told}");
        assert!(told.contains(kind), "{model} {script}: {told}");
    }
}

#[test]
fn a_pass_can_be_followed_operation_by_operation() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("order.jsonl");
    let file = file.to_str().unwrap();
    let other = write_then_read(1).replace("\"key\":1", "\"key\":7");
    let other = other.lines().skip(1).map(|line| line.to_owned() + "\n");
    // A value that is written again, which only a search can order, and another key around it.
    let text = write_then_read(1) + &other.collect::<String>() + &write_again();
    let output = check_piped(&["--order", file, "-"], text.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let orders = std::fs::read_to_string(file).unwrap();
    let ops = |line: &str| -> Vec<String> {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let order = line["order"].as_array().unwrap().iter();
        order
            .map(|step| format!("{} {}", step["position"], step["op"].as_str().unwrap()))
            .collect()
    };
    let orders: Vec<Vec<String>> = orders.lines().map(ops).collect();
    let expected = [
        vec!["0 write 1 := 1", "2 read 1 → 1", "8 write 1 := 1"],
        vec!["4 write 7 := 1", "6 read 7 → 1"],
    ];
    assert_eq!(orders, expected);
    let output = check_piped(&["--order", file, "-"], write_then_read(2).as_bytes());
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
}

fn write_again() -> String {
    let written = ",\"value\":1";
    event(0, "invoke", "write", written) + &event(0, "ok", "write", written)
}

#[test]
fn what_is_written_never_replaces_the_history_nor_hides_the_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad.jsonl");
    std::fs::write(&file, write_then_read(2)).unwrap();
    let check = |report: &Path| {
        let mut command = assay();
        command.arg("check").arg(&file).arg("--report").arg(report);
        command.output().unwrap()
    };
    let output = check(&file);
    assert_eq!(output.status.code(), Some(64), "{}", stderr(&output));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), write_then_read(2));
    let output = check(&folder.path().join("nowhere/report.html"));
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("cannot write"));
}
