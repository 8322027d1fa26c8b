//! Operations as Clojure writes them: `{:process 0, :type :invoke, :f :read, :value nil}`.
use super::edn::{Cursor, Trouble};
use super::jepsen::{Meaning, convert};
use super::source::{LINE_BYTES_MAX, Source};
use super::{Format, ReadError, Reader};
use crate::{Data, Verb};
use std::io::Read;

/// One event, before it is known what its values mean.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// The line that it begins in.
    pub(super) number: usize,
    pub(super) time: u64,
    pub(super) who: Who,
    pub(super) kind: Option<Type>,
    pub(super) f: Option<Verb>,
    pub(super) key: Option<Data>,
    pub(super) value: Data,
    /// Whether `value` is tagged as a tuple of a key and a value.
    pub(super) is_tuple: bool,
    pub(super) error: Data,
    /// What is wrong with it, although it is good EDN.
    pub(super) wrong: Option<String>,
}

#[derive(Debug, Default)]
pub(super) enum Who {
    #[default]
    Nobody,
    Process(u32),
    /// Not a client: `:nemesis`.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Invoke,
    Ok,
    Fail,
    Info,
}

impl Record {
    pub(super) fn kind_named(name: &[u8]) -> Option<Type> {
        Some(match name {
            b"invoke" => Type::Invoke,
            b"ok" => Type::Ok,
            b"fail" => Type::Fail,
            b"info" => Type::Info,
            _ => return None,
        })
    }

    pub(super) fn set_process(&mut self, process: &Data) {
        self.who = match process {
            Data::Int(number) => match u32::try_from(*number) {
                Ok(number) => Who::Process(number),
                Err(_) => {
                    let why = format!("process {number} is not from 0 to {}", u32::MAX);
                    return self.complain(why);
                }
            },
            Data::Text(_) => Who::Other,
            Data::Nil | Data::Bool(_) | Data::List(_) => {
                return self.complain(format!("`:process` is {process}, not a number or a name"));
            }
        };
    }

