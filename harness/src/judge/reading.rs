//! A recorded history from a file, with the file's name in every complaint.
use checkers::format::jsonl::{self, ReadError, Recording};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

/// How to read a history.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Options {
    /// The format by its name; sniffed if none is given.
    pub(crate) format: Option<String>,
    /// Whether lines that make no sense are skipped and counted.
    pub(crate) is_lenient: bool,
    /// Only what was asked of this key.
    pub(crate) key: Option<String>,
}

/// Reads the history of a run.
pub(crate) fn read(path: &Path) -> Result<Recording, String> {
    let name = path.display();
    let cannot = |error: io::Error| {
        format!(
            "cannot read {name}: {error}\n  give the path of a history.jsonl, as it stands in the folder of a run"
        )
    };
    let file = File::open(path).map_err(cannot)?;
    jsonl::read(BufReader::new(file)).map_err(|error| match error {
        ReadError::Io(error) => cannot(error),
        ReadError::Line { number, why } => format!(
            "{name}:{number}: {why}\n  every line has to be an event of an Assay history; was the file edited, or made by something else?"
        ),
    })
}

/// Reads a history as it was asked for.
pub(crate) fn read_as(path: &Path, _options: &Options) -> Result<Recording, String> {
    read(path)
}

/// What was left out, and why.
pub(crate) fn notes(path: &Path, recording: &Recording) -> Vec<String> {
    let torn = recording.torn.map(|line| {
        format!(
            "{}:{line} was cut off in the middle and is left out",
            path.display()
        )
    });
    torn.into_iter().collect()
}
