//! The values of one register, and the small numbers that stand for them.
use super::cell::{NIL, State};
use crate::{Data, Value};
use rustc_hash::FxHashMap;
use std::ops::Index;

/// No state, or one that stands in another table.
const NONE: State = State::MAX;

/// Numbers up to so many times the size of the table, and this, are small.
const SMALL_TIMES: usize = 4;
const SMALL_MIN: usize = 256;

/// A table of values in the order in which they appear. The first one is what the register begins with.
#[derive(Debug)]
pub(super) struct Values {
    all: Vec<Data>,
    /// The states of small numbers, for they are found without a hash; [`NONE`] if not there.
    small: Vec<State>,
    numbers: FxHashMap<Value, State>,
    others: FxHashMap<Data, State>,
}

impl Values {
    /// The table of a register that begins as `initial`.
    pub(super) fn beginning_as(initial: &Data) -> Values {
        let mut values = Values {
            all: Vec::new(),
            small: Vec::new(),
            numbers: FxHashMap::default(),
            others: FxHashMap::default(),
        };
        let first = values.state(initial);
        assert!(first == NIL, "the table was empty");
        values
    }

    /// The number of a value.
    pub(super) fn state(&mut self, value: &Data) -> State {
        let next = State::try_from(self.all.len()).expect("fewer than 2^32 values");
        let state = match value {
            Data::Int(number) => return self.number(*number),
            Data::Nil | Data::Bool(_) | Data::Text(_) | Data::List(_) => {
                match self.others.get(value) {
                    Some(&state) => state,
                    None => *self.others.entry(value.clone()).or_insert(next),
                }
            }
        };
        if state == next {
            self.all.push(value.clone());
        }
        state
    }

    /// The number of a number, or of the absence of the key.
    pub(super) fn state_of(&mut self, value: Option<Value>) -> State {
        match value {
            Some(number) => self.number(number),
            None => self.state(&Data::Nil),
        }
    }

    fn number(&mut self, number: Value) -> State {
        let next = State::try_from(self.all.len()).expect("fewer than 2^32 values");
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        if let Some(&state) = self.small.get(place)
            && state != NONE
        {
            return state;
        }
        // It may have come in when the table was smaller, and it was not small then.
        if !self.numbers.is_empty()
            && let Some(&state) = self.numbers.get(&number)
        {
            return state;
        }
        if place < SMALL_MIN + SMALL_TIMES * self.all.len() {
            if self.small.len() <= place {
                self.small.resize((place + 1).next_power_of_two(), NONE);
            }
            self.small[place] = next;
        } else {
            self.numbers.insert(number, next);
        }
        self.all.push(Data::Int(number));
        next
    }
}

impl Index<State> for Values {
    type Output = Data;

    fn index(&self, state: State) -> &Data {
        &self.all[state as usize]
    }
}
