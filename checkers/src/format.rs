//! Histories written and read: one entry for our own format and for those of other tools.
mod advice;
mod awdit;
mod cobra;
pub mod columnar;
mod dbcop;
mod edn;
mod jepsen;
mod json;
pub mod jsonl;
mod log;
mod plume;
mod record;
mod sessions;
mod sniff;
mod source;
#[cfg(test)]
mod tests;

use self::jsonl::{Header, Order};
use self::source::Source;
use crate::{Event, History, Kind, Malformed};
use std::{fmt, io, io::Read};

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Our own: JSON lines, written by [`jsonl`].
    Jsonl,
    /// Our own for machines: columns. Begins with `ASSAYH`.
    Columnar,
    /// A `history.edn` of Jepsen, or a data file of Knossos or Elle: maps, one a line or in a vector.
    JepsenEdn,
    /// A log of Jepsen with an operation on each line of `jepsen.util`, as Porcupine reads it.
    JepsenLog,
    /// Porcupine's test data: EDN maps with gets, puts and appends of strings, each with a `:key`.
    PorcupineKv,
    /// Jepsen's operations as JSON, in an array or one after the other, as elle-cli takes them.
    JepsenJson,
    /// Plume's transactions of registers: `r(key,value,session,txn)` on each line.
    Plume,
    /// The transactions of AWDIT's tests: `r KEY VALUE` on each line, with `-----` between them.
    Awdit,
    /// dbcop's sessions of transactions, in the bincode of 2019 or in JSON.
    Dbcop,
    /// The log of a client of Cobra; a history has one for each session, see [`read_sessions`].
    Cobra,
}

/// How to read.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which format it is; told from its first lines if none is given.
    pub format: Option<Format>,
    /// Whether to count and skip what makes no sense instead of giving up. What is skipped may be
    /// what explains the rest, so an accusation is only as good as the lines that are left.
    pub is_lenient: bool,
    /// Whether Jepsen's values are tuples of a key and a value; found out if not said. Values that
    /// are tagged as tuples always are.
    pub is_keyed: Option<bool>,
}

/// A history as it was recorded.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Which run it is of, if it says.
    pub header: Option<Header>,
    /// What happened.
    pub history: History,
    /// The number of the last line, if it was cut off in the middle and therefore left out.
    pub torn: Option<usize>,
    /// The line of the first event that has an earlier time than the event before it. Order is
    /// that of the lines all the same.
    pub backwards: Option<usize>,
    /// How it was written.
    pub format: Format,
    /// How many lines or events were skipped, which only a lenient reader does.
    pub skipped: u64,
    /// The first few of them, and why.
    pub skipped_why: Vec<String>,
}

impl Recording {
    /// A recording of all of `history`.
    fn new(format: Format, history: History) -> Recording {
        Recording {
            header: None,
            history,
            torn: None,
            backwards: None,
            format,
            skipped: 0,
            skipped_why: Vec::new(),
        }
    }

    /// The header with which this is written: it says so where the order of events means nothing
    /// beyond each process, whatever format it was read from.
    pub fn header_to_write(&self) -> Option<Header> {
        if self.history.has_real_time() {
            return self.header.clone();
        }
        let mut header = self.header.clone().unwrap_or_else(|| Header {
            format: jsonl::FORMAT.to_owned(),
            ..Header::default()
        });
        header.order = Some(Order::Session);
        Some(header)
    }
}

/// Why a history could not be read.
#[derive(Debug)]
pub enum ReadError {
    /// The file could not be read.
    Io(io::Error),
    /// A line makes no sense; counted from 1.
    Line {
        number: usize,
        why: String,
        /// What the user may do.
        advice: &'static str,
    },
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Io(error) => write!(f, "{error}"),
            ReadError::Line { number, why, .. } => write!(f, "line {number}: {why}"),
        }
    }
}

impl std::error::Error for ReadError {}

