//! An order that explains a legal history of registers.
use super::blocks::order::order;
use super::split::{KeyHistory, split};
use crate::linearizable::parallel::in_parallel;
use crate::linearizable::{Linearization, Object};
use crate::model::Register;
use crate::{Budget, Checker, Data, History};

/// An order for each key: by blocks where every value was written once, by search elsewhere.
pub(super) fn linearization(
    history: &History,
    initial: &Data,
    budget: &Budget,
) -> Option<Vec<Linearization>> {
    let keys = split(history, initial);
    let orders = in_parallel(&keys, |key| {
        by_blocks(key).or_else(|| by_search(history, initial, key, budget))
    });
    orders.into_iter().collect()
}

fn by_blocks(key: &KeyHistory<'_>) -> Option<Linearization> {
    if key.foreign.is_some() {
        return None;
    }
    let order = order(&key.register)?;
    let invoked = |op: u32| key.operation(op).invoked;
    Some(Linearization {
        key: key.key,
        part: None,
        order: order.into_iter().map(invoked).collect(),
    })
}

/// Searched as an object of its own, for which an order can be had.
fn by_search(
    history: &History,
    initial: &Data,
    key: &KeyHistory<'_>,
    budget: &Budget,
) -> Option<Linearization> {
    let initial = initial.clone();
    let object = Object::new("register", Register { initial });
    let (part, positions) = history.part(|other| other == key.key);
    let mut found = object.linearization(&part, budget)?;
    let mut linearization = found.pop()?;
    for place in &mut linearization.order {
        *place = positions[*place];
    }
    Some(linearization)
}
