//! Writes columns, block by block: what is in a block that was handed on survives the writer.
use super::draft::Draft;
use super::frame::{self, End, Head};
use super::pool::TooLarge;
use super::preface::Preface;
use crate::format::jsonl::{Header, Recording};
use crate::{Event, Key};
use std::io::{self, Write};

/// Takes events and notes in order, and hands whole blocks to its sink.
pub struct Writer<W: Write> {
    sink: W,
    draft: Draft,
    written: End,
}

impl<W: Write> Writer<W> {
    /// A writer of the run that `header` tells of.
    ///
    /// # Errors
    /// If `sink` does not take the head of the file.
    pub fn new(sink: W, header: Option<&Header>) -> io::Result<Writer<W>> {
        Writer::with_names(sink, header, Vec::new())
    }

    /// As [`Writer::new`], for keys of which some have names.
    fn with_names(
        mut sink: W,
        header: Option<&Header>,
        names: Vec<(Key, String)>,
    ) -> io::Result<Writer<W>> {
        let mut json = match header {
            None if names.is_empty() => Vec::new(),
            _ => serde_json::to_vec(&Preface::new(header, names))?,
        };
        let length = frame::filled_up(json.len() as u64) as usize;
        json.resize(length, b' ');
        let head = Head {
            length: u32::try_from(length).map_err(|_| too_large(TooLarge))?,
            crc: crc32fast::hash(&json),
        };
        let mut bytes = head.bytes().to_vec();
        bytes.extend(json);
        sink.write_all(&bytes)?;
        Ok(Writer {
            sink,
            draft: Draft::default(),
            written: End {
                blocks: 0,
                events: 0,
                notes: 0,
            },
        })
    }

    /// Appends an event. It is handed on once its block is full, or when asked.
    ///
    /// # Errors
    /// If `sink` does not take a block, or the event is larger than any block. Nothing should be
    /// written after an error.
    pub fn event(&mut self, event: &Event) -> io::Result<()> {
        self.draft.event(event).map_err(too_large)?;
        self.hand_on_if_full()
    }

    /// Appends what somebody other than a client did.
    ///
    /// # Errors
    /// As [`Writer::event`].
    pub fn note(
        &mut self,
        time: u64,
        who: &str,
        f: &str,
        value: &serde_json::Value,
    ) -> io::Result<()> {
        let value = value.to_string();
        let noted = self.draft.note(time, who, f, &value);
        noted.map_err(too_large)?;
        self.hand_on_if_full()
    }

    /// When what waits to be handed on began, if anything waits.
    pub fn waiting_since(&self) -> Option<u64> {
        self.draft.began()
    }

    /// Hands on what waits, as a block of its own. Small blocks take more room.
    ///
    /// # Errors
    /// As [`Writer::event`].
    pub fn hand_on(&mut self) -> io::Result<()> {
        if self.draft.is_empty() {
            return Ok(());
        }
        let End {
            blocks,
            events,
            notes,
        } = self.written;
        let after = End {
            blocks: blocks + 1,
            events: events + self.draft.events() as u64,
            notes: notes + self.draft.notes() as u64,
        };
        let block = self.draft.take(blocks, events).map_err(too_large)?;
        self.sink.write_all(&block)?;
        self.written = after;
        Ok(())
    }

    /// Hands on what waits, and says in the file that this was all. Returns the sink.
    ///
    /// # Errors
    /// As [`Writer::event`].
    pub fn finish(mut self) -> io::Result<W> {
        self.hand_on()?;
        self.sink.write_all(&self.written.bytes())?;
        self.sink.flush()?;
        Ok(self.sink)
    }

    fn hand_on_if_full(&mut self) -> io::Result<()> {
        if self.draft.is_full() {
            return self.hand_on();
        }
        Ok(())
    }
}

/// Writes a whole recording.
///
/// # Errors
/// As [`Writer::event`].
pub fn write<W: Write>(sink: W, recording: &Recording) -> io::Result<W> {
    let names = Preface::key_names_of(&recording.history);
    let mut writer = Writer::with_names(sink, recording.header_to_write().as_ref(), names)?;
    let mut notes = recording.history.notes().iter().peekable();
    for (position, event) in recording.history.events().iter().enumerate() {
        while let Some(note) = notes.next_if(|note| note.position <= position) {
            writer.note(note.time, &note.who, &note.f, &note.value)?;
        }
        writer.event(event)?;
    }
    for note in notes {
        writer.note(note.time, &note.who, &note.f, &note.value)?;
    }
    writer.finish()
}

fn too_large(_: TooLarge) -> io::Error {
    let text = "an event or note is too large, or its lists nest too deep, for a columnar history";
    io::Error::new(io::ErrorKind::InvalidInput, text)
}
