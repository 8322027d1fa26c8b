//! Which keys transactions meet on: a few at a time, each for a while, some more often than others.
use harness::{Key, NodeId, Rng, Value};
use std::collections::BTreeMap;

/// One of the places for keys that are active at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// How often it is chosen beside the others.
    weight: u64,
    /// How many values its key is given before a fresh key takes the place.
    values_max: Value,
}

impl Place {
    pub(crate) const fn new(weight: u64, values_max: Value) -> Place {
        Place { weight, values_max }
    }
}

/// The keys that are active, and how far each node has come with reading all of them last.
#[derive(Debug)]
pub(crate) struct Keys {
    places: &'static [Place],
    active: Vec<Active>,
    /// Keys are 1, 2, 3 and so on; this is the newest.
    newest: Key,
    read_last: BTreeMap<NodeId, Key>,
}

#[derive(Debug)]
struct Active {
    key: Key,
    /// Its values are 1, 2, 3 and so on; this is the newest.
    newest: Value,
}

/// How many keys a transaction of the last reads takes at most.
const READ_LAST_AT_ONCE: Key = 8;

impl Keys {
    pub(crate) fn new(places: &'static [Place]) -> Keys {
        let active = (1..).zip(places).map(|(key, _)| Active { key, newest: 0 });
        Keys {
            places,
            active: active.collect(),
            newest: places.len() as Key,
            read_last: BTreeMap::new(),
        }
    }

    /// A place, by weight.
    pub(crate) fn draw(&self, rng: &mut Rng) -> usize {
        let total = self.places.iter().map(|place| place.weight).sum();
        let mut dice = rng.below(total);
        let is_it = |place: &Place| match dice.checked_sub(place.weight) {
            Some(rest) => {
                dice = rest;
                false
            }
            None => true,
        };
        let drawn = self.places.iter().position(is_it);
        drawn.expect("the dice is below the sum of the weights")
    }

    /// The key that is active at a place.
    pub(crate) fn key(&self, place: usize) -> Key {
        self.active[place].key
    }

    /// A value that the key at a place has never had; a fresh key if the old one has had enough.
    pub(crate) fn fresh_value(&mut self, place: usize) -> (Key, Value) {
        let active = &mut self.active[place];
        if self.places[place].values_max <= active.newest {
            self.newest += 1;
            let key = self.newest;
            *active = Active { key, newest: 0 };
        }
        active.newest += 1;
        (active.key, active.newest)
    }

    /// The next few keys that `node` has not been asked for last; empty when it has been for all.
    pub(crate) fn take_last(&mut self, node: NodeId) -> Vec<Key> {
        let read = self.read_last.entry(node).or_default();
        let from = *read + 1;
        *read = self.newest.min(*read + READ_LAST_AT_ONCE);
        (from..=*read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_drawn_by_weight() {
        const PLACES: [Place; 3] = [Place::new(4, 9), Place::new(2, 9), Place::new(1, 9)];
        let (keys, mut rng) = (Keys::new(&PLACES), Rng::new(7));
        let mut drawn = [0; 3];
        for _ in 0..7000 {
            drawn[keys.draw(&mut rng)] += 1;
        }
        for (count, expected) in drawn.into_iter().zip([4000, 2000, 1000]) {
            assert!(
                (expected - 200..expected + 200).contains(&count),
                "{drawn:?}"
            );
        }
    }

    #[test]
    fn a_key_that_has_had_enough_makes_place_for_a_fresh_one() {
        const PLACES: [Place; 2] = [Place::new(1, 2), Place::new(1, 9)];
        let mut keys = Keys::new(&PLACES);
        let given: Vec<_> = (0..5).map(|_| keys.fresh_value(0)).collect();
        assert_eq!(given, [(1, 1), (1, 2), (3, 1), (3, 2), (4, 1)]);
        assert_eq!(keys.fresh_value(1), (2, 1));
        assert_eq!((keys.key(0), keys.key(1)), (4, 2));
    }
}
