//! What a verb takes and answers, so that a history of something else is told from a wrong answer.
use crate::{Call, Data, Verb};
use std::fmt;

/// A kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nil.
    Nothing,
    /// Any value but nil.
    Value,
    /// True.
    True,
    /// False.
    False,
    /// A whole number.
    Number,
    /// A whole number that is not negative.
    Count,
    /// A string.
    Text,
    /// Two values of any kind.
    Pair,
    /// A list of values.
    Values,
    /// Two accounts and an amount that is not negative.
    Transfer,
    /// Pairs of an account and its balance.
    Balances,
    /// Reads `["r" register value]` and writes `["w" register value]`.
    Steps,
    /// A list of pairs.
    Pairs,
    /// Reads `["r" key value]` only, of one key or more.
    Reads,
    /// A pair, one of which is nil.
    OneOfTwo,
    /// A key, and a pair one of which is nil.
    KeyedOneOfTwo,
    /// A list of `["send" key value]` and `["poll"]`, with their answers or without.
    Messages,
    /// For each key, pairs of an offset and a value.
    Polled,
}

/// A verb that a model knows.
#[derive(Clone, Debug)]
pub struct Asks {
    pub f: Verb,
    /// It takes one of these.
    pub takes: &'static [Shape],
    /// And answers one of these.
    pub answers: &'static [Shape],
}

impl Shape {
    pub(crate) fn fits(self, data: &Data) -> bool {
        let list = data.list();
        match self {
            Shape::Nothing => *data == Data::Nil,
            Shape::Value => *data != Data::Nil,
            Shape::True => *data == Data::Bool(true),
            Shape::False => *data == Data::Bool(false),
            Shape::Number => data.int().is_some(),
            Shape::Count => is_count(data),
            Shape::Text => matches!(data, Data::Text(_)),
            Shape::Pair => data.pair().is_some(),
            Shape::Values => list.is_some(),
            Shape::Transfer => match list {
                Some([from, to, amount]) => {
                    from.int().is_some() && to.int().is_some() && is_count(amount)
                }
                _ => false,
            },
            Shape::Balances => list.is_some_and(|pairs| pairs.iter().all(is_balance)),
            Shape::Steps => list.is_some_and(|steps| steps.iter().all(is_step)),
            Shape::Pairs => list.is_some_and(|pairs| pairs.iter().all(is_pair)),
            Shape::Reads => {
                list.is_some_and(|reads| !reads.is_empty() && reads.iter().all(is_read))
            }
            Shape::OneOfTwo => is_one_of_two(data),
            Shape::KeyedOneOfTwo => data.pair().is_some_and(|(_, ids)| is_one_of_two(ids)),
            Shape::Messages => list.is_some_and(|steps| steps.iter().all(is_message)),
            Shape::Polled => is_polled(data),
        }
    }
}

fn is_pair(data: &Data) -> bool {
    data.pair().is_some()
}

fn is_read(data: &Data) -> bool {
    matches!(data.list(), Some([Data::Text(f), _, _]) if **f == *"r")
}

fn is_one_of_two(data: &Data) -> bool {
    let is_id = |id: &Data| matches!(id, Data::Int(_) | Data::Text(_));
    match data.pair() {
        Some((Data::Nil, id)) | Some((id, Data::Nil)) => is_id(id),
        _ => false,
    }
}

fn is_message(data: &Data) -> bool {
    match data.list() {
        Some([Data::Text(f), _, _]) => **f == *"send",
        Some([Data::Text(f), polled]) => **f == *"poll" && is_polled(polled),
        Some([Data::Text(f)]) => **f == *"poll",
        _ => false,
    }
}

/// An offset that nobody was told is nil.
fn is_polled(data: &Data) -> bool {
    let is_at = |message: &Data| match message.pair() {
        Some((offset, _)) => *offset == Data::Nil || is_count(offset),
        None => false,
    };
    let is_of_key = |pair: &Data| {
        let messages = pair.pair().and_then(|(_, messages)| messages.list());
        messages.is_some_and(|messages| messages.iter().all(is_at))
    };
    data.list().is_some_and(|keys| keys.iter().all(is_of_key))
}

fn is_count(data: &Data) -> bool {
    data.int().is_some_and(|count| 0 <= count)
}

fn is_balance(data: &Data) -> bool {
    let numbers = data.pair().map(|(a, b)| (a.int(), b.int()));
    matches!(numbers, Some((Some(_), Some(_))))
}

fn is_step(data: &Data) -> bool {
    match data.list() {
        Some([Data::Text(f), ..]) if !matches!(&**f, "r" | "w") => false,
        Some([Data::Text(_), _, _]) => true,
        _ => false,
    }
}

impl Asks {
    /// Whether `call` is one of these, as far as it goes.
    pub(crate) fn fits(&self, call: &Call) -> bool {
        let is_taken = self.takes.iter().any(|shape| shape.fits(&call.input));
        let answer = call.output.as_ref();
        let is_said = |answer: &Data| self.answers.iter().any(|shape| shape.fits(answer));
        is_taken && answer.is_none_or(is_said) && is_same_transaction(call)
    }
}

/// A transaction answers with what it was asked, its reads filled in.
fn is_same_transaction(call: &Call) -> bool {
    let (Verb::Txn, Some(answer)) = (&call.f, &call.output) else {
        return true;
    };
    let (asked, answered) = (call.input.list(), answer.list());
    let (asked, answered) = (asked.unwrap_or_default(), answered.unwrap_or_default());
    let mut both = asked.iter().zip(answered);
    asked.len() == answered.len()
        && both.all(|both| match (both.0.list(), both.1.list()) {
            (Some([f, register, value]), Some([g, same, found])) => {
                (f, register) == (g, same) && (*value == Data::Nil || value == found)
            }
            _ => false,
        })
}

/// As in `add takes a value and answers nothing, true or false`.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Shape::Nothing => "nothing",
            Shape::Value => "a value",
            Shape::True => "true",
            Shape::False => "false",
            Shape::Number => "a number",
            Shape::Count => "a number from 0",
            Shape::Text => "a string",
            Shape::Pair => "[from to]",
            Shape::Values => "a list",
            Shape::Transfer => "[from to amount]",
            Shape::Balances => "a list of [account balance]",
            Shape::Steps => r#"a list of ["r" register value] and ["w" register value]"#,
            Shape::Pairs => "a list of pairs",
            Shape::Reads => r#"a list of ["r" key value]"#,
            Shape::OneOfTwo => "[id nil] or [nil id]",
            Shape::KeyedOneOfTwo => "[key [id nil]] or [key [nil id]]",
            Shape::Messages => r#"a list of ["send" key value] and ["poll"]"#,
            Shape::Polled => "for each key a list of [offset value]",
        })
    }
}

/// One line: `add: a value → nothing, true or false`.
impl fmt::Display for Asks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.f)?;
        either(f, self.takes)?;
        f.write_str(" → ")?;
        either(f, self.answers)
    }
}

pub(crate) fn either(f: &mut fmt::Formatter<'_>, shapes: &[Shape]) -> fmt::Result {
    for (i, shape) in shapes.iter().enumerate() {
        let comma = match i {
            0 => "",
            _ if i + 1 == shapes.len() => " or ",
            _ => ", ",
        };
        write!(f, "{comma}{shape}")?;
    }
    Ok(())
}
