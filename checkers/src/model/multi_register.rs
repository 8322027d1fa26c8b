//! Several registers that are read and written together.
use crate::{Call, Data, Process, Spec, Verb};
use std::collections::BTreeMap;

/// Each holds what `initial` says until it is written: nil, if that says nothing.
#[derive(Clone, Debug, Default)]
pub struct MultiRegister {
    pub initial: BTreeMap<Data, Data>,
}

/// Those registers that hold anything.
type Held = BTreeMap<Data, Data>;

impl Spec for MultiRegister {
    type State = Held;

    fn init(&self) -> Held {
        let mut held = self.initial.clone();
        held.retain(|_, value| *value != Data::Nil);
        held
    }

    fn step(&self, held: &Held, _: Process, call: &Call) -> impl IntoIterator<Item = Held> {
        match call.f {
            Verb::Txn => after(held, call),
            _ => None,
        }
    }

    fn is_owner_aware(&self) -> bool {
        false
    }

    fn is_read_only(&self, call: &Call) -> bool {
        let steps = call.input.list().unwrap_or_default();
        steps.iter().all(|step| is(step, "r"))
    }

    fn describe(&self, held: &Held) -> String {
        let shown = held.iter().map(|(name, value)| format!("{name} = {value}"));
        let shown: Vec<String> = shown.collect();
        if shown.is_empty() {
            "all nil".to_owned()
        } else {
            shown.join(", ")
        }
    }
}

/// A transaction reads what it has written itself. Without an answer it may have read anything.
fn after(held: &Held, call: &Call) -> Option<Held> {
    let steps = call.output.as_ref().unwrap_or(&call.input).list()?;
    let mut held = held.clone();
    for step in steps {
        let [_, register, value] = step.list()? else {
            return None;
        };
        if is(step, "w") && *value == Data::Nil {
            held.remove(register);
        } else if is(step, "w") {
            held.insert(register.clone(), value.clone());
        } else if call.output.is_some() && held.get(register).unwrap_or(&Data::Nil) != value {
            return None;
        }
    }
    Some(held)
}

fn is(step: &Data, wanted: &str) -> bool {
    let name = step.list().and_then(<[Data]>::first);
    matches!(name, Some(Data::Text(name)) if &**name == wanted)
}

#[cfg(test)]
mod tests {
    use super::MultiRegister;
    use crate::model::script::{accepts, data, rejects};

    #[test]
    fn all_are_read_and_written_at_once() {
        let registers = MultiRegister::default();
        accepts(
            &registers,
            r#"txn [["w" "x" 1] ["w" "y" 2]]; txn [["r" "x" 1] ["r" "y" 2]]"#,
        );
        accepts(&registers, r#"txn [["r" "x" nil] ["w" "x" 1] ["r" "x" 1]]"#);
        accepts(
            &registers,
            r#"txn [["r" "x" nil] ["w" "x" 1]] → ?; txn [["r" "x" 1]]"#,
        );
        accepts(
            &registers,
            r#"txn [["w" "x" 1] ["w" "x" nil]]; txn [["r" "x" nil]]"#,
        );
        rejects(
            &registers,
            r#"txn [["w" "x" 1] ["w" "y" 2]]; txn [["r" "x" 1] ["r" "y" nil]]"#,
        );
        rejects(&registers, r#"txn [["w" "x" 1] ["r" "x" nil]]"#);
        rejects(&registers, r#"txn [["r" "x" 1]]"#);
    }

    #[test]
    fn they_begin_as_they_are_told() {
        let initial = [(data(r#""x""#), 7.into())].into();
        let registers = MultiRegister { initial };
        accepts(&registers, r#"txn [["r" "x" 7] ["r" "y" nil]]"#);
        rejects(&registers, r#"txn [["r" "x" nil]]"#);
    }
}
