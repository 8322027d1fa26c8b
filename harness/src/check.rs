//! `assay check`: judges recorded histories, each by itself, and answers with the worst of the verdicts.
use crate::judge::{self, Answer, By, Judgement, Limits, Request, reading};
use crate::result::{Check, Word};
use crate::{graphviz, summary, tell};
use checkers::Data;
use checkers::format::Format;
use clap::Args;
use serde::Serialize;
use serde_json::json;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Args)]
pub(crate) struct CheckArgs {
    /// Recorded histories, compressed or not; `-` is standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Judge as this workload does: list-append, bank, … (assay workloads) [default: the one that the history names]
    #[arg(short, long)]
    workload: Option<String>,
    /// Judge by this model, or transactions by this isolation level (assay models) [default: what the verbs are those of; of levels the strongest]
    #[arg(short, long, value_name = "NAME")]
    model: Option<String>,
    /// Let real time mean nothing: judge by sequential consistency, the order of each process alone
    #[arg(long, requires = "model")]
    sequential: bool,
    /// What the model is told beforehand, as JSON: initial=0, permits=3 (assay models NAME); may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = parameter)]
    with: Vec<(String, Data)>,
    /// Judge only what was asked of this key
    #[arg(long)]
    key: Option<String>,
    #[arg(long, value_name = "NAME", help = format_help())]
    format: Option<String>,
    /// Skip and count what makes no sense, instead of giving up at it
    #[arg(long)]
    lenient: bool,
    /// Print one JSON object for each file
    #[arg(long)]
    json: bool,
    /// Also write the report, a page that shows the counter-example (one file at a time)
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Also draw what is wrong as graphs in the language of Graphviz (one file at a time)
    #[arg(long, value_name = "FILE")]
    dot: Option<PathBuf>,
    /// Also write the orders that explain a legal history, as JSON lines (one file at a time)
    #[arg(long, value_name = "FILE")]
    order: Option<PathBuf>,
    /// Give up, undecided, after so long, from 1s to 7d
    #[arg(long, default_value = "5m", value_parser = crate::cli::duration)]
    time_limit: Duration,
    /// Give up, undecided, when the tables of a search take so much: 512M, 32G. The history and its
    /// index are not counted, but all together may take 2 GB more and no more [default: 70 % of what is free]
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    max_mem: Option<u64>,
}

fn format_help() -> String {
    let names: Vec<&str> = Format::names().collect();
    format!(
        "What the files are written in: {} [default: what they look like]",
        names.join(", ")
    )
}

/// What checking several files came to.
pub(crate) struct Checked {
    /// The worst verdict.
    pub(crate) worst: Word,
    /// Whether something was asked for that does not exist.
    pub(crate) is_misused: bool,
}

/// One line of `--json`.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    #[serde(flatten)]
    judgement: &'a Judgement,
}

/// Judges every file; a violation in one of them outweighs whatever is wrong with the others.
///
/// # Errors
/// If what was asked for contradicts itself, or no child can be had.
pub(crate) fn check(args: &CheckArgs) -> Result<Checked, String> {
    let is_written = outputs(args).next().is_some();
    if is_written && args.files.len() > 1 {
        return Err(
            "--report, --dot and --order take one history at a time\n  judge the others by themselves"
                .to_owned(),
        );
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start: {error}"))?;
    let mut checked = Checked {
        worst: Word::Pass,
        is_misused: false,
    };
    let request = request(args)?;
    for file in &args.files {
        match runtime.block_on(judge::judge(file, &request)) {
            Answer::Judged(mut judgement) => {
                draw(args, &mut judgement);
                show(args, file, &judgement);
                checked.worst = checked.worst.max(judgement.verdict);
            }
            Answer::Misused(why) => {
                complain(args, file, &why);
                checked.is_misused = true;
            }
            Answer::Broken(why) => {
                complain(args, file, &why);
                checked.worst = checked.worst.max(Word::Error);
            }
        }
    }
    Ok(checked)
}

fn request(args: &CheckArgs) -> Result<Request, String> {
    if let Some(format) = &args.format {
        reading::find_format(format)?;
    }
    for output in outputs(args) {
        let is_same = |file: &PathBuf| is_same_file(file, output);
        if args.files.iter().any(is_same) {
            return Err(format!(
                "{} is the history itself\n  name another file to write",
                output.display()
            ));
        }
    }
    let mut names: Vec<&String> = args.with.iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(format!("--with tells {} twice\n  tell it once", twice[0]));
    }
    let mut limits = Limits::of_this_machine(args.time_limit);
    if let Some(bytes) = args.max_mem {
        limits.memory_bytes = bytes;
    }
    let parameters = args.with.iter().cloned().collect();
    let by = match (&args.workload, &args.model) {
        (Some(_), _) if args.sequential => {
            return Err("--sequential judges a model, not a workload\n  leave -w away, and name the model with --model".to_owned());
        }
        (Some(name), level) => By::Workload {
            name: name.clone(),
            level: level.clone(),
            parameters,
        },
        (None, Some(name)) => By::Model {
            name: name.clone(),
            parameters,
            is_sequential: args.sequential,
        },
        (None, None) if !args.with.is_empty() => {
            return Err("--with tells a model or workload something, and none is named\n  name one with --model or -w".to_owned());
        }
        (None, None) => By::Itself,
    };
    let named = |path: &Option<PathBuf>| {
        let name = path.as_ref().map(|path| path.to_str().map(str::to_owned));
        name.map(|name| name.ok_or("the name of the file to write is not UTF-8"))
            .transpose()
    };
    Ok(Request {
        by,
        reading: reading::Options {
            format: args.format.clone(),
            is_lenient: args.lenient,
        },
        key: args.key.clone(),
        order: named(&args.order)?,
        report: named(&args.report)?,
        recheck: recheck(args),
        limits,
    })
}

