//! What happened, in the order in which it happened.
use crate::Op;
use std::{collections::HashMap, fmt};

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
    open: HashMap<Process, usize>,
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
    /// If it breaks the rule that a process has one operation open at a time.
    pub fn push(&mut self, event: Event) -> Result<(), Malformed> {
        let process = event.process;
        match event.kind {
            Kind::Invoke => {
                if self.open.insert(process, self.events.len()).is_some() {
                    return Err(Malformed::Overlap(process));
                }
            }
            Kind::Ok | Kind::Fail(_) | Kind::Info(_) => {
                let invoked = self
                    .open
                    .remove(&process)
                    .ok_or(Malformed::Orphan(process))?;
                if !self.events[invoked].op.is_answered_by(&event.op) {
                    return Err(Malformed::Mismatch(process));
                }
            }
        }
        self.events.push(event);
        Ok(())
    }

    /// Appends what somebody other than a client did.
    pub fn note(&mut self, time: u64, f: impl Into<String>, value: serde_json::Value) {
        self.notes.push(Note {
            time,
            position: self.events.len(),
            f: f.into(),
            value,
        });
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
        let mut open: HashMap<Process, usize> = HashMap::new();
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
            let slot = open
                .remove(&event.process)
                .expect("push admits no orphan completion");
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
