//! A bag: a set whose elements may be in it several times, and which gives out any of them.
use super::set::is_all;
use crate::{Call, Data, Process, Spec, Verb};

/// Begins empty. Judged element by element, unless somebody reads all of it or finds it empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bag;

impl Spec for Bag {
    /// In ascending order, with repeats.
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
        match (&call.f, &call.input, &call.output) {
            (Verb::Add, added, _) => vec![with(held, added)],
            (Verb::Read, _, read) => possible(is_all(held, read.as_ref()), held),
            (Verb::Remove, Data::Nil, Some(Data::Nil)) => possible(held.is_empty(), held),
            (Verb::Remove, Data::Nil, Some(taken)) => without(held, taken),
            (Verb::Remove, Data::Nil, None) if held.is_empty() => vec![held.clone()],
            (Verb::Remove, Data::Nil, None) => {
                let each = held.chunk_by(|a, b| a == b);
                each.flat_map(|same| without(held, &same[0])).collect()
            }
            (Verb::Remove, taken, Some(Data::Bool(true))) => without(held, taken),
            (Verb::Remove, taken, Some(Data::Bool(false))) => {
                possible(held.binary_search(taken).is_err(), held)
            }
            (Verb::Remove, taken, None) if held.binary_search(taken).is_ok() => {
                without(held, taken)
            }
            (Verb::Remove, _, None) => vec![held.clone()],
            _ => Vec::new(),
        }
    }

    fn is_owner_aware(&self) -> bool {
        false
    }

    fn is_read_only(&self, call: &Call) -> bool {
        match (&call.f, &call.input, &call.output) {
            (Verb::Read, ..) | (Verb::Remove, Data::Nil, Some(Data::Nil)) => true,
            (Verb::Remove, taken, Some(Data::Bool(false))) => *taken != Data::Nil,
            _ => false,
        }
    }

    fn part(&self, call: &Call) -> Option<Data> {
        let element = match (&call.f, &call.input) {
            (Verb::Remove, Data::Nil) => call.output.as_ref()?,
            (Verb::Add | Verb::Remove, element) => element,
            _ => return None,
        };
        (*element != Data::Nil).then(|| element.clone())
    }
}

fn possible(is_possible: bool, held: &[Data]) -> Vec<Vec<Data>> {
    if is_possible {
        vec![held.to_vec()]
    } else {
        Vec::new()
    }
}

fn with(held: &[Data], added: &Data) -> Vec<Data> {
    let place = held.partition_point(|element| element < added);
    let mut held = held.to_vec();
    held.insert(place, added.clone());
    held
}

fn without(held: &[Data], taken: &Data) -> Vec<Vec<Data>> {
    let Ok(place) = held.binary_search(taken) else {
        return Vec::new();
    };
    let mut held = held.to_vec();
    held.remove(place);
    vec![held]
}

#[cfg(test)]
mod tests {
    use super::Bag;
    use crate::model::script::{accepts, rejects};

    #[test]
    fn any_element_may_come_out() {
        accepts(
            &Bag,
            "add 1; add 2; remove → 2; remove → 1; remove → nil; read → []",
        );
        accepts(
            &Bag,
            "add 1; add 1; read → [1 1]; remove 1 → true; remove 1 → true; remove 1 → false",
        );
        accepts(&Bag, "add 1; add 2; remove → ?; read → [2]");
        accepts(&Bag, "add 1; add 2; remove → ?; read → [1]");
        accepts(
            &Bag,
            "remove → ?; remove 1 → ?; add 1; remove 1 → ?; read → []",
        );
        rejects(&Bag, "add 1; read → [1 1]");
        rejects(&Bag, "add 1; remove → 2");
        rejects(&Bag, "add 1; remove → 1; remove → 1");
        rejects(&Bag, "add 1; remove → nil");
        rejects(&Bag, "add 1; add 2; remove → ?; read → [1 2]");
        rejects(&Bag, "add 1; remove 1 → false");
        rejects(&Bag, "remove 1 → true");
    }
}
