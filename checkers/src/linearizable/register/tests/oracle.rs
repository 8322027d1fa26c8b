//! Linearizability by definition: tries every order. Shares nothing with the judge but the history.
use crate::{History, Key, Op, Outcome, Value};
use std::collections::{HashMap, HashSet};

/// What an operation does to its key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Does {
    Set(Option<Value>),
    Swaps(Option<Value>, Option<Value>),
    Sees(Option<Value>),
    SeesNot(Option<Value>),
    Nothing,
}

/// An operation and when it was open. Without a return it may take effect later, or never.
#[derive(Clone, Copy, Debug)]
pub(super) struct Act {
    pub(super) key: Key,
    pub(super) does: Does,
    pub(super) invoked: usize,
    pub(super) returned: Option<usize>,
}

/// The operations of a history.
pub(super) fn acts(history: &History) -> Vec<Act> {
    let mut acts = Vec::new();
    for operation in history.operations() {
        let (does, returned) = match (operation.outcome, operation.op) {
            (Outcome::Ok { completed }, op) => (answered(op), Some(completed)),
            (Outcome::Unknown { .. }, Op::Read { .. } | Op::Call(_)) => (Does::Nothing, None),
            (Outcome::Unknown { .. }, Op::Write { value, .. }) => (Does::Set(Some(*value)), None),
            (Outcome::Unknown { .. }, Op::Cas { from, to, .. }) => {
                (Does::Swaps(Some(*from), Some(*to)), None)
            }
        };
        acts.push(Act {
            key: operation.op.key(),
            does,
            invoked: operation.invoked,
            returned,
        });
    }
    acts
}

fn answered(op: &Op) -> Does {
    match *op {
        Op::Read { value, .. } => Does::Sees(value),
        Op::Write { value, .. } => Does::Set(Some(value)),
        Op::Cas {
            from, to, found, ..
        } if found == Some(from) => Does::Swaps(Some(from), Some(to)),
        Op::Cas { found, .. } => Does::Sees(found),
        Op::Call(_) => Does::Nothing,
    }
}

impl Does {
    /// What the key holds afterwards, if this can be.
    fn to(self, held: Option<Value>) -> Option<Option<Value>> {
        match self {
            Does::Set(value) => Some(value),
            Does::Swaps(from, to) => (held == from).then_some(to),
            Does::Sees(value) => (held == value).then_some(held),
            Does::SeesNot(value) => (held != value).then_some(held),
            Does::Nothing => Some(held),
        }
    }
}

/// Whether each key has an order of its operations that respects time and explains every answer.
pub(super) fn is_legal(acts: &[Act]) -> bool {
    let mut keys: HashMap<Key, Vec<Act>> = HashMap::new();
    for act in acts {
        keys.entry(act.key).or_default().push(*act);
    }
    keys.values().all(|acts| has_order(acts))
}

fn has_order(acts: &[Act]) -> bool {
    assert!(acts.len() <= 30, "brute force takes a few operations only");
    let mut seen: HashSet<(u32, Option<Value>)> = HashSet::new();
    let mut open = vec![(0_u32, None)];
    while let Some((done, held)) = open.pop() {
        let missing = || (0..acts.len()).filter(|&i| done >> i & 1 == 0);
        let Some(deadline) = missing().filter_map(|i| acts[i].returned).min() else {
            return true;
        };
        if !seen.insert((done, held)) {
            continue;
        }
        for i in missing().filter(|&i| acts[i].invoked < deadline) {
            if let Some(held) = acts[i].does.to(held) {
                open.push((done | 1 << i, held));
            }
        }
    }
    false
}
