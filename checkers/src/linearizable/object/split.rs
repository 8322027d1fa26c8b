//! Takes a history apart: by key, and by parts of the object of a key that can be judged apart.
//!
//! A history is linearizable if and only if each object's is (Herlihy and Wing, "Linearizability",
//! TOPLAS 1990, theorem 1); Horn and Kroening ("Faster linearizability checking via
//! P-compositionality", FORTE 2015) do the same with parts of objects.
use crate::linearizable::asked::Asked;
use crate::linearizable::timed::NEVER;
use crate::{Call, Data, History, Key, Op, Operation, Outcome, Spec, Verb};
use rustc_hash::{FxHashMap, FxHashSet};

/// What happened to one object, or to one part of it.
#[derive(Debug)]
pub(super) struct Part<'h> {
    /// The object.
    pub(super) key: Key,
    /// The part of it, if it has parts.
    pub(super) part: Option<Data>,
    /// The operations that say anything, in order of invocation.
    pub(super) operations: Vec<Operation<'h>>,
    /// The same operations, index by index, as the judges read them.
    pub(super) asked: Vec<Asked>,
    /// Operations, those that say nothing included.
    pub(super) judged: u64,
    /// Operations that were answered.
    pub(super) answered: u64,
    /// Whether a change overlapped another operation: reads alone cannot get in each other's way.
    pub(super) is_contended: bool,
    open: u32,
    open_changes: u32,
    positions: u32,
}

/// Splits a history in the order in which objects and their parts appear.
pub(super) fn split<'h, S: Spec>(spec: &S, history: &'h History) -> Vec<Part<'h>> {
    let operations = history.operations();
    let calls: Vec<Call> = operations.iter().map(call).collect();
    let names = part_names(spec, &calls);
    let mut parts: Vec<Part<'h>> = Vec::new();
    let mut index: FxHashMap<(Key, Option<Data>), usize> = FxHashMap::default();
    let mut marks = vec![Mark::Skip; history.events().len()];
    for ((operation, call), name) in operations.into_iter().zip(calls).zip(names) {
        let place = *index
            .entry((call.key, name))
            .or_insert_with_key(|(key, name)| {
                parts.push(Part::new(*key, name.clone()));
                parts.len() - 1
            });
        let is_change = !spec.is_read_only(&call);
        let Operation {
            invoked, outcome, ..
        } = operation;
        let op = parts[place].add(operation, call, is_change);
        let mark = |end| Mark::Event {
            end,
            place,
            op,
            is_change,
        };
        marks[invoked] = mark(End::Invoke);
        match outcome {
            Outcome::Ok { completed } => marks[completed] = mark(End::Return),
            Outcome::Unknown { gave_up: Some(end) } => marks[end] = mark(End::GiveUp),
            Outcome::Unknown { gave_up: None } => {}
        }
    }
    for mark in marks {
        if let Mark::Event {
            end,
            place,
            op,
            is_change,
        } = mark
        {
            parts[place].pass(end, op, is_change);
        }
    }
    parts
}

/// What an event of the history is to its part. `op` is missing where the operation says nothing.
#[derive(Clone, Copy)]
enum Mark {
    Skip,
    Event {
        end: End,
        place: usize,
        op: Option<u32>,
        is_change: bool,
    },
}

#[derive(Clone, Copy)]
enum End {
    Invoke,
    Return,
    GiveUp,
}

/// The operation as a call. Of unknown outcome is what has no answer.
fn call(operation: &Operation<'_>) -> Call {
    let is_answered = is_ok(operation);
    let (f, input, output) = match operation.op {
        Op::Call(call) => {
            let mut call = Call::clone(call);
            if !is_answered {
                call.output = None;
            }
            return call;
        }
        Op::Read { value, .. } => {
            let read = value.map_or(Data::Nil, Data::Int);
            (Verb::Read, Data::Nil, read)
        }
        Op::Write { value, .. } => (Verb::Write, Data::Int(*value), Data::Nil),
        // A refusal that says what it found is a read.
        Op::Cas { from, found, .. } if is_answered && *found != Some(*from) => {
            let found = found.map_or(Data::Nil, Data::Int);
            (Verb::Read, Data::Nil, found)
        }
        Op::Cas {
            from, to, found, ..
        } => {
            let took_place = *found == Some(*from);
            (Verb::Cas, vec![*from, *to].into(), Data::Bool(took_place))
        }
    };
    Call {
        f,
        key: operation.op.key(),
        input,
        output: is_answered.then_some(output),
    }
}

/// The part that each call is about, for objects of which every call names one.
fn part_names<S: Spec>(spec: &S, calls: &[Call]) -> Vec<Option<Data>> {
    let mut names: Vec<Option<Data>> = calls.iter().map(|call| spec.part(call)).collect();
    if names.iter().all(Option::is_none) {
        return names;
    }
    let mut whole: FxHashSet<Key> = FxHashSet::default();
    for (call, name) in calls.iter().zip(&names) {
        if name.is_none() {
            whole.insert(call.key);
        }
    }
    for (call, name) in calls.iter().zip(&mut names) {
        if whole.contains(&call.key) {
            *name = None;
        }
    }
    names
}

impl<'h> Part<'h> {
    fn new(key: Key, part: Option<Data>) -> Part<'h> {
        Part {
            key,
            part,
            operations: Vec::new(),
            asked: Vec::new(),
            judged: 0,
            answered: 0,
            is_contended: false,
            open: 0,
            open_changes: 0,
            positions: 0,
        }
    }

    /// `key 3`, `element 7 of key 3`.
    pub(super) fn name(&self) -> String {
        match &self.part {
            None => format!("key {}", self.key),
            Some(part) => format!("element {part} of key {}", self.key),
        }
    }

    /// Where in the history an operation begins.
    pub(super) fn invoked(&self, op: u32) -> usize {
        self.operations[op as usize].invoked
    }

    fn add(&mut self, operation: Operation<'h>, call: Call, is_change: bool) -> Option<u32> {
        self.judged += 1;
        let is_answered = is_ok(&operation);
        self.answered += u64::from(is_answered);
        // To look without an answer is nothing.
        if !is_answered && !is_change {
            return None;
        }
        self.asked.push(Asked {
            process: operation.process,
            call,
            invoked: NEVER,
            returned: NEVER,
        });
        self.operations.push(operation);
        Some(u32::try_from(self.asked.len() - 1).expect("fewer than 2^32 operations"))
    }

    fn pass(&mut self, end: End, op: Option<u32>, is_change: bool) {
        match end {
            End::Invoke => {
                self.is_contended |= self.open_changes > 0 || (is_change && self.open > 0);
                self.open += 1;
                self.open_changes += u32::from(is_change);
            }
            End::Return | End::GiveUp => {
                self.open -= 1;
                self.open_changes -= u32::from(is_change);
            }
        }
        let Some(op) = op else { return };
        let asked = &mut self.asked[op as usize];
        match end {
            End::Invoke => asked.invoked = self.positions,
            End::Return => asked.returned = self.positions,
            // That a client stopped waiting says nothing.
            End::GiveUp => return,
        }
        self.positions += 1;
    }
}

fn is_ok(operation: &Operation<'_>) -> bool {
    match operation.outcome {
        Outcome::Ok { .. } => true,
        Outcome::Unknown { .. } => false,
    }
}
