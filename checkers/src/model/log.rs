//! An append-only log.
use crate::{Call, Data, Process, Spec, Verb};

/// Begins empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Log;

impl Spec for Log {
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
        let is_possible = match (&call.f, &call.output) {
            (Verb::Append | Verb::Read, None) | (Verb::Append, Some(Data::Nil)) => true,
            (Verb::Append, Some(offset)) => offset.int() == i64::try_from(held.len()).ok(),
            (Verb::Read, Some(read)) => read.list() == Some(held),
            _ => false,
        };
        is_possible.then(|| match call.f {
            Verb::Append => [held, std::slice::from_ref(&call.input)].concat(),
            _ => held.clone(),
        })
    }

    fn is_owner_aware(&self) -> bool {
        false
    }

    fn is_read_only(&self, call: &Call) -> bool {
        call.f == Verb::Read
    }
}

#[cfg(test)]
mod tests {
    use super::Log;
    use crate::model::script::{accepts, rejects};

    #[test]
    fn it_keeps_what_was_appended_in_order() {
        accepts(
            &Log,
            "read → []; append 7 → 0; append 8; append 7 → 2; read → [7 8 7]",
        );
        accepts(&Log, "append 7 → ?; append 8 → 1; read → ?");
        rejects(&Log, "append 7 → 1");
        rejects(&Log, "append 7; append 8; read → [8 7]");
        rejects(&Log, "append 7; read → []");
        rejects(&Log, "append 7; append 8 → 0");
    }
}
