//! What lists that grow tell: the order of their versions is in every answer.
//!
//! Every element is appended once, so a list names all the transactions that made it, in order. The
//! longest list of a key is the order of its versions; appends that nobody saw come after it, in an
//! order that nobody knows. Kingsbury and Alvaro, *Elle*, VLDB 2020, section 4.
mod depend;
mod evidence;
mod scan;
mod slots;
mod strict;
mod tails;
mod told;
mod versions;

#[cfg(test)]
mod tests;

pub use self::strict::Strict;

use self::slots::{NONE, Slots};
use self::versions::Versions;
use super::{Arc, Choice, F, Finding, Txn, Txns, Via};

/// What was inferred from a history that appends to lists.
#[derive(Debug)]
pub struct ListAppend<'t> {
    txns: &'t Txns,
    slots: Slots,
    versions: Versions,
    /// By step, the version that was appended or read; [`NONE`] if that is not known.
    of_step: Vec<u32>,
    /// Where the readers of each version begin in `readers`; one more at the end.
    reader_starts: Vec<u32>,
    readers: Vec<Txn>,
    tails: Tails,
    findings: Vec<Finding>,
}

/// Committed appends that come after all versions of their key: nobody saw them.
#[derive(Debug, Default)]
struct Tails {
    /// Where those of each key begin; one more at the end.
    starts: Vec<u32>,
    /// Each once for each key.
    txns: Vec<Txn>,
}

impl Tails {
    fn of(&self, key: u32) -> &[Txn] {
        let key = key as usize;
        &self.txns[self.starts[key] as usize..self.starts[key + 1] as usize]
    }
}

