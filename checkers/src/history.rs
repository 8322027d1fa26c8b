//! What happened, in the order in which it happened.
mod open;

use self::open::Open;
use crate::{Call, Data, Key, Op, Verb};
use std::collections::{BTreeMap, HashMap};
use std::{fmt, sync::Arc};

/// A logical single-threaded client. After an unknown outcome its number is never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Process(pub u32);

/// A node of the cluster, counted from 1 and written `n1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u16);

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", self.0)
    }
}

/// What an event says of its operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The client was asked.
    Invoke,
    /// It answered: the operation took effect between the two events.
    Ok,
    /// It certainly had no effect; the text says why.
    Fail(String),
    /// It may have taken effect, may do so at any later time, or never; the text says why.
    Info(String),
}

/// One line of what a client was asked or answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Nanoseconds since the run began: for drawing. Order is the position in the history.
    pub time: u64,
    /// Who asked.
    pub process: Process,
    /// The node that the request went to, where the recorder knew it.
    pub node: Option<NodeId>,
    /// Asked, answered, failed or unknown.
    pub kind: Kind,
    /// The request; in an *ok* event with its answer filled in.
    pub op: Op,
}

/// What somebody other than a client did: a fault, its healing, a phase of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// Nanoseconds since the run began.
    pub time: u64,
    /// How many events stand before this note.
    pub position: usize,
    /// Who did it: `nemesis`, `harness`, …
    pub who: String,
    /// What it is about: `partition`, `heal`, `phase`, …
    pub f: String,
    /// Its particulars, as its author wrote them.
    pub value: serde_json::Value,
}

/// A well-formed history: each process has at most one operation open, and completes what it invoked.
#[derive(Clone, Debug, Default)]
pub struct History {
    events: Vec<Event>,
    notes: Vec<Note>,
    open: Open,
    key_names: HashMap<Key, Arc<str>>,
    is_untimed: bool,
    named_keys: HashMap<Arc<str>, Key>,
}

/// An event that cannot stand where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// A process was asked while its last operation was open.
    Overlap(Process),
    /// A completion without an invocation.
    Orphan(Process),
    /// A completion of another operation than the one invoked.
    Mismatch(Process),
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Malformed::Overlap(Process(p)) => {
                write!(
                    f,
                    "process {p} was invoked while its last operation was open"
                )
            }
            Malformed::Orphan(Process(p)) => {
                write!(f, "a completion for process {p} without an invocation")
            }
            Malformed::Mismatch(Process(p)) => {
                write!(
                    f,
                    "process {p} completed another operation than it had invoked"
                )
            }
        }
    }
}

impl std::error::Error for Malformed {}

/// An invocation and its completion. Positions are indexes into the history.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'h> {
    /// Who asked.
    pub process: Process,
    /// The node that was asked.
    pub node: Option<NodeId>,
    /// Position of the invocation.
    pub invoked: usize,
    /// What is known of its end.
    pub outcome: Outcome,
    /// With its answer, where there was one; as asked otherwise.
    pub op: &'h Op,
}

/// What is known of the end of an operation. Those that failed had no effect and are not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Answered at this position.
    Ok { completed: usize },
    /// May take effect at any time after its invocation, or never.
    /// `gave_up` is the position at which the client stopped waiting, if it did.
    Unknown { gave_up: Option<usize> },
}

impl History {
    /// Appends an event.
    ///
    /// # Errors
    /// If it breaks the rule that a process has one operation open at a time; then the history
    /// stays as it was.
    pub fn push(&mut self, event: Event) -> Result<(), Malformed> {
        self.try_push(event).map_err(|(malformed, _)| malformed)
    }

    /// As [`History::push`]; gives back what is refused.
    pub(crate) fn try_push(&mut self, event: Event) -> Result<(), (Malformed, Event)> {
        let process = event.process;
        let open = self.open.get(process);
        if event.kind == Kind::Invoke {
            if open.is_some() {
                return Err((Malformed::Overlap(process), event));
            }
            self.open.insert(process, self.events.len());
        } else {
            let Some(invoked) = open else {
                return Err((Malformed::Orphan(process), event));
            };
            if !self.events[invoked].op.is_answered_by(&event.op) {
                return Err((Malformed::Mismatch(process), event));
            }
            self.open.remove(process);
        }
        self.events.push(event);
        Ok(())
    }

    /// The operation that a process has open, as it was asked.
    pub(crate) fn open_op(&self, process: Process) -> Option<&Op> {
        let invoked = self.open.get(process)?;
        Some(&self.events[invoked].op)
    }

    /// Says how users know a key that was numbered for want of a number of its own. No two keys
    /// share a name, as the number 7 and the text 7 would: the later one is quoted.
    pub(crate) fn name_key(&mut self, key: Key, name: impl Into<Arc<str>>) {
        let mut name = name.into();
        while self
            .named_keys
            .get(&name)
            .is_some_and(|other| *other != key)
        {
            name = format!("\"{name}\"").into();
        }
        self.named_keys.insert(name.clone(), key);
        self.key_names.insert(key, name);
    }

