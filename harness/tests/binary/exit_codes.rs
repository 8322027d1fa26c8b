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
