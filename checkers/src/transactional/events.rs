//! The few events that an explanation needs, wherever the history is kept.
use crate::format::columnar::Columns;
use crate::{Event, History, Kind, Operation, Outcome, Process, WitnessOp};

/// Whoever can show single events of a history.
pub trait Events {
    /// When the event at a position was.
    fn time(&self, position: usize) -> u64;

    /// The invocation at a position as an operation of a witness, with its completion if it has one.
    fn witness(&self, invoked: usize, name: String, role: String) -> WitnessOp;
}

impl Events for History {
    fn time(&self, position: usize) -> u64 {
        self.events()[position].time
    }

    fn witness(&self, invoked: usize, name: String, role: String) -> WitnessOp {
        let ended = self.end_of(invoked);
        let answer = ended.map(|position| &self.events()[position]);
        let operation = operation(invoked, &self.events()[invoked], ended.zip(answer));
        WitnessOp::new(name, self, &operation, role)
    }
}

impl Events for Columns<'_> {
    fn time(&self, position: usize) -> u64 {
        self.time(position)
    }

    fn witness(&self, invoked: usize, name: String, role: String) -> WitnessOp {
        let asked = self.call(invoked);
        let ended = self.end_of(invoked);
        let answer = ended.map(|position| self.call(position));
        let operation = operation(invoked, &asked, ended.zip(answer.as_ref()));
        WitnessOp::timed(name, &operation, role, |position| self.time(position))
    }
}

/// What was asked, with its end if it has one.
fn operation<'e>(
    invoked: usize,
    asked: &'e Event,
    end: Option<(usize, &'e Event)>,
) -> Operation<'e> {
    let (op, outcome) = match end {
        Some((completed, answer)) if answer.kind == Kind::Ok => {
            (&answer.op, Outcome::Ok { completed })
        }
        _ => {
            let gave_up = end.map(|(position, _)| position);
            (&asked.op, Outcome::Unknown { gave_up })
        }
    };
    Operation {
        process: asked.process,
        node: asked.node,
        invoked,
        outcome,
        op,
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
