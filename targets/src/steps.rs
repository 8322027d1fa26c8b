//! Transactions over keys: their steps, and what the steps come to on what they find.
use harness::{Key, Value};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, sync::Arc};

/// The most steps that a transaction may have.
const STEPS_MAX: usize = 1000;

/// The longest list that a key may hold.
const LIST_LENGTH_MAX: usize = 4096;

/// The most numbers that a transaction may write, lists in full: 300 entries of this size, which
/// the Raft library may send at once, fit into one message.
const WRITTEN_MAX: usize = 8192;

/// The most numbers that a transaction may be answered with.
const ANSWERED_MAX: usize = 100_000;

/// What a key holds. In JSON a number is a number, and a list is a list of numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Held {
    Number(Value),
    /// Shared, so that a snapshot of all keys costs no copy of their lists.
    List(Arc<Vec<Value>>),
}

impl Held {
    /// How many numbers that is.
    pub(crate) fn len(&self) -> usize {
        match self {
            Held::Number(_) => 1,
            Held::List(list) => list.len(),
        }
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Held::Number(number) => write!(f, "{number}"),
            Held::List(list) => write!(f, "a list of {}", list.len()),
        }
    }
}

/// Identifies a change of a key: no key ever gets the same one twice.
pub(crate) type Version = u64;

/// What a client asks to be done as a whole, or not at all.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Txn {
    steps: Vec<Step>,
    /// No `add` may leave less than this.
    #[serde(default)]
    floor: Option<Value>,
}

/// One step. In JSON `["append", 3, 1]`, `["r", 3, null]`, `["w", 4, 7]` or `["add", 5, -2]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Row", into = "Row")]
pub(crate) enum Step {
    /// Puts a number at the end of a list; a key that was never written holds an empty one.
    Append(Key, Value),
    /// Asks what a key holds. None before it is answered, and if it was never written.
    Read(Key, Option<Held>),
    /// Sets a key, whatever it holds.
    Write(Key, Value),
    /// Adds to a number; a key that was never written counts as 0.
    Add(Key, Value),
}

/// A step as it stands in JSON.
#[derive(Serialize, Deserialize)]
struct Row(String, Key, Option<Held>);

impl TryFrom<Row> for Step {
    type Error = String;

    fn try_from(Row(f, key, value): Row) -> Result<Step, String> {
        match (f.as_str(), value) {
            ("append", Some(Held::Number(element))) => Ok(Step::Append(key, element)),
            ("r", None) => Ok(Step::Read(key, None)),
            ("w", Some(Held::Number(value))) => Ok(Step::Write(key, value)),
            ("add", Some(Held::Number(more))) => Ok(Step::Add(key, more)),
            ("append" | "w" | "add", _) => Err(format!("{f} takes a number")),
            ("r", Some(_)) => Err("r takes null".to_owned()),
            _ => Err(format!("no step is called {f}")),
        }
    }
}

impl From<Step> for Row {
    fn from(step: Step) -> Row {
        let row = |f: &str, key, value| Row(f.to_owned(), key, value);
        match step {
            Step::Append(key, element) => row("append", key, Some(Held::Number(element))),
            Step::Read(key, held) => row("r", key, held),
            Step::Write(key, value) => row("w", key, Some(Held::Number(value))),
            Step::Add(key, more) => row("add", key, Some(Held::Number(more))),
        }
    }
}

impl Step {
    pub(crate) fn key(&self) -> Key {
        match self {
            Step::Append(key, _) | Step::Read(key, _) | Step::Write(key, _) | Step::Add(key, _) => {
                *key
            }
        }
    }
}

impl Txn {
    /// Whether it is one that is served at all.
    pub(crate) fn check(&self) -> Result<(), String> {
        let count = self.steps.len();
        if STEPS_MAX < count {
            return Err(format!("{count} steps; {STEPS_MAX} is the most"));
        }
        Ok(())
    }

    /// Whether it changes nothing.
    pub(crate) fn is_read_only(&self) -> bool {
        self.steps
            .iter()
            .all(|step| matches!(step, Step::Read(_, _)))
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// What no `add` may go below.
    pub(crate) fn floor(&self) -> Option<Value> {
        self.floor
    }
}

/// Why a transaction cannot be done on what it found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Abort(pub(crate) String);

/// What a transaction came to on a snapshot.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    /// The steps, with what was read filled in.
    pub(crate) steps: Vec<Step>,
    /// What it depends on: the keys whose content it used, and their versions.
    pub(crate) reads: Vec<(Key, Version)>,
    /// What it is to change.
    pub(crate) writes: Vec<(Key, Held)>,
}

