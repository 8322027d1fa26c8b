//! Whole runs of consensus: the clean service is not accused, and its planted bugs are found.
use crate::{assay, ended_with, one_at_a_time, only_run};
use harness::AnomalyKind;
use harness::result::RunResult;

/// The exit code of a short run, and what came of it.
fn run(args: &[&str]) -> (Option<i32>, RunResult) {
    let results = tempfile::tempdir().expect("a writable temporary directory");
    let mut command = assay();
    command.args(["test", "consensus", "-w", "consensus", "--time-limit", "6s"]);
    command.args(args).arg("--results").arg(results.path());
    let output = command.output().expect("assay starts");
    // Too weak is what a run may be that finds nothing.
    ended_with(&output, &[0, 1, 2]);
    let text = std::fs::read(only_run(results.path()).join("result.json"));
    let result = serde_json::from_slice(&text.expect("a run has a result"));
    (
        output.status.code(),
        result.expect("it is of our own making"),
    )
}

#[test]
fn the_clean_service_decides_once() {
    let _alone = one_at_a_time();
    let (code, result) = run(&["--seed", "5", "--nemesis", "partition"]);
    assert_eq!(code, Some(0), "{}", result.sentence);
}

/// A planted bug is a matter of luck in a single short run; a few of them are enough. The first seed
/// of each brings a fault that suits it: the network in two halves, all nodes killed at once.
#[test]
fn two_decisions_for_one_instance_are_found() {
    let _alone = one_at_a_time();
    let bugs = [
        (
            "ignores-accepted",
            "partition",
            ["1", "2", "5", "6", "7", "8"],
        ),
        ("half-quorum", "partition", ["1", "8", "5", "2", "3", "4"]),
        ("forgetful", "kill", ["21", "2", "3", "4", "5", "6"]),
    ];
    for (bug, nemesis, seeds) in bugs {
        let is_found = seeds.iter().any(|seed| {
            let (_, result) = run(&["--seed", seed, "--nemesis", nemesis, "--bug", bug]);
            let anomalies = result.checks.iter().flat_map(|check| check.anomalies());
            let mut kinds = anomalies.map(|anomaly| anomaly.kind);
            kinds.any(|kind| kind == AnomalyKind::Disagreement)
        });
        assert!(is_found, "{bug} was not found");
    }
}
