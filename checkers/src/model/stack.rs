//! A stack: last in, first out.
use crate::{Call, Data, Process, Spec, Verb};

/// Begins empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stack;

impl Spec for Stack {
    /// The top last.
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
        match (&call.f, &call.output, held.split_last()) {
            (Verb::Push, _, _) => Some([held, std::slice::from_ref(&call.input)].concat()),
            (Verb::Pop, None, Some((_, rest))) => Some(rest.to_vec()),
            (Verb::Pop, Some(taken), Some((top, rest))) => (taken == top).then(|| rest.to_vec()),
            (Verb::Pop, None | Some(Data::Nil), None) => Some(Vec::new()),
            _ => None,
        }
    }

    fn is_owner_aware(&self) -> bool {
        false
    }

    fn is_read_only(&self, call: &Call) -> bool {
        call.f == Verb::Pop && call.output == Some(Data::Nil)
    }
}

#[cfg(test)]
mod tests {
    use super::Stack;
    use crate::model::script::{accepts, rejects};

    #[test]
    fn last_in_first_out() {
        accepts(
            &Stack,
            "pop → nil; push 1; push 2; pop → 2; push 3; pop → 3; pop → 1; pop → nil",
        );
        accepts(
            &Stack,
            "push 1; push 2; pop → ?; pop → 1; pop → ?; push 3 → ?; pop → 3",
        );
        rejects(&Stack, "push 1; push 2; pop → 1");
        rejects(&Stack, "push 1; pop → nil");
        rejects(&Stack, "push 1; pop → 1; pop → 1");
        rejects(&Stack, "pop → 1");
    }
}
