//! Checking in a child process with a limit on memory and time, so that a checker that explodes takes no evidence with it.
use crate::plan::Plan;
use crate::result::{Check, Word};
use crate::summary;
use checkers::model::Parameters;
use checkers::{Evidence, Verdict};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use serde::{Deserialize, Serialize};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io};
use tokio::process::Command;

pub(crate) mod child;
mod judges;
mod orders;
pub(crate) mod reading;

pub(crate) use judges::promised;
pub(crate) use reading::read;

/// The hidden command by which this program starts itself as the child.
pub(crate) const COMMAND: &str = "judge";

/// Beyond the limit that checkers keep by themselves; for the history and the witness.
const MEMORY_MARGIN: u64 = 2 << 30;

/// What the child is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    /// Who judges.
    pub(crate) by: By,
    /// How to read the history.
    pub(crate) reading: reading::Options,
    /// Whether only what was asked of one key counts.
    pub(crate) key: Option<String>,
    /// Where the orders that explain a legal history go, if they are wished for.
    pub(crate) order: Option<String>,
    /// Where a report goes, if one is wished for.
    pub(crate) report: Option<String>,
    /// The command that asks the same again, for the report.
    pub(crate) recheck: String,
    /// How much it may cost.
    pub(crate) limits: Limits,
}

/// Who judges a history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum By {
    /// Whoever judges this workload: the checkers of one that can be run, or of one that only
    /// others run. For transactions, by an isolation level.
    Workload {
        name: String,
        level: Option<String>,
        parameters: Parameters,
    },
    /// This model, or weaker property, with what it is told beforehand.
    Model {
        name: String,
        parameters: Parameters,
        is_sequential: bool,
    },
    /// Whatever the history says of itself, or else the model that its verbs are those of.
    Itself,
}

/// How much checking may cost.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Limits {
    pub(crate) memory_bytes: u64,
    pub(crate) time: Duration,
}

/// What the child answers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    Judged(Judgement),
    /// The user asked for what does not exist.
    Misused(String),
    /// The history could not be read.
    Broken(String),
}

/// What was found, and what a reader should know beside it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Judgement {
    /// The verdict, in one word and in one sentence.
    pub(crate) verdict: Word,
    pub(crate) sentence: String,
    /// The workload or model by which it was judged.
    pub(crate) judged_as: String,
    /// The format that the history was read in.
    pub(crate) format: String,
    /// What was left out, and why.
    pub(crate) notes: Vec<String>,
    /// What each checker said.
    pub(crate) checks: Vec<Check>,
}

