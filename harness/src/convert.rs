//! `assay convert`: the same history in another format.
use crate::judge;
use checkers::format::columnar;
use checkers::format::jsonl::{self, Recording};
use checkers::{History, Note};
use clap::{Args, ValueEnum};
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IntoInnerError, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// What is converted into what.
#[derive(Args)]
pub(crate) struct ConvertArgs {
    /// A recorded history, in any format; what it is stands in its first bytes; `-` is standard input
    #[arg(value_name = "IN")]
    from: PathBuf,
    /// The file to write: history.jsonl or history.assay; `-` is standard output, JSON lines unless told
    #[arg(value_name = "OUT")]
    to: PathBuf,
    /// The format of OUT [default: as its name ends]
    #[arg(long)]
    format: Option<Format>,
    /// Replace OUT if it exists
    #[arg(long)]
    force: bool,
}

/// What can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// JSON lines, one for each event (.jsonl)
    Jsonl,
    /// Columns, a sixth of the size and read in a sixth of the time (.assay)
    #[value(alias = "assay")]
    Columnar,
}

/// Why nothing was written.
#[derive(Debug, PartialEq)]
pub(crate) enum Refused {
    /// What was asked for does not go.
    Usage(String),
    /// A file did not do its part.
    Broken(String),
}

/// Writes OUT whole, or not at all. Says what it did.
///
/// # Errors
/// If IN is no history, or OUT cannot be written or is there already.
pub(crate) fn run(args: &ConvertArgs) -> Result<String, Refused> {
    let format = args.format.map_or_else(|| format_of(&args.to), Ok)?;
    // Before the work rather than after it; `Target::claim` asks again.
    let is_file = args.to != Path::new(STDOUT);
    if is_file && !args.force && fs::symlink_metadata(&args.to).is_ok_and(|there| there.is_file()) {
        return Err(exists(&args.to));
    }
    let recording = judge::read(&args.from).map_err(Refused::Broken)?;
    if args.to == Path::new(STDOUT) {
        return to_stdout(args, format, &recording);
    }
    let target = Target::claim(&args.to, args.force)?;
    let written = target.fill(|sink| write(sink, format, &recording));
    let bytes = written.map_err(|error| cannot_write(&args.to, &error))?;
    Ok(told(args, &recording, bytes))
}

/// What users write for standard output.
const STDOUT: &str = "-";

fn to_stdout(args: &ConvertArgs, format: Format, recording: &Recording) -> Result<String, Refused> {
    let stdout = io::stdout().lock();
    if format == Format::Columnar && stdout.is_terminal() && !args.force {
        let text = "columns are nothing for a terminal\n  name a file, pipe it on, or give --force";
        return Err(Refused::Usage(text.to_owned()));
    }
    match counted(stdout, |sink| write(sink, format, recording)) {
        Ok((bytes, _)) => Ok(told(args, recording, bytes)),
        // As with `| head`: who has gone wants no more.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            Ok("note: whoever reads standard output closed it before the end".to_owned())
        }
        Err(error) => Err(Refused::Broken(format!(
            "cannot write to standard output: {error}\n  give the name of a file instead of -"
        ))),
    }
}

fn format_of(path: &Path) -> Result<Format, Refused> {
    if path == Path::new(STDOUT) {
        return Ok(Format::Jsonl);
    }
    let extension = path.extension().and_then(OsStr::to_str);
    match extension.unwrap_or_default() {
        "jsonl" => Ok(Format::Jsonl),
        "assay" => Ok(Format::Columnar),
        _ => Err(Refused::Usage(format!(
            "{} does not say in which format it shall be\n  let its name end in .jsonl or .assay, or give --format",
            path.display()
        ))),
    }
}

fn exists(path: &Path) -> Refused {
    Refused::Usage(format!(
        "{} exists already\n  give another name, or --force to replace it",
        path.display()
    ))
}

