//! The command line, for any catalog: what is asked, what went wrong with the asking, and the exit code.
use crate::catalog::{self, Catalog};
use crate::check::{self, CheckArgs};
use crate::judge;
use crate::kept::Kept;
use crate::plan::Plan;
use crate::result::Word;
use crate::sandbox::{self, Side};
use crate::{convert, doctor, lists, names, network, tell, trial};
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Starts a real cluster, breaks its network, records what clients saw, and decides whether it kept its promises.
#[derive(Parser)]
#[command(name = "assay", version, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a workload against a target under faults, check the history, write a report
    Test(TestArgs),
    /// Judge recorded histories again
    #[command(after_help = EXIT_CODES)]
    Check(CheckArgs),
    /// Write a recorded history in another format
    Convert(convert::ConvertArgs),
    /// List the systems that can be tested, or tell all about one
    Targets { name: Option<String> },
    /// List what can be asked of them, or tell all about one
    Workloads { name: Option<String> },
    /// List what can be done to them, or tell all about one
    Nemeses { name: Option<String> },
    /// List the models by which histories can be judged, or tell all about one
    Models { name: Option<String> },
    /// Say what this machine can and cannot do, and how to mend it
    Doctor(DoctorArgs),
    /// Run one node of a bundled service in the foreground
    #[command(disable_help_flag = true)]
    Node {
        /// The service; `assay node NAME --help` tells its options
        name: String,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    #[command(name = judge::COMMAND, hide = true)]
    Judge(JudgeArgs),
}

#[derive(Args)]
struct TestArgs {
    /// The system under test (assay targets)
    #[arg(default_value = "kv-raft")]
    target: String,
    /// What is asked of it (assay workloads)
    #[arg(short, long, default_value = "register")]
    workload: String,
    /// The isolation level that its transactions promise (assay models) [default: the strongest]
    #[arg(short, long, value_name = "LEVEL")]
    model: Option<String>,
    /// What is done to it (assay nemeses)
    #[arg(long, default_value = "partition")]
    nemesis: String,
    /// How many nodes the cluster has
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=i64::from(network::NODES_MAX)))]
    nodes: u16,
    /// How many client processes ask at the same time
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    concurrency: u32,
    /// Operations a second of all processes together [default: as many as they can]
    #[arg(long, allow_hyphen_values = true, value_parser = rate)]
    rate: Option<f64>,
    /// How long traffic and faults go on: 30, 30s, 5m
    #[arg(long, default_value = "30s", allow_hyphen_values = true, value_parser = duration)]
    time_limit: Duration,
    /// Decides operations and faults [default: a random one, printed first]
    #[arg(long)]
    seed: Option<u64>,
    /// Switch on a planted bug of the target (assay targets NAME); may be repeated
    #[arg(long, value_name = "NAME")]
    bug: Vec<String>,
    /// Where the run gets its folder
    #[arg(long, value_name = "DIR", default_value = "results/runs")]
    results: PathBuf,
    /// How the history is kept
    #[arg(long, value_enum, default_value_t)]
    history: Kept,
}

/// What a script has to know.
const EXIT_CODES: &str = "\
Exit codes: 0 pass, 1 violation (of any file, whatever the others came to), 2 undecided or too weak,
3 the harness, target or history is broken, 64 wrong usage, 70 a bug in assay";

#[derive(Args)]
struct DoctorArgs {
    #[arg(long, hide = true)]
    inside: bool,
}

#[derive(Args)]
struct JudgeArgs {
    source: PathBuf,
    /// What is asked, as JSON.
    #[arg(long)]
    request: String,
}

/// Exit codes that are not a verdict's.
const EXIT_USAGE: u8 = 64;
const EXIT_BUG: u8 = 70;

/// Why a command ended without a verdict.
enum Ended {
    /// The user asked for what does not exist.
    Usage(String),
    /// The machine or the target did not do its part.
    Broken(String),
}

impl From<names::UnknownName> for Ended {
    fn from(error: names::UnknownName) -> Ended {
        Ended::Usage(error.to_string())
    }
}

impl From<convert::Refused> for Ended {
    fn from(refused: convert::Refused) -> Ended {
        match refused {
            convert::Refused::Usage(text) => Ended::Usage(text),
            convert::Refused::Broken(text) => Ended::Broken(text),
        }
    }
}

/// The whole command line, for any catalog.
pub fn main(furnish: impl FnOnce(&mut Catalog)) -> ExitCode {
    let mut catalog = Catalog::default();
    furnish(&mut catalog);
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // It knows whether it is help, for standard output, or a complaint.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { EXIT_USAGE } else { 0 });
        }
    };
    let command = std::panic::AssertUnwindSafe(|| dispatch(&catalog, cli.command));
    match std::panic::catch_unwind(command) {
        Ok(Ok(code)) => code,
        Ok(Err(Ended::Usage(text))) => complain(&text, EXIT_USAGE),
        Ok(Err(Ended::Broken(text))) => complain(&text, Word::Error.exit_code()),
        Err(_) => complain(
            "this is a bug in assay, not in what you tested\n  the lines above say where; what was recorded is on the disk",
            EXIT_BUG,
        ),
    }
}

fn complain(text: &str, code: u8) -> ExitCode {
    tell::err(format_args!("error: {text}"));
    ExitCode::from(code)
}

