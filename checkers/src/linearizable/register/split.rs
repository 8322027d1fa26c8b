//! Takes a history apart, key by key: it is linearizable if and only if each key is.
//!
//! That is Herlihy and Wing's locality ("Linearizability", TOPLAS 1990, theorem 1); Horn and
//! Kroening ("Faster linearizability checking via P-compositionality", FORTE 2015) show what it saves.
use super::cell::{Act, NEVER, NIL, Register, RegisterOp, State};
use crate::{History, Key, Op, Operation, Outcome, Value};
use rustc_hash::FxHashMap;

/// What happened to one key.
#[derive(Debug)]
pub(super) struct KeyHistory<'h> {
    /// The key.
    pub(super) key: Key,
    /// The operations that say anything, in order of invocation.
    pub(super) operations: Vec<Operation<'h>>,
    /// The same operations, index by index, as the judges read them.
    pub(super) register: Register,
    /// The value behind each state.
    pub(super) values: Vec<Option<Value>>,
    /// Operations on this key, those that say nothing included.
    pub(super) judged: u64,
    /// Operations that were answered.
    pub(super) answered: u64,
    /// Whether a change overlapped another operation: reads alone cannot get in each other's way.
    pub(super) is_contended: bool,
    states: FxHashMap<Value, State>,
    open: u32,
    open_changes: u32,
    positions: u32,
}

/// Splits a history by key, in the order in which the keys appear.
pub(super) fn split(history: &History) -> Vec<KeyHistory<'_>> {
    let mut keys: Vec<KeyHistory<'_>> = Vec::new();
    let mut index: FxHashMap<Key, usize> = FxHashMap::default();
    let mut marks = vec![Mark::Skip; history.events().len()];
    for operation in history.operations() {
        let key = operation.op.key();
        let place = *index.entry(key).or_insert_with(|| {
            keys.push(KeyHistory::new(key));
            keys.len() - 1
        });
        let op = keys[place].add(operation);
        marks[operation.invoked] = Mark::Invoke { key: place, op };
        match operation.outcome {
            Outcome::Ok { completed } => marks[completed] = Mark::Return { key: place, op },
            Outcome::Unknown { gave_up: Some(end) } => marks[end] = Mark::GiveUp { key: place },
            Outcome::Unknown { gave_up: None } => {}
        }
    }
    for (mark, event) in marks.into_iter().zip(history.events()) {
        let is_change = !event.op.is_pure_read();
        match mark {
            Mark::Skip => {}
            Mark::Invoke { key, op } => keys[key].invoke(op, is_change),
            Mark::Return { key, op } => keys[key].complete(op, is_change),
            Mark::GiveUp { key } => keys[key].close(is_change),
        }
    }
    keys
}

/// What an event of the history is to its key. `op` is missing where the operation says nothing.
#[derive(Clone, Copy)]
enum Mark {
    Skip,
    Invoke { key: usize, op: Option<u32> },
    Return { key: usize, op: Option<u32> },
    GiveUp { key: usize },
}

impl<'h> KeyHistory<'h> {
    fn new(key: Key) -> KeyHistory<'h> {
        KeyHistory {
            key,
            operations: Vec::new(),
            register: Register::default(),
            values: vec![None],
            judged: 0,
            answered: 0,
            is_contended: false,
            states: FxHashMap::default(),
            open: 0,
            open_changes: 0,
            positions: 0,
        }
    }

    fn add(&mut self, operation: Operation<'h>) -> Option<u32> {
        self.judged += 1;
        let is_answered = match operation.outcome {
            Outcome::Ok { .. } => true,
            Outcome::Unknown { .. } => false,
        };
        self.answered += u64::from(is_answered);
        let act = self.act(operation.op, is_answered)?;
        self.operations.push(operation);
        self.register.ops.push(RegisterOp {
            act,
            invoked: NEVER,
            returned: NEVER,
        });
        Some(u32::try_from(self.operations.len() - 1).expect("fewer than 2^32 operations"))
    }

    /// What an operation says; nothing if it may have had no effect and has no answer.
    fn act(&mut self, op: &Op, is_answered: bool) -> Option<Act> {
        match *op {
            // Other objects are judged by their own models.
            Op::Call(_) => None,
            Op::Read { value, .. } => is_answered.then(|| Act::Observe(self.state(value))),
            Op::Write { value, .. } => Some(Act::Write(self.state(Some(value)))),
            Op::Cas {
                from, to, found, ..
            } => {
                let is_swap = !is_answered || found == Some(from);
                match (is_swap, from == to) {
                    (true, false) => Some(Act::Swap {
                        from: self.state(Some(from)),
                        to: self.state(Some(to)),
                    }),
                    // Replacing a value by itself is looking at it, and looking without an answer is nothing.
                    (true, true) | (false, _) => {
                        is_answered.then(|| Act::Observe(self.state(found)))
                    }
                }
            }
        }
    }

    fn state(&mut self, value: Option<Value>) -> State {
        let Some(value) = value else { return NIL };
        let values = &mut self.values;
        *self.states.entry(value).or_insert_with(|| {
            values.push(Some(value));
            State::try_from(values.len() - 1).expect("fewer than 2^32 values")
        })
    }

    fn invoke(&mut self, op: Option<u32>, is_change: bool) {
        self.is_contended |= self.open_changes > 0 || (is_change && self.open > 0);
        self.open += 1;
        self.open_changes += u32::from(is_change);
        if let Some(op) = op {
            self.register.ops[op as usize].invoked = self.positions;
            self.positions += 1;
        }
    }

    fn close(&mut self, is_change: bool) {
        self.open -= 1;
        self.open_changes -= u32::from(is_change);
    }

    fn complete(&mut self, op: Option<u32>, is_change: bool) {
        self.close(is_change);
        if let Some(op) = op {
            self.register.ops[op as usize].returned = self.positions;
            self.positions += 1;
        }
    }
}
