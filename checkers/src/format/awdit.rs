//! The text of AWDIT's tests: `r KEY VALUE` or `w KEY VALUE` on each line.
//!
//! A line of `-----` ends a transaction, and one of `=====` ends it and its session. Initial
//! values are written by a transaction like any other, so that 0 is a value like any other.
use super::plume::integer;
use super::sessions::{self, End, Scribe, Steps, Whose};
use super::source::{LINE_BYTES_MAX, Source};
use super::{ReadError, Reader};
use std::io::Read;

/// What a line says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Read(i64, i64),
    Write(i64, i64),
    EndOfTransaction,
    EndOfSession,
    Nothing,
}

/// Whether a file that begins so is one of these: a step, and only steps and ends behind it.
pub(super) fn is_awdit(start: &[u8]) -> bool {
    let mut lines = start.split(|byte| *byte == b'\n');
    // The last line may be cut.
    let lines = lines.by_ref().take(20).map(|line| said(line.trim_ascii()));
    let mut lines = lines.filter(|line| *line != Some(Said::Nothing));
    matches!(lines.next(), Some(Some(Said::Read(..) | Said::Write(..))))
}

pub(super) fn read<R: Read>(
    source: &mut Source<R>,
    reader: &mut Reader<'_>,
) -> Result<(), ReadError> {
    let mut scribe = Scribe::default();
    let mut steps = Steps::default();
    let (mut process, mut begin, mut is_used) = (0_u32, 1, false);
    while let Some(span) = source.line().map_err(ReadError::Io)? {
        let number = source.number;
        if span.is_too_long {
            let why = format!("longer than {} MiB", LINE_BYTES_MAX >> 20);
            reader.nonsense(number, why)?;
            source.skip_line().map_err(ReadError::Io)?;
            continue;
        }
        if steps.is_empty() {
            begin = number;
        }
        let line = source.rest()[..span.length].trim_ascii();
        let said = said(line);
        match said {
            Some(Said::Read(key, value)) => scribe.read(&mut steps, key, Some(value)),
            Some(Said::Write(key, value)) => scribe.write(&mut steps, key, value),
            Some(Said::EndOfTransaction | Said::EndOfSession) if !steps.is_empty() => {
                sessions::push(reader, whose(begin, process), &mut steps, End::Committed)?;
                is_used = true;
            }
            Some(Said::EndOfTransaction | Said::EndOfSession | Said::Nothing) => {}
            None => {
                let shown = line[..line.len().min(60)].escape_ascii();
                let why =
                    format!("`{shown}` is neither `r KEY VALUE` nor `w KEY VALUE` nor an end");
                reader.nonsense(number, why)?;
            }
        }
        if said == Some(Said::EndOfSession) && is_used {
            let Some(next) = process.checked_add(1) else {
                return reader.nonsense(number, format!("more than {} sessions", u32::MAX));
            };
            (process, is_used) = (next, false);
        }
        source.consume_line(&span);
    }
    if !steps.is_empty() {
        sessions::push(reader, whose(begin, process), &mut steps, End::Committed)?;
    }
    Ok(())
}

fn whose(number: usize, process: u32) -> Whose {
    Whose {
        number,
        process,
        is_first: false,
    }
}

fn said(line: &[u8]) -> Option<Said> {
    let is_all = |end: u8| line.iter().all(|byte| *byte == end);
    match line.first() {
        None => return Some(Said::Nothing),
        Some(b'-') if is_all(b'-') => return Some(Said::EndOfTransaction),
        Some(b'=') if is_all(b'=') => return Some(Said::EndOfSession),
        Some(_) => {}
    }
    let mut at = 1;
    let key = number(line, &mut at)?;
    let value = number(line, &mut at)?;
    match line[0] {
        _ if at < line.len() => None,
        b'r' => Some(Said::Read(key, value)),
        b'w' => Some(Said::Write(key, value)),
        _ => None,
    }
}

/// The number behind the blanks at `at`.
fn number(line: &[u8], at: &mut usize) -> Option<i64> {
    let begin = *at;
    while line.get(*at).is_some_and(u8::is_ascii_whitespace) {
        *at += 1;
    }
    if *at == begin {
        return None;
    }
    integer(line, at)
}
