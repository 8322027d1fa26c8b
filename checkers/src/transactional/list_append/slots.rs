//! Who appended which element: one slot for each element of each key.
use crate::transactional::{F, Status, Txn, Txns, ValueId};

pub(super) const NONE: u32 = u32::MAX;

/// Elements that were appended, by key and value.
#[derive(Debug, Default)]
pub(super) struct Slots {
    keys: Vec<Place>,
    /// The values of keys whose values lie far apart, sorted.
    sparse: Vec<ValueId>,
    /// Who appended it; [`NONE`] if nobody did.
    pub(super) writer: Vec<Txn>,
    /// Whether more than one step appended it, so that nobody knows which one was seen.
    pub(super) is_ambiguous: Vec<bool>,
    /// Whether its writer appended to the same key again.
    pub(super) is_intermediate: Vec<bool>,
    /// The slot of what its writer appended to the same key before it; [`NONE`] if that was nothing.
    pub(super) earlier: Vec<u32>,
    /// Its place among the versions; [`NONE`] if it has none.
    pub(super) version: Vec<u32>,
    /// Whether some committed transaction saw it.
    pub(super) is_seen: Vec<bool>,
}

/// Where the slots of a key lie.
#[derive(Clone, Copy, Debug)]
struct Place {
    start: u32,
    length: u32,
    /// The smallest value, whose slot is the first; none if the values are looked up.
    least: Option<u32>,
    /// Where they are looked up.
    sparse: u32,
}

/// The values of a key have a table if that is at most so many times as large as they are many.
const SPREAD_MAX: u64 = 4;

impl Slots {
    pub(super) fn new(txns: &Txns) -> Slots {
        let mut slots = Slots::default();
        slots.lay_out(txns);
        slots.fill(txns);
        slots
    }

    fn lay_out(&mut self, txns: &Txns) {
        let keys = txns.keys.len();
        let mut counts = vec![0_u32; keys];
        let mut least = vec![u32::MAX; keys];
        let mut most = vec![0_u32; keys];
        let appends = || (0..txns.f.len()).filter(|step| txns.f[*step] == F::Append);
        for step in appends() {
            let (key, ValueId(value)) = (txns.key[step] as usize, txns.value[step]);
            counts[key] += 1;
            least[key] = least[key].min(value);
            most[key] = most[key].max(value);
        }
        let (mut start, mut sparse) = (0_u32, 0_u32);
        for key in 0..keys {
            let spread = u64::from(most[key].saturating_sub(least[key])) + 1;
            let is_dense = spread <= SPREAD_MAX * u64::from(counts[key]);
            let length = if is_dense { spread as u32 } else { counts[key] };
            self.keys.push(Place {
                start,
                length,
                least: is_dense.then_some(least[key]),
                sparse,
            });
            start += length;
            sparse += if is_dense { 0 } else { length };
        }
        if sparse > 0 {
            self.sparse = vec![ValueId(0); sparse as usize];
            let mut next: Vec<u32> = self.keys.iter().map(|place| place.sparse).collect();
            for step in appends() {
                let key = txns.key[step] as usize;
                if self.keys[key].least.is_none() {
                    self.sparse[next[key] as usize] = txns.value[step];
                    next[key] += 1;
                }
            }
            for place in self.keys.iter().filter(|place| place.least.is_none()) {
                self.sparse[place.sparse as usize..][..place.length as usize].sort_unstable();
            }
        }
        let total = start as usize;
        self.writer = vec![NONE; total];
        self.is_ambiguous = vec![false; total];
        self.is_intermediate = vec![false; total];
        self.earlier = vec![NONE; total];
        self.version = vec![NONE; total];
        self.is_seen = vec![false; total];
    }

    fn fill(&mut self, txns: &Txns) {
        // By key, who appended last, and where.
        let mut last = vec![(NONE, NONE); txns.keys.len()];
        for txn in 0..txns.len() as Txn {
            for step in txns.steps(txn).filter(|step| step.f == F::Append) {
                let slot = self.place_of(step.key, step.value).expect("laid out above");
                let (writer, before) = last[step.key as usize];
                if writer == txn {
                    self.is_intermediate[before as usize] = true;
                    self.earlier[slot] = before;
                }
                last[step.key as usize] = (txn, slot as u32);
                if self.writer[slot] == NONE {
                    self.writer[slot] = txn;
                } else {
                    self.is_ambiguous[slot] = true;
                }
            }
        }
    }

    #[inline]
    fn place_of(&self, key: u32, value: ValueId) -> Option<usize> {
        let place = self.keys[key as usize];
        let at = match place.least {
            Some(least) => value.0.checked_sub(least).filter(|at| *at < place.length)?,
            None => {
                let values = &self.sparse[place.sparse as usize..][..place.length as usize];
                // The first of those that are equal.
                let at = values.partition_point(|other| *other < value);
                (values.get(at) == Some(&value)).then_some(at as u32)?
            }
        };
        Some((place.start + at) as usize)
    }

    /// The slot of an element, if anybody appended it.
    #[inline]
    pub(super) fn of(&self, key: u32, value: ValueId) -> Option<usize> {
        // A table has gaps.
        let slot = self.place_of(key, value)?;
        (self.writer[slot] != NONE).then_some(slot)
    }

    /// Whose append was seen, if that is known.
    #[inline]
    pub(super) fn known_writer(&self, slot: usize) -> Option<Txn> {
        let writer = self.writer[slot];
        (writer != NONE && !self.is_ambiguous[slot]).then_some(writer)
    }

    /// Whose append was seen, if that is known and it is not certain that there is none.
    pub(super) fn live_writer(&self, txns: &Txns, slot: usize) -> Option<Txn> {
        let writer = self.known_writer(slot)?;
        (txns.status[writer as usize] != Status::Aborted).then_some(writer)
    }
}
