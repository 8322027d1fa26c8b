//! Logs of Cobra's clients: a file for each session, of big-endian numbers of 64 bits.
//!
//! ```text
//! log  := ('S' transaction step … 'C' transaction) …
//! step := 'W' write key value | 'R' transaction write key value
//! ```
//! A write is known by its id, which nobody else has; values are only hashes of values. A read
//! names the write that it saw, and two ids of their own stand for what nobody has written.
use super::sessions::{self, End, Scribe, Steps, Whose};
use super::source::Source;
use super::{ReadError, Reader};
use std::io::Read;

/// The write that a read names if it found the initial value, or nothing.
const INITIAL: [i64; 2] = [0xbebe_ebee, 0xdead_beef];

/// The writes that a read names if it is one of Cobra's own, which tell when old transactions may
/// be forgotten. They are about no object of the system.
const HOUSEKEEPING: [i64; 2] = [0x2333_2333, 0x6666_6666];

/// The bytes of a step or of an end of a transaction, with its letter.
fn length(letter: u8) -> Option<usize> {
    match letter {
        b'S' | b'C' => Some(1 + 8),
        b'W' => Some(1 + 3 * 8),
        b'R' => Some(1 + 4 * 8),
        _ => None,
    }
}

/// The `i`th number behind the letter.
fn number(entry: &[u8], i: usize) -> i64 {
    let bytes = entry[1 + i * 8..][..8].try_into();
    i64::from_be_bytes(bytes.expect("as long as its letter says"))
}

/// Whether a file that begins so is one of these: its first transaction begins, and either ends
/// as it began or goes on beyond what we have.
pub(super) fn is_cobra(start: &[u8]) -> bool {
    let mut at = 0;
    let mut begun = None;
    while let Some(letter) = start.get(at) {
        let Some(length) = length(*letter) else {
            return false;
        };
        let Some(entry) = start.get(at..at + length) else {
            break;
        };
        match (letter, begun) {
            (b'S', None) => begun = Some(number(entry, 0)),
            (b'C', Some(txn)) => return number(entry, 0) == txn,
            (b'W' | b'R', Some(_)) => {}
            _ => return false,
        }
        at += length;
    }
    // A text that begins with S is no log.
    begun.is_some() && at > length(b'S').unwrap_or(0)
}

/// Reads the log of one session.
pub(super) fn read<R: Read>(
    source: &mut Source<R>,
    process: u32,
    reader: &mut Reader<'_>,
) -> Result<(), ReadError> {
    let mut scribe = Scribe::default();
    let mut steps = Steps::default();
    let whose = Whose {
        number: 1,
        process,
        is_first: false,
    };
    let mut begun = None;
    let mut at = 0_u64;
    loop {
        let entry = match next(source).map_err(ReadError::Io)? {
            Next::Entry(entry) => entry,
            Next::End => break,
            Next::Torn => {
                let why = format!(
                    "the file ends in the middle of what begins at byte {at}; what is missing may explain the rest"
                );
                reader.nonsense(1, why)?;
                break;
            }
            Next::Letter(letter) => {
                let letter = letter.escape_ascii();
                let why = format!("byte {at} is `{letter}`, where S, W, R or C stands");
                reader.nonsense(1, why)?;
                break;
            }
        };
        match (entry[0], begun) {
            (b'S', None) => begun = Some(number(entry, 0)),
            (b'C', Some(txn)) if txn == number(entry, 0) => {
                sessions::push(reader, whose, &mut steps, End::Committed)?;
                begun = None;
            }
            (b'W', Some(_)) => scribe.write(&mut steps, number(entry, 1), number(entry, 0)),
            (b'R', Some(_)) => {
                let (write, key) = (number(entry, 1), number(entry, 2));
                let is_own = INITIAL.contains(&number(entry, 0)) && HOUSEKEEPING.contains(&write);
                if !is_own {
                    let value = Some(write).filter(|write| !INITIAL.contains(write));
                    scribe.read(&mut steps, key, value);
                }
            }
            (letter, _) => {
                let letter = char::from(letter);
                let inside = if begun.is_some() { "inside" } else { "outside" };
                let why = format!(
                    "`{letter}` at byte {at} makes no sense {inside} of a transaction, or names another one"
                );
                reader.nonsense(1, why)?;
                break;
            }
        }
        let length = entry.len();
        source.consume(length, 0);
        at += length as u64;
    }
    if begun.is_some() {
        sessions::push(reader, whose, &mut steps, End::Unknown)?;
    }
    Ok(())
}

/// What stands next.
enum Next<'a> {
    Entry(&'a [u8]),
    Torn,
    Letter(u8),
    End,
}

fn next<R: Read>(source: &mut Source<R>) -> std::io::Result<Next<'_>> {
    if source.rest().is_empty() && !source.fill()? {
        return Ok(Next::End);
    }
    let letter = source.rest()[0];
    let Some(length) = length(letter) else {
        return Ok(Next::Letter(letter));
    };
    while source.rest().len() < length {
        if !source.fill()? {
            return Ok(Next::Torn);
        }
    }
    Ok(Next::Entry(&source.rest()[..length]))
}
