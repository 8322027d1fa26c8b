//! A recorded history from a file, with the file's name in every complaint.
use crate::columnar;
use checkers::format::{self, Format, ReadError, Recording};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

mod sessions;

/// How to read a history.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Options {
    /// The format by its name; sniffed if none is given.
    pub(crate) format: Option<String>,
    /// Whether lines that make no sense are skipped and counted.
    pub(crate) is_lenient: bool,
}

/// Reads the history of a run.
pub(crate) fn read(path: &Path) -> Result<Recording, String> {
    read_as(path, &Options::default())
}

/// Reads a history as it was asked for. A columnar file is read where it lies.
pub(crate) fn read_as(path: &Path, options: &Options) -> Result<Recording, String> {
    let name = path.display();
    let format = options.format.as_deref().map(find_format).transpose()?;
    if let Some(file) = columnar_file(path, options) {
        return columnar::read(path, &file);
    }
    if path.is_dir() {
        return sessions::read(path, format, options);
    }
    let source = crate::input::open(path).map_err(|error| {
        format!(
            "cannot read {name}: {error}\n  give the path of a history, or - for standard input"
        )
    })?;
    let how = format::Options {
        format,
        is_lenient: options.is_lenient,
        is_keyed: None,
    };
    format::read(source, &how).map_err(|error| complaint(path, error))
}

/// The file, if it is a columnar history and is to be read as one.
pub(crate) fn columnar_file(path: &Path, options: &Options) -> Option<File> {
    let format = options.format.as_deref();
    let is_fit = format.is_none_or(|name| Format::named(name) == Some(Format::Columnar));
    let file = File::open(path).ok().filter(|_| is_fit)?;
    columnar::is_columnar(&file).then_some(file)
}

/// What to say of a file that cannot be read.
fn complaint(path: &Path, error: ReadError) -> String {
    let name = path.display();
    match error {
        ReadError::Io(error) => {
            let advice = match error.kind() {
                ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::UnexpectedEof => {
                    "it is damaged or cut off: take another copy of it"
                }
                _ => "give the path of a history, or - for standard input",
            };
            format!("cannot read {name}: {error}\n  {advice}")
        }
        ReadError::Line {
            number,
            why,
            advice,
        } => format!("{name}:{number}: {why}\n  {advice}"),
    }
}

pub(crate) fn find_format(name: &str) -> Result<Format, String> {
    Format::named(name).ok_or_else(|| {
        let known: Vec<&str> = Format::names().collect();
        format!(
            "no format is called `{}`\n  there are {}",
            name.escape_debug(),
            known.join(", ")
        )
    })
}

/// Leaves only what was asked of one key.
///
/// # Errors
/// If nothing was.
pub(crate) fn keep_only(key: &str, path: &Path, recording: &mut Recording) -> Result<(), String> {
    recording.history = recording.history.of_key(key);
    if recording.history.events().is_empty() {
        return Err(format!(
            "{}: no operation on key {}\n  give a key as it stands in the history",
            path.display(),
            key.escape_debug()
        ));
    }
    Ok(())
}

/// What was left out, and why.
pub(crate) fn notes(path: &Path, recording: &Recording) -> Vec<String> {
    let name = path.display();
    let mut notes = Vec::new();
    if let Some(line) = recording.torn {
        notes.push(columnar::told_of_loss(path, line));
    }
    if let Some(line) = recording.backwards {
        notes.push(format!(
            "{name}: time goes backwards at line {line}; order is taken from the lines, time only drawn"
        ));
    }
    match recording.skipped {
        0 => {}
        1 => notes.push(format!("{name}: 1 event was skipped")),
        skipped => notes.push(format!("{name}: {skipped} events were skipped")),
    }
    let why = recording.skipped_why.iter();
    notes.extend(why.map(|why| format!("{name}: skipped {why}")));
    notes
}
