//! What a script learns from the exit code, and a person from the one message beside it.
use crate::{assay, one_at_a_time, stderr, stdout};
use std::process::Command;

#[test]
fn what_does_not_exist_is_a_usage_error_with_a_suggestion() {
    let cases: [(&[&str], &str); 12] = [
        (&["test", "kv-rat"], "did you mean `kv-raft`?"),
        (&["test", "-w", "registr"], "did you mean `register`?"),
        (
            &["test", "--nemesis", "partiton"],
            "did you mean `partition`?",
        ),
        (
            &["test", "--bug", "stale-read"],
            "did you mean `stale-reads`?",
        ),
        (&["node", "kv-rafd"], "did you mean `kv-raft`?"),
        (
            &["test", "--nodes", "1"],
            "the nemesis partition can do nothing to a cluster of 1",
        ),
        (&["test", "--time-limit", "soon"], "invalid value 'soon'"),
        (&["test", "--time-limit", "-5"], "write it like 30s"),
        (&["test", "--time-limit", "400d"], "give it from 1s to 7d"),
        (
            &["test", "--rate", "1e-300"],
            "give a number of operations a second",
        ),
        (&["test", "--nodes", "0"], "0 is not in 1..=253"),
        (&["tset"], "'test'"),
    ];
    for (args, message) in cases {
        let output = assay().args(args).output().unwrap();
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(64), "{args:?}: {told}");
        assert!(told.contains(message), "{args:?}: {told}");
    }
}

#[test]
fn lists_and_help_are_no_errors() {
    let cases: [(&[&str], &str); 9] = [
        (&["node", "kv-raft", "--help"], "--listen"),
        (&["workloads", "register"], "linearizable"),
        (&["nemeses", "partition"], "--nodes 2"),
        (&["--help"], "Usage: assay"),
        (&["--version"], "assay "),
        (&["targets"], "kv-raft"),
        (&["targets", "kv-raft"], "early-ack"),
        (&["workloads"], "register"),
        (&["nemeses"], "partition"),
    ];
    for (args, text) in cases {
        let output = assay().args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert!(
            stdout(&output).contains(text),
            "{args:?}: {}",
            stdout(&output)
        );
    }
}

const HEADER: &str = "{\"format\":\"assay.history/1\",\"workload\":\"register\"}\n";

fn event(process: u32, kind: &str, f: &str, value: &str) -> String {
    format!(
        "{{\"time\":1,\"process\":{process},\"type\":\"{kind}\",\"f\":\"{f}\",\"key\":1{value}}}\n"
    )
}

/// One write of 1, and then one read of `seen`.
fn write_then_read(seen: i64) -> String {
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
            "nonsense:1: not a line of JSON",
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
fn a_folder_for_results_that_cannot_be_made_is_named() {
    let _alone = one_at_a_time();
    let output = assay()
        .args(["test", "--results", "/proc/nowhere"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("cannot write results into /proc/nowhere"));
}

/// A small disk, in a mount namespace of its own so that nothing else notices it, and somebody who fills it.
#[test]
fn a_full_disk_ends_the_run_in_good_order_and_keeps_what_was_recorded() {
    let _alone = one_at_a_time();
    let script = r#"
        mount -t tmpfs -o size=40m tmpfs "$2" || exit
        (sleep 4; dd if=/dev/zero of="$2/rest" bs=4k) 2>&1 &
        "$1" test --nodes 3 --time-limit 60s --results "$2/runs"
        echo "exit $?"
        "$1" check "$2"/runs/*/history.jsonl; echo "check $?"
    "#;
    let place = tempfile::tempdir().unwrap();
    let output = Command::new("unshare")
        .args([
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            script,
            "sh",
        ])
        .arg(env!("CARGO_BIN_EXE_assay"))
        .arg(place.path())
        .output();
    let Ok(output) = output else {
        eprintln!("skipped: no unshare on this machine");
        return;
    };
    let told = stdout(&output) + &stderr(&output);
    assert!(told.contains("exit 3"), "{told}");
    assert!(
        told.contains("the history cannot be written: No space left on device"),
        "{told}"
    );
    // Legal; but too weak to be a pass if no fault had ended yet.
    let is_judged = told.contains("check 0") || told.contains("check 2");
    assert!(is_judged && !told.contains(" 0 operations"), "{told}");
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

#[test]
fn what_can_be_read_only_once_is_refused() {
    let output = assay().args(["check", "/dev/null"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("/dev/null is not a regular file"));
}
