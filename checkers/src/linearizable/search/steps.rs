//! The steps of a specification, told in small numbers and remembered.
use crate::{Call, Process, Spec};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::fmt::{self, Write};
use std::hash::BuildHasher;
use std::mem::size_of;

/// The number of a state.
pub(in crate::linearizable) type State = u32;

/// The number of a kind of call. Calls of one class do the same to every state.
pub(in crate::linearizable) type Class = u32;

/// Where a step leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::linearizable) enum Next {
    /// Nowhere: that answer is not possible in that state.
    Nowhere,
    /// To one state.
    One(State),
    /// To the states at this key of [`Steps::many`].
    Many(u64),
}

/// The states met so far, and where steps lead from them.
///
/// Steps are kept in a table of fixed size in which a new step replaces an older one at the same
/// place: a queue hardly ever meets a state twice, and to keep its steps would fill the memory.
pub(in crate::linearizable) struct Steps<'a, S: Spec> {
    spec: &'a S,
    classes: &'a [(Process, &'a Call)],
    states: Vec<S::State>,
    /// By the hash of a state, the last that has this hash; then each one's predecessor.
    heads: FxHashMap<u64, State>,
    chain: Vec<State>,
    recent: Box<[(u64, Next)]>,
    many: FxHashMap<u64, Box<[State]>>,
    found: Vec<State>,
    bytes_states: usize,
    bytes_many: usize,
    bytes_each: usize,
}

/// No state.
const NONE: State = State::MAX;

/// No step: there are never so many states.
const VACANT: (u64, Next) = (u64::MAX, Next::Nowhere);

/// Steps that are remembered.
const RECENT_MIN: usize = 64;
const RECENT_MAX: usize = 1 << 18;

/// Every so many states one is measured.
const MEASURED_EVERY: usize = 32;

/// Bytes in memory for a character of a state's text: a number in a list is about so much larger.
const BYTES_PER_CHAR: usize = 4;

impl<'a, S: Spec> Steps<'a, S> {
    /// Steps of `spec` by calls of these classes, as many as a history of `operations` needs.
    pub(in crate::linearizable) fn new(
        spec: &'a S,
        classes: &'a [(Process, &'a Call)],
        operations: usize,
    ) -> Steps<'a, S> {
        let recent = (operations * 4).next_power_of_two();
        let recent = recent.clamp(RECENT_MIN, RECENT_MAX);
        Steps {
            spec,
            classes,
            states: Vec::new(),
            heads: FxHashMap::default(),
            chain: Vec::new(),
            recent: vec![VACANT; recent].into_boxed_slice(),
            many: FxHashMap::default(),
            found: Vec::new(),
            bytes_states: 0,
            bytes_many: 0,
            bytes_each: 0,
        }
    }

    /// Where a call of `class` leads from `state`.
    pub(in crate::linearizable) fn next(&mut self, state: State, class: Class) -> Next {
        let key = u64::from(state) << 32 | u64::from(class);
        let place = place(key, self.recent.len());
        let (known, next) = self.recent[place];
        if known == key {
            return next;
        }
        let next = self.compute(state, class, key);
        self.recent[place] = (key, next);
        next
    }

    /// Whether a call of `class` is possible in `state`.
    pub(in crate::linearizable) fn is_possible(&mut self, state: State, class: Class) -> bool {
        self.next(state, class) != Next::Nowhere
    }

    /// The states behind [`Next::Many`], in ascending order.
    pub(in crate::linearizable) fn many(&self, key: u64) -> &[State] {
        &self.many[&key]
    }

    /// The number of a state.
    pub(in crate::linearizable) fn number(&mut self, state: S::State) -> State {
        let hash = FxBuildHasher.hash_one(&state);
        let head = self.heads.get(&hash).copied().unwrap_or(NONE);
        let mut known = head;
        while known != NONE {
            if self.states[known as usize] == state {
                return known;
            }
            known = self.chain[known as usize];
        }
        let number = State::try_from(self.states.len()).expect("fewer than 2^32 states");
        self.measure(&state);
        self.states.push(state);
        self.chain.push(head);
        self.heads.insert(hash, number);
        number
    }

    /// The state of a number.
    pub(in crate::linearizable) fn state(&self, number: State) -> &S::State {
        &self.states[number as usize]
    }

    /// About how much memory this takes, in bytes. Never shrinks.
    pub(in crate::linearizable) fn bytes(&self) -> usize {
        let head = size_of::<(u64, State)>() + 1;
        self.bytes_states
            + self.bytes_many
            + self.heads.capacity() * head * 8 / 7
            + self.recent.len() * size_of::<(u64, Next)>()
    }

    fn compute(&mut self, state: State, class: Class, key: u64) -> Next {
        let (process, call) = self.classes[class as usize];
        let spec = self.spec;
        let from = self.states[state as usize].clone();
        let mut found = std::mem::take(&mut self.found);
        found.clear();
        for next in spec.step(&from, process, call) {
            found.push(self.number(next));
        }
        found.sort_unstable();
        found.dedup();
        let next = match found[..] {
            [] => Next::Nowhere,
            [one] => Next::One(one),
            _ => {
                self.bytes_many += size_of::<(u64, Box<[State]>)>() + size_of_val(&found[..]);
                self.many.insert(key, found.as_slice().into());
                Next::Many(key)
            }
        };
        self.found = found;
        next
    }

    /// How much a state takes is only known to its author; the length of its text is a fair guess.
    fn measure(&mut self, state: &S::State) {
        if self.states.len().is_multiple_of(MEASURED_EVERY) {
            let mut length = Length(0);
            write!(length, "{state:?}").ok();
            self.bytes_each = size_of::<S::State>() + length.0 * BYTES_PER_CHAR;
        }
        self.bytes_states += self.bytes_each + size_of::<State>();
    }
}

/// Spreads keys over a table whose length is a power of two (Knuth's multiplicative hashing).
fn place(key: u64, length: usize) -> usize {
    let mixed = (key ^ key >> 29).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 40) as usize & (length - 1)
}

/// Counts what is written.
struct Length(usize);

impl Write for Length {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}
