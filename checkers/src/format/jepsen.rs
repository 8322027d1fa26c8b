//! What Jepsen's operations mean: which requests they are, and what their completions answer.
//!
//! `:fail` did not happen and `:info` may have. A read that is answered nil says nothing, as
//! Knossos has it, except in logs, which are read as Porcupine reads them.
mod answer;
mod key;
mod micro;
mod process;

use self::key::Keys;
use self::micro::micro_ops;
use super::record::{Record, Type, Who};
use super::{ReadError, Reader};
use crate::{Call, Data, Event, Kind, Malformed, Op, Process, Verb};

/// By whose word refusals and nils are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Jepsen and Knossos: neither a refusal nor nil says what the register held.
    Jepsen,
    /// Porcupine's reading of Jepsen's log: both do.
    Told,
    /// Porcupine's gets, puts and appends.
    Kv,
}

/// What a whole file has in common.
struct Shape {
    meaning: Meaning,
    /// Registers of numbers, which have operations of their own.
    is_register: bool,
    /// A read's answer is a set: its members come in any order.
    is_set: bool,
}

/// Turns records into events and notes.
pub(super) fn convert(
    mut records: Vec<Record>,
    meaning: Meaning,
    reader: &mut Reader<'_>,
) -> Result<(), ReadError> {
    if meaning == Meaning::Kv {
        records.iter_mut().for_each(rename);
    }
    let is_keyed = reader.options.is_keyed;
    let is_keyed = is_keyed.unwrap_or_else(|| key::are_keyed(&records));
    for record in &mut records {
        key::split(record, is_keyed);
    }
    micro::rename(&mut records);
    let records = process::assign(records, reader)?;
    let keys = Keys::of(&records);
    keys.name(&mut reader.recording.history);
    let shape = Shape::of(&records, meaning);
    for record in records {
        take(&record, &keys, &shape, reader)?;
    }
    Ok(())
}

/// Porcupine says get and put where we say read and write.
fn rename(record: &mut Record) {
    if let Some(Verb::Other(name)) = &record.f {
        match &**name {
            "get" => record.f = Some(Verb::Read),
            "put" => record.f = Some(Verb::Write),
            _ => {}
        }
    }
}

impl Shape {
    fn of(records: &[Record], meaning: Meaning) -> Shape {
        let mut shape = Shape {
            meaning,
            is_register: meaning != Meaning::Kv,
            is_set: false,
        };
        let mut is_log = false;
        for record in records {
            let (Who::Process(_), Some(f)) = (&record.who, &record.f) else {
                continue;
            };
            shape.is_register &= is_register(record, f);
            shape.is_set |= matches!(f, Verb::Add | Verb::Remove);
            is_log |= *f == Verb::Append;
        }
        shape.is_set &= !is_log;
        shape
    }
}

/// Whether this is asked of a register of whole numbers, or answered by one.
fn is_register(record: &Record, f: &Verb) -> bool {
    let is_invoke = record.kind == Some(Type::Invoke);
    let says_nothing = matches!(record.kind, Some(Type::Fail | Type::Info));
    let value = &record.value;
    match f {
        Verb::Read => is_invoke || says_nothing || matches!(value, Data::Int(_) | Data::Nil),
        Verb::Write => !is_invoke || value.int().is_some(),
        Verb::Cas => !is_invoke || swap(value).is_some(),
        _ => false,
    }
}

/// `[from to]`
fn swap(value: &Data) -> Option<(i64, i64)> {
    let (from, to) = value.pair()?;
    Some((from.int()?, to.int()?))
}

fn take(
    record: &Record,
    keys: &Keys,
    shape: &Shape,
    reader: &mut Reader<'_>,
) -> Result<(), ReadError> {
    let process = match &record.who {
        Who::Process(number) => Process(*number),
        Who::Other | Who::Nobody => {
            let f = record.f.as_ref().map_or("note", Verb::name);
            let value = serde_json::to_value(&record.value).unwrap_or_default();
            reader.recording.history.note(record.time, f, value);
            return Ok(());
        }
    };
    let (Some(f), Some(kind)) = (&record.f, record.kind) else {
        unreachable!("a record without them is nonsense");
    };
    let said = if kind == Type::Invoke {
        invoke(record, f, keys, shape).map(|op| (Kind::Invoke, op))
    } else {
        match reader.recording.history.open_op(process) {
            None => Err(Malformed::Orphan(process).to_string()),
            Some(op) if !completes(record, kind, op, keys) => {
                Err(Malformed::Mismatch(process).to_string())
            }
            Some(op) => answer::complete(record, kind, op, shape),
        }
    };
    match said {
        Ok((kind, op)) => {
            let event = Event {
                time: record.time,
                process,
                node: None,
                kind,
                op,
            };
            reader.push(record.number, event)
        }
        Err(why) => reader.nonsense(record.number, why),
    }
}

/// Whether a completion is of what was asked. One that is not *ok* need not repeat the key.
fn completes(record: &Record, kind: Type, asked: &Op, keys: &Keys) -> bool {
    let is_same = record.f.as_ref().is_some_and(|f| f.name() == asked.f());
    is_same && (kind != Type::Ok || keys.is_of(record, asked.key()))
}

fn invoke(record: &Record, f: &Verb, keys: &Keys, shape: &Shape) -> Result<Op, String> {
    let key = keys.key(record)?;
    let value = &record.value;
    if shape.is_register {
        match (f, value.int(), swap(value)) {
            (Verb::Read, _, _) => return Ok(Op::Read { key, value: None }),
            (Verb::Write, Some(value), _) => return Ok(Op::Write { key, value }),
            (Verb::Cas, _, Some((from, to))) if shape.meaning == Meaning::Jepsen => {
                let found = None;
                return Ok(Op::Cas {
                    key,
                    from,
                    to,
                    found,
                });
            }
            // A refusal that does not say what was found is answered by a call.
            _ => {}
        }
    }
    if *f == Verb::Cas && value.pair().is_none() {
        return Err(format!("`:cas` needs `[from to]`, not {value}"));
    }
    Ok(Call::new(f.clone(), key, input(f, value)).into())
}

/// What a request says, without the blanks that its answer fills in.
fn input(f: &Verb, value: &Data) -> Data {
    match f {
        Verb::Read | Verb::Dequeue | Verb::Pop | Verb::DeleteMin | Verb::Generate => Data::Nil,
        Verb::Txn => micro_ops(value, true),
        Verb::Transfer => transfer(value),
        _ => value.clone(),
    }
}

/// `{:from 0 :to 1 :amount 5}` as `[0 1 5]`.
fn transfer(value: &Data) -> Data {
    let field = |name: &str| {
        let mut pairs = value.list()?.iter().filter_map(Data::pair);
        let (_, value) = pairs.find(|(key, _)| **key == Data::from(name))?;
        Some(value.clone())
    };
    match (field("from"), field("to"), field("amount")) {
        (Some(from), Some(to), Some(amount)) => Data::from(vec![from, to, amount]),
        _ => value.clone(),
    }
}
