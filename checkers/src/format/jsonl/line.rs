//! One line as it stands in the file: flat, with the fields that its `f` needs.
use crate::{Data, Event, Key, Kind, NodeId, Op};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::Value;
use std::borrow::Cow;

/// An event or a note, as it is written.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    time: u64,
    process: Who<'a>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "node_name")]
    node: Option<NodeId>,
    #[serde(rename = "type")]
    kind: Type,
    f: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<KeyOf<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// The same before it is known to make sense. Null is told from nothing, as it may be an answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLine<'a> {
    pub(super) time: Value,
    pub(super) process: Value,
    #[serde(default, deserialize_with = "present")]
    pub(super) node: Option<Value>,
    #[serde(rename = "type")]
    pub(super) kind: Type,
    #[serde(borrow)]
    pub(super) f: Cow<'a, str>,
    #[serde(default, deserialize_with = "present")]
    pub(super) key: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    pub(super) value: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    pub(super) from: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    pub(super) to: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    pub(super) found: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    pub(super) result: Option<Value>,
    #[serde(default, borrow)]
    pub(super) error: Option<Cow<'a, str>>,
}

/// The names of the fields, for whom misspells one.
pub(super) const FIELDS: [&str; 12] = [
    "time", "process", "node", "type", "f", "key", "value", "from", "to", "found", "result",
    "error",
];

#[derive(Serialize)]
#[serde(untagged)]
enum KeyOf<'a> {
    Number(Key),
    Name(&'a str),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Who<'a> {
    Process(u32),
    Other(&'a str),
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Type {
    Invoke,
    Ok,
    Fail,
    Info,
}

#[expect(clippy::ref_option, reason = "serde's signature")]
fn node_name<S: Serializer>(node: &Option<NodeId>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&node.expect("skipped if none"))
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl<'a> Line<'a> {
    pub(super) fn of_note(time: u64, who: &'a str, f: &'a str, value: Value) -> Line<'a> {
        Line {
            time,
            process: Who::Other(who),
            node: None,
            kind: Type::Info,
            f,
            key: None,
            value: Some(value),
            from: None,
            to: None,
            found: None,
            result: None,
            error: None,
        }
    }

    /// `name` is that of its key, if it has one.
    pub(super) fn of_event(event: &'a Event, name: Option<&'a str>) -> Line<'a> {
        let (kind, error) = match &event.kind {
            Kind::Invoke => (Type::Invoke, None),
            Kind::Ok => (Type::Ok, None),
            Kind::Fail(why) => (Type::Fail, Some(why.as_str())),
            Kind::Info(why) => (Type::Info, Some(why.as_str())),
        };
        let mut line = Line {
            time: event.time,
            process: Who::Process(event.process.0),
            node: event.node,
            kind,
            f: event.op.f(),
            key: Some(name.map_or(KeyOf::Number(event.op.key()), KeyOf::Name)),
            value: None,
            from: None,
            to: None,
            found: None,
            result: None,
            error,
        };
        match &event.op {
            // An absent key is told by null, so that no answer is nothing but forgotten.
            Op::Read { value: None, .. } if kind == Type::Ok => line.value = Some(Value::Null),
            Op::Read { value, .. } => line.value = value.map(Into::into),
            Op::Write { value, .. } => line.value = Some((*value).into()),
            Op::Cas {
                from, to, found, ..
            } => (line.from, line.to, line.found) = (Some(*from), Some(*to), *found),
            Op::Call(call) => {
                line.value = json(&call.input);
                line.result = call.output.as_ref().and_then(json);
            }
        }
        line
    }
}

fn json(data: &Data) -> Option<Value> {
    serde_json::to_value(data).ok()
}

/// The field that was meant, if the misspelt one is close to it.
pub(super) fn meant(misspelt: &str) -> Option<&'static str> {
    let near = FIELDS.map(|field| (distance(misspelt, field), field));
    let (distance, field) = near.into_iter().min()?;
    (distance <= 2 && distance < field.len()).then_some(field)
}

/// How many letters have to be changed, added or left out; long words are far from everything.
fn distance(a: &str, b: &str) -> usize {
    if a.len() > 20 {
        return usize::MAX;
    }
    let b = b.as_bytes();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.bytes().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for j in 0..b.len() {
            let changed = corner + usize::from(letter != b[j]);
            corner = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

impl RawLine<'_> {
    /// From a line of JSON.
    pub(super) fn parse(line: &[u8]) -> Result<RawLine<'_>, String> {
        serde_json::from_slice(line).map_err(|error| describe(&error))
    }
}

/// Without serde's "at line 1", which would be wrong beside our own line number.
fn describe(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let text = error.to_string();
    let text = &text[..text.rfind(" at line ").unwrap_or(text.len())];
    let misspelt = text.strip_prefix("unknown field `");
    if let Some((misspelt, _)) = misspelt.and_then(|text| text.split_once('`')) {
        return match meant(misspelt) {
            Some(field) => format!("unknown field `{misspelt}`: did you mean `{field}`?"),
            None => {
                let (last, others) = FIELDS.split_last().expect("there are some");
                let others = others.join(", ");
                format!("unknown field `{misspelt}`: an event has {others} and {last}")
            }
        };
    }
    let what = match error.classify() {
        Category::Syntax | Category::Eof | Category::Io => "not a line of JSON: ",
        Category::Data => "",
    };
    format!("{what}{text} at column {}", error.column())
}

/// A node's name is `n` and its number.
pub(super) fn node_named<E: Error>(name: &str) -> Result<NodeId, E> {
    let number = name
        .strip_prefix('n')
        .and_then(|number| number.parse().ok());
    number
        .map(NodeId)
        .ok_or_else(|| E::custom(format!("`{name}` names no node")))
}
