//! Which version a value of a key is: by tables where values are dense, by bisection elsewhere.
use super::{Registers, Version};
use crate::transactional::{F, Status, Txn, Txns, ValueId};
use rustc_hash::FxHashMap;

const NONE: Version = Version::MAX;

/// A table may have so many places for each write.
const PLACES_PER_WRITE: u64 = 4;

/// Finds versions by what was written.
pub(super) struct Lookup {
    table: Table,
    /// The other versions that hold the value of this one, on the same key.
    twins: FxHashMap<Version, Vec<Version>>,
}

enum Table {
    /// Each key has a stretch of places, one for each value between its least and its greatest.
    ByKey {
        starts: Vec<u32>,
        least: Vec<u32>,
        places: Vec<Version>,
    },
    /// One place for each value: no two keys share one.
    ByValue(Vec<Version>),
    /// The versions of each key by value.
    Sorted(Vec<Version>),
}

/// What is known about who may have written a value to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Exactly one transaction may have committed it, as its last word.
    One(Version),
    /// Several may have.
    Many,
    /// Those who may have committed wrote something else after it; one of them.
    Overwritten(Version),
    /// Only aborted transactions wrote it; one of them.
    Aborted(Version),
    /// Nobody did.
    Nobody,
}

/// Small numbers are themselves, the others follow in the upper half: both are dense by nature.
fn place(value: ValueId) -> u32 {
    if value.0 < ValueId::SMALL {
        value.0 << 1
    } else {
        (value.0 - ValueId::SMALL) << 1 | 1
    }
}

impl Lookup {
    pub(super) fn new(registers: &Registers) -> Lookup {
        let value = &registers.value;
        let mut twins = FxHashMap::default();
        let table = by_key(registers, &mut twins)
            .or_else(|| by_value(value))
            .unwrap_or_else(|| sorted(registers, &mut twins));
        Lookup { table, twins }
    }

    /// The first version of `key` that holds `value`.
    fn first(&self, registers: &Registers, key: u32, value: ValueId) -> Option<Version> {
        let version = match &self.table {
            Table::ByKey {
                starts,
                least,
                places,
            } => {
                let (start, end) = (starts[key as usize], starts[key as usize + 1]);
                let at = place(value).checked_sub(least[key as usize])?;
                if at >= end - start {
                    return None;
                }
                places[(start + at) as usize]
            }
            Table::ByValue(places) => {
                let version = *places.get(place(value) as usize)?;
                let is_here = version != NONE && registers.versions_of(key).contains(&version);
                if is_here { version } else { NONE }
            }
            Table::Sorted(sorted) => {
                let range = registers.versions_of(key);
                let versions = &sorted[range.start as usize..range.end as usize];
                let at = versions.partition_point(|&v| registers.value[v as usize] < value);
                *versions.get(at)?
            }
        };
        (version != NONE && registers.value[version as usize] == value).then_some(version)
    }

    /// Who may have written what `reader` read before it wrote the key itself.
    pub(super) fn origin(
        &self,
        (txns, registers): (&Txns, &Registers),
        key: u32,
        value: ValueId,
        reader: Txn,
    ) -> Origin {
        let Some(first) = self.first(registers, key, value) else {
            return Origin::Nobody;
        };
        let Some(twins) = self.twins.get(&first) else {
            return match txns.status[registers.writer[first as usize] as usize] {
                Status::Aborted => Origin::Aborted(first),
                Status::Ok | Status::Unknown if registers.is_final[first as usize] => {
                    Origin::One(first)
                }
                Status::Ok | Status::Unknown => Origin::Overwritten(first),
            };
        };
        let mut origin = Origin::Aborted(first);
        for version in std::iter::once(first).chain(twins.iter().copied()) {
            let writer = registers.writer[version as usize];
            if txns.status[writer as usize] == Status::Aborted {
                continue;
            }
            let is_final = registers.is_final[version as usize];
            origin = match origin {
                // A transaction cannot have read what it was still to write.
                Origin::One(other) if registers.writer[other as usize] == reader && is_final => {
                    Origin::One(version)
                }
                Origin::One(other) if writer == reader || !is_final => Origin::One(other),
                Origin::One(_) | Origin::Many => return Origin::Many,
                _ if is_final => Origin::One(version),
                _ => Origin::Overwritten(version),
            };
        }
        origin
    }

    /// Whether two transactions may both have committed `value` to `key`.
    pub(super) fn is_shared(&self, (txns, registers): (&Txns, &Registers), first: Version) -> bool {
        let all =
            std::iter::once(first).chain(self.twins.get(&first).into_iter().flatten().copied());
        let finals = all.filter(|&version| {
            let writer = registers.writer[version as usize];
            registers.is_final[version as usize] && txns.status[writer as usize] != Status::Aborted
        });
        finals.count() > 1
    }

