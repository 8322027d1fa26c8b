//! One line as it stands in the file: flat, with the fields that its `f` needs.
use crate::{Event, Key, Kind, NodeId, Op, Process, Value};
use serde::{Deserialize, Serialize};

/// An event or a note, before it is known to make sense.
#[derive(Serialize, Deserialize)]
pub(super) struct Line<'a> {
    pub(super) time: u64,
    #[serde(borrow)]
    pub(super) process: Who<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "node_name")]
    pub(super) node: Option<NodeId>,
    #[serde(rename = "type")]
    pub(super) kind: Type,
    #[serde(borrow)]
    pub(super) f: std::borrow::Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<Key>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) to: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) found: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) result: Option<serde_json::Value>,
    #[serde(default, borrow, skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<std::borrow::Cow<'a, str>>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Who<'a> {
    Process(u32),
    Other(#[serde(borrow)] std::borrow::Cow<'a, str>),
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Type {
    Invoke,
    Ok,
    Fail,
    Info,
}

mod node_name {
    use crate::NodeId;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::ref_option, reason = "serde's signature")]
    pub(super) fn serialize<S: Serializer>(
        node: &Option<NodeId>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&node.expect("skipped if none"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<NodeId>, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let number = name.strip_prefix('n').and_then(|n| n.parse().ok());
        let id = number.ok_or_else(|| D::Error::custom(format!("`{name}` names no node")))?;
        Ok(Some(NodeId(id)))
    }
}

impl<'a> Line<'a> {
    pub(super) fn from_event(event: &'a Event) -> Line<'a> {
        let (kind, error) = match &event.kind {
            Kind::Invoke => (Type::Invoke, None),
            Kind::Ok => (Type::Ok, None),
            Kind::Fail(why) => (Type::Fail, Some(why.as_str().into())),
            Kind::Info(why) => (Type::Info, Some(why.as_str().into())),
        };
        let mut line = Line {
            time: event.time,
            process: Who::Process(event.process.0),
            node: event.node,
            kind,
            f: event.op.f().into(),
            key: Some(event.op.key()),
            value: None,
            from: None,
            to: None,
            found: None,
            result: None,
            error,
        };
        match &event.op {
            Op::Read { value, .. } => line.value = value.map(Into::into),
            Op::Write { value, .. } => line.value = Some((*value).into()),
            Op::Cas {
                from, to, found, ..
            } => (line.from, line.to, line.found) = (Some(*from), Some(*to), *found),
            Op::Call(call) => {
                line.value = serde_json::to_value(&call.input).ok();
                line.result = call
                    .output
                    .as_ref()
                    .and_then(|output| serde_json::to_value(output).ok());
            }
        }
        line
    }

    pub(super) fn into_event(self) -> Result<Event, String> {
        let Who::Process(process) = self.process else {
            return Err("not a client's event".to_owned());
        };
        let missing = |field| format!("`{}` needs `{field}`", self.f);
        let key = self.key.ok_or_else(|| missing("key"))?;
        let value = match &self.value {
            None | Some(serde_json::Value::Null) => None,
            Some(value) => Some(
                value
                    .as_i64()
                    .ok_or_else(|| format!("`value` is {value}, not a whole number"))?,
            ),
        };
        let op = match &*self.f {
            "read" => Op::Read { key, value },
            "write" => Op::Write {
                key,
                value: value.ok_or_else(|| missing("value"))?,
            },
            "cas" => Op::Cas {
                key,
                from: self.from.ok_or_else(|| missing("from"))?,
                to: self.to.ok_or_else(|| missing("to"))?,
                found: self.found,
            },
            other => return Err(format!("`f` is `{other}`, not read, write or cas")),
        };
        let error = || self.error.as_deref().unwrap_or_default().to_owned();
        let kind = match self.kind {
            Type::Invoke => Kind::Invoke,
            Type::Ok => Kind::Ok,
            Type::Fail => Kind::Fail(error()),
            Type::Info => Kind::Info(error()),
        };
        Ok(Event {
            time: self.time,
            process: Process(process),
            node: self.node,
            kind,
            op,
        })
    }
}
