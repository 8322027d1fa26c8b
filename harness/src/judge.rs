//! Checking in a child process with a limit on memory and time, so that a checker that explodes takes no evidence with it.
use crate::result::Check;
use checkers::format::jsonl::{self, ReadError, Recording};
use checkers::{Budget, Checker, Evidence, Verdict};
use nix::sys::resource::{Resource, setrlimit};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, io, thread};
use tokio::process::Command;
use tokio::time::timeout;

/// How much checking may cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) memory_bytes: u64,
    pub(crate) time: Duration,
}

/// The hidden command by which this program starts itself as the child.
pub(crate) const COMMAND: &str = "judge";

/// Beyond the limit that checkers keep by themselves; for the history and the witness.
const MEMORY_MARGIN: u64 = 2 << 30;
/// A checker that does not end by itself is ended this long after its time.
const TIME_MARGIN: Duration = Duration::from_secs(10);

impl Limits {
    /// 70 % of what this machine, or our control group, has to give.
    pub(crate) fn of_this_machine(time: Duration) -> Limits {
        let group = fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
        let group = group.and_then(|text| text.trim().parse::<u64>().ok());
        let available = available_bytes().unwrap_or(4 << 30);
        let memory = group.unwrap_or(u64::MAX).min(available);
        Limits {
            memory_bytes: memory / 10 * 7,
            time,
        }
    }
}

fn available_bytes() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find(|line| line.starts_with("MemAvailable:"))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes << 10)
}

/// Reads a recorded history, with the file's name in every complaint.
pub(crate) fn read(path: &Path) -> Result<Recording, String> {
    let name = path.display();
    let cannot = |error: io::Error| {
        format!(
            "cannot read {name}: {error}\n  give the path of a history.jsonl, as it stands in the folder of a run"
        )
    };
    let file = File::open(path).map_err(cannot)?;
    // It is read twice, here and by the child that judges it.
    if !file.metadata().map_err(cannot)?.is_file() {
        return Err(format!(
            "{name} is not a regular file\n  save it into one first"
        ));
    }
    jsonl::read(BufReader::new(file)).map_err(|error| match error {
        ReadError::Io(error) => cannot(error),
        ReadError::Line { number, why } => format!(
            "{name}:{number}: {why}\n  every line has to be an event of an Assay history; was the file edited, or made by something else?"
        ),
    })
}

/// Has `history` judged by the checkers of `workload`, in a child.
pub(crate) async fn judge(history: &Path, workload: &str, limits: Limits) -> Vec<Check> {
    let began = Instant::now();
    let undecided = |reason: String| {
        let verdict = Verdict::Unknown {
            reason,
            evidence: Evidence::default(),
        };
        vec![Check {
            name: "check".to_owned(),
            milliseconds: began.elapsed().as_millis() as u64,
            verdict,
        }]
    };
    let child = Command::new("/proc/self/exe")
        .arg(COMMAND)
        .args(["--workload", workload])
        .args(["--memory", &limits.memory_bytes.to_string()])
        .args(["--time", &limits.time.as_millis().to_string()])
        .arg("--")
        .arg(history)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let child = match child {
        Ok(child) => child,
        Err(error) => return undecided(format!("the checker could not be started: {error}")),
    };
    let Ok(output) = timeout(limits.time + TIME_MARGIN, child.wait_with_output()).await else {
        return undecided(format!("the checker did not end within {:?}", limits.time));
    };
    let output = match output {
        Ok(output) => output,
        Err(error) => return undecided(format!("the checker was lost: {error}")),
    };
    match serde_json::from_slice(&output.stdout) {
        Ok(checks) if output.status.success() => checks,
        Ok(_) | Err(_) => {
            let complaint = String::from_utf8_lossy(&output.stderr);
            let complaint = complaint
                .trim()
                .lines()
                .last()
                .unwrap_or("no word")
                .to_owned();
            let cap = limits.memory_bytes >> 20;
            undecided(format!(
                "the checker ended with {} under its cap of {cap} MB: {complaint}",
                output.status
            ))
        }
    }
}

/// The child: judges and prints the verdicts as JSON.
pub(crate) fn run_child(
    history: &Path,
    checkers: &[Box<dyn Checker>],
    limits: Limits,
) -> io::Result<()> {
    let hard = limits.memory_bytes.saturating_add(MEMORY_MARGIN);
    setrlimit(Resource::RLIMIT_AS, hard, hard)?;
    let recording = read(history).map_err(io::Error::other)?;
    let checks = judge_here(&recording, checkers, limits);
    serde_json::to_writer(io::stdout().lock(), &checks)?;
    Ok(())
}

fn judge_here(recording: &Recording, checkers: &[Box<dyn Checker>], limits: Limits) -> Vec<Check> {
    let budget = Arc::new(Budget::new(limits.memory_bytes));
    let alarm = budget.clone();
    // Ends with the process; there is nothing to join.
    thread::spawn(move || {
        thread::sleep(limits.time);
        alarm.stop();
    });
    let check = |checker: &dyn Checker| {
        let began = Instant::now();
        let verdict = checker.check(&recording.history, &budget);
        Check {
            name: checker.name().to_owned(),
            milliseconds: began.elapsed().as_millis() as u64,
            verdict,
        }
    };
    checkers
        .iter()
        .map(|checker| check(checker.as_ref()))
        .collect()
}