/// The files that are to be written.
fn outputs(args: &CheckArgs) -> impl Iterator<Item = &PathBuf> {
    let outputs = [&args.report, &args.dot, &args.order];
    outputs.into_iter().flatten()
}

/// Writes the drawing, if one is wished for.
fn draw(args: &CheckArgs, judgement: &mut Judgement) {
    let Some(file) = &args.dot else { return };
    let anomalies = judgement.checks.iter().flat_map(Check::anomalies);
    match graphviz::draw(anomalies) {
        Some(text) => judgement.save(file, "--dot", &text),
        None => judgement.notes.push(format!(
            "{} was not written: there is no counter-example to draw",
            file.display()
        )),
    }
}

fn is_same_file(one: &Path, other: &Path) -> bool {
    let id = |path: &Path| path.metadata().map(|file| (file.dev(), file.ino())).ok();
    id(one).is_some_and(|one| id(other) == Some(one))
}

/// The same command without what it writes.
fn recheck(args: &CheckArgs) -> String {
    let mut words = vec!["assay".to_owned(), "check".to_owned()];
    words.extend(args.files.iter().map(|file| file.display().to_string()));
    let mut option = |name: &str, value: &Option<String>| {
        let value = value.iter().cloned();
        words.extend(value.flat_map(|value| [format!("--{name}"), value]));
    };
    option("workload", &args.workload);
    option("model", &args.model);
    for (name, value) in &args.with {
        let value = serde_json::to_string(value).expect("it came from JSON");
        option("with", &Some(format!("{name}={value}")));
    }
    option("key", &args.key);
    option("format", &args.format);
    words.extend(args.sequential.then(|| "--sequential".to_owned()));
    words.extend(args.lenient.then(|| "--lenient".to_owned()));
    let quoted = shlex::try_join(words.iter().map(String::as_str));
    quoted.unwrap_or_else(|_| words.join(" "))
}

/// On standard error; and as a line of its own for whoever counts the lines.
fn complain(args: &CheckArgs, file: &Path, why: &str) {
    tell::err(format_args!("error: {why}"));
    if args.json {
        let file = file.display().to_string();
        let line = json!({ "file": file, "verdict": Word::Error, "sentence": why });
        tell::out(line);
    }
}

fn show(args: &CheckArgs, file: &Path, judgement: &Judgement) {
    let name = file.display().to_string();
    for note in &judgement.notes {
        tell::err(format_args!("note: {note}"));
    }
    if args.json {
        let line = Line {
            file: &name,
            judgement,
        };
        let line = serde_json::to_string(&line).expect("a judgement is plain data");
        tell::out(line);
        return;
    }
    tell::out(summary::of_history(&name, judgement));
}

/// `initial=0`.
fn parameter(text: &str) -> Result<(String, Data), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE")?;
    let value = serde_json::from_str(value).map_err(|error| {
        format!("`{value}` is no JSON ({error}); write a text as '\"x\"', a list as '[1,2]'")
    })?;
    Ok((name.to_owned(), value))
}

/// `512M`, `32G`.
fn bytes(text: &str) -> Result<u64, String> {
    let shifts = [('K', 10), ('M', 20), ('G', 30), ('T', 40)];
    let (digits, shift) = shifts
        .into_iter()
        .find_map(|(unit, shift)| Some((text.strip_suffix(unit)?, shift)))
        .unwrap_or((text, 0));
    let count: Option<u64> = digits.parse().ok();
    let bytes = count.and_then(|count| count.checked_mul(1 << shift));
    let bytes = bytes.filter(|bytes| (1 << 20..1 << 50).contains(bytes));
    bytes.ok_or_else(|| "give a size from 1M up, like 512M or 32G".to_owned())
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn sizes_come_with_a_unit() {
        assert_eq!(bytes("512M"), Ok(512 << 20));
        assert_eq!(bytes("32G"), Ok(32 << 30));
        assert!(bytes("7").is_err());
        assert!(bytes("much").is_err());
        assert!(bytes("99999999999T").is_err());
    }
}
