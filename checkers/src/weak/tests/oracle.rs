//! The session guarantees by definition: every order of versions, every tuple of operations.
use crate::weak::Guarantee;
use crate::{History, Key, Op, Outcome, Process, Value};
use std::collections::HashMap;

/// What one operation did. Positions are those of the history.
#[derive(Clone, Copy, Debug)]
struct Deed {
    process: Process,
    key: Key,
    /// What it read for certain: nil is a value too.
    read: Option<Option<Value>>,
    wrote: Option<Value>,
    invoked: usize,
    returned: Option<usize>,
}

fn deeds(history: &History) -> Vec<Deed> {
    let deed = |operation: &crate::Operation<'_>| {
        let returned = match operation.outcome {
            Outcome::Ok { completed } => Some(completed),
            Outcome::Unknown { .. } => None,
        };
        let is_answered = returned.is_some();
        let (read, wrote) = match *operation.op {
            Op::Read { value, .. } => (is_answered.then_some(value), None),
            Op::Write { value, .. } => (None, Some(value)),
            Op::Cas {
                from, to, found, ..
            } if is_answered && found == Some(from) => (Some(Some(from)), Some(to)),
            Op::Cas { found, .. } if is_answered => (Some(found), None),
            Op::Cas { to, .. } => (None, Some(to)),
            Op::Call(_) => unreachable!("only registers are drawn"),
        };
        Deed {
            process: operation.process,
            key: operation.op.key(),
            read,
            wrote,
            invoked: operation.invoked,
            returned,
        }
    };
    history.operations().iter().map(deed).collect()
}

/// When the write of each value began, and when somebody knew of it.
type Spans = HashMap<Value, (usize, Option<usize>)>;

fn spans(deeds: &[Deed], key: Key) -> Spans {
    let mut spans = Spans::new();
    for deed in deeds.iter().filter(|deed| deed.key == key) {
        if let Some(value) = deed.wrote {
            spans.insert(value, (deed.invoked, deed.returned));
        }
    }
    for deed in deeds.iter().filter(|deed| deed.key == key) {
        if let (Some(Some(value)), Some(returned)) = (deed.read, deed.returned)
            && let Some((_, known)) = spans.get_mut(&value)
        {
            *known = Some(known.unwrap_or(returned).min(returned));
        }
    }
    spans
}

/// Every order of the written values in which each can have taken effect in its span.
fn orders(spans: &Spans) -> Vec<Vec<Value>> {
    let mut orders = Vec::new();
    let mut stack: Vec<(Vec<Value>, usize)> = vec![(Vec::new(), 0)];
    while let Some((order, now)) = stack.pop() {
        if order.len() == spans.len() {
            orders.push(order);
            continue;
        }
        for (value, (began, known)) in spans {
            let now = now.max(*began);
            if !order.contains(value) && known.is_none_or(|known| now < known) {
                let order = [&order[..], &[*value]].concat();
                stack.push((order, now));
            }
        }
    }
    orders
}

/// The orders of versions that a history allows, key by key.
pub(super) struct Definition {
    deeds: Vec<Deed>,
    every: HashMap<Key, Vec<Vec<Value>>>,
}

impl Definition {
    pub(super) fn new(history: &History) -> Definition {
        let deeds = deeds(history);
        let mut every: HashMap<Key, Vec<Vec<Value>>> = HashMap::new();
        for deed in &deeds {
            let orders = || orders(&spans(&deeds, deed.key));
            every.entry(deed.key).or_insert_with(orders);
        }
        Definition { deeds, every }
    }

    /// Whether a guarantee is broken by any tuple of operations, whatever the order of versions was.
    pub(super) fn is_broken(&self, guarantee: Guarantee) -> bool {
        is_broken(&self.deeds, &self.every, guarantee)
    }
}

fn is_broken(deeds: &[Deed], every: &HashMap<Key, Vec<Vec<Value>>>, guarantee: Guarantee) -> bool {
    let must_see = |reader: &Deed, newer: Value| {
        let found = reader.read.expect("it read");
        let place = |order: &Vec<Value>, value| order.iter().position(|held| *held == value);
        every[&reader.key].iter().all(|order| match found {
            None => true,
            Some(found) => place(order, found) < place(order, newer),
        })
    };
    let is_after = |first: &Deed, second: &Deed| {
        first.process == second.process && first.returned.is_some_and(|end| end < second.invoked)
    };
    let wrote_before = |first: &Deed, second: &Deed| {
        first.process == second.process && first.invoked < second.invoked
    };
    for reader in deeds.iter().filter(|deed| deed.read.is_some()) {
        for deed in deeds.iter().filter(|deed| deed.key == reader.key) {
            let obliges = match guarantee {
                Guarantee::MonotonicReads | Guarantee::WritesFollowReads => deed.read.flatten(),
                Guarantee::ReadYourWrites | Guarantee::MonotonicWrites => deed.wrote,
            };
            let Some(newer) = obliges.filter(|_| deed.returned.is_some()) else {
                continue;
            };
            let is_obliged = match guarantee {
                Guarantee::MonotonicReads | Guarantee::ReadYourWrites => is_after(deed, reader),
                Guarantee::MonotonicWrites | Guarantee::WritesFollowReads => deeds
                    .iter()
                    .filter(|write| wrote_before(deed, write))
                    .any(|write| {
                        let saw = |saw: &&Deed| {
                            let is_seen = saw.key == write.key && saw.read == Some(write.wrote);
                            write.wrote.is_some() && is_seen && is_after(saw, reader)
                        };
                        deeds.iter().any(|deed| saw(&deed))
                    }),
            };
            if is_obliged && must_see(reader, newer) {
                return true;
            }
        }
    }
    false
}
