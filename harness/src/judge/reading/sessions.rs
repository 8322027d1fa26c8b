//! Histories that are folders: a file for each session, as the clients of Cobra write their logs.
use super::{Options, complaint};
use checkers::format::{self, Format, ReadError, Recording};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// Reads all files of a folder whose names end in `.log`, in the order of their names; whether
/// they are compressed does not matter.
///
/// # Errors
/// If it is not the format of such folders that was asked for, or there is no such file, or one
/// makes no sense.
pub(super) fn read(
    folder: &Path,
    format: Option<Format>,
    options: &Options,
) -> Result<Recording, String> {
    let name = folder.display();
    if format != Some(Format::Cobra) {
        return Err(format!(
            "cannot read {name}: it is a folder\n  give the path of a history; a folder of logs of Cobra is read with --format {}",
            Format::Cobra.name()
        ));
    }
    let files = logs(folder).map_err(|error| {
        format!("cannot read {name}: {error}\n  give the path of a folder that you may read")
    })?;
    if files.is_empty() {
        return Err(format!(
            "cannot read {name}: no file in it ends in .log\n  give a folder with the log of each client"
        ));
    }
    let how = format::Options {
        format,
        is_lenient: options.is_lenient,
        is_keyed: None,
    };
    let mut sources = Vec::new();
    for file in &files {
        let source = crate::input::open(file);
        sources.push(source.map_err(|error| complaint(file, ReadError::Io(error)))?);
    }
    let recording = format::read_sessions(sources, &how);
    recording.map_err(|(place, error)| complaint(&files[place], error))
}

fn logs(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_log = path.extension() == Some(OsStr::new("log"));
        if is_log && path.is_file() {
            files.push(path);
        }
    }
    // T2 before T10.
    files.sort_by_key(|path| (path.as_os_str().len(), path.clone()));
    Ok(files)
}
