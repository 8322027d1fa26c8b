//! What a client may be asked to do. An answer is the same `Op` with its blanks filled in.
use crate::{Call, Verb};
use std::fmt;

/// Names one object of the system under test; linearizability is judged key by key.
pub type Key = u64;

/// What a register holds. `None` beside it means that the key does not exist.
pub type Value = i64;

/// One request, and, once answered, its answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// Invoked with `value: None`; answered with what was read, `None` for an absent key.
    Read { key: Key, value: Option<Value> },
    /// Sets the register, whatever it holds.
    Write { key: Key, value: Value },
    /// Sets the register to `to` if and only if it holds `from`.
    ///
    /// Invoked with `found: None`; answered with what the register held: it was set if that is
    /// `from`, and left alone otherwise. A refusal is therefore an answer (*ok*) that observed
    /// `found`, and not a failure.
    Cas {
        key: Key,
        from: Value,
        to: Value,
        found: Option<Value>,
    },
    /// A request to any other object. Registers have variants of their own, as they are asked by the million.
    Call(Box<Call>),
}

impl Op {
    /// The verb, as it stands in a history.
    pub fn f(&self) -> &str {
        match self {
            Op::Read { .. } => "read",
            Op::Write { .. } => "write",
            Op::Cas { .. } => "cas",
            Op::Call(call) => call.f.name(),
        }
    }

    /// The key that this operation touches.
    pub fn key(&self) -> Key {
        match self {
            Op::Read { key, .. } | Op::Write { key, .. } | Op::Cas { key, .. } => *key,
            Op::Call(call) => call.key,
        }
    }

    /// Whether `answer` answers this: the same request, whatever its blanks were filled in with.
    pub(crate) fn is_answered_by(&self, answer: &Op) -> bool {
        match (self, answer) {
            (Op::Read { key: a, .. }, Op::Read { key: b, .. }) => a == b,
            (Op::Write { key: a, value: v }, Op::Write { key: b, value: w }) => (a, v) == (b, w),
            (
                Op::Cas { key, from, to, .. },
                Op::Cas {
                    key: key_answered,
                    from: from_answered,
                    to: to_answered,
                    ..
                },
            ) => (key, from, to) == (key_answered, from_answered, to_answered),
            (Op::Call(asked), Op::Call(answered)) => asked.is_answered_by(answered),
            (Op::Read { .. } | Op::Write { .. } | Op::Cas { .. } | Op::Call(_), _) => false,
        }
    }

    /// Whether a lost answer is the same as nothing having happened.
    pub fn is_pure_read(&self) -> bool {
        match self {
            Op::Read { .. } => true,
            Op::Write { .. } | Op::Cas { .. } => false,
            Op::Call(call) => matches!(call.f, Verb::Read | Verb::Contains),
        }
    }
}

/// The text of a value in reports: `nil` for an absent key.
pub(crate) fn shown(value: Option<Value>) -> String {
    value.map_or_else(|| "nil".to_owned(), |value| value.to_string())
}

/// As answered: `read 4 → 7`, `write 4 := 7`, `cas 4: 7→8`, `cas 4: 7→8 (found 5)`.
impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Read { key, value } => write!(f, "read {key} → {}", shown(*value)),
            Op::Write { key, value } => write!(f, "write {key} := {value}"),
            Op::Call(call) => write!(f, "{call}"),
            Op::Cas {
                key,
                from,
                to,
                found,
            } => {
                write!(f, "cas {key}: {from}→{to}")?;
                if *found == Some(*from) {
                    Ok(())
                } else {
                    write!(f, " (found {})", shown(*found))
                }
            }
        }
    }
}

impl From<Call> for Op {
    fn from(call: Call) -> Op {
        Op::Call(Box::new(call))
    }
}
