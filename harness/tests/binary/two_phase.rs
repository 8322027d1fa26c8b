//! Whole runs of `txn-2pc`: the clean service is not accused, and its planted bugs are found.
use crate::{assay, ended_with, one_at_a_time, only_run};
use harness::result::{RunResult, Word};
use std::path::Path;

fn run(results: &Path, args: &[&str]) -> RunResult {
    let mut command = assay();
    command.args(["test", "txn-2pc", "--concurrency", "20"]);
    command.args(args).arg("--results").arg(results);
    let output = command.output().expect("assay starts");
    // Too weak is what a run may be that finds nothing.
    ended_with(&output, &[0, 1, 2]);
    let text = std::fs::read(only_run(results).join("result.json")).expect("a run has a result");
    serde_json::from_slice(&text).expect("it is of our own making")
}

/// Two-phase commit blocks while a node is away, so that on a busy machine a run may be too weak.
#[test]
fn two_phase_commit_is_never_accused() {
    let _alone = one_at_a_time();
    for (workload, nemesis) in [("list-append", "kill"), ("bank", "partition")] {
        let results = tempfile::tempdir().unwrap();
        let args = ["-w", workload, "--nemesis", nemesis];
        let seed = ["--seed", "5", "--time-limit", "7s"];
        let result = run(results.path(), &[&args[..], &seed].concat());
        let answered: u64 = result.operations.values().map(|outcomes| outcomes.ok).sum();
        assert_ne!(
            result.verdict,
            Word::Fail,
            "{workload}: {}",
            result.sentence
        );
        assert!(answered > 0, "{workload}: nothing was answered");
    }
}

/// A planted bug is a matter of luck in a single short run; a few of them are enough.
#[test]
fn every_planted_bug_of_two_phase_commit_is_found() {
    let _alone = one_at_a_time();
    let bugs = [
        ("no-read-locks", "none", "3s"),
        ("unlocks-at-prepare", "none", "3s"),
        ("presumes-commit", "partition", "7s"),
        ("forgets-vote", "kill", "12s"),
        ("decides-before-logging", "kill", "12s"),
    ];
    for (bug, nemesis, time) in bugs {
        let is_found = ["1", "2", "3", "4", "5", "6", "7", "8"].iter().any(|seed| {
            let results = tempfile::tempdir().unwrap();
            let args = ["-w", "list-append", "--seed", seed, "--bug", bug];
            let faults = ["--nemesis", nemesis, "--time-limit", time];
            run(results.path(), &[&args[..], &faults].concat()).verdict == Word::Fail
        });
        assert!(is_found, "{bug} was not found");
    }
}