impl<'t> ListAppend<'t> {
    /// Looks through all appends and reads, once each.
    pub fn infer(txns: &'t Txns) -> ListAppend<'t> {
        let mut slots = Slots::new(txns);
        let versions = Versions::new(txns, &mut slots);
        let mut inferred = ListAppend {
            txns,
            slots,
            versions,
            of_step: vec![NONE; txns.f.len()],
            reader_starts: Vec::new(),
            readers: Vec::new(),
            tails: Tails::default(),
            findings: Vec::new(),
        };
        inferred.place_steps();
        inferred.findings = scan::findings(&inferred);
        inferred
    }

    /// What is wrong by itself, without a cycle. Of each kind, no more than some are told.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether each transaction certainly took effect.
    pub fn is_included(&self) -> &[bool] {
        &self.versions.is_included
    }

    /// Why a history without anomalies might still have one: an element that was appended twice
    /// does not tell whose append was seen. None if there is no such doubt.
    pub fn doubts(&self) -> Option<String> {
        let slots = &self.slots;
        let twice = slots.is_ambiguous.iter().filter(|twice| **twice).count();
        (twice > 0).then(|| {
            format!("{twice} elements were appended more than once, so that nobody knows whose append was seen; append each value once to a key")
        })
    }

    /// Appends that nobody saw came in some order, and nobody knows in which: of each two that stand
    /// side by side, one came first. Of all transactions, or of `only`.
    pub fn choices(&self, only: Option<&[bool]>) -> Vec<Choice> {
        let is_wanted = |txn: &Txn| only.is_none_or(|only| only[*txn as usize]);
        let mut choices = Vec::new();
        for key in 0..self.txns.keys.len() as u32 {
            let unseen = self.tails.of(key).iter().copied().filter(is_wanted);
            let unseen: Vec<Txn> = unseen.collect();
            choices.extend(unseen.windows(2).map(|pair| {
                let ww = |from, to| {
                    vec![Arc {
                        from,
                        to,
                        via: Via::Ww,
                        key,
                    }]
                };
                Choice {
                    either: ww(pair[0], pair[1]),
                    or: ww(pair[1], pair[0]),
                }
            }));
        }
        choices
    }

    fn place_steps(&mut self) {
        let (txns, versions) = (self.txns, &self.versions);
        let mut starts = vec![0_u32; versions.writer.len() + 1];
        let mut tails = vec![0_u32; txns.keys.len() + 1];
        for txn in 0..txns.len() as Txn {
            for (at, step) in self.range(txn).zip(txns.steps(txn)) {
                match step.f {
                    F::Append if versions.is_included[txn as usize] => {
                        let slot = self.slots.of(step.key, step.value).expect("appended");
                        if self.slots.version[slot] == NONE {
                            // Of an element that was appended twice and seen, nobody knows.
                            if !(self.slots.is_ambiguous[slot] && self.slots.is_seen[slot]) {
                                tails[step.key as usize + 1] += 1;
                            }
                        } else if !self.slots.is_ambiguous[slot] {
                            self.of_step[at] = self.slots.version[slot];
                        }
                    }
                    F::ReadList => {
                        let (_, length) = txns.lists[step.value.0 as usize];
                        let version = versions.of_list(step.key, length);
                        self.of_step[at] = version.unwrap_or(NONE);
                        // Who saw more than is certain saw what is certain.
                        let seen = version.unwrap_or(versions.of_key(step.key).end - 1);
                        starts[seen as usize + 1] += 1;
                    }
                    F::Append | F::Read | F::Write => {}
                }
            }
        }
        sum_up(&mut starts);
        sum_up(&mut tails);
        self.fill(starts, tails);
    }

    fn fill(&mut self, starts: Vec<u32>, tails: Vec<u32>) {
        let (txns, versions) = (self.txns, &self.versions);
        let mut readers = vec![NONE; starts[versions.writer.len()] as usize];
        let mut unseen = vec![NONE; tails[txns.keys.len()] as usize];
        // Each end moves to where the next one begins.
        let (mut next_reader, mut next_unseen) = (starts.clone(), tails.clone());
        for txn in 0..txns.len() as Txn {
            for (at, step) in self.range(txn).zip(txns.steps(txn)) {
                let version = self.of_step[at];
                match step.f {
                    F::ReadList => {
                        let end = versions.of_key(step.key).end - 1;
                        let seen = if version == NONE { end } else { version };
                        put(&mut readers, &mut next_reader[seen as usize], txn);
                    }
                    F::Append if version == NONE && versions.is_included[txn as usize] => {
                        let slot = self.slots.of(step.key, step.value).expect("appended");
                        let is_lost = self.slots.is_ambiguous[slot] && self.slots.is_seen[slot];
                        if self.slots.version[slot] == NONE && !is_lost {
                            put(&mut unseen, &mut next_unseen[step.key as usize], txn);
                        }
                    }
                    F::Append | F::Read | F::Write => {}
                }
            }
        }
        self.reader_starts = starts;
        self.readers = readers;
        self.tails = once_each(&tails, &unseen);
    }

    fn range(&self, txn: Txn) -> std::ops::Range<usize> {
        let starts = &self.txns.starts;
        starts[txn as usize] as usize..starts[txn as usize + 1] as usize
    }

    /// Who read a version, and those who saw more than is certain of its key.
    fn readers_of(&self, version: u32) -> &[Txn] {
        let at = version as usize;
        &self.readers[self.reader_starts[at] as usize..self.reader_starts[at + 1] as usize]
    }
}

fn sum_up(starts: &mut [u32]) {
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
}

fn put(place: &mut [Txn], next: &mut u32, txn: Txn) {
    place[*next as usize] = txn;
    *next += 1;
}

/// A transaction that appended twice to a key stands there twice, side by side.
fn once_each(starts: &[u32], txns: &[Txn]) -> Tails {
    let mut tails = Tails {
        starts: vec![0],
        txns: Vec::with_capacity(txns.len()),
    };
    for range in starts.windows(2) {
        let from = tails.txns.len();
        for txn in &txns[range[0] as usize..range[1] as usize] {
            if tails.txns[from..].last() != Some(txn) {
                tails.txns.push(*txn);
            }
        }
        tails.starts.push(tails.txns.len() as u32);
    }
    tails
}
