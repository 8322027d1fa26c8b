//! A part of a register's operations that is a proof for the whole.
//!
//! Leaving operations out must never make a legal history illegal: without the write of 3, a read
//! of 3 looks like a crime. So a part keeps, with each operation that found something, every
//! operation that can have left what it found ([`Sources::of`]). A compare-and-set may also be kept
//! for its write alone, and then asks nothing.
//!
//! *If the whole is legal, so is the part.* Take a legal order of the whole, and strike out what is
//! not in the part. An operation that found something finds it still: the last writer before it
//! was one of its sources, is in the part, and is the last one before it there too; or there was no
//! writer before it, and there is none now. And an operation kept for its write alone accepts
//! anything. Real time asks nothing new. So if the part is illegal, the whole is.
//!
//! Why only sources, and not all writers of the value? With few values they are most of the history:
//!
//! ```text
//! |w 3| |w 5| |w 3| |w 5| |w 3| |w 7| |r 3|      the last two are enough; no 3 outlived the 7
//! ```
use super::cell::{Act, NIL, Register, RegisterOp, State};
use super::sources::Sources;
use std::collections::BTreeMap;

/// How an operation takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// With all that it says.
    Whole,
    /// As a plain write: what it found is not asked.
    WriteOnly,
}

/// The operations that take part, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Projection {
    /// By number, which is the order of invocation.
    pub(super) parts: BTreeMap<u32, Part>,
}

impl Projection {
    /// These operations as a whole, and what has to be kept with them.
    pub(super) fn around(ops: impl IntoIterator<Item = u32>, sources: &Sources<'_>) -> Projection {
        let mut projection = Projection::default();
        for op in ops {
            projection.parts.insert(op, Part::Whole);
        }
        let whole: Vec<u32> = projection.parts.keys().copied().collect();
        for op in whole {
            for source in sources.of(op) {
                projection.add_writer(source);
            }
        }
        projection
    }

    /// Adds an operation for its write, unless it takes part already.
    pub(super) fn add_writer(&mut self, op: u32) {
        self.parts.entry(op).or_insert(Part::WriteOnly);
    }

    /// Without `dropped`, and so without what others found of it.
    pub(super) fn without(&self, dropped: &[u32], sources: &Cache<'_, '_>) -> Projection {
        let mut parts = self.parts.clone();
        for op in dropped {
            parts.remove(op);
        }
        let mut kept = Projection { parts };
        for op in kept.parts.keys().copied().collect::<Vec<u32>>() {
            let is_dropped = |source: &u32| dropped.binary_search(source).is_ok();
            if sources.of(op).iter().any(is_dropped) {
                kept.relax(op, sources.register);
            }
        }
        kept
    }

    /// Keeps an operation for its write alone: it goes, if it has none.
    pub(super) fn relax(&mut self, op: u32, register: &Register) {
        if register.ops[op as usize].act.is_pure() {
            self.parts.remove(&op);
        } else if let Some(part) = self.parts.get_mut(&op) {
            *part = Part::WriteOnly;
        }
    }

    /// The operations that take part, as a register of their own; number `i` is the `i`th part.
    pub(super) fn register(&self, register: &Register) -> Register {
        let ops = self.parts.iter().map(|(&op, &part)| {
            let op = register.ops[op as usize];
            let act = match (part, op.act) {
                (Part::WriteOnly, Act::Swap { to, .. }) => Act::Write(to),
                (Part::WriteOnly | Part::Whole, act) => act,
            };
            RegisterOp { act, ..op }
        });
        Register::close_gaps(ops.collect())
    }

    /// The answered operation that found something and returned last.
    pub(super) fn last_consumer(&self, register: &Register) -> u32 {
        let consumers = self.parts.iter().filter(|&(&op, &part)| {
            let op = &register.ops[op as usize];
            part == Part::Whole && op.act.is_consumer() && op.is_answered()
        });
        let last = consumers.max_by_key(|&(&op, _)| register.ops[op as usize].returned);
        *last
            .expect("nothing is illegal unless somebody found something")
            .0
    }
}

/// The sources of the operations that are asked about again and again.
///
/// If an operation has no source at all, the last writer of its value stands in for one, so that a
/// reader sees where the value came from. Keeping more than the sources is always sound.
pub(super) struct Cache<'r, 's> {
    /// Whose operations they are.
    pub(super) register: &'r Register,
    found: BTreeMap<u32, Vec<u32>>,
    sources: &'s Sources<'r>,
}

impl<'r, 's> Cache<'r, 's> {
    /// The sources of the operations that take part in `projection`, which gains the stand-ins.
    pub(super) fn new(
        register: &'r Register,
        sources: &'s Sources<'r>,
        projection: &mut Projection,
    ) -> Cache<'r, 's> {
        let mut cache = Cache {
            register,
            found: BTreeMap::new(),
            sources,
        };
        for (op, part) in projection.parts.clone() {
            let mut found = Vec::new();
            if part == Part::Whole {
                found = sources.of(op);
                if found.is_empty() {
                    found.extend(cache.stand_in(op));
                }
            }
            for &source in &found {
                projection.add_writer(source);
            }
            cache.found.insert(op, found);
        }
        cache
    }

    /// How many sources there are to look at for each [`Projection::without`].
    pub(super) fn cost(&self) -> u64 {
        self.found
            .values()
            .map(|found| found.len() as u64 + 1)
            .sum()
    }

    /// The sources of `op`.
    pub(super) fn of(&self, op: u32) -> &[u32] {
        self.found.get(&op).map_or(&[], Vec::as_slice)
    }

    fn stand_in(&self, op: u32) -> Option<u32> {
        wanted(self.register.ops[op as usize].act)
            .filter(|&state| state != NIL)
            .and_then(|state| self.sources.last_writer(op, state))
    }
}

/// The one value that an operation must have found.
pub(super) fn wanted(act: Act) -> Option<State> {
    match act {
        Act::Swap { from, .. } => Some(from),
        Act::Observe(value) => Some(value),
        Act::Write(_) | Act::ObserveNot(_) => None,
    }
}
