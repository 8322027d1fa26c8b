//! A queue: first in, first out.
use crate::{Call, Data, Process, Spec, Verb};

/// Begins empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Queue;

impl Spec for Queue {
    /// The front first.
    type State = Vec<Data>;

    fn init(&self) -> Vec<Data> {
        Vec::new()
    }

    fn step(
        &self,
        held: &Vec<Data>,
        _: Process,
        call: &Call,
    ) -> impl IntoIterator<Item = Vec<Data>> {
        match (&call.f, &call.output, held.split_first()) {
            (Verb::Enqueue, _, _) => Some([held, std::slice::from_ref(&call.input)].concat()),
            (Verb::Dequeue, None, Some((_, rest))) => Some(rest.to_vec()),
            (Verb::Dequeue, Some(taken), Some((front, rest))) => {
                (taken == front).then(|| rest.to_vec())
            }
            (Verb::Dequeue, None | Some(Data::Nil), None) => Some(Vec::new()),
            _ => None,
        }
    }

    fn is_owner_aware(&self) -> bool {
        false
    }

    fn is_read_only(&self, call: &Call) -> bool {
        call.f == Verb::Dequeue && call.output == Some(Data::Nil)
    }
}

#[cfg(test)]
mod tests {
    use super::Queue;
    use crate::model::script::{accepts, rejects};

    #[test]
    fn first_in_first_out() {
        accepts(
            &Queue,
            "dequeue → nil; enqueue 1; enqueue 2; dequeue → 1; dequeue → 2; dequeue → nil",
        );
        accepts(&Queue, "enqueue 1; enqueue 2; dequeue → ?; dequeue → 2");
        accepts(&Queue, "dequeue → ?; enqueue 1 → ?; dequeue → 1");
        accepts(&Queue, "enqueue 1; enqueue 1; dequeue → 1; dequeue → 1");
        rejects(&Queue, "enqueue 1; enqueue 2; dequeue → 2");
        rejects(&Queue, "enqueue 1; dequeue → nil");
        rejects(&Queue, "enqueue 1; dequeue → 1; dequeue → 1");
        rejects(&Queue, "dequeue → 1");
    }
}
