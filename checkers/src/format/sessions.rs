//! Transactions of sessions, put into a history: for formats that know no time.
//!
//! A session becomes a process, and a transaction an invocation and its completion. What stands
//! between transactions of different sessions means nothing, and the history says so.
use super::{ReadError, Reader};
use crate::{Call, Data, Event, Kind, Process, Verb};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Committed,
    /// Nobody may see what it wrote; whoever does reads what was aborted.
    Aborted,
    /// Nobody wrote down how it ended, and its session says nothing more.
    Unknown,
}

/// The steps of one transaction, as asked and as answered.
#[derive(Debug, Default)]
pub(super) struct Steps {
    asked: Vec<Data>,
    answered: Vec<Data>,
    /// How many of them write 0.
    zeros: usize,
}

impl Steps {
    pub(super) fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }
}

/// So many requests to read are kept and shared, one for each key.
const SHARED_MAX: usize = 1 << 16;

/// Makes steps. Most of them are alike, so that most of what they consist of is shared.
pub(super) struct Scribe {
    read: Data,
    write: Data,
    asked: FxHashMap<i64, Data>,
}

impl Default for Scribe {
    fn default() -> Scribe {
        Scribe {
            read: "r".into(),
            write: "w".into(),
            asked: FxHashMap::default(),
        }
    }
}

impl Scribe {
    /// `value` was read; none if nobody had written any.
    pub(super) fn read(&mut self, steps: &mut Steps, key: i64, value: Option<i64>) {
        let asked = self.ask(key);
        let answered = match value {
            None => asked.clone(),
            Some(value) => step(&self.read, key, Data::Int(value)),
        };
        steps.asked.push(asked);
        steps.answered.push(answered);
    }

    fn ask(&mut self, key: i64) -> Data {
        if let Some(asked) = self.asked.get(&key) {
            return asked.clone();
        }
        let asked = step(&self.read, key, Data::Nil);
        if self.asked.len() < SHARED_MAX {
            self.asked.insert(key, asked.clone());
        }
        asked
    }

    pub(super) fn write(&mut self, steps: &mut Steps, key: i64, value: i64) {
        let written = step(&self.write, key, Data::Int(value));
        steps.asked.push(written.clone());
        steps.answered.push(written);
        steps.zeros += usize::from(value == 0);
    }
}

fn step(f: &Data, key: i64, value: Data) -> Data {
    Data::List(Arc::new([f.clone(), Data::Int(key), value]))
}

/// Where 0 stands for what nobody has written, some tools write down as well who did: a
/// transaction that begins a session and writes nothing but zeros. It says nothing new.
#[derive(Debug, Default)]
pub(super) struct Zeros {
    is_initial_found: bool,
}

impl Zeros {
    /// Takes a transaction as [`push`] does, unless it is that one.
    ///
    /// # Errors
    /// As [`push`], or if it writes 0 and is another.
    pub(super) fn push(
        &mut self,
        reader: &mut Reader<'_>,
        whose: Whose,
        steps: &mut Steps,
        end: End,
    ) -> Result<(), ReadError> {
        if steps.zeros == 0 {
            return push(reader, whose, steps, end);
        }
        let may_be = whose.is_first && end == End::Committed && !self.is_initial_found;
        let is_initial = may_be && steps.zeros == steps.asked.len();
        *steps = Steps::default();
        if is_initial {
            self.is_initial_found = true;
            return Ok(());
        }
        let why = "a transaction writes 0, which stands for what nobody has written; let values begin at 1";
        reader.nonsense(whose.number, why.to_owned())
    }
}

/// Where a transaction comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whose {
    /// The line that it begins in.
    pub(super) number: usize,
    pub(super) process: u32,
    /// Whether it is the first of its session.
    pub(super) is_first: bool,
}

/// Takes a whole transaction. `steps` are empty afterwards.
pub(super) fn push(
    reader: &mut Reader<'_>,
    whose: Whose,
    steps: &mut Steps,
    end: End,
) -> Result<(), ReadError> {
    let list = |steps: &mut Vec<Data>| Data::List(steps.drain(..).collect());
    let asked = Call::new(Verb::Txn, 0, list(&mut steps.asked));
    let answered = list(&mut steps.answered);
    steps.zeros = 0;
    let (kind, op) = match end {
        End::Committed => (Kind::Ok, asked.clone().answered(answered)),
        End::Aborted => (Kind::Fail("aborted".to_owned()), asked.clone()),
        End::Unknown => {
            let why = "nothing is said of its end".to_owned();
            (Kind::Info(why), asked.clone())
        }
    };
    for (kind, op) in [(Kind::Invoke, asked), (kind, op)] {
        let event = Event {
            time: 0,
            process: Process(whose.process),
            node: None,
            kind,
            op: op.into(),
        };
        reader.push(whose.number, event)?;
    }
    Ok(())
}
