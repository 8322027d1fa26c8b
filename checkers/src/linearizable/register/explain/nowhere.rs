//! Values that were found before anybody can have written them.
use super::words::label;
use super::{Scene, Story};
use crate::linearizable::register::cell::{NIL, State};
use crate::{AnomalyKind, Edge, Kind, Op, Outcome, Process, Step, Value};
use std::collections::HashMap;

/// Where a value that nobody had written may come from.
enum Origin {
    /// A write that had no effect, so its author was told.
    Failed { process: Process },
    /// A compare-and-set that was refused.
    Refused { process: Process },
    /// A write that began later.
    Later { process: Process },
    /// Nobody ever mentioned it.
    Unknown,
}

impl Scene<'_, '_> {
    /// The story of an operation whose value no operation had begun to write when it ended.
    pub(super) fn story_from_nowhere(&self) -> Option<Story> {
        let reader = (0..self.ops.len()).find(|&place| self.is_from_nowhere(place))?;
        let state = crate::linearizable::register::projection::wanted(self.act(reader))?;
        let value = self.key.values[state as usize]?;
        let (kind, rest, why) = match self.origin(reader, value, state) {
            Origin::Failed {
                process: Process(p),
            } => (
                AnomalyKind::AbortedRead,
                format!("but process {p}'s write of {value} had failed."),
                format!("The write of {value} by process {p} failed and so had no effect."),
            ),
            Origin::Refused {
                process: Process(p),
            } => (
                AnomalyKind::AbortedRead,
                format!("but process {p}'s compare-and-set to {value} had been refused."),
                format!("The compare-and-set to {value} by process {p} was refused."),
            ),
            Origin::Later {
                process: Process(p),
            } => (
                AnomalyKind::AbortedRead,
                format!("but process {p}, the first to write {value}, only began later."),
                format!("The first write of {value}, by process {p}, began later."),
            ),
            Origin::Unknown => (
                AnomalyKind::PhantomRead,
                "which nobody ever wrote.".to_owned(),
                format!("No operation of the history writes {value}."),
            ),
        };
        let title = match kind {
            AnomalyKind::PhantomRead => "Phantom value",
            _ => "Aborted read",
        };
        let name = label(reader);
        let steps = vec![
            remark(why),
            remark(format!(
                "So nothing can have put {value} there before {name} ended, but {name} {} — a contradiction.",
                self.found(reader)
            )),
        ];
        Some(Story {
            kind,
            sentence: self.about(reader, title, &rest),
            roles: vec![(reader, "found what nobody had written".to_owned())],
            steps,
        })
    }

    fn is_from_nowhere(&self, place: usize) -> bool {
        let wanted = crate::linearizable::register::projection::wanted(self.act(place));
        let Some(state) = wanted.filter(|&state| state != NIL) else {
            return false;
        };
        let is_asked = self.is_whole(place) && self.is_answered(place);
        is_asked && self.sources.last_writer(self.ops[place], state).is_none()
    }

    fn origin(&self, reader: usize, value: Value, state: State) -> Origin {
        let Outcome::Ok { completed } = self.operation(reader).outcome else {
            return Origin::Unknown;
        };
        if let Some(process) = self.failed_writer(value, completed) {
            return Origin::Failed { process };
        }
        let refused = self.key.operations.iter().find(|operation| {
            let is_refused = matches!(operation.op, Op::Cas { from, to, found, .. }
                if *to == value && *found != Some(*from));
            let is_answered = matches!(operation.outcome, Outcome::Ok { .. });
            is_refused && is_answered && operation.invoked < completed
        });
        if let Some(operation) = refused {
            let process = operation.process;
            return Origin::Refused { process };
        }
        match self.sources.writers(state).first() {
            Some(&later) => Origin::Later {
                process: self.key.operations[later as usize].process,
            },
            None => Origin::Unknown,
        }
    }

    /// Who tried to write `value` before `completed`, and was told that it had failed.
    fn failed_writer(&self, value: Value, completed: usize) -> Option<Process> {
        let mut open: HashMap<Process, usize> = HashMap::new();
        for (position, event) in self.history.events().iter().enumerate() {
            if event.op.key() != self.key.key {
                continue;
            }
            match event.kind {
                Kind::Invoke => {
                    open.insert(event.process, position);
                }
                Kind::Fail(_) if tried(&event.op) == Some(value) => {
                    if open
                        .get(&event.process)
                        .is_some_and(|&began| began < completed)
                    {
                        return Some(event.process);
                    }
                }
                Kind::Ok | Kind::Fail(_) | Kind::Info(_) => {}
            }
        }
        None
    }
}

/// The value that an operation would leave behind.
fn tried(op: &Op) -> Option<Value> {
    match op {
        Op::Read { .. } => None,
        Op::Write { value, .. } => Some(*value),
        Op::Cas { to, .. } => Some(*to),
        Op::Call(_) => None,
    }
}

fn remark(text: String) -> Step {
    Step {
        between: None,
        edge: Edge::None,
        text,
    }
}
