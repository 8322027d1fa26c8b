//! Whatever happens to the harness, nothing stays behind.
use crate::{assay, ended_with, one_at_a_time, only_run, stdout};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

const PATIENCE: Duration = Duration::from_secs(30);

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn start(results: &Path) -> Child {
    let mut command = assay();
    command
        .args(["test", "--nodes", "3", "--time-limit", "60s", "--results"])
        .arg(results);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("assay starts")
}

/// Until the history tells of a partition.
fn until_cut(results: &Path) {
    until("a partition", || {
        let Ok(mut runs) = fs::read_dir(results) else {
            return false;
        };
        let history = runs
            .next()
            .map(|run| run.expect("readable").path().join("history.jsonl"));
        let text = history.and_then(|history| fs::read_to_string(history).ok());
        text.is_some_and(|text| text.contains("\"f\":\"fault\""))
    });
}

/// Processes that have `folder` on their command line: guard, controller, and nodes with their data.
fn processes_of(folder: &Path) -> BTreeSet<u32> {
    let wanted = folder.display().to_string();
    let mut found = BTreeSet::new();
    for entry in fs::read_dir("/proc").expect("/proc is there").flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse() else {
            continue;
        };
        // It may end while we look; and what has ended has no command line.
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        if String::from_utf8_lossy(&line).contains(&wanted) {
            found.insert(pid);
        }
    }
    found
}

/// Network namespaces that some process is in.
fn namespaces_of(pids: &BTreeSet<u32>) -> BTreeSet<String> {
    let namespace = |pid: &u32| fs::read_link(format!("/proc/{pid}/ns/net")).ok();
    pids.iter()
        .filter_map(namespace)
        .map(|link| link.display().to_string())
        .collect()
}

fn mounts() -> String {
    fs::read_to_string("/proc/self/mountinfo").expect("it is always there")
}

#[test]
fn sigkill_in_a_partition_leaves_nothing_behind_but_the_history() {
    let _alone = one_at_a_time();
    let results = tempfile::tempdir().unwrap();
    let mounts_before = mounts();
    let mut child = start(results.path());
    until_cut(results.path());
    let running = processes_of(results.path());
    // Guard, controller, three nodes.
    assert!(5 <= running.len(), "{running:?}");
    // The host's, the guard's and controller's, and one for each node.
    assert!(4 <= namespaces_of(&running).len());
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGKILL).unwrap();
    child.wait().unwrap();
    until("all processes gone", || {
        processes_of(results.path()).is_empty()
    });
    assert_eq!(mounts(), mounts_before);
    let history = only_run(results.path()).join("history.jsonl");
    let check = assay().arg("check").arg(history).output().unwrap();
    // Legal; but too weak to be a pass if no fault had ended yet.
    ended_with(&check, &[0, 2]);
    assert!(!stdout(&check).contains(" 0 operations"));
}

#[test]
fn one_interrupt_stops_early_and_still_judges() {
    let _alone = one_at_a_time();
    let results = tempfile::tempdir().unwrap();
    let child = start(results.path());
    until_cut(results.path());
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    ended_with(&output, &[0, 2]);
    assert!(stdout(&output).contains("stopped early"));
    let result = fs::read_to_string(only_run(results.path()).join("result.json")).unwrap();
    assert!(
        result.contains("\"stopped_early\": \"interrupted\""),
        "{result}"
    );
}

#[test]
fn two_interrupts_tear_everything_down() {
    let _alone = one_at_a_time();
    let results = tempfile::tempdir().unwrap();
    let child = start(results.path());
    until_cut(results.path());
    let pid = Pid::from_raw(child.id().cast_signed());
    kill(pid, Signal::SIGINT).unwrap();
    // Two signals of a kind that arrive together count as one.
    thread::sleep(Duration::from_millis(100));
    let _ = kill(pid, Signal::SIGTERM);
    let output = child.wait_with_output().unwrap();
    // It may have been done already: then the verdict stands.
    assert!(
        matches!(output.status.code(), Some(130 | 0)),
        "{:?}",
        output.status
    );
    until("all processes gone", || {
        processes_of(results.path()).is_empty()
    });
}

#[test]
fn a_node_that_dies_makes_the_run_weak_and_the_others_are_still_read() {
    let _alone = one_at_a_time();
    let results = tempfile::tempdir().unwrap();
    let mut command = assay();
    command
        .args(["test", "--nodes", "3", "--time-limit", "6s", "--results"])
        .arg(results.path());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("assay starts");
    until_cut(results.path());
    let is_third = |pid: &&u32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains("--id\x003\x00")
    };
    let processes = processes_of(results.path());
    let third = processes.iter().find(is_third).expect("three nodes run");
    kill(Pid::from_raw(third.cast_signed()), Signal::SIGKILL).unwrap();
    let output = child.wait_with_output().unwrap();
    ended_with(&output, &[2]);
    assert!(
        stdout(&output).contains("n3 exited by itself (signal: 9"),
        "{}",
        stdout(&output)
    );
    let result = fs::read_to_string(only_run(results.path()).join("result.json")).unwrap();
    assert!(!result.contains("\"last_reads_ok\": 0"), "{result}");
}
