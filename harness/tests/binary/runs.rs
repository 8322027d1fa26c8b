//! Whole runs: the clean service is not accused, its planted bugs are, and a seed is a plan.
use crate::{assay, ended_with, one_at_a_time, only_run, stderr, stdout};
use harness::result::{RunResult, Word};
use std::path::Path;
use std::process::{Command, Output};

fn test_into(results: &Path, args: &[&str]) -> Output {
    let mut command = assay();
    command.arg("test").args(args).arg("--results").arg(results);
    command.output().expect("assay starts")
}

fn result_of(results: &Path) -> RunResult {
    let text = std::fs::read(only_run(results).join("result.json")).expect("a run has a result");
    serde_json::from_slice(&text).expect("it is of our own making")
}

#[test]
fn the_clean_service_passes_under_partitions_that_bite() {
    let _alone = one_at_a_time();
    let results = tempfile::tempdir().unwrap();
    let output = test_into(results.path(), &["--time-limit", "8s", "--seed", "11"]);
    ended_with(&output, &[0]);
    let result = result_of(results.path());
    assert_eq!(result.verdict, Word::Pass);
    assert!(result.strength.faults_bit >= 1, "{:?}", result.faults);
    assert!(result.strength.last_reads_ok >= 5);
    assert!(result.operations.values().all(|outcomes| outcomes.ok > 0));
    let told = stdout(&output);
    assert!(told.lines().count() <= 20, "{told}");
    assert!(told.contains("--seed 11"), "{told}");
    assert!(stderr(&output).lines().next().unwrap().contains("seed 11"));
    let run = only_run(results.path());
    let page = std::fs::read_to_string(run.join("report.html")).unwrap();
    assert!(page.contains(&result.sentence));
    let check = assay()
        .arg("check")
        .arg(run.join("history.jsonl"))
        .output()
        .unwrap();
    assert_eq!(check.status.code(), Some(0), "{}", stderr(&check));
}

#[test]
fn stale_reads_are_found_and_told() {
    let _alone = one_at_a_time();
    let results = tempfile::tempdir().unwrap();
    let args = ["--time-limit", "8s", "--seed", "11", "--bug", "stale-reads"];
    let output = test_into(results.path(), &args);
    ended_with(&output, &[1]);
    let result = result_of(results.path());
    let anomaly = result.anomaly().expect("a violation has a witness");
    assert!(2 <= anomaly.witness.len(), "{anomaly:?}");
    assert!(
        anomaly.sentence.starts_with("Stale read: "),
        "{}",
        anomaly.sentence
    );
    assert_eq!(result.sentence, anomaly.sentence);
    let run = only_run(results.path());
    let check = assay()
        .arg("check")
        .arg(run.join("history.jsonl"))
        .output()
        .unwrap();
    assert_eq!(check.status.code(), Some(1), "{}", stderr(&check));
    assert!(stdout(&check).contains(&anomaly.sentence));
}

/// A planted bug is a matter of luck in a single short run; three of them are enough.
#[test]
fn every_planted_bug_is_found_and_called_by_its_name() {
    let _alone = one_at_a_time();
    let bugs = [
        ("unconfirmed-leader", ["Stale read: "].as_slice()),
        ("early-ack", &["Lost write: ", "Stale read: "]),
        ("racy-cas", &["Lost update: "]),
    ];
    for (bug, names) in bugs {
        let told = ["1", "2", "3"].iter().find_map(|seed| {
            let results = tempfile::tempdir().unwrap();
            let args = ["--time-limit", "9s", "--seed", seed, "--bug", bug];
            let output = test_into(results.path(), &args);
            ended_with(&output, &[0, 1]);
            (output.status.code() == Some(1)).then(|| result_of(results.path()).sentence)
        });
        let told = told.unwrap_or_else(|| panic!("{bug} was not found"));
        assert!(
            names.iter().any(|name| told.starts_with(name)),
            "{bug}: {told}"
        );
    }
}

#[test]
fn the_same_seed_plans_the_same_faults() {
    let _alone = one_at_a_time();
    let schedule = |seed: &str| {
        let results = tempfile::tempdir().unwrap();
        test_into(results.path(), &["--time-limit", "2s", "--seed", seed]);
        std::fs::read_to_string(only_run(results.path()).join("schedule.jsonl")).unwrap()
    };
    let first = schedule("3");
    assert!(!first.is_empty());
    assert_eq!(first, schedule("3"));
    assert_ne!(first, schedule("4"));
}

#[test]
fn two_runs_at_once_do_not_meet() {
    let _alone = one_at_a_time();
    let results = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let start = |results: &tempfile::TempDir| {
        let mut command = assay();
        command.args(["test", "--nodes", "3", "--time-limit", "4s", "--results"]);
        command.arg(results.path());
        command
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        command.spawn().expect("assay starts")
    };
    let running: Vec<_> = results.iter().map(start).collect();
    for child in running {
        let output = child.wait_with_output().unwrap();
        ended_with(&output, &[0]);
    }
}

#[test]
fn an_ordinary_user_can_do_it_all() {
    const NOBODY: u32 = 65534;
    let _alone = one_at_a_time();
    if !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: every other test here already runs as an ordinary user");
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let (binary, results) = (place.path().join("assay"), place.path().join("runs"));
    std::fs::copy(env!("CARGO_BIN_EXE_assay"), &binary).unwrap();
    std::fs::create_dir(&results).unwrap();
    for path in [place.path(), &results] {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
    }
    use std::os::unix::process::CommandExt;
    let mut command = Command::new(&binary);
    command.uid(NOBODY).gid(NOBODY).current_dir(place.path());
    command
        .args(["test", "--nodes", "3", "--time-limit", "5s", "--results"])
        .arg(&results);
    let output = command.output().unwrap();
    ended_with(&output, &[0]);
    assert!(result_of(&results).strength.faults_bit >= 1);
}
