//! dbcop's histories of 2019 in bincode: little-endian numbers of 64 bits, flags of one byte.
//!
//! ```text
//! history     := id nodes variables transactions events info start end | sessions of transactions
//! transaction := events success
//! event       := is_write variable value success
//! ```
//! Lists and texts are preceded by their length; `start` and `end` are dates as text.
use super::{Event, Sessions};
use crate::format::source::Source;
use crate::format::{ReadError, Reader};
use std::io::Read;

/// Numbers before the texts.
const PARAMETERS: usize = 5;

/// The longest text that is read over, in bytes; the tool writes a line at most.
const TEXT_BYTES_MAX: u64 = 1 << 20;

/// Whether a file that begins so is one of these: small numbers, and three texts of which the last
/// two are dates.
pub(in crate::format) fn is_bincode(start: &[u8]) -> bool {
    let number = |at: usize| {
        let bytes = start.get(at..at + 8)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    };
    let are_small = (0..PARAMETERS).all(|i| number(i * 8).is_some_and(|number| number < 1 << 40));
    let text = |at: usize| {
        let length = usize::try_from(number(at)?).ok()?;
        start.get(at + 8..(at + 8).checked_add(length)?)
    };
    let is_date = |text: &[u8]| text.len() >= 20 && text[4] == b'-' && text[10] == b'T';
    let dates = || {
        let info = text(PARAMETERS * 8)?;
        let begin = PARAMETERS * 8 + 8 + info.len();
        let first = text(begin)?;
        let second = text(begin + 8 + first.len())?;
        Some(is_date(first) && is_date(second))
    };
    are_small && dates() == Some(true)
}

/// Why the bytes cannot be read on.
enum Trouble {
    Io(std::io::Error),
    Nonsense(String),
    Refused(ReadError),
}

struct Bytes<'s, R> {
    source: &'s mut Source<R>,
    at: u64,
}

impl<R: Read> Bytes<'_, R> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Trouble> {
        while self.source.rest().len() < N {
            if !self.source.fill().map_err(Trouble::Io)? {
                let at = self.at + self.source.rest().len() as u64;
                let why = format!(
                    "the file ends at byte {at}, in the middle of its history; what is missing may explain the rest"
                );
                return Err(Trouble::Nonsense(why));
            }
        }
        let (bytes, _) = self.source.rest().split_first_chunk().expect("read above");
        let bytes = *bytes;
        self.source.consume(N, 0);
        self.at += N as u64;
        Ok(bytes)
    }

    fn number(&mut self) -> Result<u64, Trouble> {
        self.take().map(u64::from_le_bytes)
    }

    /// A number that fits ours.
    fn integer(&mut self, what: &str) -> Result<i64, Trouble> {
        let number = self.number()?;
        number.try_into().map_err(|_| {
            let at = self.at - 8;
            Trouble::Nonsense(format!(
                "{what} {number} at byte {at} is more than {}",
                i64::MAX
            ))
        })
    }

    fn flag(&mut self) -> Result<bool, Trouble> {
        match self.take()? {
            [0] => Ok(false),
            [1] => Ok(true),
            [other] => {
                let at = self.at - 1;
                let why = format!("byte {at} is {other}, where a flag of 0 or 1 stands");
                Err(Trouble::Nonsense(why))
            }
        }
    }

    fn skip_text(&mut self) -> Result<(), Trouble> {
        let length = self.number()?;
        if length > TEXT_BYTES_MAX {
            let at = self.at - 8;
            let why = format!("a text of {length} bytes at byte {at}");
            return Err(Trouble::Nonsense(why));
        }
        for _ in 0..length {
            self.take::<1>()?;
        }
        Ok(())
    }
}

pub(super) fn read<R: Read>(
    source: &mut Source<R>,
    reader: &mut Reader<'_>,
) -> Result<(), ReadError> {
    let mut bytes = Bytes { source, at: 0 };
    let mut sessions = Sessions::new(reader);
    match read_all(&mut bytes, &mut sessions) {
        Ok(()) => Ok(()),
        Err(Trouble::Io(error)) => Err(ReadError::Io(error)),
        Err(Trouble::Refused(error)) => Err(error),
        // Nothing tells where the next session begins.
        Err(Trouble::Nonsense(why)) => reader.nonsense(1, why),
    }
}

fn read_all<R: Read>(
    bytes: &mut Bytes<'_, R>,
    sessions: &mut Sessions<'_, '_>,
) -> Result<(), Trouble> {
    for _ in 0..PARAMETERS {
        bytes.number()?;
    }
    for _ in 0..3 {
        bytes.skip_text()?;
    }
    // Lengths are taken at their word one by one, so that a hostile one costs nothing.
    for _ in 0..bytes.number()? {
        for _ in 0..bytes.number()? {
            read_transaction(bytes, sessions)?;
        }
        sessions.end_session().map_err(Trouble::Nonsense)?;
    }
    if !bytes.source.rest().is_empty() || bytes.source.fill().map_err(Trouble::Io)? {
        let why = format!("more stands behind its end at byte {}", bytes.at);
        return Err(Trouble::Nonsense(why));
    }
    Ok(())
}

fn read_transaction<R: Read>(
    bytes: &mut Bytes<'_, R>,
    sessions: &mut Sessions<'_, '_>,
) -> Result<(), Trouble> {
    for _ in 0..bytes.number()? {
        let is_write = bytes.flag()?;
        let key = bytes.integer("variable")?;
        let value = Some(bytes.integer("value")?);
        let is_success = bytes.flag()?;
        sessions.event(Event {
            is_write,
            key,
            value,
            is_success,
            is_old: true,
        });
    }
    let is_success = bytes.flag()?;
    sessions
        .end_transaction(1, is_success)
        .map_err(Trouble::Refused)
}