fn cannot_write(path: &Path, error: &io::Error) -> Refused {
    Refused::Broken(format!(
        "cannot write {}: {error}\n  give a path in a folder that you may write into and that has room; nothing was left there",
        path.display()
    ))
}

/// Where the history goes: into a file beside OUT that takes its name once it is whole.
struct Target<'a> {
    path: &'a Path,
    /// None for a pipe or a device, which is written as it is.
    unfinished: Option<PathBuf>,
    is_claimed: bool,
}

impl<'a> Target<'a> {
    /// Without `force` the name is taken at once, so that nobody else's file is replaced.
    fn claim(path: &'a Path, force: bool) -> Result<Target<'a>, Refused> {
        let there = fs::metadata(path).ok();
        if there.as_ref().is_some_and(fs::Metadata::is_dir) {
            let text = format!(
                "{} is a folder\n  give the name of a file in it",
                path.display()
            );
            return Err(Refused::Usage(text));
        }
        if there.is_some_and(|there| !there.is_file()) {
            return Ok(Target {
                path,
                unfinished: None,
                is_claimed: false,
            });
        }
        if !force {
            File::create_new(path).map_err(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => exists(path),
                _ => cannot_write(path, &error),
            })?;
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        Ok(Target {
            path,
            unfinished: Some(path.with_file_name(name)),
            is_claimed: !force,
        })
    }

    /// Says how many bytes were written. After an error nothing is left.
    fn fill(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<u64> {
        let filled = self.try_fill(write);
        if filled.is_err()
            && let Some(unfinished) = &self.unfinished
        {
            // What cannot be removed either is the smaller evil.
            let _ = fs::remove_file(unfinished);
            if self.is_claimed {
                let _ = fs::remove_file(self.path);
            }
        }
        filled
    }

    fn try_fill(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<u64> {
        let Some(unfinished) = &self.unfinished else {
            let file = OpenOptions::new().write(true).open(self.path)?;
            return counted(file, write).map(|(bytes, _)| bytes);
        };
        let (bytes, file) = counted(File::create_new(unfinished)?, write)?;
        file.sync_all()?;
        fs::rename(unfinished, self.path)?;
        Ok(bytes)
    }
}

/// Writes to `sink`, and gives it back with the number of bytes that it took.
fn counted<W: Write>(
    sink: W,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<(u64, W)> {
    let mut sink = Counted {
        sink: BufWriter::new(sink),
        bytes: 0,
    };
    write(&mut sink)?;
    sink.flush()?;
    let file = sink.sink.into_inner().map_err(IntoInnerError::into_error)?;
    Ok((sink.bytes, file))
}

struct Counted<W: Write> {
    sink: BufWriter<W>,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.sink.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

fn write(sink: &mut dyn Write, format: Format, recording: &Recording) -> io::Result<()> {
    match format {
        Format::Jsonl => write_lines(sink, recording),
        Format::Columnar => columnar::write(sink, recording).map(drop),
    }
}

fn write_lines(mut sink: &mut dyn Write, recording: &Recording) -> io::Result<()> {
    if let Some(header) = recording.header_to_write() {
        jsonl::write_header(&mut sink, &header)?;
    }
    let history: &History = &recording.history;
    let mut notes = history.notes().iter().peekable();
    let write_note = |sink: &mut &mut dyn Write, note: &Note| {
        jsonl::write_note(sink, note.time, &note.who, &note.f, note.value.clone())
    };
    for (position, event) in history.events().iter().enumerate() {
        while let Some(note) = notes.next_if(|note| note.position <= position) {
            write_note(&mut sink, note)?;
        }
        jsonl::write_event_of(&mut sink, history, event)?;
    }
    notes.try_for_each(|note| write_note(&mut sink, note))
}

fn told(args: &ConvertArgs, recording: &Recording, bytes: u64) -> String {
    let history = &recording.history;
    let mut text = format!(
        "{}: {} events and {} notes in {bytes} bytes",
        args.to.display(),
        history.events().len(),
        history.notes().len()
    );
    if let Some(line) = recording.torn {
        text = format!(
            "note: {}\n{text}",
            crate::columnar::told_of_loss(&args.from, line)
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = concat!(
        "{\"format\":\"assay.history/1\",\"workload\":\"register\",\"seed\":7}\n",
        "{\"time\":1,\"process\":3,\"node\":\"n4\",\"type\":\"invoke\",\"f\":\"read\",\"key\":9}\n",
        "{\"time\":2,\"process\":\"harness\",\"type\":\"info\",\"f\":\"phase\",\"value\":{\"begins\":\"traffic\"}}\n",
        "{\"time\":3,\"process\":3,\"node\":\"n4\",\"type\":\"ok\",\"f\":\"read\",\"key\":9,\"value\":41}\n",
        "{\"time\":4,\"process\":3,\"type\":\"invoke\",\"f\":\"cas\",\"key\":9,\"from\":1,\"to\":2}\n",
        "{\"time\":5,\"process\":3,\"type\":\"info\",\"f\":\"cas\",\"key\":9,\"from\":1,\"to\":2,\"error\":\"timeout\"}\n",
    );

    fn convert(from: &Path, to: &Path, force: bool) -> Result<String, Refused> {
        run(&ConvertArgs {
            from: from.to_owned(),
            to: to.to_owned(),
            format: None,
            force,
        })
    }

    #[test]
    fn to_columnar_and_back_is_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.jsonl"), LINES).unwrap();
        let told = convert(&path("a.jsonl"), &path("b.assay"), false).unwrap();
        assert!(told.contains("b.assay: 4 events and 1 notes in "), "{told}");
        convert(&path("b.assay"), &path("c.jsonl"), false).unwrap();
        assert_eq!(fs::read_to_string(path("c.jsonl")).unwrap(), LINES);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn nothing_is_replaced_unless_forced() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.jsonl"), LINES).unwrap();
        fs::write(path("b.assay"), "mine").unwrap();
        let Err(Refused::Usage(text)) = convert(&path("a.jsonl"), &path("b.assay"), false) else {
            panic!("it was replaced")
        };
        assert!(
            text.contains("b.assay exists already\n  give another name"),
            "{text}"
        );
        assert_eq!(fs::read(path("b.assay")).unwrap(), b"mine");
        convert(&path("a.jsonl"), &path("b.assay"), true).unwrap();
        // Onto itself, while it is mapped.
        convert(&path("b.assay"), &path("b.assay"), true).unwrap();
        let recording = judge::read(&path("b.assay")).unwrap();
        assert_eq!(recording.history.events().len(), 4);
    }

    #[test]
    fn what_fails_half_way_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.assay");
        let target = Target::claim(&path, false).unwrap();
        let filled = target.fill(|sink| {
            sink.write_all(b"ASSAYH")?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        });
        assert!(filled.is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_cannot_be_converted_is_told_with_a_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.jsonl"), LINES).unwrap();
        fs::write(
            path("no.assay"),
            "ASSAYH\x01\x00 and so on, for more than 24 bytes",
        )
        .unwrap();
        fs::create_dir(path("folder.assay")).unwrap();
        let cases = [
            ("a.jsonl", "b.txt", "b.txt does not say in which format"),
            ("a.jsonl", "folder.assay", "is a folder"),
            ("a.jsonl", "none/b.assay", "cannot write"),
            ("none.jsonl", "b.assay", "cannot read"),
            (
                "no.assay",
                "b.jsonl",
                "head of the file: its head was damaged",
            ),
        ];
        for (from, to, expected) in cases {
            let (Refused::Usage(text) | Refused::Broken(text)) =
                convert(&path(from), &path(to), false).unwrap_err();
            assert!(text.contains(expected) && text.contains("\n  "), "{text}");
            assert!(!path(to).is_file());
        }
    }
}
