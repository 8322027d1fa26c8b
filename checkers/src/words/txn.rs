//! A transaction as a reader is shown it: `append x 3 · r y → [1 2]`.
use crate::{Call, Data};
use std::fmt::Write;

/// A list longer than this is shown by its first and last members.
const MEMBERS_MAX: usize = 12;
/// So many of either are shown.
const MEMBERS_SHOWN: usize = 4;
/// A transaction of more steps is cut off.
const STEPS_MAX: usize = 12;

/// The steps of a transaction, if it is one. What was not answered is shown as `?`.
pub(crate) fn steps(call: &Call) -> Option<String> {
    let asked = call.input.list()?;
    let shown = call.output.as_ref().and_then(Data::list);
    let mut text = String::new();
    for (place, step) in asked.iter().enumerate() {
        let dot = if place > 0 { " · " } else { "" };
        if STEPS_MAX <= place {
            let more = asked.len() - place;
            let _ = write!(text, "{dot}and {more} more steps");
            break;
        }
        let answer = shown.and_then(|shown| shown.get(place));
        text += dot;
        text += &one(step, answer)?;
    }
    Some(if text.is_empty() {
        "nothing".to_owned()
    } else {
        text
    })
}

/// `[f key value]`, as asked and as answered.
fn one(asked: &Data, answered: Option<&Data>) -> Option<String> {
    let [Data::Text(f), key, value] = asked.list()? else {
        return None;
    };
    if **f != *"r" {
        return Some(format!("{f} {} {value}", name(key)));
    }
    let read = match answered {
        None => "?".to_owned(),
        Some(answer) => match answer.list()? {
            [_, _, read] => value_read(read),
            _ => return None,
        },
    };
    Some(format!("r {} → {read}", name(key)))
}

/// Keys need no quotation marks: they stand where only keys stand.
fn name(key: &Data) -> String {
    match key {
        Data::Text(text) if text.chars().all(char::is_alphanumeric) => text.to_string(),
        other => other.to_string(),
    }
}

fn value_read(value: &Data) -> String {
    let Some(members) = value.list() else {
        return value.to_string();
    };
    if members.len() <= MEMBERS_MAX {
        return value.to_string();
    }
    let shown = |members: &[Data]| {
        let members: Vec<String> = members.iter().map(Data::to_string).collect();
        members.join(" ")
    };
    let first = shown(&members[..MEMBERS_SHOWN]);
    let last = shown(&members[members.len() - MEMBERS_SHOWN..]);
    format!("[{first} … {last}] ({} elements)", members.len())
}

#[cfg(test)]
mod tests {
    use super::steps;
    use crate::{Call, Data, Verb};

    fn step(f: &str, key: &str, value: impl Into<Data>) -> Data {
        Data::from(vec![f.into(), key.into(), value.into()])
    }

    #[test]
    fn steps_are_shown_with_what_they_read() {
        let asked = vec![step("append", "x", 3), step("r", "y", Data::Nil)];
        let answer = vec![step("append", "x", 3), step("r", "y", vec![1, 2])];
        let call = Call::new(Verb::Txn, 0, asked);
        assert_eq!(steps(&call).unwrap(), "append x 3 · r y → ?");
        let call = call.answered(answer);
        assert_eq!(steps(&call).unwrap(), "append x 3 · r y → [1 2]");
    }

    #[test]
    fn long_lists_are_cut_in_the_middle() {
        let list: Vec<i64> = (1..=100).collect();
        let asked = vec![step("r", "y", Data::Nil)];
        let call = Call::new(Verb::Txn, 0, asked).answered(vec![step("r", "y", list)]);
        let shown = "r y → [1 2 3 4 … 97 98 99 100] (100 elements)";
        assert_eq!(steps(&call).unwrap(), shown);
    }

    #[test]
    fn what_is_no_step_is_shown_as_it_is() {
        let call = Call::new(Verb::Txn, 0, vec![Data::Int(7)]);
        assert_eq!(steps(&call), None);
    }
}
