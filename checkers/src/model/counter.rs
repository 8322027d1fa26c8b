//! A counter: what was added to it, summed up.
use crate::{Call, Data, Process, Spec, Verb};

/// Begins at 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counter;

impl Spec for Counter {
    type State = i64;

    fn init(&self) -> i64 {
        0
    }

    fn step(&self, count: &i64, _: Process, call: &Call) -> impl IntoIterator<Item = i64> {
        let next = match call.f {
            Verb::Read => *count,
            // A sum beyond 64 bits wraps, as counters do.
            Verb::Add => count.wrapping_add(call.input.int()?),
            _ => return None,
        };
        match (&call.f, &call.output) {
            (_, None) | (Verb::Add, Some(Data::Nil)) => Some(next),
            (_, Some(said)) => (said.int() == Some(next)).then_some(next),
        }
    }

    fn is_owner_aware(&self) -> bool {
        false
    }

    fn is_read_only(&self, call: &Call) -> bool {
        call.f == Verb::Read || call.input == Data::Int(0)
    }
}

#[cfg(test)]
mod tests {
    use super::Counter;
    use crate::model::script::{accepts, rejects};

    #[test]
    fn it_counts() {
        accepts(
            &Counter,
            "read → 0; add 2; add 3 → 5; read → 5; add -1; read → 4; read → ?",
        );
        accepts(&Counter, "add 1 → ?; read → 1");
        accepts(&Counter, "add 9223372036854775807; add 1; read → ?");
        rejects(&Counter, "read → 1");
        rejects(&Counter, "add 1; read → 0");
        rejects(&Counter, "add 1; add 1 → 1");
    }
}
