//! Assay's own format: JSON lines, a header first, then one event a line in the order it happened.
//!
//! ```text
//! {"format":"assay.history/1","target":"kv-raft","workload":"register","seed":7,"nemesis":"partition","nodes":5}
//! {"time":1200345,"process":3,"node":"n4","type":"invoke","f":"read","key":9}
//! {"time":1900812,"process":3,"node":"n4","type":"ok","f":"read","key":9,"value":41}
//! {"time":2000000,"process":"nemesis","type":"info","f":"fault","value":{"…":"…"}}
//! ```
//! `time` is in nanoseconds since the run began. A file that ends in the middle of a line, as after
//! a crash, is read up to the last whole line.
//!
//! Other objects than registers are asked with `value` and answer with `result`; an operation on
//! object 0 need not say its `key`, and a `key` may be a name as well as a number:
//!
//! ```text
//! {"time":1,"process":0,"type":"invoke","f":"enqueue","value":7}
//! {"time":2,"process":0,"type":"ok","f":"enqueue","value":7}
//! {"time":3,"process":0,"type":"invoke","f":"dequeue"}
//! {"time":4,"process":0,"type":"ok","f":"dequeue","result":7}
//! ```
mod keys;
mod line;
mod reader;
mod scan;

pub(super) use self::reader::read_lines;
pub use super::{ReadError, Recording};

use self::line::Line;
use super::{Format, Options};
use crate::{Event, History};
use serde::{Deserialize, Serialize};
use std::{io, io::Read, io::Write};

/// The first line: which run this is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Always [`FORMAT`].
    pub format: String,
    /// The system that was tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// What was asked of it; decides how the history is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workload: Option<String>,
    /// The isolation level that its transactions promise; the strongest, if it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The seed of the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// What was done to the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nemesis: Option<String>,
    /// How many nodes it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nodes: Option<u16>,
    /// Which order of events means something; any, if it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
}

/// Which order of events means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Only that of each process: whoever wrote this down knew sessions, and no time.
    Session,
}

/// The name of this format and its version; changed only by adding.
pub const FORMAT: &str = "assay.history/1";

/// Reads a whole recording.
///
/// # Errors
/// If the source cannot be read, or a line other than an unfinished last one makes no sense.
pub fn read(source: impl Read) -> Result<Recording, ReadError> {
    let options = Options {
        format: Some(Format::Jsonl),
        ..Options::default()
    };
    super::read(source, &options)
}

/// Writes the first line.
///
/// # Errors
/// If `sink` does not take it.
pub fn write_header(sink: &mut impl Write, header: &Header) -> io::Result<()> {
    write_line(sink, header)
}

/// Writes one event.
///
/// # Errors
/// If `sink` does not take it.
pub fn write_event(sink: &mut impl Write, event: &Event) -> io::Result<()> {
    write_line(sink, &Line::of_event(event, None))
}

/// Writes one event of `history`, with the name of its key if it has one.
///
/// # Errors
/// If `sink` does not take it.
pub fn write_event_of(sink: &mut impl Write, history: &History, event: &Event) -> io::Result<()> {
    let name = history.key_name(event.op.key());
    write_line(sink, &Line::of_event(event, name))
}

/// Writes one note of somebody other than a client; `who` is for example `nemesis`.
///
/// # Errors
/// If `sink` does not take it.
pub fn write_note(
    sink: &mut impl Write,
    time: u64,
    who: &str,
    f: &str,
    value: serde_json::Value,
) -> io::Result<()> {
    write_line(sink, &Line::of_note(time, who, f, value))
}

fn write_line(sink: &mut impl Write, line: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *sink, line)?;
    sink.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = concat!(
        "{\"format\":\"assay.history/1\",\"target\":\"kv-raft\",\"workload\":\"register\",\"seed\":7}\n",
        "{\"time\":1,\"process\":3,\"node\":\"n4\",\"type\":\"invoke\",\"f\":\"read\",\"key\":9}\n",
        "{\"time\":2,\"process\":\"nemesis\",\"type\":\"info\",\"f\":\"partition\",\"value\":{\"cut\":[]}}\n",
        "{\"time\":3,\"process\":3,\"node\":\"n4\",\"type\":\"ok\",\"f\":\"read\",\"key\":9,\"value\":41}\n",
        "{\"time\":4,\"process\":3,\"type\":\"invoke\",\"f\":\"cas\",\"key\":9,\"from\":1,\"to\":2}\n",
        "{\"time\":5,\"process\":3,\"type\":\"info\",\"f\":\"cas\",\"key\":9,\"from\":1,\"to\":2,\"error\":\"timeout\"}\n",
    );

    #[test]
    fn what_was_read_is_written_the_same() {
        let recording = read(LINES.as_bytes()).unwrap();
        let mut text = Vec::new();
        write_header(&mut text, recording.header.as_ref().unwrap()).unwrap();
        for (position, event) in recording.history.events().iter().enumerate() {
            for note in recording.history.notes() {
                if note.position == position {
                    write_note(&mut text, note.time, "nemesis", &note.f, note.value.clone())
                        .unwrap();
                }
            }
            write_event(&mut text, event).unwrap();
        }
        assert_eq!(String::from_utf8(text).unwrap(), LINES);
        assert_eq!(recording.torn, None);
    }

    #[test]
    fn a_history_cut_off_anywhere_is_read_up_to_its_last_whole_line() {
        for end in 0..LINES.len() {
            let part = &LINES.as_bytes()[..end];
            let whole = part.iter().filter(|byte| **byte == b'\n').count();
            let recording = read(part).expect("a torn end is no error");
            let events = recording.history.events().len() + recording.history.notes().len();
            assert!(events + 1 >= whole, "{end}: {events} of {whole}");
        }
    }

    #[test]
    fn nonsense_is_named_with_its_line() {
        let cases = [
            (
                "{\"time\":1,\"process\":1,\"type\":\"ok\",\"f\":\"read\",\"key\":1}\n",
                "line 1: a completion for process 1 without an invocation",
            ),
            (
                "{\"time\":1,\"process\":1,\"type\":\"invoke\",\"f\":\"write\",\"key\":1}\n",
                "line 1: `write` needs `value`",
            ),
            (
                "{\"time\":1,\"process\":1,\"type\":\"invoke\",\"f\":\"write\",\"key\":1,\"value\":1}\n{\"time\":2,\"process\":1,\"type\":\"ok\",\"f\":\"write\",\"key\":1,\"value\":2}\n",
                "line 2: process 1 completed another operation than it had invoked",
            ),
            (
                "{\"time\":1,\"process\":1,\"type\":\"invoke\",\"f\":\"write\",\"key\":1}\n",
                "line 1: `write` needs `value`",
            ),
            (
                "\n{\"format\":7}\n",
                "line 2: unknown field `format`: an event has time, process, node, type, f, key, value, from, to, found, result and error",
            ),
            (
                "{\"format\":\"assay.history/9\"}\n",
                "line 1: format `assay.history/9` is not known, only `assay.history/1`",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text.as_bytes()).unwrap_err().to_string(), expected);
        }
    }
}
