//! Tells of an object for which no order was found: how far one gets, and why no further.
use super::shrink::Core;
use super::split::Part;
use crate::words::{cut, fitting, label, list, who};
use crate::{Anomaly, AnomalyKind, Edge, History, Operation, Step, WitnessOp};

/// Longer witnesses are cut: nobody reads them, and a report has to hold them.
const WITNESS_MAX: usize = 1_000;

/// A state or a call is told in no more characters.
const STATE_CHARS_MAX: usize = 120;
const CALL_CHARS_MAX: usize = 60;

/// At most so many operations of one configuration are told.
const TOLD_MAX: usize = 6;

/// Explains why nobody gets past the operation at which `core` gets stuck.
pub(super) fn no_order(history: &History, part: &Part<'_>, core: &Core) -> Anomaly {
    let scene = Scene { part, core };
    let first = core.ops.len().saturating_sub(WITNESS_MAX);
    let witness = (first..core.ops.len()).map(|place| {
        let (operation, role) = (scene.operation(place), scene.role(place));
        WitnessOp::new(label(place), history, operation, role)
    });
    Anomaly {
        also: Vec::new(),
        kind: AnomalyKind::NonLinearizable,
        sentence: scene.sentence(),
        key: Some(part.key),
        witness: witness.collect(),
        steps: scene.steps(),
        is_minimal: core.is_minimal && first == 0,
    }
}

/// The operations of a witness. Places are indexes into the core.
struct Scene<'a, 'h> {
    part: &'a Part<'h>,
    core: &'a Core,
}

impl<'h> Scene<'_, 'h> {
    fn operation(&self, place: usize) -> &Operation<'h> {
        &self.part.operations[self.core.ops[place] as usize]
    }

    fn call(&self, place: usize) -> String {
        cut(&self.core.asked[place].call.to_string(), CALL_CHARS_MAX)
    }

    /// `C (dequeue → 4)`.
    fn named(&self, place: u32) -> String {
        format!("{} ({})", label(place as usize), self.call(place as usize))
    }

    fn role(&self, place: usize) -> &'static str {
        if place == self.core.stuck.op as usize {
            "cannot be explained"
        } else if self.core.asked[place].is_answered() {
            "took effect by then"
        } else {
            "may have taken effect"
        }
    }

    fn sentence(&self) -> String {
        let stuck = self.core.stuck.op as usize;
        let (call, name) = (self.call(stuck), self.part.name());
        let count = self.core.ops.len();
        fitting(|names| {
            let who = who(self.operation(stuck), names);
            match count {
                1 => format!("No state that {name} can have been in explains {call} of {who}."),
                _ => format!(
                    "No order of these {count} operations on {name} explains {call} of {who}."
                ),
            }
        })
    }

    fn steps(&self) -> Vec<Step> {
        let mut texts: Vec<String> = Vec::new();
        if !self.core.begins.is_empty() {
            let states = cut(&self.core.begins.join(", or "), STATE_CHARS_MAX);
            texts.push(format!(
                "Whatever the order of the operations before these, they leave: {states}."
            ));
        }
        for corner in &self.core.stuck.corners {
            let stuck = self.named(self.core.stuck.op);
            let state = cut(&corner.state, STATE_CHARS_MAX);
            let done: Vec<String> = corner.done.iter().map(|&op| label(op as usize)).collect();
            let taken = match done.as_slice() {
                [] => "Once all that returned before it has taken effect".to_owned(),
                done => format!("Once {} took effect", list(done)),
            };
            let others = corner
                .waiting
                .iter()
                .filter(|&&op| op != self.core.stuck.op);
            let others: Vec<String> = others.take(TOLD_MAX).map(|&op| self.named(op)).collect();
            let neither = match others.as_slice() {
                [] => String::new(),
                others => format!("; nor is {}", list(others)),
            };
            texts.push(format!(
                "{taken}, {stuck} is not possible when the state is {state}{neither}."
            ));
        }
        let stuck = self.named(self.core.stuck.op);
        texts.push(format!(
            "So nothing can have come before the return of {stuck} that explains it — a contradiction."
        ));
        let remark = |text| Step {
            between: None,
            edge: Edge::None,
            text,
        };
        texts.into_iter().map(remark).collect()
    }
}