impl Judgement {
    /// Writes a file whole or not at all. If that fails, whoever asked for it by `option` has to
    /// know; but a violation outweighs it.
    pub(crate) fn save(&mut self, file: &Path, option: &str, text: &str) {
        let mut half = file.as_os_str().to_owned();
        half.push(".part");
        let saved = fs::write(&half, text).and_then(|()| fs::rename(&half, file));
        let Err(error) = saved else { return };
        // Perhaps there is nothing to remove.
        let _ = fs::remove_file(&half);
        self.notes.push(format!(
            "cannot write {}: {error}\n  name another file with {option} FILE",
            file.display()
        ));
        self.verdict = self.verdict.max(Word::Error);
    }
}

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

    /// Makes the system hold this process to them.
    fn impose(self) -> io::Result<()> {
        let hard = self.memory_bytes.saturating_add(MEMORY_MARGIN);
        // Nobody but root may have more than there is.
        let hard = hard.min(getrlimit(Resource::RLIMIT_AS)?.1);
        setrlimit(Resource::RLIMIT_AS, hard, hard)?;
        Ok(())
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

/// Has the history in `source` judged, in a child. The child inherits our standard input, for `-`.
pub(crate) async fn judge(source: &Path, request: &Request) -> Answer {
    let began = Instant::now();
    let child = Command::new("/proc/self/exe")
        .arg(COMMAND)
        .arg("--request")
        .arg(serde_json::to_string(request).expect("every part of a request is plain"))
        .arg("--")
        .arg(source)
        .stdin(Stdio::inherit())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let undecided = |reason: String| Answer::Judged(undecided(reason, began.elapsed()));
    let child = match child {
        Ok(child) => child,
        Err(error) => return undecided(format!("the checker could not be started: {error}")),
    };
    let output = match child.wait_with_output().await {
        Ok(output) => output,
        Err(error) => return undecided(format!("the checker was lost: {error}")),
    };
    match serde_json::from_slice(&output.stdout) {
        Ok(Answer::Broken(why)) if why.contains(NO_MEMORY) => undecided(too_large(request.limits)),
        Ok(answer) if output.status.success() => answer,
        Ok(_) | Err(_) => {
            let complaint = String::from_utf8_lossy(&output.stderr);
            if is_out_of_memory(output.status, &complaint) {
                return undecided(too_large(request.limits));
            }
            let complaint = telling_line(&complaint);
            let cap = request.limits.memory_bytes >> 20;
            undecided(format!(
                "the checker ended with {} under its cap of {cap} MB: {complaint}",
                output.status
            ))
        }
    }
}

/// How the system says that there is no memory left.
const NO_MEMORY: &str = "Cannot allocate memory";

/// Whether a child has ended because it got no more memory: it aborts, cannot have a thread, or is
/// killed, which nobody does but the system.
fn is_out_of_memory(status: ExitStatus, complaint: &str) -> bool {
    const SIGKILL: i32 = 9;
    let words = ["memory allocation of", "failed to spawn thread", NO_MEMORY];
    status.signal() == Some(SIGKILL) || words.iter().any(|word| complaint.contains(word))
}

fn too_large(limits: Limits) -> String {
    let hard = limits.memory_bytes.saturating_add(MEMORY_MARGIN);
    if let Ok((_, most)) = getrlimit(Resource::RLIMIT_AS)
        && most < hard
    {
        return format!(
            "{}: the history and what judging it takes did not fit into the {} MB that a process may have here (ulimit -v)",
            summary::OUT_OF_MEMORY,
            most >> 20
        );
    }
    format!(
        "{}: the history and what judging it takes did not fit into {} MB and the {} MB beside it",
        summary::OUT_OF_MEMORY,
        limits.memory_bytes >> 20,
        MEMORY_MARGIN >> 20
    )
}

/// Where it panicked and why, or else its last words.
fn telling_line(complaint: &str) -> String {
    let mut lines = complaint.trim().lines();
    let last = lines.clone().last().unwrap_or("no word");
    match lines.find(|line| line.contains("panicked at")) {
        Some(place) => format!("{place} {}", lines.next().unwrap_or_default()),
        None => last.to_owned(),
    }
}

/// What the checkers of `workload` say of the history of a run.
pub(crate) async fn of_run(history: &Path, plan: &Plan, limits: Limits) -> Vec<Check> {
    let request = Request {
        by: By::Workload {
            name: plan.workload.clone(),
            level: plan.level.clone(),
            parameters: Parameters::default(),
        },
        reading: reading::Options::default(),
        key: None,
        order: None,
        report: None,
        recheck: String::new(),
        limits,
    };
    match judge(history, &request).await {
        Answer::Judged(judgement) => judgement.checks,
        Answer::Misused(why) | Answer::Broken(why) => undecided(why, Duration::ZERO).checks,
    }
}

fn undecided(reason: String, time: Duration) -> Judgement {
    let sentence = format!("Not decided: {reason}.");
    let verdict = Verdict::Unknown {
        reason,
        evidence: Evidence::default(),
    };
    Judgement {
        verdict: Word::Unknown,
        sentence,
        judged_as: String::new(),
        format: String::new(),
        notes: Vec::new(),
        checks: vec![Check {
            name: "check".to_owned(),
            milliseconds: time.as_millis() as u64,
            verdict,
        }],
    }
}