    pub(super) fn read_kind(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Trouble> {
        if let Some(name) = cursor.keyword()? {
            self.kind = Record::kind_named(name);
            if self.kind.is_none() {
                let name = name.escape_ascii();
                let why = format!("`:type` is :{name}, not :invoke, :ok, :fail or :info");
                self.complain(why);
            }
            return Ok(());
        }
        let kind = cursor.value(1)?;
        self.set_kind(&kind);
        Ok(())
    }

    pub(super) fn set_kind(&mut self, kind: &Data) {
        if let Data::Text(name) = kind {
            self.kind = Record::kind_named(name.as_bytes());
        }
        if self.kind.is_none() {
            let why = format!("`:type` is {kind}, not :invoke, :ok, :fail or :info");
            self.complain(why);
        }
    }

    pub(super) fn read_f(&mut self, cursor: &mut Cursor<'_>) -> Result<(), Trouble> {
        if let Some(name) = cursor.keyword()? {
            self.f = std::str::from_utf8(name).ok().map(Verb::named);
            return Ok(());
        }
        let f = cursor.value(1)?;
        self.set_f(&f);
        Ok(())
    }

    pub(super) fn set_f(&mut self, f: &Data) {
        self.f = match f {
            Data::Text(name) => Some(Verb::named(name)),
            Data::Int(_) | Data::Bool(_) => Some(Verb::named(&f.to_string())),
            Data::Nil => None,
            Data::List(_) => {
                self.complain(format!("`:f` is {f}, not a verb"));
                None
            }
        };
    }

    fn complain(&mut self, why: String) {
        self.wrong.get_or_insert(why);
    }

    /// What has to be there. Whether a process may be missing depends on the other operations.
    pub(super) fn check(&mut self) {
        if self.wrong.is_some() {
            return;
        }
        let is_txn = self.f.is_none() && matches!(self.value, Data::List(_));
        if is_txn {
            // Histories for Elle leave out that an operation is a transaction.
            self.f = Some(Verb::Txn);
        }
        let missing = match (&self.who, self.kind, &self.f) {
            (Who::Nobody, None, None) => ":process",
            (_, None, _) => ":type",
            (Who::Process(_) | Who::Nobody, _, None) => ":f",
            _ => return,
        };
        self.complain(format!("an operation without `{missing}`"));
    }

    /// Reads a map at the cursor.
    fn read(cursor: &mut Cursor<'_>) -> Result<Record, Trouble> {
        while cursor.peek()? == b'^' {
            cursor.at += 1;
            cursor.value(1)?;
            cursor.blank(0)?;
        }
        // #jepsen.history.Op{…}, #knossos.op.Op{…}
        if cursor.tag()?.is_some() {
            cursor.blank(0)?;
        }
        if cursor.peek()? != b'{' {
            return cursor.nonsense("not an operation, which is a map");
        }
        cursor.at += 1;
        let mut record = Record::default();
        while cursor.blank(0)? != b'}' {
            if cursor.peek()? != b':' {
                // Jepsen's own fields are keywords; others may be anything.
                cursor.value(1)?;
                cursor.value(1)?;
                continue;
            }
            match cursor.token()? {
                b":process" => record.set_process(&cursor.value(1)?),
                b":type" => record.read_kind(cursor)?,
                b":f" => record.read_f(cursor)?,
                b":value" => {
                    cursor.blank(1)?;
                    record.is_tuple = cursor.tag()?.is_some_and(|tag| tag.ends_with(b"Tuple"));
                    record.value = cursor.value(1)?;
                }
                b":time" => record.set_time(&cursor.value(1)?),
                b":key" => record.key = Some(cursor.value(1)?),
                b":error" => record.error = cursor.value(1)?,
                _ => drop(cursor.value(1)?),
            }
        }
        cursor.at += 1;
        record.check();
        Ok(record)
    }

    pub(super) fn set_time(&mut self, time: &Data) {
        // It is for drawing only, so a time that is none does not matter.
        self.time = time
            .int()
            .and_then(|time| time.try_into().ok())
            .unwrap_or(0);
    }
}

/// What stands at the top of a file.
enum Step {
    Opened(u8),
    Closed,
    Operation(Record),
}

/// Goes on behind the next piece of a file, which begins at `begin`.
fn step(cursor: &mut Cursor<'_>, begin: &mut usize, closes: Option<u8>) -> Result<Step, Trouble> {
    let byte = cursor.blank(0)?;
    *begin = cursor.at;
    match (byte, closes) {
        (b'[' | b'(', None) => {
            cursor.at += 1;
            Ok(Step::Opened(if byte == b'[' { b']' } else { b')' }))
        }
        (byte, Some(end)) if byte == end => {
            cursor.at += 1;
            Ok(Step::Closed)
        }
        _ => Record::read(cursor).map(Step::Operation),
    }
}

/// Reads maps, one after the other or in a vector or list.
pub(super) fn read_edn<R: Read>(
    source: &mut Source<R>,
    reader: &mut Reader<'_>,
) -> Result<(), ReadError> {
    let mut records = Vec::new();
    let mut closes = None;
    loop {
        let mut cursor = Cursor::new(source.rest());
        let mut begin = 0;
        let step = step(&mut cursor, &mut begin, closes);
        let end = cursor.at;
        match step {
            Ok(step) => {
                source.consume_counting(begin);
                let number = source.number;
                source.consume_counting(end - begin);
                match step {
                    Step::Opened(end) => closes = Some(end),
                    Step::Closed => closes = None,
                    Step::Operation(mut record) => match record.wrong.take() {
                        Some(why) => reader.nonsense(number, why)?,
                        None => records.push(Record { number, ..record }),
                    },
                }
            }
            Err(Trouble::More) => {
                source.consume_counting(begin);
                let length = source.rest().len();
                if length > LINE_BYTES_MAX {
                    let why = format!("an operation longer than {} MiB", LINE_BYTES_MAX >> 20);
                    reader.nonsense(source.number, why)?;
                    source.consume_counting(LINE_BYTES_MAX);
                    source.skip_line().map_err(ReadError::Io)?;
                } else if !source.double().map_err(ReadError::Io)? {
                    if closes.is_some() || !is_blank(source.rest()) {
                        reader.recording.torn = Some(source.number);
                    }
                    break;
                }
            }
            Err(Trouble::Nonsense { at, why }) => {
                source.consume_counting(at);
                reader.nonsense(source.number, why)?;
                source.skip_line().map_err(ReadError::Io)?;
            }
        }
    }
    let meaning = match reader.recording.format {
        Format::PorcupineKv => Meaning::Kv,
        _ => Meaning::Jepsen,
    };
    convert(records, meaning, reader)
}

/// Whether nothing is left but blanks and comments.
fn is_blank(rest: &[u8]) -> bool {
    let mut lines = rest.split(|byte| *byte == b'\n');
    lines.all(|line| {
        let line = line.trim_ascii();
        line.is_empty() || line[0] == b';'
    })
}
