//! The binary as its users meet it: real clusters, real partitions, real crashes of the harness.
mod asked_for;
mod check;
mod decisions;
mod exit_codes;
mod formats;
mod runs;
mod sandbox;
mod transactions;
mod two_phase;
mod written;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A cluster at a time: two of them on a small machine would disturb each other.
static CLUSTER: Mutex<()> = Mutex::new(());

fn one_at_a_time() -> MutexGuard<'static, ()> {
    // A test that failed says nothing about the next one.
    CLUSTER.lock().unwrap_or_else(PoisonError::into_inner)
}

fn assay() -> Command {
    Command::new(env!("CARGO_BIN_EXE_assay"))
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// With one of these exit codes; else with what it said.
#[track_caller]
fn ended_with(output: &Output, codes: &[i32]) {
    let is_one = output
        .status
        .code()
        .is_some_and(|code| codes.contains(&code));
    assert!(
        is_one,
        "{}: {}\n{}",
        output.status,
        stdout(output),
        stderr(output)
    );
}

/// The folder of the only run in `results`.
fn only_run(results: &Path) -> PathBuf {
    let mut runs: Vec<PathBuf> = std::fs::read_dir(results)
        .expect("the results folder exists")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    assert_eq!(runs.len(), 1, "{runs:?}");
    runs.remove(0)
}
