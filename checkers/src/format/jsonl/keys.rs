//! The numbers of keys: a key that is a number is its own, one that is a name gets the next that is free.
use super::scan::Named;
use crate::{History, Key};
use std::collections::{HashMap, HashSet};

/// Which numbers are given. As long as no key has a name, nothing needs to be kept.
#[derive(Default)]
pub(super) struct Keys {
    given: Option<Given>,
}

#[derive(Default)]
struct Given {
    /// By name.
    names: HashMap<String, Key>,
    /// Numbers in the file whose own number went to a name that stood before them.
    moved: HashMap<Key, Key>,
    /// Numbers that are somebody's.
    taken: HashSet<Key>,
    /// The number that is given next, unless it is taken.
    next: Key,
}

impl Keys {
    /// The number of a key, `history` being what was read before. A name is told to it.
    pub(super) fn number(&mut self, key: &Named<'_>, history: &mut History) -> Key {
        let given = match (&mut self.given, key) {
            (None, Named::Number(number)) => return *number,
            (given, _) => given.get_or_insert_with(|| Given::after(history)),
        };
        match key {
            Named::Number(number) => given.number(*number, history),
            Named::Name(name) => given.name(name, history),
        }
    }
}

impl Given {
    /// All keys so far were numbers.
    fn after(history: &History) -> Given {
        Given {
            taken: history
                .events()
                .iter()
                .map(|event| event.op.key())
                .collect(),
            ..Given::default()
        }
    }

    fn number(&mut self, number: Key, history: &mut History) -> Key {
        if let Some(moved) = self.moved.get(&number) {
            return *moved;
        }
        let is_named = history.key_name(number).is_some();
        if !is_named {
            self.taken.insert(number);
            return number;
        }
        let moved = self.free();
        self.moved.insert(number, moved);
        history.name_key(moved, number.to_string());
        moved
    }

    fn name(&mut self, name: &str, history: &mut History) -> Key {
        if let Some(number) = self.names.get(name) {
            return *number;
        }
        let number = self.free();
        self.names.insert(name.to_owned(), number);
        history.name_key(number, name);
        number
    }

    /// The next number that is nobody's. There are more of them than a file has lines.
    fn free(&mut self) -> Key {
        while !self.taken.insert(self.next) {
            self.next += 1;
        }
        self.next
    }
}
