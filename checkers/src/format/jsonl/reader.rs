//! From lines to events: what each verb needs, and whether registers are asked as calls.
use super::keys::Keys;
use super::line::{RawLine, Type, node_named};
use super::scan::{Fields, Named, scan};
use super::{FORMAT, Header, Order};
use crate::format::source::{LINE_BYTES_MAX, Source};
use crate::format::{ReadError, Reader};
use crate::{Call, Data, Event, History, Key, Kind, Op, Process, Verb};
use serde_json::Value;
use std::io::Read;

/// Reads lines up to the end of the file.
pub(in crate::format) fn read_lines<R: Read>(
    source: &mut Source<R>,
    reader: &mut Reader<'_>,
) -> Result<(), ReadError> {
    let mut state = State::default();
    loop {
        let rest = source.rest();
        if let Some((fields, length)) = scan(rest)
            && rest.get(length) == Some(&b'\n')
        {
            let number = source.number;
            match event(fields, &mut state, &mut reader.recording.history) {
                Ok(event) => reader.push(number, event)?,
                Err(why) => reader.nonsense(number, why)?,
            }
            source.consume(length + 1, 1);
            continue;
        }
        let Some(span) = source.line().map_err(ReadError::Io)? else {
            return Ok(());
        };
        let number = source.number;
        if span.is_too_long {
            let why = format!("longer than {} MiB", LINE_BYTES_MAX >> 20);
            reader.nonsense(number, why)?;
            source.skip_line().map_err(ReadError::Io)?;
            continue;
        }
        let line = source.rest()[..span.length].trim_ascii();
        if !line.is_empty() {
            match read_line(line, number, &mut state, reader) {
                Ok(None) => {}
                Ok(Some(event)) if span.is_whole => reader.push(number, event)?,
                Ok(Some(event)) => {
                    if reader.recording.history.push(event).is_err() {
                        reader.recording.torn = Some(number);
                    }
                }
                Err(_) if !span.is_whole => reader.recording.torn = Some(number),
                Err(why) => reader.nonsense(number, why)?,
            }
        }
        source.consume_line(&span);
    }
}

/// What the lines so far tell of the next one.
#[derive(Default)]
struct State {
    /// Whether registers are asked as calls.
    is_calls: bool,
    keys: Keys,
}

/// The event that stands in a line; none for a header or a note, which are taken at once.
fn read_line(
    line: &[u8],
    number: usize,
    state: &mut State,
    reader: &mut Reader<'_>,
) -> Result<Option<Event>, String> {
    let recording = &mut reader.recording;
    if number == 1
        && let Ok(header) = serde_json::from_slice::<Header>(line)
    {
        if header.format != FORMAT {
            let format = header.format;
            return Err(format!("format `{format}` is not known, only `{FORMAT}`"));
        }
        if header.order == Some(Order::Session) {
            recording.history.forget_real_time();
        }
        recording.header = Some(header);
        return Ok(None);
    }
    if let Some((fields, length)) = scan(line)
        && length == line.len()
    {
        return event(fields, state, &mut recording.history).map(Some);
    }
    let line = RawLine::parse(line)?;
    if let Some(name) = line.process.as_str()
        && line.kind != Type::Info
    {
        return Err(format!(
            "`process` is `{}`, not a number: whoever has a name only makes notes, of type info",
            name.escape_debug()
        ));
    }
    if line.process.is_string() {
        let time = natural("time", &line.time)?;
        let value = line.value.unwrap_or_default();
        let who = line.process.as_str().unwrap_or_default();
        recording.history.note_by(time, who, line.f, value);
        return Ok(None);
    }
    let process = line
        .process
        .as_u64()
        .and_then(|number| number.try_into().ok());
    let Some(process) = process else {
        return Err(format!(
            "`process` is {}, not a number from 0 to {} or a name",
            line.process,
            u32::MAX
        ));
    };
    let fields = fields(line, process)?;
    event(fields, state, &mut recording.history).map(Some)
}

