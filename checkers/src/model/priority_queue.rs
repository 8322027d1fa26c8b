//! A priority queue: the least number comes out first.
use crate::{Call, Data, Process, Spec, Verb};

/// Begins empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct PriorityQueue;

impl Spec for PriorityQueue {
    /// The greatest first, so that the least is taken from the end.
    type State = Vec<i64>;

    fn init(&self) -> Vec<i64> {
        Vec::new()
    }

    fn step(&self, held: &Vec<i64>, _: Process, call: &Call) -> impl IntoIterator<Item = Vec<i64>> {
        match (&call.f, &call.output, held.split_last()) {
            (Verb::Insert, _, _) => Some(with(held, call.input.int()?)),
            (Verb::DeleteMin, None, Some((_, rest))) => Some(rest.to_vec()),
            (Verb::DeleteMin, Some(taken), Some((least, rest))) => {
                (taken.int() == Some(*least)).then(|| rest.to_vec())
            }
            (Verb::DeleteMin, None | Some(Data::Nil), None) => Some(Vec::new()),
            _ => None,
        }
    }

    fn is_owner_aware(&self) -> bool {
        false
    }

    fn is_read_only(&self, call: &Call) -> bool {
        call.f == Verb::DeleteMin && call.output == Some(Data::Nil)
    }
}

fn with(held: &[i64], added: i64) -> Vec<i64> {
    let place = held.partition_point(|&number| number > added);
    let mut held = held.to_vec();
    held.insert(place, added);
    held
}

#[cfg(test)]
mod tests {
    use super::PriorityQueue;
    use crate::model::script::{accepts, rejects};

    #[test]
    fn the_least_comes_out_first() {
        let queue = PriorityQueue;
        accepts(
            &queue,
            "insert 3; insert 1; insert 2; delete-min → 1; delete-min → 2; delete-min → 3",
        );
        accepts(
            &queue,
            "delete-min → nil; insert 2; insert 1 → ?; delete-min → ?; delete-min → 2",
        );
        accepts(
            &queue,
            "insert 1; insert 1; delete-min → 1; delete-min → 1; delete-min → nil",
        );
        rejects(&queue, "insert 2; insert 1; delete-min → 2");
        rejects(&queue, "insert 1; delete-min → nil");
        rejects(&queue, "insert 1; delete-min → 1; delete-min → 1");
        rejects(&queue, "delete-min → 1");
    }
}
