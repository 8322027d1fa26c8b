//! The versions of registers: who wrote each, and between which instants it took effect.
//!
//! A register has one order of versions. A write takes effect, and its version replaces the one
//! before, at one instant between its invocation and the first moment at which somebody knows of it:
//! its own return, or that of a read of what it wrote. So version `b` is older than version `a` *for
//! certain* if somebody knew of `b` before the write of `a` began:
//!
//! ```text
//! |w 1|  |r 1|              1 was there when the write of 2 began: it is older than 2
//!  |w 3 …    |w 2--|        3 may be older or newer than 2
//! ```
//!
//! Nothing else is taken for certain. A read may return any version that took effect before its
//! return, however old: that is what the weak promises are about.
use crate::{Data, History, Key, Op, Operation, Outcome, Verb};
use rustc_hash::FxHashMap;

/// The accesses to all registers of a history.
pub(super) struct Registers<'h> {
    /// Those that were judged, in order of invocation.
    pub(super) operations: Vec<Operation<'h>>,
    /// What each did, index by index.
    pub(super) accesses: Vec<Access>,
    pub(super) versions: Vec<Version>,
    pub(super) keys: Vec<KeyState>,
}

/// What an operation did.
#[derive(Clone, Copy, Debug)]
pub(super) struct Access {
    pub(super) key: u32,
    /// The version that it read for certain.
    pub(super) read: Option<u32>,
    /// The version that it wrote, or may have written.
    pub(super) wrote: Option<u32>,
}

/// One value of one register.
#[derive(Clone, Debug)]
pub(super) struct Version {
    pub(super) value: Data,
    /// Who wrote it; nobody wrote the first one.
    pub(super) writer: Option<u32>,
    /// Position, from 1, at which its write began: it was not there before.
    pub(super) began: usize,
    /// Position, from 1, at which somebody knew of it: it was there by then. Zero for the first one.
    pub(super) known: usize,
    /// Who that was.
    pub(super) known_by: Option<u32>,
    /// Whether anybody read it.
    pub(super) is_read: bool,
}

#[derive(Clone, Debug)]
pub(super) struct KeyState {
    pub(super) key: Key,
    /// The version before any write.
    pub(super) first: u32,
    /// Why its versions cannot be told apart, if they cannot.
    pub(super) outside: Option<&'static str>,
    /// Reads that were answered.
    pub(super) reads: u64,
}

/// The position at which an unknown outcome returns.
const NEVER: usize = usize::MAX;

