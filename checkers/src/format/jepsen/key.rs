//! Which object an operation is about: its `:key`, or the first member of its value.
use super::super::record::{Record, Type, Who};
use crate::{Data, History, Key, Verb};
use std::collections::HashMap;

/// Whether values are pairs of a key and a value, as `jepsen.independent` makes them, although
/// they are not tagged so.
///
/// They are if every client asks with a pair whose first member is a number or a text and every
/// answer is a pair of the same first member, and if some request would make no sense otherwise:
/// a read `[k nil]` or a compare-and-set `[k [from to]]`. A plain compare-and-set `[from to]`
/// has no inner pair, a plain read is asked with nil, and transactions are lists of lists.
pub(super) fn are_keyed(records: &[Record]) -> bool {
    let mut open: HashMap<u32, &Data> = HashMap::new();
    let mut is_evident = false;
    for record in records {
        let Who::Process(process) = record.who else {
            continue;
        };
        let is_invoke = record.kind == Some(Type::Invoke);
        let Some((key, value)) = record.value.pair() else {
            // What failed need not repeat what was asked.
            if record.kind == Some(Type::Ok) || is_invoke {
                return false;
            }
            continue;
        };
        if is_invoke {
            let is_cas = record.f == Some(Verb::Cas);
            let is_scalar = matches!(key, Data::Int(_) | Data::Text(_));
            if !is_scalar || (is_cas && value.pair().is_none()) {
                return false;
            }
            is_evident |= is_cas || (record.f == Some(Verb::Read) && *value == Data::Nil);
            open.insert(process, key);
        } else if record.kind == Some(Type::Ok)
            && open.get(&process).is_some_and(|open| *open != key)
        {
            return false;
        }
    }
    is_evident
}

/// Takes the key out of a tuple.
pub(super) fn split(record: &mut Record, is_keyed: bool) {
    let is_client = matches!(record.who, Who::Process(_));
    if !is_client || !(is_keyed || record.is_tuple) {
        return;
    }
    if let Some((key, value)) = record.value.pair() {
        let (key, value) = (key.clone(), value.clone());
        (record.key, record.value) = (Some(key), value);
    }
}

/// The numbers of the keys.
pub(super) enum Keys {
    /// No operation has a key, and all are about key 0.
    One,
    /// Keys are their own numbers.
    Numbers,
    /// Keys are numbered in the order in which they appear.
    Names(HashMap<Data, Key>),
}

/// The number that a key is, or writes: `7`, `"7"`, but not `"07"`.
fn number(key: &Data) -> Option<Key> {
    match key {
        Data::Int(number) => Key::try_from(*number).ok(),
        Data::Text(text) => {
            let number: Key = text.parse().ok()?;
            (number.to_string() == **text).then_some(number)
        }
        Data::Nil | Data::Bool(_) | Data::List(_) => None,
    }
}

impl Keys {
    pub(super) fn of(records: &[Record]) -> Keys {
        let clients = records.iter();
        let clients = clients.filter(|record| matches!(record.who, Who::Process(_)));
        let mut keys = clients.filter_map(|record| record.key.as_ref()).peekable();
        let Some(first) = keys.peek() else {
            return Keys::One;
        };
        // A number and a text that writes it are different keys.
        let is_text = matches!(first, Data::Text(_));
        let mut others = keys.clone();
        if others.all(|key| matches!(key, Data::Text(_)) == is_text && number(key).is_some()) {
            return Keys::Numbers;
        }
        let mut names = HashMap::new();
        for key in keys {
            let next = names.len() as Key;
            if !names.contains_key(key) {
                names.insert(key.clone(), next);
            }
        }
        Keys::Names(names)
    }

    /// Tells the history how users know the keys.
    pub(super) fn name(&self, history: &mut History) {
        let Keys::Names(names) = self else {
            return;
        };
        let mut names: Vec<(&Data, &Key)> = names.iter().collect();
        names.sort_unstable_by_key(|(_, number)| **number);
        for (key, number) in names {
            match key {
                Data::Text(name) => history.name_key(*number, name.clone()),
                other => history.name_key(*number, other.to_string()),
            }
        }
    }

    /// The number of the key that an invocation is about.
    pub(super) fn key(&self, record: &Record) -> Result<Key, String> {
        let key = || {
            let why = || {
                format!(
                    "{} is no tuple of a key and a value, as others are",
                    record.value
                )
            };
            record.key.as_ref().ok_or_else(why)
        };
        match self {
            Keys::One => Ok(0),
            Keys::Numbers => Ok(number(key()?).expect("all keys are numbers")),
            Keys::Names(names) => Ok(names[key()?]),
        }
    }

    /// Whether a completion may be about this key: if it names one, it has to be this.
    pub(super) fn is_of(&self, record: &Record, key: Key) -> bool {
        record.key.is_none() || self.key(record) == Ok(key)
    }
}