    /// The keys that have names, and the names, in ascending order.
    pub(crate) fn key_names(&self) -> BTreeMap<Key, &str> {
        let names = self.key_names.iter();
        names.map(|(key, name)| (*key, &**name)).collect()
    }

    /// How users know this key, if not by its number.
    pub fn key_name(&self, key: Key) -> Option<&str> {
        self.key_names.get(&key).map(|name| &**name)
    }

    /// Says that the order of events means something within one process only: whoever wrote this
    /// history down knew sessions, and no clock.
    pub fn forget_real_time(&mut self) {
        self.is_untimed = true;
    }

    /// Whether an answer that stands before another process's question was given before it.
    pub fn has_real_time(&self) -> bool {
        !self.is_untimed
    }

    /// Asks again as calls what was asked of registers. A history tells only somewhere in its
    /// middle that its reads are of an object that answers with more than a number.
    pub(crate) fn registers_to_calls(&mut self) {
        for event in &mut self.events {
            let is_ok = event.kind == Kind::Ok;
            let number = |value: Option<i64>| value.map_or(Data::Nil, Data::Int);
            let (f, input, output) = match event.op {
                Op::Read { value, .. } => (Verb::Read, Data::Nil, number(value)),
                Op::Write { value, .. } => (Verb::Write, Data::Int(value), Data::Nil),
                Op::Cas {
                    from, to, found, ..
                } => {
                    let is_set = Data::Bool(found == Some(from));
                    (Verb::Cas, Data::from(vec![from, to]), is_set)
                }
                Op::Call(_) => continue,
            };
            let key = event.op.key();
            let output = is_ok.then_some(output);
            event.op = Op::from(Call {
                f,
                key,
                input,
                output,
            });
        }
    }

    /// Appends what the nemesis did.
    pub fn note(&mut self, time: u64, f: impl Into<String>, value: serde_json::Value) {
        self.note_by(time, "nemesis", f, value);
    }

    /// Appends what somebody other than a client did.
    pub fn note_by(
        &mut self,
        time: u64,
        who: impl Into<String>,
        f: impl Into<String>,
        value: serde_json::Value,
    ) {
        self.notes.push(Note {
            time,
            position: self.events.len(),
            who: who.into(),
            f: f.into(),
            value,
        });
    }

    /// The events about the keys that are kept, and where each of them stood.
    pub(crate) fn part(&self, is_kept: impl Fn(Key) -> bool) -> (History, Vec<usize>) {
        let (mut part, mut positions) = (History::default(), Vec::new());
        part.is_untimed = self.is_untimed;
        for (position, event) in self.events.iter().enumerate() {
            if is_kept(event.op.key()) {
                positions.push(position);
                let pushed = part.push(event.clone());
                pushed.expect("it was well-formed with more in it");
            }
        }
        (part, positions)
    }

    /// The part that is about one key, named as users know it; the notes are not about a key and stay.
    #[must_use]
    pub fn of_key(&self, name: &str) -> History {
        let is_named = |key: Key| match self.key_name(key) {
            Some(known) => known == name,
            None => key.to_string() == name,
        };
        let mut part = History {
            key_names: self.key_names.clone(),
            is_untimed: self.is_untimed,
            named_keys: self.named_keys.clone(),
            ..History::default()
        };
        let mut notes = self.notes.iter().peekable();
        for (position, event) in self.events.iter().enumerate() {
            while let Some(note) = notes.next_if(|note| note.position <= position) {
                part.note_by(note.time, &*note.who, &*note.f, note.value.clone());
            }
            if is_named(event.op.key()) {
                part.push(event.clone())
                    .expect("it was well-formed with more in it");
            }
        }
        for note in notes {
            part.note_by(note.time, &*note.who, &*note.f, note.value.clone());
        }
        part
    }

    /// The clients' events, in order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The others' notes, in order.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Every operation that happened or may have happened, in order of invocation.
    pub fn operations(&self) -> Vec<Operation<'_>> {
        let mut open = Open::default();
        let mut operations: Vec<Option<Operation<'_>>> = Vec::with_capacity(self.events.len() / 2);
        for (position, event) in self.events.iter().enumerate() {
            if event.kind == Kind::Invoke {
                open.insert(event.process, operations.len());
                operations.push(Some(Operation {
                    process: event.process,
                    node: event.node,
                    invoked: position,
                    outcome: Outcome::Unknown { gave_up: None },
                    op: &event.op,
                }));
                continue;
            }
            let slot = open.get(event.process);
            let slot = slot.expect("push admits no orphan completion");
            open.remove(event.process);
            let operation = &mut operations[slot];
            match event.kind {
                Kind::Invoke => unreachable!("handled above"),
                Kind::Ok => {
                    let operation = operation.as_mut().expect("completed once");
                    operation.op = &event.op;
                    operation.outcome = Outcome::Ok {
                        completed: position,
                    };
                }
                Kind::Fail(_) => *operation = None,
                Kind::Info(_) => {
                    operation.as_mut().expect("completed once").outcome = Outcome::Unknown {
                        gave_up: Some(position),
                    };
                }
            }
        }
        operations.into_iter().flatten().collect()
    }
}