/// A transaction on its way: a snapshot, and its own writes over it.
pub(crate) struct Attempt {
    floor: Option<Value>,
    keys: BTreeMap<Key, Touched>,
    steps: Vec<Step>,
    answered: usize,
}

/// What a transaction knows of a key.
#[derive(Default)]
struct Touched {
    held: Option<Held>,
    /// None as long as its content did not matter, as for one that was written unseen.
    read: Option<Version>,
    is_written: bool,
}

impl Attempt {
    pub(crate) fn new(floor: Option<Value>) -> Attempt {
        Attempt {
            floor,
            keys: BTreeMap::new(),
            steps: Vec::new(),
            answered: 0,
        }
    }

    /// Does one step. `look` says what a key holds in the snapshot; it is asked once for each key,
    /// so that a transaction reads what it has read and written itself.
    pub(crate) fn take(
        &mut self,
        step: &Step,
        look: impl FnOnce(Key) -> (Option<Held>, Version),
    ) -> Result<(), Abort> {
        let key = step.key();
        let touched = self.keys.entry(key).or_default();
        let is_blind = matches!(step, Step::Write(_, _));
        if !is_blind && !touched.is_written && touched.read.is_none() {
            let (held, version) = look(key);
            (touched.held, touched.read) = (held, Some(version));
        }
        let mut answer = step.clone();
        match &mut answer {
            Step::Append(_, element) => touched.append(key, *element)?,
            Step::Write(_, value) => touched.set(*value),
            Step::Add(_, more) => touched.add(key, *more, self.floor)?,
            Step::Read(_, held) => {
                held.clone_from(&touched.held);
                self.answered += held.as_ref().map_or(0, Held::len);
                if ANSWERED_MAX < self.answered {
                    let text = format!("it reads more than {ANSWERED_MAX} numbers");
                    return Err(Abort(text));
                }
            }
        }
        self.steps.push(answer);
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<Ran, Abort> {
        let reads = self.keys.iter();
        let reads = reads.filter_map(|(key, touched)| Some((*key, touched.read?)));
        let reads = reads.collect();
        let written = self.keys.into_iter().filter(|(_, it)| it.is_written);
        let writes: Vec<(Key, Held)> = written
            .filter_map(|(key, touched)| Some((key, touched.held?)))
            .collect();
        let size: usize = writes.iter().map(|(_, held)| held.len()).sum();
        if WRITTEN_MAX < size {
            let text =
                format!("it writes {size} numbers, lists in full; {WRITTEN_MAX} is the most");
            return Err(Abort(text));
        }
        let steps = self.steps;
        Ok(Ran {
            steps,
            reads,
            writes,
        })
    }
}

impl Touched {
    fn set(&mut self, value: Value) {
        self.held = Some(Held::Number(value));
        self.is_written = true;
    }

    fn append(&mut self, key: Key, element: Value) -> Result<(), Abort> {
        let held = self.held.get_or_insert_with(|| Held::List(Arc::default()));
        let Held::List(list) = held else {
            return Err(Abort(format!("key {key} holds a number, not a list")));
        };
        if LIST_LENGTH_MAX <= list.len() {
            let text = format!("the list of key {key} is full: {LIST_LENGTH_MAX} is the most");
            return Err(Abort(text));
        }
        Arc::make_mut(list).push(element);
        self.is_written = true;
        Ok(())
    }

    fn add(&mut self, key: Key, more: Value, floor: Option<Value>) -> Result<(), Abort> {
        let before = match &self.held {
            None => 0,
            Some(Held::Number(number)) => *number,
            Some(Held::List(_)) => {
                return Err(Abort(format!("key {key} holds a list, not a number")));
            }
        };
        let Some(after) = before.checked_add(more) else {
            return Err(Abort(format!("key {key} would overflow")));
        };
        if let Some(floor) = floor
            && after < floor
        {
            let text = format!("key {key} would hold {after}, less than the floor of {floor}");
            return Err(Abort(text));
        }
        self.set(after);
        Ok(())
    }
}
