//! Whole runs of transactions: the clean service is not accused, and its planted bugs are found.
use crate::{assay, ended_with, one_at_a_time, only_run};
use harness::result::RunResult;
use harness::{AnomalyKind, Fit};
use std::path::Path;

/// The exit code of a run, and what came of it.
fn run(results: &Path, args: &[&str]) -> (Option<i32>, RunResult) {
    let mut command = assay();
    command.args(["test", "kv-raft", "--time-limit", "7s"]);
    command.args(args).arg("--results").arg(results);
    let output = command.output().expect("assay starts");
    // Too weak is what a run may be that finds nothing.
    ended_with(&output, &[0, 1, 2]);
    let text = std::fs::read(only_run(results).join("result.json")).expect("a run has a result");
    let result = serde_json::from_slice(&text).expect("it is of our own making");
    (output.status.code(), result)
}

#[test]
fn the_clean_service_is_strictly_serializable() {
    let _alone = one_at_a_time();
    for workload in ["list-append", "rw-register", "bank"] {
        let results = tempfile::tempdir().unwrap();
        let (code, result) = run(results.path(), &["-w", workload, "--seed", "5"]);
        assert_eq!(code, Some(0), "{workload}: {}", result.sentence);
        let levels = &result.checks[0].evidence().levels;
        let is_fit = levels.iter().all(|answer| answer.fit == Fit::Fits);
        assert!(is_fit, "{workload}: {levels:?}");
    }
}

/// A planted bug is a matter of luck in a single short run; three of them are enough.
#[test]
fn every_planted_bug_is_found_and_called_by_its_name() {
    let _alone = one_at_a_time();
    let bugs = [
        ("lost-update", "partition", AnomalyKind::LostUpdate),
        ("write-skew", "partition", AnomalyKind::WriteSkew),
        // Its pauses need all of the time that there is.
        ("read-skew", "none", AnomalyKind::GSingle),
        ("dirty-read", "partition", AnomalyKind::AbortedRead),
        ("stale-snapshot", "partition", AnomalyKind::GSingleRealtime),
    ];
    for (bug, nemesis, kind) in bugs {
        let is_found = ["1", "2", "3"].iter().any(|seed| {
            let results = tempfile::tempdir().unwrap();
            let mut args = vec!["-w", "list-append", "--seed", seed, "--bug", bug];
            args.extend(["--nemesis", nemesis]);
            let (_, result) = run(results.path(), &args);
            let anomalies = result.checks.iter().flat_map(|check| check.anomalies());
            anomalies.into_iter().any(|anomaly| {
                let is_stale = kind == AnomalyKind::GSingleRealtime
                    && anomaly.kind == AnomalyKind::GSingleProcess;
                is_stale || anomaly.kind == kind || anomaly.also.contains(&kind)
            })
        });
        assert!(is_found, "{bug} was not found");
    }
}