fn fields(line: RawLine<'_>, process: u32) -> Result<Fields<'_>, String> {
    let integer = |name, value: &Option<Value>| value.as_ref().map(|value| integer(name, value));
    let key = line.key.filter(|key| !key.is_null());
    let found = line.found.filter(|found| !found.is_null());
    Ok(Fields {
        time: natural("time", &line.time)?,
        process,
        node: line
            .node
            .filter(|node| !node.is_null())
            .map(|node| named(&node))
            .transpose()?,
        kind: line.kind,
        f: line.f,
        key: key.map(named_key).transpose()?,
        value: line.value.map(|value| data("value", value)).transpose()?,
        from: integer("from", &line.from).transpose()?,
        to: integer("to", &line.to).transpose()?,
        found: integer("found", &found).transpose()?,
        result: line.result.map(|value| data("result", value)).transpose()?,
        error: line.error,
    })
}

fn named_key(key: Value) -> Result<Named<'static>, String> {
    match key {
        Value::String(name) => Ok(Named::Name(name.into())),
        key => key.as_u64().map(Named::Number).ok_or_else(|| {
            let most = u64::MAX;
            format!("`key` is {key}, not a whole number from 0 to {most} or a name")
        }),
    }
}

fn named(node: &Value) -> Result<crate::NodeId, String> {
    let name = node
        .as_str()
        .ok_or_else(|| format!("`node` is {node}, not a name"))?;
    node_named::<serde_json::Error>(name).map_err(|error| error.to_string())
}

fn natural(name: &str, value: &Value) -> Result<u64, String> {
    let why = || {
        format!(
            "`{name}` is {value}, not a whole number from 0 to {}",
            u64::MAX
        )
    };
    value.as_u64().ok_or_else(why)
}

fn integer(name: &str, value: &Value) -> Result<i64, String> {
    let why = || format!("`{name}` is {value}, not a whole number of 64 bits");
    value.as_i64().ok_or_else(why)
}

/// JSON nests no deeper than its parser allows, so this may call itself.
fn data(name: &str, value: Value) -> Result<Data, String> {
    Ok(match value {
        Value::Null => Data::Nil,
        Value::Bool(is_so) => Data::Bool(is_so),
        Value::Number(_) => Data::Int(integer(name, &value)?),
        Value::String(text) => Data::from(text.as_str()),
        Value::Array(members) => {
            let members = members.into_iter().map(|member| data(name, member));
            Data::List(members.collect::<Result<_, _>>()?)
        }
        Value::Object(pairs) => {
            let pairs = pairs.into_iter().map(|(key, value)| {
                Ok(Data::from(vec![
                    Data::from(key.as_str()),
                    data(name, value)?,
                ]))
            });
            let mut pairs = pairs.collect::<Result<Vec<_>, String>>()?;
            pairs.sort_unstable();
            Data::from(pairs)
        }
    })
}

/// Makes an event of what a line says. Once one line can only be of a call, all are.
fn event(fields: Fields<'_>, state: &mut State, history: &mut History) -> Result<Event, String> {
    if !state.is_calls && is_call(&fields) {
        history.registers_to_calls();
        state.is_calls = true;
    }
    let process = Process(fields.process);
    // What is asked without a key is about object 0; an answer is about what was asked.
    let is_asked = fields.kind == Type::Invoke || !state.is_calls;
    let key = match (&fields.key, history.open_op(process)) {
        (None, Some(asked)) if !is_asked => asked.key(),
        (None, _) => state.keys.number(&Named::Number(0), history),
        (Some(key), _) => state.keys.number(key, history),
    };
    let op = if state.is_calls {
        call(&fields, key, history.open_op(process))?.into()
    } else {
        register(&fields, key)?
    };
    let error = || fields.error.as_deref().unwrap_or_default().to_owned();
    let kind = match fields.kind {
        Type::Invoke => Kind::Invoke,
        Type::Ok => Kind::Ok,
        Type::Fail => Kind::Fail(error()),
        Type::Info => Kind::Info(error()),
    };
    Ok(Event {
        time: fields.time,
        process,
        node: fields.node,
        kind,
        op,
    })
}

