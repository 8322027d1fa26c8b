//! A register: it holds one value. A map is one register for each key.
use crate::{Call, Data, Process, Spec, Verb};

/// Holds `initial` until it is written: nil, if it is absent at first.
#[derive(Clone, Debug, Default)]
pub struct Register {
    pub initial: Data,
}

impl Spec for Register {
    type State = Data;

    fn init(&self) -> Data {
        self.initial.clone()
    }

    fn step(&self, held: &Data, _: Process, call: &Call) -> impl IntoIterator<Item = Data> {
        match (&call.f, &call.output) {
            (Verb::Read, Some(read)) => (read == held).then(|| held.clone()),
            (Verb::Read, None) => Some(held.clone()),
            (Verb::Write, _) => Some(call.input.clone()),
            (Verb::Cas, _) => replaced(held, call),
            _ => None,
        }
    }

    fn is_owner_aware(&self) -> bool {
        false
    }

    fn is_read_only(&self, call: &Call) -> bool {
        call.f == Verb::Read || call.f == Verb::Cas && call.output == Some(Data::Bool(false))
    }

    fn describe(&self, held: &Data) -> String {
        held.to_string()
    }
}

/// A refusal says that the register held something else, and not what.
fn replaced(held: &Data, call: &Call) -> Option<Data> {
    let (from, to) = call.input.pair()?;
    let is_held = from == held;
    match &call.output {
        None if is_held => Some(to.clone()),
        None => Some(held.clone()),
        Some(Data::Bool(true)) => is_held.then(|| to.clone()),
        Some(Data::Bool(false)) => (!is_held).then(|| held.clone()),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Register;
    use crate::model::script::{accepts, rejects};

    #[test]
    fn a_register_holds_what_was_written_last() {
        let register = Register::default();
        accepts(
            &register,
            "read → nil; write 1; read → 1; write 2; read → 2",
        );
        accepts(
            &register,
            "write 1; cas [1 2] → true; cas [1 3] → false; read → 2",
        );
        accepts(&register, "write 1; cas [1 2] → ?; read → 2");
        accepts(&register, "write 1; cas [3 2] → ?; read → 1");
        accepts(&register, "write 1 → ?; read → 1; read → ?");
        rejects(&register, "read → 1");
        rejects(&register, "write 1; read → nil");
        rejects(&register, "write 1; write 2; read → 1");
        rejects(&register, "write 1; cas [1 2] → false");
        rejects(&register, "write 1; cas [2 1] → true");
        rejects(&register, "write 1; cas [1 2] → ?; read → 1");
    }

    #[test]
    fn it_begins_as_it_is_told() {
        let register = Register { initial: 7.into() };
        accepts(&register, "read → 7; cas [7 8] → true; read → 8");
        rejects(&register, "read → nil");
        rejects(&register, "cas [7 8] → false");
    }
}
