//! What may be asked of objects other than plain registers: one shape for all of them.
use crate::{Data, Key};
use std::{fmt, sync::Arc};

/// One request to an object, and, once answered, its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    /// What is asked.
    pub f: Verb,
    /// Which object it is asked of: which queue, lock or set. Objects are judged one by one.
    pub key: Key,
    /// What it is asked with.
    pub input: Data,
    /// What was answered. None if there is no answer yet, or its outcome is unknown: then it may
    /// have been anything.
    pub output: Option<Data>,
}

/// The verbs of the field. What they take and answer is told by the models in [`crate::model`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verb {
    Read,
    Write,
    Cas,
    Append,
    Add,
    Remove,
    Contains,
    Enqueue,
    Dequeue,
    Push,
    Pop,
    Insert,
    DeleteMin,
    Acquire,
    AcquireRead,
    AcquireWrite,
    Release,
    Generate,
    Transfer,
    Txn,
    Propose,
    /// A verb of a model that somebody brings along.
    Other(Arc<str>),
}

/// The verbs and how they are written in a history.
const NAMES: [(Verb, &str); 21] = [
    (Verb::Read, "read"),
    (Verb::Write, "write"),
    (Verb::Cas, "cas"),
    (Verb::Append, "append"),
    (Verb::Add, "add"),
    (Verb::Remove, "remove"),
    (Verb::Contains, "contains"),
    (Verb::Enqueue, "enqueue"),
    (Verb::Dequeue, "dequeue"),
    (Verb::Push, "push"),
    (Verb::Pop, "pop"),
    (Verb::Insert, "insert"),
    (Verb::DeleteMin, "delete-min"),
    (Verb::Acquire, "acquire"),
    (Verb::AcquireRead, "acquire-read"),
    (Verb::AcquireWrite, "acquire-write"),
    (Verb::Release, "release"),
    (Verb::Generate, "generate"),
    (Verb::Transfer, "transfer"),
    (Verb::Txn, "txn"),
    (Verb::Propose, "propose"),
];

impl Verb {
    /// The verb that is written so.
    pub fn named(name: &str) -> Verb {
        let known = NAMES.iter().find(|(_, known)| *known == name);
        known.map_or_else(|| Verb::Other(name.into()), |(verb, _)| verb.clone())
    }

    /// How it is written.
    pub fn name(&self) -> &str {
        if let Verb::Other(name) = self {
            return name;
        }
        let known = NAMES.iter().find(|(verb, _)| verb == self);
        known.expect("every verb but the others has a name").1
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Call {
    /// A request to the object `key`, not answered yet.
    pub fn new(f: Verb, key: Key, input: impl Into<Data>) -> Call {
        let input = input.into();
        let output = None;
        Call {
            f,
            key,
            input,
            output,
        }
    }

    /// The same request, answered.
    #[must_use]
    pub fn answered(self, output: impl Into<Data>) -> Call {
        let output = Some(output.into());
        Call { output, ..self }
    }

    /// Whether `answer` answers this: the same request.
    pub(crate) fn is_answered_by(&self, answer: &Call) -> bool {
        (&self.f, self.key, &self.input) == (&answer.f, answer.key, &answer.input)
    }
}

/// As answered: `enqueue 4`, `dequeue → 4`, `read → ?`.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.f)?;
        if self.input != Data::Nil {
            write!(f, " {}", self.input)?;
        }
        match &self.output {
            None => f.write_str(" → ?"),
            Some(Data::Nil) if self.input != Data::Nil => Ok(()),
            Some(output) => write!(f, " → {output}"),
        }
    }
}
