//! The order of each key's versions, as the longest list that was read shows it.
use super::slots::{NONE, Slots};
use crate::transactional::{F, Status, Txn, Txns, ValueId};
use rustc_hash::{FxHashMap, FxHashSet};

/// Versions of all keys, one after the other. The first one of each key is the empty list.
///
/// Where two reads contradict each other, or an element is in a list twice, the versions of the key
/// end before: no order is certain from there on.
#[derive(Debug, Default)]
pub(super) struct Versions {
    /// Where the versions of each key begin; one more at the end.
    pub(super) base: Vec<u32>,
    /// Where the longest list of each key begins among the elements.
    pub(super) order: Vec<u32>,
    /// Who made it, if that is known and committed.
    pub(super) writer: Vec<Txn>,
    /// Who made the next version of the key of which that is known.
    pub(super) next: Vec<Txn>,
    /// Whether its writer went on to append to the same key.
    pub(super) is_intermediate: Vec<bool>,
    /// What is wrong with the lists themselves.
    pub(super) wrong: Vec<Wrong>,
    /// Whether each transaction certainly took effect.
    pub(super) is_included: Vec<bool>,
}

/// An element that should not be where it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wrong {
    pub(super) what: What,
    pub(super) key: u32,
    /// Where the list begins among the elements, and which of its members it is.
    pub(super) start: u32,
    pub(super) at: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Nobody appended it.
    Garbage,
    /// Its writer aborted.
    Aborted { writer: Txn },
    /// It is there before.
    Duplicate,
    /// Another list has another element there.
    Incompatible { start: u32 },
    /// Its writer appended something before it, which does not stand before it.
    Split { writer: Txn },
    /// It stands on top of what somebody appended who aborted.
    Dirty { aborted: Txn, writer: Txn },
}

/// Lists of one key that begin at one place; the longest of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Strand {
    key: u32,
    start: u32,
    length: u32,
}

/// So many things of a kind are told; who reads more?
pub(super) const TOLD_MAX: usize = 32;

impl Versions {
    pub(super) fn new(txns: &Txns, slots: &mut Slots) -> Versions {
        let (longest, others) = strands(txns);
        let mut versions = Versions {
            is_included: txns
                .status
                .iter()
                .map(|status| *status == Status::Ok)
                .collect(),
            ..Versions::default()
        };
        let mut cuts: FxHashMap<u32, u32> = FxHashMap::default();
        for strand in &others {
            versions.compare(txns, &longest[strand.key as usize], strand, &mut cuts);
        }
        versions.base.reserve_exact(longest.len() + 1);
        for strand in &longest {
            let cut = cuts.get(&strand.key).copied().unwrap_or(strand.length);
            versions.add_key(txns, slots, strand, cut);
        }
        versions.base.push(versions.writer.len() as u32);
        for strand in &others {
            versions.look_through(txns, slots, strand);
        }
        versions.link();
        versions
    }

    /// Notes where a list parts from the longest one.
    fn compare(
        &mut self,
        txns: &Txns,
        longest: &Strand,
        other: &Strand,
        cuts: &mut FxHashMap<u32, u32>,
    ) {
        let list =
            |strand: &Strand| &txns.elements[strand.start as usize..][..other.length as usize];
        let parts = list(longest)
            .iter()
            .zip(list(other))
            .position(|(a, b)| a != b);
        let Some(at) = parts else {
            return;
        };
        let cut = cuts.entry(other.key).or_insert(u32::MAX);
        *cut = (*cut).min(at as u32);
        let start = other.start;
        self.note(What::Incompatible { start }, longest, at as u32);
    }

    fn add_key(&mut self, txns: &Txns, slots: &mut Slots, strand: &Strand, mut cut: u32) {
        self.base.push(self.writer.len() as u32);
        self.order.push(strand.start);
        self.add(NONE, false);
        let mut garbage: FxHashSet<ValueId> = FxHashSet::default();
        let mut aborted = None;
        let base = self.writer.len() as u32;
        for at in 0..strand.length {
            let element = txns.elements[(strand.start + at) as usize];
            let Some(slot) = slots.of(strand.key, element) else {
                self.note(What::Garbage, strand, at);
                if !garbage.insert(element) {
                    self.note(What::Duplicate, strand, at);
                    cut = cut.min(at);
                }
                if at < cut {
                    self.add(NONE, false);
                }
                continue;
            };
            if slots.is_seen[slot] {
                // What was appended twice may be there twice.
                if !slots.is_ambiguous[slot] {
                    self.note(What::Duplicate, strand, at);
                }
                cut = cut.min(at);
                continue;
            }
            let earlier = slots.earlier[slot];
            if earlier != NONE
                && !slots.is_seen[earlier as usize]
                && let Some(writer) = slots.live_writer(txns, slot)
            {
                self.note(What::Split { writer }, strand, at);
            }
            self.see(txns, slots, strand, at, slot);
            if at >= cut {
                continue;
            }
            slots.version[slot] = base + at;
            let live = slots.live_writer(txns, slot);
            self.add(live.unwrap_or(NONE), slots.is_intermediate[slot]);
            match (live, aborted, slots.known_writer(slot)) {
                (Some(writer), Some(before), _) => {
                    self.note(
                        What::Dirty {
                            aborted: before,
                            writer,
                        },
                        strand,
                        at,
                    );
                    aborted = None;
                }
                (None, _, Some(writer)) => aborted = Some(writer),
                _ => {}
            }
        }
    }

