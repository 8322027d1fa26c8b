//! Values that were found before anybody can have written them.
use super::{Scene, Story};
use crate::linearizable::register::cell::{NIL, State};
use crate::words::label;
use crate::{AnomalyKind, Data, Edge, Kind, Op, Operation, Outcome, Process, Step, Verb};
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
        let value = &self.key.values[state];
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
                AnomalyKind::GarbageRead,
                "which nobody ever wrote.".to_owned(),
                format!("No operation of the history writes {value}."),
            ),
        };
        let title = match kind {
            AnomalyKind::GarbageRead => "Garbage read",
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

    fn origin(&self, reader: usize, value: &Data, state: State) -> Origin {
        let Outcome::Ok { completed } = self.operation(reader).outcome else {
            return Origin::Unknown;
        };
        if let Some(process) = self.failed_writer(value, completed) {
            return Origin::Failed { process };
        }
        let operations = (0..self.key.register.ops.len() as u32).map(|op| self.key.operation(op));
        let mut begun = operations.take_while(|operation| operation.invoked < completed);
        if let Some(Operation { process, .. }) = begun.find(|asked| is_refused(asked, value)) {
            return Origin::Refused { process };
        }
        match self.sources.writers(state).first() {
            Some(&later) => Origin::Later {
                process: self.key.operation(later).process,
            },
            None => Origin::Unknown,
        }
    }

    /// Who tried to write `value` before `completed`, and was told that it had failed.
    fn failed_writer(&self, value: &Data, completed: usize) -> Option<Process> {
        let mut open: HashMap<Process, usize> = HashMap::new();
        for (position, event) in self.history.events().iter().enumerate() {
            if event.op.key() != self.key.key {
                continue;
            }
            match event.kind {
                Kind::Invoke => {
                    open.insert(event.process, position);
                }
                Kind::Fail(_) if tried(&event.op).as_ref() == Some(value) => {
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

/// Whether this is a compare-and-set to `value` that was refused.
fn is_refused(operation: &Operation<'_>, value: &Data) -> bool {
    let is_answered = matches!(operation.outcome, Outcome::Ok { .. });
    is_answered
        && tried(operation.op).as_ref() == Some(value)
        && match operation.op {
            Op::Read { .. } | Op::Write { .. } => false,
            Op::Cas { from, found, .. } => *found != Some(*from),
            Op::Call(call) => call.f == Verb::Cas && call.output == Some(Data::Bool(false)),
        }
}

/// The value that an operation would leave behind.
fn tried(op: &Op) -> Option<Data> {
    match op {
        Op::Read { .. } => None,
        Op::Write { value, .. } => Some(Data::Int(*value)),
        Op::Cas { to, .. } => Some(Data::Int(*to)),
        Op::Call(call) => match call.f {
            Verb::Write => Some(call.input.clone()),
            Verb::Cas => call.input.pair().map(|(_, to)| to.clone()),
            _ => None,
        },
    }
}

fn remark(text: String) -> Step {
    Step {
        between: None,
        edge: Edge::None,
        text,
    }
}
