//! `assay check`: any history, from any place, and what is told of it.
use crate::{assay, stderr, stdout};
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

const HEADER: &str = "{\"format\":\"assay.history/1\",\"workload\":\"register\"}\n";

pub(crate) fn event(process: u32, kind: &str, f: &str, value: &str) -> String {
    format!(
        "{{\"time\":1,\"process\":{process},\"type\":\"{kind}\",\"f\":\"{f}\",\"key\":1{value}}}\n"
    )
}

/// One write of 1, and then one read of `seen`.
pub(crate) fn write_then_read(seen: i64) -> String {
    let written = ",\"value\":1";
    HEADER.to_owned()
        + &event(0, "invoke", "write", written)
        + &event(0, "ok", "write", written)
        + &event(1, "invoke", "read", "")
        + &event(1, "ok", "read", &format!(",\"value\":{seen}"))
}

/// Names of files, and what is in them.
type Files<'a> = &'a [(&'a str, &'a str)];

fn check(files: Files<'_>) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = assay();
    command.arg("check").current_dir(folder.path());
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
        command.arg(name);
    }
    let output = command.output().unwrap();
    (output.status.code(), stdout(&output) + &stderr(&output))
}

#[test]
fn a_recorded_history_is_judged_and_a_violation_outweighs_everything() {
    let (good, bad) = (write_then_read(1), write_then_read(2));
    let cut = &good[..good.len() - 5];
    let cases: [(Files<'_>, i32, &str); 9] = [
        (&[("good", &good)], 0, "✓ PASS"),
        (&[("bad", &bad)], 1, "✗ FAIL"),
        (&[("good", &good), ("bad", &bad)], 1, "✗ FAIL"),
        (
            &[("bad", &bad), ("nonsense", "no json\n")],
            1,
            "nonsense:1: not a history in a format that is known",
        ),
        (
            &[("good", &good), ("nonsense", "no json\n")],
            3,
            "nonsense:1",
        ),
        (&[("bad", &bad), ("empty", "")], 1, "✗ FAIL"),
        (&[("only-a-header", HEADER)], 2, "? UNKNOWN"),
        (
            &[("cut", cut)],
            0,
            "cut:5 was cut off in the middle and is left out",
        ),
        (&[("empty", "")], 64, "does not say of which workload it is"),
    ];
    for (files, code, message) in cases {
        let (found, told) = check(files);
        assert_eq!(found, Some(code), "{files:?}: {told}");
        assert!(told.contains(message), "{files:?}: {told}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let output = assay().args(["check", "nowhere.jsonl"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("cannot read nowhere.jsonl: No such file"));
}

#[test]
fn a_reader_that_has_gone_changes_no_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad");
    std::fs::write(&file, write_then_read(2)).unwrap();
    let full = || {
        std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap()
    };
    let mut command = assay();
    command
        .arg("check")
        .arg(&file)
        .stdout(full())
        .stderr(full());
    assert_eq!(command.status().unwrap().code(), Some(1));
}

/// `assay check` with these arguments, and this on its standard input.
pub(crate) fn check_piped(args: &[&str], input: &[u8]) -> Output {
    let mut child = assay()
        .arg("check")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It need not read all of it.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

#[test]
fn standard_input_is_read_as_any_file_is() {
    let bad = write_then_read(2);
    for name in ["-", "/dev/stdin"] {
        let output = check_piped(&[name], bad.as_bytes());
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    }
}

/// A register of Jepsen's that loses a write, once as a vector and once a map a line.
pub(crate) const LOST: &str = "{:process 0, :type :invoke, :f :write, :value 3}
{:process 0, :type :ok, :f :write, :value 3}
{:process 1, :type :invoke, :f :read, :value nil}
{:process 1, :type :ok, :f :read, :value 4}
";

/// The same as Jepsen prints it.
const LOST_LOG: &str = "INFO  jepsen.util - 0\t:invoke\t:write\t3
INFO  jepsen.util - 0\t:ok\t:write\t3
INFO  jepsen.util - 1\t:invoke\t:read\tnil
INFO  jepsen.util - 1\t:ok\t:read\t4
";

#[test]
fn histories_of_others_are_recognised() {
    let vector = format!("[{LOST}]");
    for text in [LOST, &vector, LOST_LOG] {
        let output = check_piped(&["-"], text.as_bytes());
        let told = stdout(&output) + &stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{text}: {told}");
        assert!(told.contains("Garbage read"), "{told}");
    }
}

#[test]
fn lenient_skips_and_counts_what_makes_no_sense() {
    let mut text = write_then_read(1);
    text += "{\"time\":9,\"process\":7,\"type\":\"ok\",\"f\":\"read\",\"key\":1,\"value\":1}\n";
    assert_eq!(check_piped(&["-"], text.as_bytes()).status.code(), Some(3));
    let output = check_piped(&["--lenient", "-"], text.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("1 event was skipped"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn what_was_skipped_may_explain_what_looks_wrong() {
    // The write of the 2 that was read is there, but nobody can tell whose it was.
    let text =
        write_then_read(2) + "{\"time\":1,\"type\":\"ok\",\"f\":\"write\",\"key\":1,\"value\":2}\n";
    let output = check_piped(&["--lenient", "-"], text.as_bytes());
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    assert!(stdout(&output).contains("What was skipped may explain it"));
}

#[test]
fn a_machine_reads_one_object_a_file() {
    let output = check_piped(&["--json", "-"], write_then_read(2).as_bytes());
    let line: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(line["file"], "-");
    assert_eq!(line["verdict"], "FAIL");
    assert_eq!(line["checks"][0]["verdict"], "invalid");
    assert_eq!(line["judged_as"], "register");
}

#[test]
fn one_key_can_be_judged_by_itself() {
    let text = write_then_read(2);
    let output = check_piped(&["--key", "1", "-"], text.as_bytes());
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let output = check_piped(&["--key", "2", "-"], text.as_bytes());
    assert_eq!(output.status.code(), Some(64), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("no operation on key 2"),
        "{}",
        stderr(&output)
    );
}

/// Where the real histories are kept, on machines that have them.
const HISTORIES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../shared/histories/linearizability"
);

/// Legal, as nothing happened in them.
const NOTHING_ANSWERED: [&str; 2] = [
    "mongodb-v0-ack-rollback-9.edn",
    "mongodb-v0-ack-rollback-10.edn",
];

#[test]
fn real_histories_get_their_known_verdicts() {
    let folder = Path::new(HISTORIES);
    let Ok(manifest) = std::fs::read(folder.join("manifest.json")) else {
        eprintln!("skipped: no histories at {HISTORIES}");
        return;
    };
    let manifest: Vec<serde_json::Value> = serde_json::from_slice(&manifest).unwrap();
    for entry in &manifest {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let mut command = assay();
        command.arg("check").arg(folder.join(text("file")));
        let model = match text("model").as_str() {
            "kv-get-put-append" => "kv".to_owned(),
            other => other.to_owned(),
        };
        command.args(["--model", &model]);
        if let Some(initial) = entry["init"].as_i64() {
            command.args(["--with", &format!("initial={initial}")]);
        }
        if model == "multi-register" {
            command.args(["--with", r#"initial=[["x",0],["y",0]]"#]);
        }
        let output = command.output().unwrap();
        let expected = match text("expected").as_str() {
            "invalid" => 1,
            // Every operation failed: nothing was seen to work, and that is no pass.
            _ if NOTHING_ANSWERED
                .iter()
                .any(|name| text("file").ends_with(name)) =>
            {
                2
            }
            _ => 0,
        };
        let told = stdout(&output) + &stderr(&output);
        assert_eq!(
            output.status.code(),
            Some(expected),
            "{}: {told}",
            text("file")
        );
    }
    assert!(manifest.len() > 100, "the corpus is complete");
}

#[test]
fn operations_of_a_process_without_a_number_are_not_overlooked() {
    let text = write_then_read(2).replace("\"process\":1", "\"process\":\"client-1\"");
    let output = check_piped(&["-"], text.as_bytes());
    assert_eq!(output.status.code(), Some(3), "{}", stdout(&output));
    assert!(stderr(&output).contains("-:4: `process` is `client-1`, not a number"));
}

#[test]
fn a_foreign_verb_on_one_key_hides_no_violation_on_another() {
    let foreign = event(3, "invoke", "sing", "").replace("\"key\":1", "\"key\":2");
    for (seen, code) in [(2, 1), (1, 2)] {
        let text = write_then_read(seen) + &foreign;
        let output = check_piped(&["--model", "register", "-"], text.as_bytes());
        assert_eq!(output.status.code(), Some(code), "{}", stdout(&output));
    }
}

#[test]
fn a_refusal_that_no_state_explains_is_a_violation_also_sequentially() {
    let cas = |kind: &str, rest: &str| {
        format!("{{\"time\":1,\"process\":0,\"type\":\"{kind}\",\"f\":\"cas\",\"key\":0{rest}}}\n")
    };
    let found =
        cas("invoke", ",\"from\":1,\"to\":2") + &cas("ok", ",\"from\":1,\"to\":2,\"found\":7");
    let unsaid =
        cas("invoke", ",\"value\":[null,1]") + &cas("ok", ",\"value\":[null,1],\"result\":false");
    for text in [found, unsaid] {
        for args in [
            &["--model", "register", "-"][..],
            &["--model", "register", "--sequential", "-"],
        ] {
            let output = check_piped(args, text.as_bytes());
            let told = stdout(&output) + &stderr(&output);
            assert_eq!(output.status.code(), Some(1), "{args:?} {text}: {told}");
        }
    }
}