/// Whether this cannot be said of a register of whole numbers.
fn is_call(fields: &Fields<'_>) -> bool {
    let is_other = |value: &Data| !matches!(value, Data::Int(_) | Data::Nil);
    match &*fields.f {
        _ if fields.result.is_some() => true,
        "read" => fields.value.as_ref().is_some_and(is_other),
        "write" => fields
            .value
            .as_ref()
            .is_some_and(|value| value.int().is_none()),
        "cas" => fields.value.is_some(),
        _ => true,
    }
}

fn register(fields: &Fields<'_>, key: Key) -> Result<Op, String> {
    let missing = |field| format!("`{}` needs `{field}`", fields.f);
    let value = fields.value.as_ref().and_then(Data::int);
    Ok(match &*fields.f {
        "read" => Op::Read { key, value },
        "write" => Op::Write {
            key,
            value: value.ok_or_else(|| missing("value"))?,
        },
        _ => Op::Cas {
            key,
            from: fields.from.ok_or_else(|| missing("from"))?,
            to: fields.to.ok_or_else(|| missing("to"))?,
            found: fields.found,
        },
    })
}

fn call(fields: &Fields<'_>, key: Key, asked: Option<&Op>) -> Result<Call, String> {
    let f = Verb::named(&fields.f);
    let missing = |field| Err(format!("`{f}` needs `{field}`"));
    let asked = match asked {
        Some(Op::Call(call)) if fields.kind != Type::Invoke => Some(&**call),
        _ => None,
    };
    let is_ok = fields.kind == Type::Ok;
    if !is_ok && fields.result.is_some() {
        return Err("`result` belongs to an answer, which is of type ok".to_owned());
    }
    let swap = || Some(Data::from(vec![fields.from?, fields.to?]));
    // A read is asked with nothing: a value beside it is what a register answered.
    let (input, answer) = match f {
        Verb::Read => (
            Some(Data::Nil),
            fields.result.as_ref().or(fields.value.as_ref()),
        ),
        Verb::Cas => (
            swap().or_else(|| fields.value.clone()),
            fields.result.as_ref(),
        ),
        _ => (fields.value.clone(), fields.result.as_ref()),
    };
    let input = match input.or_else(|| asked.map(|asked| asked.input.clone())) {
        Some(input) => input,
        None if needs_value(&f) => return missing("value"),
        None => Data::Nil,
    };
    let is_set = fields.found.is_some() && fields.found == fields.from;
    let output = match answer {
        Some(answer) => Some(answer.clone()),
        None if !is_ok => None,
        None if f == Verb::Cas && fields.from.is_some() => Some(is_set.into()),
        None if needs_result(&f, &input) => return missing("result"),
        None => Some(Data::Nil),
    };
    Ok(Call {
        f,
        key,
        input,
        output: output.filter(|_| is_ok),
    })
}

/// Verbs that are asked with something. That it is left out is a mistake, and is not taken for nil.
fn needs_value(f: &Verb) -> bool {
    match f {
        Verb::Write
        | Verb::Cas
        | Verb::Append
        | Verb::Add
        | Verb::Contains
        | Verb::Enqueue
        | Verb::Push
        | Verb::Insert
        | Verb::Transfer
        | Verb::Txn
        | Verb::Propose => true,
        Verb::Read
        | Verb::Remove
        | Verb::Dequeue
        | Verb::Pop
        | Verb::DeleteMin
        | Verb::Acquire
        | Verb::AcquireRead
        | Verb::AcquireWrite
        | Verb::Release
        | Verb::Generate
        | Verb::Other(_) => false,
    }
}

/// Verbs that are asked for something. Nil would say that there was nothing.
fn needs_result(f: &Verb, input: &Data) -> bool {
    match f {
        Verb::Read
        | Verb::Contains
        | Verb::Dequeue
        | Verb::Pop
        | Verb::DeleteMin
        | Verb::Generate
        | Verb::Txn
        | Verb::Propose
        | Verb::Cas => true,
        Verb::Remove => *input == Data::Nil,
        Verb::Write
        | Verb::Append
        | Verb::Add
        | Verb::Enqueue
        | Verb::Push
        | Verb::Insert
        | Verb::Acquire
        | Verb::AcquireRead
        | Verb::AcquireWrite
        | Verb::Release
        | Verb::Transfer
        | Verb::Other(_) => false,
    }
}
