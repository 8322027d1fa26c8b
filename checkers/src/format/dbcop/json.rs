//! dbcop's histories in JSON, read as they come: nothing but the open transaction is kept beside.
//!
//! ```text
//! history     := {"params": …, "info": …, "start": …, "end": …, "data": sessions} | {"sessions": sessions} | sessions
//! sessions    := [[transaction, …], …]
//! transaction := {"events": [event, …], "committed" or "success": true} | [event, …]
//! event       := {"Read": {"variable": 0, "version": null}} | {"Write": {"variable": 0, "version": 1}}
//!              | ["r", 0, null] | ["w", 0, 1]
//!              | {"write": true, "variable": 0, "value": 1, "success": true}
//! ```
use super::Sessions;
use crate::format::source::Source;
use crate::format::{ReadError, Reader};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::cell::Cell;
use std::fmt;
use std::io::{self, Read};

/// Whether a file that begins so is one of these.
pub(in crate::format) fn is_json(start: &[u8]) -> bool {
    let mut text = start
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace());
    match text.next() {
        Some(b'[') => text.next() == Some(b'['),
        Some(b'{') => {
            let first: Vec<u8> = text.take(12).collect();
            let keys = [&b"\"params\":"[..], b"\"sessions\":", b"\"data\":["];
            keys.iter().any(|key| first.starts_with(key))
        }
        _ => false,
    }
}

pub(super) fn read<R: Read>(
    source: &mut Source<R>,
    reader: &mut Reader<'_>,
) -> Result<(), ReadError> {
    let line = Cell::new(source.number);
    let bytes = Counted {
        source,
        line: &line,
        text: Text::default(),
    };
    let mut json = serde_json::Deserializer::from_reader(bytes);
    let mut sessions = Sessions::new(reader);
    let whole = Whole {
        sessions: &mut sessions,
        line: &line,
    };
    let read = whole.deserialize(&mut json).and_then(|()| json.end());
    match read {
        Ok(()) => Ok(()),
        Err(error) if error.is_io() => {
            let error = io::Error::from(error);
            if error.kind() != io::ErrorKind::FileTooLarge {
                return Err(ReadError::Io(error));
            }
            reader.nonsense(line.get(), error.to_string())
        }
        // Nothing tells where the next transaction begins.
        Err(error) => {
            let text = error.to_string();
            let text = &text[..text.rfind(" at line ").unwrap_or(text.len())];
            let why = format!("{text} at column {}", error.column());
            reader.nonsense(error.line(), why)
        }
    }
}

/// The bytes that are left of a file, and in which line they stand.
struct Counted<'a, R> {
    source: &'a mut Source<R>,
    line: &'a Cell<usize>,
    text: Text,
}

/// The longest text, in bytes: the parser keeps a text until it ends.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// Whether we are inside of a text.
#[derive(Default)]
struct Text {
    /// One more than its bytes up to here; 0 outside.
    length: usize,
    is_escaped: bool,
}

impl Text {
    /// Goes on by a byte, and says whether the text is not too long.
    fn is_short(&mut self, byte: u8) -> bool {
        let is_quote = byte == b'"' && !self.is_escaped;
        self.is_escaped = byte == b'\\' && !self.is_escaped;
        self.length = match (self.length, is_quote) {
            (0, false) => 0,
            (0, true) => 1,
            (_, true) => 0,
            (length, false) => length + 1,
        };
        self.length <= TEXT_BYTES_MAX
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.source.rest().is_empty() {
            self.source.fill()?;
        }
        let rest = self.source.rest();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        if !buffer[..length]
            .iter()
            .all(|byte| self.text.is_short(*byte))
        {
            let why = format!("a text longer than {} MiB", TEXT_BYTES_MAX >> 20);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
        }
        self.source.consume_counting(length);
        self.line.set(self.source.number);
        Ok(length)
    }
}

/// The sessions, or an object that holds them.
struct Whole<'a, 'r, 'o> {
    sessions: &'a mut Sessions<'r, 'o>,
    line: &'a Cell<usize>,
}

impl<'de> DeserializeSeed<'de> for Whole<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Whole<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sessions of transactions, or an object with them as `data` or `sessions`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Whole { sessions, line } = self;
        let mut is_found = false;
        while let Some(key) = map.next_key::<String>()? {
            if !matches!(&*key, "data" | "sessions") {
                map.next_value::<IgnoredAny>()?;
            } else if is_found {
                return Err(A::Error::custom("sessions for a second time"));
            } else {
                is_found = true;
                map.next_value_seed(Listed(&mut *sessions, line))?;
            }
        }
        if is_found {
            return Ok(());
        }
        Err(A::Error::custom("no sessions as `data` or `sessions`"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        Listed(self.sessions, self.line).visit_seq(seq)
    }
}

/// All sessions.
struct Listed<'a, 'r, 'o>(&'a mut Sessions<'r, 'o>, &'a Cell<usize>);

impl<'de> DeserializeSeed<'de> for Listed<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Listed<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of sessions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Listed(sessions, line) = self;
        while let Some(()) = seq.next_element_seed(Session(&mut *sessions, line))? {
            sessions.end_session().map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// One session.
struct Session<'a, 'r, 'o>(&'a mut Sessions<'r, 'o>, &'a Cell<usize>);

impl<'de> DeserializeSeed<'de> for Session<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Session<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a session, which is a list of transactions")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Session(sessions, line) = self;
        while let Some(is_committed) = seq.next_element_seed(Transaction(&mut *sessions))? {
            let ended = sessions.end_transaction(line.get(), is_committed);
            ended.map_err(|error| match error {
                ReadError::Line { why, .. } => A::Error::custom(why),
                ReadError::Io(error) => A::Error::custom(error),
            })?;
        }
        Ok(())
    }
}

/// One transaction: whether it committed.
struct Transaction<'a, 'r, 'o>(&'a mut Sessions<'r, 'o>);

impl<'de> DeserializeSeed<'de> for Transaction<'_, '_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<bool, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Transaction<'_, '_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a transaction: {\"events\": [event, …], \"committed\": true} or [event, …]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<bool, A::Error> {
        while let Some(event) = seq.next_element()? {
            self.0.event(event);
        }
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut is_committed = None;
        while let Some(key) = map.next_key::<String>()? {
            match &*key {
                "events" => map.next_value_seed(Events(&mut *self.0))?,
                "committed" | "success" => is_committed = Some(map.next_value()?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        is_committed.ok_or_else(|| A::Error::custom("a transaction does not say `committed`"))
    }
}

/// The events of a transaction.
struct Events<'a, 'r, 'o>(&'a mut Sessions<'r, 'o>);

impl<'de> DeserializeSeed<'de> for Events<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Events<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(event) = seq.next_element()? {
            self.0.event(event);
        }
        Ok(())
    }
}