fn dispatch(catalog: &Catalog, command: Command) -> Result<ExitCode, Ended> {
    match command {
        Command::Test(args) => test(catalog, &args),
        Command::Check(args) => check(&args),
        Command::Convert(args) => {
            tell::err(convert::run(&args)?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Targets { name: None } => print(&lists::targets(catalog)),
        Command::Targets { name: Some(name) } => {
            let name = catalog.find_target(&name)?;
            print(&lists::target(catalog, name))
        }
        Command::Workloads { name: None } => print(&lists::workloads(catalog)),
        Command::Workloads { name: Some(name) } => {
            let name = catalog.find_any_workload(&name)?;
            print(&lists::workload(catalog, name))
        }
        Command::Nemeses { name: None } => print(&lists::nemeses()),
        Command::Nemeses { name: Some(name) } => {
            print(&lists::nemesis(catalog.find_nemesis(&name)?))
        }
        Command::Models { name: None } => print(&lists::models()),
        Command::Models { name: Some(name) } => print(&lists::model(catalog::find_model(&name)?)),
        Command::Doctor(args) if args.inside => sandboxed(doctor::inside),
        Command::Doctor(_) => Ok(doctor::run()),
        Command::Node { name, args } => Ok(catalog.find_service(&name)?(args)),
        Command::Judge(args) => judge_child(catalog, &args),
    }
}

fn print(text: &str) -> Result<ExitCode, Ended> {
    tell::out(text);
    Ok(ExitCode::SUCCESS)
}

fn sandboxed(work: impl FnOnce() -> Result<Word, String>) -> Result<ExitCode, Ended> {
    match sandbox::enter().map_err(|error| Ended::Broken(error.to_string()))? {
        Side::Outside(code) => Ok(code),
        Side::Inside => {
            let word = work().map_err(Ended::Broken)?;
            Ok(ExitCode::from(word.exit_code()))
        }
    }
}

fn test(catalog: &Catalog, args: &TestArgs) -> Result<ExitCode, Ended> {
    let plan = plan(catalog, args)?;
    sandboxed(|| trial::run(catalog, &plan, &args.results, args.history))
}

fn plan(catalog: &Catalog, args: &TestArgs) -> Result<Plan, Ended> {
    let target = catalog.find_target(&args.target)?.to_owned();
    for bug in &args.bug {
        catalog.find_bug(&target, bug)?;
    }
    let nemesis = catalog.find_nemesis(&args.nemesis)?;
    if args.nodes < nemesis.nodes_min {
        return Err(Ended::Usage(format!(
            "the nemesis {} can do nothing to a cluster of {}\n  give --nodes {} or more, or --nemesis none",
            nemesis.name, args.nodes, nemesis.nodes_min
        )));
    }
    let workload = catalog.find_workload(&args.workload)?.to_owned();
    let level = args.model.as_deref();
    let level = level.map(|name| judge::promised(&workload, name));
    let level = level.transpose().map_err(Ended::Usage)?;
    Ok(Plan {
        workload,
        level: level.map(str::to_owned),
        target,
        nemesis: nemesis.name.to_owned(),
        bugs: args.bug.clone(),
        seed: args.seed.unwrap_or_else(random_seed),
        nodes: args.nodes,
        concurrency: args.concurrency,
        rate: args.rate,
        time_limit: args.time_limit,
        op_deadline: Duration::from_secs(1),
    })
}

/// Short enough to be typed. The standard library seeds its hash maps from the system's randomness.
fn random_seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(()) >> 32
}

fn check(args: &CheckArgs) -> Result<ExitCode, Ended> {
    let checked = check::check(args).map_err(Ended::Usage)?;
    // The other files are judged all the same, and a violation in one of them outweighs this.
    if checked.is_misused && checked.worst != Word::Fail {
        return Ok(ExitCode::from(EXIT_USAGE));
    }
    Ok(ExitCode::from(checked.worst.exit_code()))
}

fn judge_child(catalog: &Catalog, args: &JudgeArgs) -> Result<ExitCode, Ended> {
    let request =
        serde_json::from_str(&args.request).map_err(|error| Ended::Usage(error.to_string()))?;
    judge::child::run(catalog, &args.source, &request)
        .map_err(|error| Ended::Broken(error.to_string()))?;
    Ok(ExitCode::SUCCESS)
}

/// A week of traffic: beyond it nobody waits for the verdict.
const TIME_LIMIT_MAX: Duration = Duration::from_secs(7 * 24 * 3600);

/// `60`, `60s`, `5m`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let duration = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => humantime::parse_duration(text)
            .map_err(|error| format!("{error}; write it like 30s, 5m or 1h"))?,
    };
    if (Duration::from_secs(1)..=TIME_LIMIT_MAX).contains(&duration) {
        return Ok(duration);
    }
    Err("give it from 1s to 7d".to_owned())
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.001..=1_000_000.0).contains(&rate) => Ok(rate),
        Ok(_) | Err(_) => {
            Err("give a number of operations a second, from 0.001 to 1000000".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn durations_come_with_or_without_a_unit() {
        assert_eq!(duration("60"), Ok(Duration::from_secs(60)));
        assert_eq!(duration("5m"), Ok(Duration::from_secs(300)));
        assert!(duration("0").is_err());
        assert!(duration("soon").is_err());
    }
}
