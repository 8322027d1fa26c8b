//! One event of dbcop, and its three notations in JSON.
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// A read or a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) is_write: bool,
    pub(super) key: i64,
    /// None was read if nobody had written any.
    pub(super) value: Option<i64>,
    pub(super) is_success: bool,
    /// Whether 0 is what nobody has written.
    pub(super) is_old: bool,
}

impl Event {
    /// An event of a notation in which 0 is a value like any other.
    fn new(is_write: bool, key: i64, value: Option<i64>) -> Event {
        Event {
            is_write,
            key,
            value,
            is_success: true,
            is_old: false,
        }
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Event, D::Error> {
        let event = json.deserialize_any(Notations)?;
        if event.is_write && event.value.is_none() {
            return Err(D::Error::custom("a write without a value"));
        }
        Ok(event)
    }
}

struct Notations;

impl<'de> Visitor<'de> for Notations {
    type Value = Event;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event like {\"Read\": {\"variable\": 0, \"version\": 1}} or [\"r\", 0, 1]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Event, A::Error> {
        let short = || A::Error::custom("an event is a list of three: [\"r\", 0, 1]");
        let f: String = seq.next_element()?.ok_or_else(short)?;
        let key = seq.next_element()?.ok_or_else(short)?;
        let value = seq.next_element()?.ok_or_else(short)?;
        if seq.next_element::<IgnoredAny>()?.is_some() {
            return Err(short());
        }
        match &*f {
            "r" => Ok(Event::new(false, key, value)),
            "w" => Ok(Event::new(true, key, value)),
            _ => Err(A::Error::custom("an event is neither \"r\" nor \"w\"")),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Event, A::Error> {
        let mut versioned = None;
        let (mut is_write, mut variable, mut value) = (None, None, None);
        let mut is_success = true;
        while let Some(key) = map.next_key::<String>()? {
            match &*key {
                "Read" | "Write" => {
                    let Version { variable, version } = map.next_value()?;
                    versioned = Some(Event::new(key == "Write", variable, version));
                }
                "write" => is_write = Some(map.next_value()?),
                "variable" => variable = Some(map.next_value()?),
                "value" => value = Some(map.next_value()?),
                "success" => is_success = map.next_value()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        match (versioned, is_write, variable, value) {
            (Some(event), None, None, None) => Ok(event),
            (None, Some(is_write), Some(key), Some(value)) => Ok(Event {
                is_write,
                key,
                value: Some(value),
                is_success,
                is_old: true,
            }),
            _ => Err(A::Error::custom(
                "an event has `Read` or `Write`, or else `write`, `variable` and `value`",
            )),
        }
    }
}

/// What `Read` and `Write` hold.
#[derive(serde::Deserialize)]
struct Version {
    variable: i64,
    version: Option<i64>,
}
