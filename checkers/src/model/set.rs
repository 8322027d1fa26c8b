//! A set: an element is in it or not. Without `remove` it only grows.
use super::sorted;
use crate::{Call, Data, Process, Spec, Verb};

/// Begins empty. Judged element by element, unless somebody reads all of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Set;

impl Spec for Set {
    /// In ascending order.
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
        let found = held.binary_search(&call.input);
        let said = call.output.as_ref();
        let says = |answer: bool| matches!(said, Some(Data::Bool(said)) if *said == answer);
        match (&call.f, found) {
            (Verb::Add, Ok(_)) => (!says(true)).then(|| held.clone()),
            (Verb::Add, Err(place)) => (!says(false)).then(|| {
                let mut held = held.clone();
                held.insert(place, call.input.clone());
                held
            }),
            (Verb::Remove, Ok(place)) => (!says(false)).then(|| {
                let mut held = held.clone();
                held.remove(place);
                held
            }),
            (Verb::Remove, Err(_)) => (!says(true)).then(|| held.clone()),
            (Verb::Contains, _) => (said.is_none() || says(found.is_ok())).then(|| held.clone()),
            (Verb::Read, _) => is_all(held, said).then(|| held.clone()),
            _ => None,
        }
    }

    fn is_owner_aware(&self) -> bool {
        false
    }

    /// Who adds what was there, or removes what was not, changes nothing either.
    fn is_read_only(&self, call: &Call) -> bool {
        match call.f {
            Verb::Read | Verb::Contains => true,
            Verb::Add | Verb::Remove => call.output == Some(Data::Bool(false)),
            _ => false,
        }
    }

    fn part(&self, call: &Call) -> Option<Data> {
        (call.f != Verb::Read).then(|| call.input.clone())
    }
}

/// Whether a read of everything, if it was answered, found exactly what is held.
pub(super) fn is_all(held: &[Data], read: Option<&Data>) -> bool {
    let Some(read) = read else { return true };
    read.list().is_some_and(|read| *sorted(read) == *held)
}

#[cfg(test)]
mod tests {
    use super::Set;
    use crate::model::script::{accepts, rejects};

    #[test]
    fn an_element_is_in_it_or_not() {
        accepts(
            &Set,
            "read → []; add 2; add 1 → true; add 1 → false; read → [1 2]; read → [2 1]",
        );
        accepts(
            &Set,
            "contains 1 → false; add 1; contains 1 → true; contains 1 → ?",
        );
        accepts(
            &Set,
            "remove 1; remove 1 → false; add 1; remove 1 → true; add 1 → true",
        );
        accepts(
            &Set,
            "add 1 → ?; read → [1]; remove 1 → ?; read → []; read → ?",
        );
        rejects(&Set, "add 1; add 1 → true");
        rejects(&Set, "add 1 → false");
        rejects(&Set, "remove 1 → true");
        rejects(&Set, "add 1; remove 1 → false");
        rejects(&Set, "add 1; contains 1 → false");
        rejects(&Set, "contains 1 → true");
        rejects(&Set, "add 1; read → []");
        rejects(&Set, "add 1; read → [1 1]");
        rejects(&Set, "add 1; read → [1 2]");
    }
}
