//! Jepsen's operations in JSON, as elle-cli takes them: an array of objects, or one after the other.
//!
//! ```text
//! [{"index":0,"process":1,"type":"invoke","f":"txn","value":[["append",253,1],["r",255,null]]},
//! ```
//! They mean what they mean in EDN. The colon of a keyword may have stayed; a key of an object
//! that is written like a whole number is one.
use super::jepsen::{Meaning, convert};
use super::record::Record;
use super::source::{LINE_BYTES_MAX, Source};
use super::{ReadError, Reader};
use crate::Data;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;
use std::io::Read;

/// One operation consists of at most so many values, so that a hostile one cannot fill the memory.
const VALUES_MAX: usize = 1 << 20;

pub(super) fn read<R: Read>(
    source: &mut Source<R>,
    reader: &mut Reader<'_>,
) -> Result<(), ReadError> {
    let mut records = Vec::new();
    let mut is_array = false;
    loop {
        let rest = source.rest();
        let blank = rest.len() - rest.trim_ascii_start().len();
        source.consume_counting(blank);
        let Some(first) = source.rest().first().copied() else {
            if source.fill().map_err(ReadError::Io)? {
                continue;
            }
            if is_array {
                reader.recording.torn = Some(source.number);
            }
            break;
        };
        let number = source.number;
        match first {
            b'{' => match operation(source.rest()) {
                Parsed::Record(mut record, length) => {
                    source.consume_counting(length);
                    match record.wrong.take() {
                        Some(why) => reader.nonsense(number, why)?,
                        None => records.push(Record { number, ..*record }),
                    }
                }
                Parsed::More if source.rest().len() > LINE_BYTES_MAX => {
                    let why = format!("an operation longer than {} MiB", LINE_BYTES_MAX >> 20);
                    reader.nonsense(number, why)?;
                    source.consume_counting(LINE_BYTES_MAX);
                    source.skip_line().map_err(ReadError::Io)?;
                }
                Parsed::More => {
                    if !source.double().map_err(ReadError::Io)? {
                        reader.recording.torn = Some(number);
                        break;
                    }
                }
                Parsed::Nonsense { line, why } => {
                    reader.nonsense(number + line, why)?;
                    for _ in 0..=line {
                        source.skip_line().map_err(ReadError::Io)?;
                    }
                }
            },
            b'[' if !is_array && records.is_empty() => is_array = true,
            b']' if is_array => is_array = false,
            b',' => {}
            other => {
                let other = other.escape_ascii();
                let why = format!("`{other}` where an operation stands, which is an object");
                reader.nonsense(number, why)?;
                source.skip_line().map_err(ReadError::Io)?;
                continue;
            }
        }
        if matches!(first, b'[' | b']' | b',') {
            source.consume(1, 0);
        }
    }
    convert(records, Meaning::Jepsen, reader)
}

/// What the bytes begin with.
enum Parsed {
    /// An operation of so many bytes.
    Record(Box<Record>, usize),
    More,
    /// So many lines further on it makes no sense.
    Nonsense {
        line: usize,
        why: String,
    },
}

fn operation(bytes: &[u8]) -> Parsed {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    match Record::deserialize(&mut json) {
        Ok(record) => {
            let length = json.into_iter::<IgnoredAny>().byte_offset();
            Parsed::Record(Box::new(record), length)
        }
        Err(error) if error.is_eof() => Parsed::More,
        Err(error) => {
            let text = error.to_string();
            let text = &text[..text.rfind(" at line ").unwrap_or(text.len())];
            let line = error.line().saturating_sub(1);
            let why = format!("{text} at column {}", error.column());
            Parsed::Nonsense { line, why }
        }
    }
}

/// Without the colon of a keyword.
fn bare(value: Data) -> Data {
    match &value {
        Data::Text(name) => name.strip_prefix(':').map_or(value.clone(), Data::from),
        _ => value,
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Record, D::Error> {
        json.deserialize_map(Operation)
    }
}

struct Operation;

impl<'de> Visitor<'de> for Operation {
    type Value = Record;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an operation, which is an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
        let mut left = VALUES_MAX;
        let mut record = Record::default();
        while let Some(key) = map.next_key::<String>()? {
            if !matches!(
                key.strip_prefix(':').unwrap_or(&key),
                "process" | "type" | "f" | "value" | "time" | "key" | "error"
            ) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = map.next_value_seed(Value { left: &mut left })?;
            match key.strip_prefix(':').unwrap_or(&key) {
                "process" if value == Data::Nil => {}
                "process" => record.set_process(&value),
                "type" => record.set_kind(&bare(value)),
                "f" => record.set_f(&bare(value)),
                "value" => record.value = value,
                "time" => record.set_time(&value),
                "key" => record.key = Some(value),
                _ => record.error = value,
            }
        }
        record.check();
        Ok(record)
    }
}

/// Any value, as long as there are not too many of them.
struct Value<'a> {
    left: &'a mut usize,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Data;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Data, D::Error> {
        let Some(left) = self.left.checked_sub(1) else {
            let why = format!("more than {VALUES_MAX} values in one operation");
            return Err(D::Error::custom(why));
        };
        *self.left = left;
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Data, E> {
        Ok(Data::Nil)
    }

    fn visit_bool<E: Error>(self, is_so: bool) -> Result<Data, E> {
        Ok(Data::Bool(is_so))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Data, E> {
        Ok(Data::Int(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Data, E> {
        let whole = i64::try_from(number).map(Data::Int);
        Ok(whole.unwrap_or_else(|_| number.to_string().as_str().into()))
    }

    /// As in EDN, a number that is not whole is a text.
    fn visit_f64<E: Error>(self, number: f64) -> Result<Data, E> {
        Ok(number.to_string().as_str().into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Data, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Data, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = seq.next_element_seed(Value { left: self.left })? {
            members.push(member);
        }
        Ok(Data::List(members.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
        let mut pairs = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(Value { left: self.left })?;
            pairs.push(Data::from(vec![key_of(&key), value]));
        }
        pairs.sort_unstable();
        Ok(Data::from(pairs))
    }
}

/// `7` for `"7"`, but `"07"` as it is.
fn key_of(key: &str) -> Data {
    match key.parse::<i64>() {
        Ok(number) if number.to_string() == key => Data::Int(number),
        _ => key.strip_prefix(':').unwrap_or(key).into(),
    }
}