    fn add(&mut self, writer: Txn, is_intermediate: bool) {
        self.writer.push(writer);
        self.is_intermediate.push(is_intermediate);
    }

    /// An element was seen by somebody who committed.
    fn see(&mut self, txns: &Txns, slots: &mut Slots, strand: &Strand, at: u32, slot: usize) {
        slots.is_seen[slot] = true;
        if let Some(writer) = slots.known_writer(slot) {
            match txns.status[writer as usize] {
                Status::Ok => {}
                Status::Aborted => self.note(What::Aborted { writer }, strand, at),
                Status::Unknown => self.is_included[writer as usize] = true,
            }
        }
    }

    /// A list that is not the longest of its key, or of which that is not known.
    fn look_through(&mut self, txns: &Txns, slots: &mut Slots, strand: &Strand) {
        let longest = self.order[strand.key as usize];
        let list = &txns.elements[strand.start as usize..][..strand.length as usize];
        let other = &txns.elements[longest as usize..];
        if other.starts_with(list) {
            return;
        }
        let mut members: FxHashSet<ValueId> = FxHashSet::default();
        for (at, element) in (0..).zip(list) {
            let slot = slots.of(strand.key, *element);
            if !members.insert(*element) && slot.is_none_or(|slot| !slots.is_ambiguous[slot]) {
                self.note(What::Duplicate, strand, at);
            }
            match slot {
                None => self.note(What::Garbage, strand, at),
                Some(slot) if !slots.is_seen[slot] => self.see(txns, slots, strand, at, slot),
                Some(_) => {}
            }
        }
    }

    fn note(&mut self, what: What, strand: &Strand, at: u32) {
        let kind = std::mem::discriminant(&what);
        let is_same = |wrong: &&Wrong| std::mem::discriminant(&wrong.what) == kind;
        if self.wrong.iter().filter(is_same).count() < TOLD_MAX {
            let Strand { key, start, .. } = *strand;
            self.wrong.push(Wrong {
                what,
                key,
                start,
                at,
            });
        }
    }

    fn link(&mut self) {
        self.next = vec![NONE; self.writer.len()];
        for key in 0..self.order.len() {
            let (first, end) = (self.base[key] as usize, self.base[key + 1] as usize);
            for version in (first..end - 1).rev() {
                let writer = self.writer[version + 1];
                self.next[version] = if writer == NONE {
                    self.next[version + 1]
                } else {
                    writer
                };
            }
        }
    }

    /// The versions of a key.
    pub(super) fn of_key(&self, key: u32) -> std::ops::Range<u32> {
        self.base[key as usize]..self.base[key as usize + 1]
    }

    /// The version that a list of a key is, if that is certain.
    pub(super) fn of_list(&self, key: u32, length: u32) -> Option<u32> {
        let versions = self.of_key(key);
        (length < versions.end - versions.start).then_some(versions.start + length)
    }
}

/// The longest list of each key, and the other places where lists of it begin.
fn strands(txns: &Txns) -> (Vec<Strand>, Vec<Strand>) {
    let empty = |key| Strand {
        key,
        start: 0,
        length: 0,
    };
    let mut longest: Vec<Strand> = (0..txns.keys.len() as u32).map(empty).collect();
    let reads = || (0..txns.f.len()).filter(|step| txns.f[*step] == F::ReadList);
    for step in reads() {
        let (start, length) = txns.lists[txns.value[step].0 as usize];
        let best = &mut longest[txns.key[step] as usize];
        if best.length < length {
            (best.start, best.length) = (start, length);
        }
    }
    let mut others: Vec<Strand> = Vec::new();
    for step in reads() {
        let (start, length) = txns.lists[txns.value[step].0 as usize];
        let key = txns.key[step];
        if start != longest[key as usize].start && length > 0 {
            let other = Strand { key, start, length };
            if others.last() != Some(&other) {
                others.push(other);
            }
        }
    }
    // The longest of each place comes last.
    others.sort_unstable();
    others.reverse();
    others.dedup_by_key(|strand| (strand.key, strand.start));
    others.reverse();
    (longest, others)
}
