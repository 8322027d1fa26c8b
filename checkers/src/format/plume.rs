//! Plume's text: `r(key,value,session,txn)` or `w(key,value,session,txn)` on each line.
//!
//! The steps of a transaction stand in their order; those of other sessions may stand between
//! them. Transaction -1 stands for an aborted one, and those of a session that follow each other
//! are read as one: nobody may see what any of them wrote. Value 0 is what nobody has written.
use super::sessions::{End, Scribe, Steps, Whose, Zeros};
use super::source::{LINE_BYTES_MAX, Source};
use super::{ReadError, Reader};
use rustc_hash::{FxHashMap, FxHashSet};
use std::io::Read;

/// What a line says.
#[derive(Clone, Copy, Debug)]
struct Said {
    is_write: bool,
    key: i64,
    value: i64,
    session: i64,
    txn: i64,
}

/// The number that stands for any aborted transaction.
const ABORTED: i64 = -1;

/// A session, and what of it is not in the history yet.
#[derive(Debug)]
struct Session {
    process: u32,
    /// The line that `steps` begin in, and what they are part of.
    begin: usize,
    txn: i64,
    steps: Steps,
    /// The same of what was aborted.
    aborted_begin: usize,
    aborted: Steps,
    is_first: bool,
}

/// Whether a file that begins so is one of these.
pub(super) fn is_plume(start: &[u8]) -> bool {
    let line = start.trim_ascii_start();
    let line = line.split(|byte| *byte == b'\n').next().unwrap_or(line);
    slow(line).is_some()
}

pub(super) fn read<R: Read>(
    source: &mut Source<R>,
    reader: &mut Reader<'_>,
) -> Result<(), ReadError> {
    let mut sessions = Sessions::default();
    loop {
        let number = source.number;
        if let Some((said, length)) = scan(source.rest())
            && source.rest().get(length) == Some(&b'\n')
        {
            sessions.take(number, said, reader)?;
            source.consume(length + 1, 1);
            continue;
        }
        let Some(span) = source.line().map_err(ReadError::Io)? else {
            break;
        };
        if span.is_too_long {
            let why = format!("longer than {} MiB", LINE_BYTES_MAX >> 20);
            reader.nonsense(number, why)?;
            source.skip_line().map_err(ReadError::Io)?;
            continue;
        }
        let line = source.rest()[..span.length].trim_ascii();
        match slow(line) {
            Some(said) => sessions.take(number, said, reader)?,
            None if line.is_empty() => {}
            None => reader.nonsense(number, complaint(line, span.is_whole))?,
        }
        source.consume_line(&span);
    }
    sessions.finish(reader)
}

fn complaint(line: &[u8], is_whole: bool) -> String {
    let shown = line[..line.len().min(60)].escape_ascii();
    if is_whole {
        return format!("`{shown}` is no operation like r(key,value,session,txn)");
    }
    format!(
        "the file ends in the middle of a line, `{shown}`; what is missing may explain the rest"
    )
}

/// The operation that the bytes begin with, as everybody writes it, and its length.
fn scan(bytes: &[u8]) -> Option<(Said, usize)> {
    let is_write = match bytes.first()? {
        b'w' | b'W' => true,
        b'r' | b'R' => false,
        _ => return None,
    };
    let mut at = 1;
    let mut numbers = [0; 4];
    for (place, number) in numbers.iter_mut().enumerate() {
        if *bytes.get(at)? != (if place == 0 { b'(' } else { b',' }) {
            return None;
        }
        at += 1;
        *number = integer(bytes, &mut at)?;
    }
    if *bytes.get(at)? != b')' {
        return None;
    }
    let [key, value, session, txn] = numbers;
    let said = Said {
        is_write,
        key,
        value,
        session,
        txn,
    };
    Some((said, at + 1))
}

/// The same with blanks in it.
fn slow(line: &[u8]) -> Option<Said> {
    let line: Vec<u8> = line
        .iter()
        .take(200)
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let (said, length) = scan(&line)?;
    (length == line.len()).then_some(said)
}