    /// The first version of each value that a key has more than once.
    pub(super) fn repeated(&self) -> impl Iterator<Item = Version> + '_ {
        self.twins.keys().copied()
    }
}

fn by_key(registers: &Registers, twins: &mut FxHashMap<Version, Vec<Version>>) -> Option<Table> {
    let value = &registers.value;
    let mut starts = vec![0_u32];
    let mut least = Vec::with_capacity(registers.keys());
    let mut total = 0_u64;
    let most = PLACES_PER_WRITE * value.len() as u64 + 1024;
    for key in 0..registers.keys() as u32 {
        let range = registers.versions_of(key);
        let places = value[range.start as usize..range.end as usize].iter();
        let places = places.map(|&value| place(value));
        let bounds = places.fold((u32::MAX, 0), |(low, high), place| {
            (low.min(place), high.max(place))
        });
        if bounds.0 <= bounds.1 {
            total += u64::from(bounds.1 - bounds.0) + 1;
        }
        if total > most {
            return None;
        }
        least.push(bounds.0);
        starts.push(u32::try_from(total).ok()?);
    }
    let mut places = vec![NONE; total as usize];
    for key in 0..registers.keys() {
        for version in registers.versions_of(key as u32) {
            let at = starts[key] + place(value[version as usize]) - least[key];
            let first = &mut places[at as usize];
            if *first == NONE {
                *first = version;
            } else {
                twins.entry(*first).or_default().push(version);
            }
        }
    }
    Some(Table::ByKey {
        starts,
        least,
        places,
    })
}

fn by_value(value: &[ValueId]) -> Option<Table> {
    let most = PLACES_PER_WRITE * value.len() as u64 + 1024;
    let greatest = value.iter().map(|&value| place(value)).max()?;
    if u64::from(greatest) > most {
        return None;
    }
    let mut places = vec![NONE; greatest as usize + 1];
    for (version, &value) in value.iter().enumerate() {
        let first = &mut places[place(value) as usize];
        if *first != NONE {
            return None;
        }
        *first = version as Version;
    }
    Some(Table::ByValue(places))
}

fn sorted(registers: &Registers, twins: &mut FxHashMap<Version, Vec<Version>>) -> Table {
    let value = &registers.value;
    let mut sorted: Vec<Version> = (0..value.len() as Version).collect();
    for key in 0..registers.keys() as u32 {
        let range = registers.versions_of(key);
        let versions = &mut sorted[range.start as usize..range.end as usize];
        versions.sort_unstable_by_key(|&version| (value[version as usize], version));
        for same in versions.chunk_by(|&a, &b| value[a as usize] == value[b as usize]) {
            if let [first, others @ ..] = same
                && !others.is_empty()
            {
                twins.insert(*first, others.to_vec());
            }
        }
    }
    Table::Sorted(sorted)
}

impl Registers {
    /// Lays out all writes by key, and the last ones by transaction.
    pub(super) fn gather_writes(&mut self, txns: &Txns) {
        let keys = txns.keys.len();
        let mut next = vec![0_u32; keys + 1];
        for (f, &key) in txns.f.iter().zip(&txns.key) {
            if *f == F::Write {
                next[key as usize + 1] += 1;
            }
        }
        for key in 0..keys {
            next[key + 1] += next[key];
        }
        self.version_starts.clone_from(&next);
        let versions = next[keys] as usize;
        self.writer = vec![0; versions];
        self.value = vec![ValueId::NIL; versions];
        self.is_final = vec![false; versions];
        self.write_starts = Vec::with_capacity(txns.len() + 1);
        self.write_starts.push(0);
        let mut own: Vec<(u32, Version)> = Vec::new();
        for txn in 0..txns.len() as Txn {
            own.clear();
            for step in txns.steps(txn).filter(|step| step.f == F::Write) {
                let version = next[step.key as usize];
                next[step.key as usize] += 1;
                self.writer[version as usize] = txn;
                self.value[version as usize] = step.value;
                own.push((step.key, version));
            }
            if !own.is_sorted() {
                own.sort_unstable();
            }
            for same in own.chunk_by(|a, b| a.0 == b.0) {
                let &(key, version) = same.last().expect("chunks hold something");
                self.is_final[version as usize] = true;
                self.writes.push(version);
                self.write_keys.push(key);
            }
            self.write_starts.push(self.writes.len() as u32);
        }
    }
}