/// Reads a whole recording.
///
/// # Errors
/// If the source cannot be read, or if it makes no sense somewhere and `options` are not lenient.
/// An unfinished last line is no error.
pub fn read(source: impl Read, options: &Options) -> Result<Recording, ReadError> {
    let mut source = Source::new(source);
    let start = source.start().map_err(ReadError::Io)?;
    let format = options.format.or_else(|| Format::sniff(start));
    let format = format.ok_or_else(|| ReadError::Line {
        number: 1,
        why: sniff::complaint(start),
        advice: advice::UNKNOWN,
    })?;
    let mut reader = Reader::new(format, options);
    match format {
        Format::Jsonl => jsonl::read_lines(&mut source, &mut reader)?,
        Format::JepsenEdn | Format::PorcupineKv => record::read_edn(&mut source, &mut reader)?,
        Format::JepsenLog => log::read(&mut source, &mut reader)?,
        Format::Columnar => return read_columns(source),
        Format::JepsenJson => json::read(&mut source, &mut reader)?,
        Format::Plume => plume::read(&mut source, &mut reader)?,
        Format::Awdit => awdit::read(&mut source, &mut reader)?,
        Format::Dbcop => dbcop::read(&mut source, &mut reader)?,
        Format::Cobra => cobra::read(&mut source, 0, &mut reader)?,
    }
    Ok(reader.finish())
}

/// Reads a history of which each session has a file of its own, as Cobra writes them. They become
/// processes in this order.
///
/// # Errors
/// As [`read`], with the place of the source in which it happened.
pub fn read_sessions(
    sources: impl IntoIterator<Item = impl Read>,
    options: &Options,
) -> Result<Recording, (usize, ReadError)> {
    let mut reader = Reader::new(Format::Cobra, options);
    for (place, source) in sources.into_iter().enumerate() {
        let mut source = Source::new(source);
        let process = u32::try_from(place).expect("nobody opens so many files");
        cobra::read(&mut source, process, &mut reader).map_err(|error| (place, error))?;
    }
    Ok(reader.finish())
}

/// From a stream, all of it has to be in memory first; files are better mapped, and given to [`columnar::read`].
fn read_columns(mut source: Source<impl Read>) -> Result<Recording, ReadError> {
    while source.fill().map_err(ReadError::Io)? {}
    columnar::read(source.rest()).map_err(|error| ReadError::Line {
        number: 1,
        why: error.to_string(),
        advice: "the file is not as it was written: take another copy of it",
    })
}

/// What is read so far, and what to do about nonsense.
struct Reader<'o> {
    options: &'o Options,
    recording: Recording,
    /// When the last event happened.
    last_time: u64,
}

/// So many skipped lines are explained; the others are only counted.
const EXPLAINED_MAX: usize = 5;

impl<'o> Reader<'o> {
    fn new(format: Format, options: &'o Options) -> Reader<'o> {
        let mut recording = Recording::new(format, History::default());
        if format.is_of_sessions() {
            recording.history.forget_real_time();
        }
        Reader {
            options,
            recording,
            last_time: 0,
        }
    }

    /// What makes no sense ends the reading, or is skipped by a lenient reader.
    fn nonsense(&mut self, number: usize, why: String) -> Result<(), ReadError> {
        if !self.options.is_lenient {
            let advice = advice::on_nonsense(self.recording.format);
            return Err(ReadError::Line {
                number,
                why,
                advice,
            });
        }
        self.recording.skipped += 1;
        if self.recording.skipped_why.len() < EXPLAINED_MAX {
            let why = format!("line {number}: {why}");
            self.recording.skipped_why.push(why);
        }
        Ok(())
    }

    /// Takes an event that stands in line `number`.
    fn push(&mut self, number: usize, event: Event) -> Result<(), ReadError> {
        let time = event.time;
        // Formats that tell no time leave it at nothing.
        let is_earlier = time != 0 && time < std::mem::replace(&mut self.last_time, time);
        if is_earlier && self.recording.backwards.is_none() {
            self.recording.backwards = Some(number);
        }
        match self.recording.history.try_push(event) {
            Ok(()) => Ok(()),
            Err((malformed, event)) => {
                self.nonsense(number, malformed.to_string())?;
                let Malformed::Overlap(process) = malformed else {
                    return Ok(());
                };
                // Its completion was lost, so its outcome is unknown. Were the new invocation
                // dropped instead, a write that took effect would be missing.
                let history = &mut self.recording.history;
                let op = history.open_op(process).expect("it overlaps").clone();
                let lost = Event {
                    time,
                    kind: Kind::Info("its completion is missing".to_owned()),
                    op,
                    ..event
                };
                history.push(lost).expect("completes what is open");
                history.push(event).expect("nothing is open any more");
                Ok(())
            }
        }
    }

    fn finish(self) -> Recording {
        self.recording
    }
}
