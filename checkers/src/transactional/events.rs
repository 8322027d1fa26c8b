//! The few events that an explanation needs, wherever the history is kept.
use crate::{Event, History, Kind, Operation, Outcome, Process, WitnessOp};

/// Whoever can show single events of a history.
pub trait Events {
    /// The event at a position.
    fn event(&self, position: usize) -> Event;

    /// The invocation at a position as an operation of a witness, with its completion if it has one.
    fn witness(&self, invoked: usize, name: String, role: String) -> WitnessOp;
}

impl Events for History {
    fn event(&self, position: usize) -> Event {
        self.events()[position].clone()
    }

    fn witness(&self, invoked: usize, name: String, role: String) -> WitnessOp {
        let asked = &self.events()[invoked];
        let ended = self.end_of(invoked);
        let answer = ended.map(|position| &self.events()[position]);
        let (op, outcome) = match answer {
            Some(answer) if answer.kind == Kind::Ok => {
                let completed = ended.expect("there is an answer");
                (&answer.op, Outcome::Ok { completed })
            }
            _ => (&asked.op, Outcome::Unknown { gave_up: ended }),
        };
        let operation = Operation {
            process: asked.process,
            node: asked.node,
            invoked,
            outcome,
            op,
        };
        WitnessOp::new(name, self, &operation, role)
    }
}

impl History {
    /// The position of the completion of the operation that is invoked at `invoked`.
    fn end_of(&self, invoked: usize) -> Option<usize> {
        let Process(process) = self.events()[invoked].process;
        let later = self.events().iter().enumerate().skip(invoked + 1);
        let mut of_process = later.filter(|(_, event)| event.process == Process(process));
        let (position, _) = of_process.next()?;
        Some(position)
    }
}
