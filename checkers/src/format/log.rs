//! Jepsen's log: `INFO  jepsen.util - 5 :invoke :write 1` on some lines, anything else on others.
//!
//! Read as Porcupine reads it. A refused compare-and-set says that the register did not hold what
//! it was to be swapped from, so it is a call that is answered `false`. A read of nil found what
//! was there before the first write.
use super::edn::{Cursor, Trouble};
use super::jepsen::{Meaning, convert};
use super::record::{Record, Who};
use super::source::{LINE_BYTES_MAX, Source};
use super::{ReadError, Reader};
use crate::Data;
use std::io::Read;

/// Whether one of the first lines is an operation.
pub(super) fn is_log(start: &[u8]) -> bool {
    let mut lines = start.split(|byte| *byte == b'\n').take(1000);
    lines.any(|line| matches!(said(line), Some(Ok(_))))
}

pub(super) fn read<R: Read>(
    source: &mut Source<R>,
    reader: &mut Reader<'_>,
) -> Result<(), ReadError> {
    let mut records = Vec::new();
    while let Some(span) = source.line().map_err(ReadError::Io)? {
        let number = source.number;
        if span.is_too_long {
            let why = format!("longer than {} MiB", LINE_BYTES_MAX >> 20);
            reader.nonsense(number, why)?;
            source.skip_line().map_err(ReadError::Io)?;
            continue;
        }
        let line = &source.rest()[..span.length];
        match said(line) {
            // A number may have lost its last digits, and a refusal its reason.
            _ if !span.is_whole => reader.recording.torn = Some(number),
            None => {}
            Some(Ok(record)) => records.push(Record { number, ..record }),
            Some(Err(why)) => reader.nonsense(number, why)?,
        }
        source.consume_line(&span);
    }
    convert(records, Meaning::Told, reader)
}

/// How the lines of Porcupine's files begin.
const USUAL: &[u8] = b"INFO  jepsen.util - ";

fn behind_logger(line: &[u8]) -> Option<&[u8]> {
    let logger = b"jepsen.util";
    let mut windows = line.windows(logger.len());
    let place = windows.position(|window| window == logger)?;
    let said = line[place + logger.len()..].trim_ascii_start();
    said.strip_prefix(b"-").or_else(|| said.strip_prefix(b":"))
}

/// What stands behind the logger's name, if it is an operation: `5 :invoke :write 1`.
fn said(line: &[u8]) -> Option<Result<Record, String>> {
    let said = line.strip_prefix(USUAL).or_else(|| behind_logger(line))?;
    let mut words = said
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty());
    let (process, kind) = (words.next()?, words.next()?);
    // The log says other things too.
    if !(process[0].is_ascii_digit() || process[0] == b':') || kind[0] != b':' {
        return None;
    }
    // The end of the line ends the last token.
    let mut said = said.to_vec();
    said.push(b'\n');
    Some(operation(&said).map_err(|trouble| match trouble {
        Trouble::More => "ends in the middle of an operation".to_owned(),
        Trouble::Nonsense { why, .. } => why,
    }))
}

fn operation(said: &[u8]) -> Result<Record, Trouble> {
    let mut cursor = Cursor::new(said);
    let process = cursor.value(0)?;
    let mut record = Record::default();
    record.read_kind(&mut cursor)?;
    record.read_f(&mut cursor)?;
    cursor.blank(0)?;
    let is_tuple = cursor.tag()?.is_some_and(|tag| tag.ends_with(b"Tuple"));
    let value = cursor.value(0)?;
    // A last word says why it failed.
    let error = match cursor.value(0) {
        Ok(error) => error,
        Err(Trouble::More) => Data::Nil,
        Err(nonsense) => return Err(nonsense),
    };
    record.set_process(&process);
    record.error = error;
    (record.value, record.is_tuple) = (value, is_tuple);
    match record.wrong.take() {
        Some(why) => cursor.nonsense(why),
        None if record.f.is_none() => cursor.nonsense("no verb"),
        None if matches!(record.who, Who::Nobody) => cursor.nonsense("no process"),
        None => Ok(record),
    }
}
