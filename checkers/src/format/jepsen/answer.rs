//! What a completion answers to its invocation.
use super::super::record::{Record, Type};
use super::micro::{are_answered, micro_ops};
use super::{Meaning, Shape, input, swap};
use crate::{Call, Data, Kind, Op, Verb};

/// The completion of `asked`, or why it is none.
pub(super) fn complete(
    record: &Record,
    kind: Type,
    asked: &Op,
    shape: &Shape,
) -> Result<(Kind, Op), String> {
    match kind {
        Type::Invoke => unreachable!("an invocation completes nothing"),
        Type::Ok => answer(record, asked, shape),
        Type::Fail if is_refusal(record, asked, shape) => {
            let Op::Call(call) = asked else {
                unreachable!("only calls are refused");
            };
            Ok((Kind::Ok, Call::clone(call).answered(false).into()))
        }
        Type::Fail => Ok((Kind::Fail(reason(record, asked)), asked.clone())),
        Type::Info => Ok((Kind::Info(reason(record, asked)), asked.clone())),
    }
}

/// Whether a failed compare-and-set says that the register did not hold `from`: not if it names
/// another reason.
fn is_refusal(record: &Record, asked: &Op, shape: &Shape) -> bool {
    let Op::Call(call) = asked else {
        return false;
    };
    let is_told = shape.meaning == Meaning::Told && call.f == Verb::Cas;
    is_told && record.error == Data::Nil && record.value == call.input
}

/// The text of `:error`, or a word in the place of a value: `:info :write :timed-out`.
fn reason(record: &Record, asked: &Op) -> String {
    let is_echo = match asked {
        Op::Call(call) => call.input == record.value,
        Op::Read { .. } | Op::Write { .. } | Op::Cas { .. } => false,
    };
    match (&record.error, &record.value) {
        (Data::Nil, Data::Text(word)) if !is_echo => word.to_string(),
        (Data::Nil, _) => String::new(),
        (Data::Text(word), _) => word.to_string(),
        (error, _) => error.to_string(),
    }
}

fn answer(record: &Record, asked: &Op, shape: &Shape) -> Result<(Kind, Op), String> {
    let value = &record.value;
    let other = || {
        let f = asked.f();
        Err(format!("`:{f}` was answered with another value, {value}"))
    };
    let op = match asked {
        Op::Read { key, .. } => match (value.int(), shape.meaning) {
            (None, Meaning::Jepsen | Meaning::Kv) => return Ok(says_nothing(asked)),
            (value, _) => Op::Read { key: *key, value },
        },
        Op::Write { value: asked, .. } if *value != Data::Nil && value.int() != Some(*asked) => {
            return other();
        }
        Op::Write { .. } => asked.clone(),
        Op::Cas { key, from, to, .. } => {
            if *value != Data::Nil && swap(value) != Some((*from, *to)) {
                return other();
            }
            Op::Cas {
                key: *key,
                from: *from,
                to: *to,
                found: Some(*from),
            }
        }
        Op::Call(call) => {
            let is_echo = *value == Data::Nil || input(&call.f, value) == call.input;
            let must_echo = matches!(
                call.f,
                Verb::Write | Verb::Cas | Verb::Enqueue | Verb::Push | Verb::Insert
            );
            let is_other_txn =
                call.f == Verb::Txn && *value != Data::Nil && !are_answered(&call.input, value);
            if (must_echo && !is_echo) || is_other_txn {
                return other();
            }
            match output(call, value, is_echo, shape) {
                Some(output) => Call::clone(call).answered(output).into(),
                None if call.f == Verb::Read => return Ok(says_nothing(asked)),
                None => {
                    let why = "answered without a value".to_owned();
                    return Ok((Kind::Info(why), asked.clone()));
                }
            }
        }
    };
    Ok((Kind::Ok, op))
}

/// As if it had not been asked.
fn says_nothing(asked: &Op) -> (Kind, Op) {
    let why = "answered nil, which says nothing".to_owned();
    (Kind::Fail(why), asked.clone())
}

/// The answer to a call; none if the value does not tell it.
fn output(call: &Call, value: &Data, is_echo: bool, shape: &Shape) -> Option<Data> {
    match call.f {
        Verb::Read if *value == Data::Nil && shape.meaning != Meaning::Told => None,
        Verb::Read => match value {
            Data::List(members) if shape.is_set => {
                let mut members = members.to_vec();
                members.sort_unstable();
                Some(Data::List(members.into()))
            }
            value => Some(value.clone()),
        },
        Verb::Txn if value.list().is_none() => None,
        Verb::Txn => Some(micro_ops(value, false)),
        Verb::Dequeue | Verb::Pop | Verb::DeleteMin => Some(value.clone()),
        Verb::Generate | Verb::Propose => (*value != Data::Nil).then(|| value.clone()),
        Verb::Contains if !matches!(value, Data::Bool(_)) => None,
        Verb::Cas => Some(true.into()),
        // A client that answers with what it was asked says no more than that it is done.
        _ if is_echo && !matches!(value, Data::Bool(_)) => Some(Data::Nil),
        _ => Some(value.clone()),
    }
}