/// The number of 64 bits that stands at `at`, which goes on behind it.
pub(super) fn integer(bytes: &[u8], at: &mut usize) -> Option<i64> {
    let is_negative = *bytes.get(*at)? == b'-';
    *at += usize::from(is_negative);
    let begin = *at;
    let mut number: i64 = 0;
    while let Some(digit) = bytes.get(*at).map(|byte| byte.wrapping_sub(b'0'))
        && digit <= 9
    {
        number = number.checked_mul(10)?.checked_add(i64::from(digit))?;
        *at += 1;
    }
    let number = if is_negative { -number } else { number };
    (*at > begin).then_some(number)
}

/// All sessions, and which transactions have ended.
#[derive(Default)]
struct Sessions {
    scribe: Scribe,
    zeros: Zeros,
    sessions: Vec<Session>,
    by_number: FxHashMap<i64, usize>,
    /// The session of the last line.
    last: usize,
    /// By the place of their session and their number.
    ended: FxHashSet<(usize, i64)>,
}

impl Sessions {
    fn take(
        &mut self,
        number: usize,
        said: Said,
        reader: &mut Reader<'_>,
    ) -> Result<(), ReadError> {
        if said.txn < ABORTED {
            let why = format!("transaction {} is neither a number from 0 nor -1", said.txn);
            return reader.nonsense(number, why);
        }
        let Some(place) = self.place(said.session) else {
            let why = format!("session {} is not from 0 to {}", said.session, u32::MAX);
            return reader.nonsense(number, why);
        };
        let session = &mut self.sessions[place];
        if said.txn == ABORTED {
            if session.aborted.is_empty() {
                session.aborted_begin = number;
            }
        } else {
            if !session.aborted.is_empty() {
                abort(session, &mut self.zeros, reader)?;
            }
            if session.txn != said.txn {
                if self.ended.contains(&(place, said.txn)) {
                    let (s, t) = (said.session, said.txn);
                    let why = format!(
                        "transaction {t} of session {s} goes on although another one began there"
                    );
                    return reader.nonsense(number, why);
                }
                if !session.steps.is_empty() {
                    self.ended.insert((place, session.txn));
                    commit(session, &mut self.zeros, reader)?;
                }
                (session.txn, session.begin) = (said.txn, number);
            }
        }
        let steps = match said.txn {
            ABORTED => &mut session.aborted,
            _ => &mut session.steps,
        };
        if said.is_write {
            self.scribe.write(steps, said.key, said.value);
        } else {
            // What nobody has written.
            let value = Some(said.value).filter(|value| *value != 0);
            self.scribe.read(steps, said.key, value);
        }
        Ok(())
    }

    /// Where the session of this number stands; none if no process can have it.
    fn place(&mut self, number: i64) -> Option<usize> {
        let process = u32::try_from(number).ok()?;
        let last = self.sessions.get(self.last);
        if last.is_none_or(|last| last.process != process) {
            let next = self.sessions.len();
            self.last = *self.by_number.entry(number).or_insert(next);
            if self.last == next {
                self.sessions.push(Session {
                    process,
                    begin: 0,
                    txn: ABORTED,
                    steps: Steps::default(),
                    aborted_begin: 0,
                    aborted: Steps::default(),
                    is_first: true,
                });
            }
        }
        Some(self.last)
    }

    /// What is left comes in the order in which it began.
    fn finish(mut self, reader: &mut Reader<'_>) -> Result<(), ReadError> {
        self.sessions.sort_by_key(|session| session.begin);
        for mut session in self.sessions {
            if !session.steps.is_empty() {
                commit(&mut session, &mut self.zeros, reader)?;
            }
            if !session.aborted.is_empty() {
                abort(&mut session, &mut self.zeros, reader)?;
            }
        }
        Ok(())
    }
}

fn commit(
    session: &mut Session,
    zeros: &mut Zeros,
    reader: &mut Reader<'_>,
) -> Result<(), ReadError> {
    let whose = Whose {
        number: session.begin,
        process: session.process,
        is_first: std::mem::replace(&mut session.is_first, false),
    };
    zeros.push(reader, whose, &mut session.steps, End::Committed)
}

fn abort(
    session: &mut Session,
    zeros: &mut Zeros,
    reader: &mut Reader<'_>,
) -> Result<(), ReadError> {
    let whose = Whose {
        number: session.aborted_begin,
        process: session.process,
        is_first: false,
    };
    zeros.push(reader, whose, &mut session.aborted, End::Aborted)
}