impl<'h> Registers<'h> {
    pub(super) fn new(history: &'h History) -> Registers<'h> {
        let operations = history.operations();
        let mut registers = Registers {
            accesses: Vec::with_capacity(operations.len()),
            operations,
            versions: Vec::new(),
            keys: Vec::new(),
        };
        let mut index = Index::default();
        for op in 0..registers.operations.len() {
            let access = registers.access(op, &mut index);
            registers.accesses.push(access);
            registers.learn(op, access);
        }
        for access in &registers.accesses {
            let versions = access.read.iter().chain(&access.wrote);
            for version in versions.map(|version| &registers.versions[*version as usize]) {
                let is_first = version.known == 0;
                if version.is_read && !is_first && version.known < version.began {
                    let key = &mut registers.keys[access.key as usize];
                    key.outside = Some("a value was read that nobody had written by then");
                }
            }
        }
        registers
    }

    /// Whether nobody can take `older` for the newer of the two.
    pub(super) fn is_older(&self, older: u32, newer: u32) -> bool {
        let (older, newer) = (self.version(older), self.version(newer));
        older.known < newer.began
    }

    pub(super) fn version(&self, version: u32) -> &Version {
        &self.versions[version as usize]
    }

    /// Position of the return; later than all if the outcome is unknown.
    pub(super) fn returned(&self, op: usize) -> usize {
        match self.operations[op].outcome {
            Outcome::Ok { completed } => completed,
            Outcome::Unknown { .. } => NEVER,
        }
    }

    pub(super) fn is_answered(&self, op: usize) -> bool {
        self.returned(op) < NEVER
    }

    /// Finds the versions that an operation is about.
    fn access(&mut self, op: usize, index: &mut Index) -> Access {
        let operation = self.operations[op];
        let key = self.key(operation.op.key(), index);
        let mut access = Access {
            key,
            read: None,
            wrote: None,
        };
        let is_answered = self.is_answered(op);
        match did(operation.op, is_answered) {
            Did::Read(value) => access.read = Some(self.named(key, value, index)),
            Did::Wrote(value) => access.wrote = Some(self.written(op, key, value, index)),
            Did::Swapped(from, to) => {
                access.read = is_answered.then(|| self.named(key, from, index));
                access.wrote = Some(self.written(op, key, to, index));
            }
            Did::Nothing => {}
            Did::Other => {
                self.keys[key as usize].outside = Some("it is not a register");
            }
        }
        access
    }

    fn key(&mut self, key: Key, index: &mut Index) -> u32 {
        if let Some(known) = index.keys.get(&key) {
            return *known;
        }
        let place = u32::try_from(self.keys.len()).expect("fewer than 2^32 keys");
        index.keys.insert(key, place);
        let first = self.named(place, Data::Nil, index);
        self.versions[first as usize].known = 0;
        self.keys.push(KeyState {
            key,
            first,
            outside: None,
            reads: 0,
        });
        place
    }

    fn named(&mut self, key: u32, value: Data, index: &mut Index) -> u32 {
        let next = u32::try_from(self.versions.len()).expect("fewer than 2^32 values");
        let named = index
            .versions
            .entry((key, value))
            .or_insert_with_key(|named| {
                self.versions.push(Version {
                    value: named.1.clone(),
                    writer: None,
                    began: NEVER,
                    known: NEVER,
                    known_by: None,
                    is_read: false,
                });
                next
            });
        *named
    }

    fn written(&mut self, op: usize, key: u32, value: Data, index: &mut Index) -> u32 {
        let named = self.named(key, value, index);
        let state = &mut self.keys[key as usize];
        let version = &mut self.versions[named as usize];
        if named == state.first || version.writer.is_some() {
            state.outside = Some("a value was written twice");
        }
        version.writer = Some(u32::try_from(op).expect("fewer than 2^32 operations"));
        version.began = self.operations[op].invoked + 1;
        named
    }

    /// Keeps the earliest moment at which somebody knew of the versions.
    fn learn(&mut self, op: usize, access: Access) {
        let returned = self.returned(op).saturating_add(1);
        for version in access.read.iter().chain(&access.wrote) {
            let version = &mut self.versions[*version as usize];
            if returned < version.known {
                version.known = returned;
                version.known_by = Some(u32::try_from(op).expect("fewer than 2^32 operations"));
            }
        }
        if let Some(read) = access.read {
            self.versions[read as usize].is_read = true;
            self.keys[access.key as usize].reads += 1;
        }
    }
}

/// Where versions and keys are found while they are listed.
#[derive(Default)]
struct Index {
    keys: FxHashMap<Key, u32>,
    versions: FxHashMap<(u32, Data), u32>,
}

pub(super) enum Did {
    Read(Data),
    Wrote(Data),
    Swapped(Data, Data),
    Nothing,
    Other,
}

/// What an operation did to a register. A refusal that does not say what was found says nothing.
pub(super) fn did(op: &Op, is_answered: bool) -> Did {
    let value = |value: &Option<i64>| value.map_or(Data::Nil, Data::Int);
    match op {
        Op::Read { value: read, .. } if is_answered => Did::Read(value(read)),
        Op::Read { .. } => Did::Nothing,
        Op::Write { value, .. } => Did::Wrote(Data::Int(*value)),
        Op::Cas {
            from, to, found, ..
        } => match (is_answered, *found == Some(*from), from == to) {
            (true, true, true) | (true, false, _) => Did::Read(value(found)),
            (false, _, true) => Did::Nothing,
            (true, true, false) | (false, _, false) => Did::Swapped((*from).into(), (*to).into()),
        },
        Op::Call(call) => match (&call.f, call.input.pair(), &call.output) {
            (Verb::Read, _, Some(read)) if is_answered => Did::Read(read.clone()),
            (Verb::Read, ..) => Did::Nothing,
            (Verb::Write, ..) => Did::Wrote(call.input.clone()),
            (Verb::Cas, Some((from, to)), said) => match (is_answered, said, from == to) {
                (true, Some(Data::Bool(true)), true) => Did::Read(from.clone()),
                (true, Some(Data::Bool(true)), false) | (false, _, false) => {
                    Did::Swapped(from.clone(), to.clone())
                }
                (true | false, _, _) => Did::Nothing,
            },
            _ => Did::Other,
        },
    }
}
