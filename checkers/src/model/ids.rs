//! Ids: no two the same, or each greater than the one before.
use crate::{Call, Data, Process, Spec, Verb};

/// Every id is issued once. Judged id by id.
#[derive(Clone, Copy, Debug, Default)]
pub struct UniqueIds;

/// Every id is greater than those before it.
#[derive(Clone, Copy, Debug, Default)]
pub struct MonotoneIds;

impl Spec for UniqueIds {
    /// Those that were issued, in ascending order.
    type State = Vec<Data>;

    fn init(&self) -> Vec<Data> {
        Vec::new()
    }

    /// There are more ids than anyone can ask for: one that was not told is none of the others.
    fn step(
        &self,
        issued: &Vec<Data>,
        _: Process,
        call: &Call,
    ) -> impl IntoIterator<Item = Vec<Data>> {
        match (&call.f, &call.output) {
            (Verb::Generate, None) => Some(issued.clone()),
            (Verb::Generate, Some(id)) => {
                let place = issued.binary_search(id).err()?;
                let mut issued = issued.clone();
                issued.insert(place, id.clone());
                Some(issued)
            }
            _ => None,
        }
    }

    fn is_owner_aware(&self) -> bool {
        false
    }

    /// What was not told is a part of its own.
    fn part(&self, call: &Call) -> Option<Data> {
        Some(call.output.clone().unwrap_or_default())
    }
}

impl Spec for MonotoneIds {
    /// The last one that is known.
    type State = Option<i64>;

    fn init(&self) -> Option<i64> {
        None
    }

    fn is_owner_aware(&self) -> bool {
        false
    }

    fn step(
        &self,
        last: &Option<i64>,
        _: Process,
        call: &Call,
    ) -> impl IntoIterator<Item = Option<i64>> {
        match (&call.f, &call.output) {
            (Verb::Generate, None) => Some(*last),
            (Verb::Generate, Some(id)) => (id.int() > *last).then(|| id.int()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MonotoneIds, UniqueIds};
    use crate::model::script::{accepts, rejects};

    #[test]
    fn no_id_is_issued_twice() {
        accepts(
            &UniqueIds,
            "generate → 3; generate → 1; generate → ?; generate → 2",
        );
        rejects(&UniqueIds, "generate → 3; generate → 1; generate → 3");
    }

    #[test]
    fn ids_grow() {
        accepts(
            &MonotoneIds,
            "generate → -3; generate → ?; generate → 1; generate → 7",
        );
        rejects(&MonotoneIds, "generate → 3; generate → 1");
        rejects(&MonotoneIds, "generate → 3; generate → 3");
        rejects(&MonotoneIds, "generate → nil");
    }
}
