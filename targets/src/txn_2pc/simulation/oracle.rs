//! What has to hold of every schedule: all or nothing, and an order that explains what everybody saw.
use crate::service::answers::Refusal;
use crate::steps::{Held, Step};
use crate::txn_2pc::outbox::Outcome;
use harness::Key;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// One transaction of a client, and what became of it.
pub(super) struct Asked {
    pub(super) node: u64,
    body: Json,
    begun: usize,
    pub(super) answered: usize,
    pub(super) outcome: Option<Outcome>,
    /// Its coordinator crashed: nobody will answer.
    pub(super) is_lost: bool,
}

impl Asked {
    pub(super) fn new(node: u64, body: &Json, begun: usize) -> Asked {
        Asked {
            node,
            body: body.clone(),
            begun,
            answered: usize::MAX,
            outcome: None,
            is_lost: false,
        }
    }

    /// What it was to append, in its order: to which list, which element.
    fn appends(&self) -> Vec<(Key, i64)> {
        let steps = self.body["steps"].as_array().into_iter().flatten();
        let appends = steps.filter(|step| step[0] == "append");
        let append = |step: &Json| Some((step[1].as_u64()?, step[2].as_i64()?));
        appends.filter_map(append).collect()
    }
}

/// The key and the list that a step has read.
pub(super) fn read(step: &Step) -> (Key, Vec<i64>) {
    match step {
        Step::Read(key, None) => (*key, Vec::new()),
        Step::Read(key, Some(Held::List(list))) => (*key, list.to_vec()),
        other => panic!("no read of a list: {other:?}"),
    }
}

/// Judges a schedule by the lists that were there in the end.
pub(super) fn check(asked: &[Asked], lists: &BTreeMap<Key, Vec<i64>>) -> Result<(), String> {
    let mut writers = BTreeMap::new();
    for (at, asked) in asked.iter().enumerate() {
        let is_there = |(key, element): &(Key, i64)| lists[key].contains(element);
        let appends = asked.appends();
        let count = appends.iter().filter(|append| is_there(append)).count();
        let may_be_there = match &asked.outcome {
            Some(Ok(_)) => [true, false],
            Some(Err(Refusal::Definite(_) | Refusal::Rejected(_))) => [false, true],
            Some(Err(Refusal::Unknown(_))) => [true, true],
            None if asked.is_lost => [true, true],
            None => return Err(format!("transaction {at} was never answered")),
        };
        let [all, none] = may_be_there;
        let is_right = (all && count == appends.len()) || (none && count == 0);
        if !is_right {
            let total = appends.len();
            return Err(format!(
                "{count} of {total} appends of transaction {at}, {:?}",
                asked.outcome
            ));
        }
        writers.extend(appends.into_iter().map(|append| (append, at)));
    }
    let mut after = vec![BTreeSet::new(); asked.len()];
    for (key, list) in lists {
        let mut seen = BTreeSet::new();
        if !list.iter().all(|element| seen.insert(element)) {
            return Err(format!("list {key} holds an element twice: {list:?}"));
        }
        for pair in list.windows(2) {
            let of = |element| writers[&(*key, element)];
            after[of(pair[0])].insert(of(pair[1]));
        }
    }
    for (at, asked) in asked.iter().enumerate() {
        if let Some(Ok(steps)) = &asked.outcome {
            reads(at, steps, lists, &writers, &mut after)?;
        }
    }
    for (early, first) in asked.iter().enumerate() {
        let is_committed = matches!(first.outcome, Some(Ok(_)));
        for (late, second) in asked.iter().enumerate() {
            if is_committed && first.answered < second.begun {
                after[early].insert(late);
            }
        }
    }
    match is_ordered(&mut after) {
        true => Ok(()),
        false => Err("no order explains it".to_owned()),
    }
}

/// Whoever reads a list comes after the writer of its last element, and before that of the next one.
fn reads(
    at: usize,
    steps: &[Step],
    lists: &BTreeMap<Key, Vec<i64>>,
    writers: &BTreeMap<(Key, i64), usize>,
    after: &mut [BTreeSet<usize>],
) -> Result<(), String> {
    for (index, step) in steps.iter().enumerate() {
        if !matches!(step, Step::Read(_, _)) {
            continue;
        }
        let (key, seen) = read(step);
        let list = &lists[&key];
        if !list.starts_with(&seen) {
            return Err(format!("{seen:?} is no beginning of list {key}, {list:?}"));
        }
        let own = steps[..index].iter().filter_map(|step| match step {
            Step::Append(of, element) if *of == key => Some(*element),
            _ => None,
        });
        let own: Vec<i64> = own.collect();
        if !seen.ends_with(&own) {
            return Err(format!(
                "transaction {at} misses its own {own:?} in {seen:?}"
            ));
        }
        let writer = |element: &i64| writers[&(key, *element)];
        if let Some(last) = seen.last() {
            after[writer(last)].insert(at);
        }
        if let Some(next) = list.get(seen.len()) {
            after[at].insert(writer(next));
        }
    }
    Ok(())
}

/// Whether there is an order: takes away whoever has nobody before it until nobody is left.
fn is_ordered(after: &mut [BTreeSet<usize>]) -> bool {
    for (at, later) in after.iter_mut().enumerate() {
        later.remove(&at);
    }
    let mut left: BTreeSet<usize> = (0..after.len()).collect();
    while !left.is_empty() {
        let has_before: BTreeSet<usize> = left.iter().flat_map(|at| &after[*at]).copied().collect();
        let first: Vec<usize> = left.difference(&has_before).copied().collect();
        if first.is_empty() {
            return false;
        }
        left.retain(|at| !first.contains(at));
    }
    true
}
