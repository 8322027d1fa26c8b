//! What is wrong by itself: one scan over all steps, one look at each list.
use super::told::Teller;
use super::versions::TOLD_MAX;
use super::{ListAppend, NONE};
use crate::transactional::{F, Finding, Status, Step, Txn, ValueId};
use rustc_hash::FxHashMap;

/// What a transaction has done to one key so far.
#[derive(Default)]
struct Local {
    /// The step that first read it, unless the transaction appended before.
    first_read: Option<usize>,
    has_appended: bool,
    /// The list that was read last.
    read: Option<ValueId>,
    /// The steps that appended since.
    appended: Vec<u32>,
    /// The latest version that was read, and where.
    latest: Option<(u32, usize)>,
}

/// Who first read a version, or a list without one, and then appended to its key.
type Updaters = FxHashMap<(u32, u32), Txn>;

struct Scan<'s, 't> {
    inferred: &'s ListAppend<'t>,
    teller: Teller<'s, 't>,
    /// By key, the transaction that touched it last, and where its `Local` is.
    touched: Vec<(Txn, u32)>,
    locals: Vec<Local>,
    /// By version, who read it and then appended.
    updaters: Vec<Txn>,
    odd_updaters: Updaters,
    told: [usize; 4],
    findings: Vec<Finding>,
}

/// Kinds of which no more than some are told.
#[derive(Clone, Copy)]
enum Kind {
    Intermediate,
    Internal,
    Future,
    LostUpdate,
}

/// All findings, in order of kind as they were found.
pub(super) fn findings(inferred: &ListAppend<'_>) -> Vec<Finding> {
    let mut scan = Scan {
        inferred,
        teller: Teller { inferred },
        touched: vec![(NONE, 0); inferred.txns.keys.len()],
        locals: Vec::new(),
        updaters: vec![NONE; inferred.versions.writer.len()],
        odd_updaters: Updaters::default(),
        told: [0; 4],
        findings: scan_lists(inferred),
    };
    for txn in 0..inferred.txns.len() as Txn {
        if inferred.txns.status[txn as usize] == Status::Ok {
            scan.transaction(txn);
        }
    }
    scan.findings
}

/// What the lists themselves show, told by the first transaction that read each.
fn scan_lists(inferred: &ListAppend<'_>) -> Vec<Finding> {
    let (txns, wrong) = (inferred.txns, &inferred.versions.wrong);
    if wrong.is_empty() {
        return Vec::new();
    }
    let mut wanted: FxHashMap<(u32, u32), Vec<u32>> = FxHashMap::default();
    for wrong in wrong {
        for start in wrong.starts() {
            wanted.entry((wrong.key, start)).or_default().push(wrong.at);
        }
    }
    // The first list that is long enough, by key, place and member.
    let mut shown: FxHashMap<(u32, u32, u32), (Txn, ValueId)> = FxHashMap::default();
    for txn in 0..txns.len() as Txn {
        for step in txns.steps(txn).filter(|step| step.f == F::ReadList) {
            let (start, length) = txns.lists[step.value.0 as usize];
            let Some(places) = wanted.get_mut(&(step.key, start)) else {
                continue;
            };
            places.retain(|at| {
                let is_in = *at < length;
                if is_in {
                    shown
                        .entry((step.key, start, *at))
                        .or_insert((txn, step.value));
                }
                !is_in
            });
        }
    }
    let teller = Teller { inferred };
    let told = wrong.iter().filter_map(|wrong| {
        let mut readers = wrong
            .starts()
            .into_iter()
            .map(|start| shown.get(&(wrong.key, start, wrong.at)).copied());
        let first = readers.next()??;
        let second = readers.next().flatten();
        Some(teller.wrong(wrong, first, second))
    });
    told.collect()
}

impl Scan<'_, '_> {
    fn transaction(&mut self, txn: Txn) {
        let range = self.inferred.range(txn);
        let steps = range.clone().zip(self.inferred.txns.steps(txn));
        let mut locals = 0;
        for (at, step) in steps {
            let (toucher, local) = self.touched[step.key as usize];
            let local = if toucher == txn {
                local as usize
            } else {
                self.touched[step.key as usize] = (txn, locals as u32);
                self.open(locals);
                locals += 1;
                locals - 1
            };
            match step.f {
                F::Append => self.append(txn, at, local, step),
                F::ReadList => self.read(txn, at, local, step),
                F::Read | F::Write => {}
            }
        }
    }

    /// Locals are used again and again, for the room that they have.
    fn open(&mut self, at: usize) {
        if at == self.locals.len() {
            self.locals.push(Local::default());
        }
        let local = &mut self.locals[at];
        local.appended.clear();
        *local = Local {
            appended: std::mem::take(&mut local.appended),
            ..Local::default()
        };
    }

    fn append(&mut self, txn: Txn, at: usize, local: usize, step: Step) {
        let local = &mut self.locals[local];
        local.appended.push(at as u32);
        let is_first = !std::mem::replace(&mut local.has_appended, true);
        let version = self.inferred.of_step[at];
        if let Some((latest, read)) = local.latest
            && version != NONE
            && version <= latest
            && self.may_tell(Kind::Future)
        {
            let finding = self.teller.future(txn, read, at);
            self.findings.push(finding);
        }
        let first_read = self.locals[self.touched[step.key as usize].1 as usize].first_read;
        if let Some(read) = first_read.filter(|_| is_first) {
            self.update(txn, read, step.key);
        }
    }

    /// The transaction read a version and now makes another one.
    fn update(&mut self, txn: Txn, read: usize, key: u32) {
        let version = self.inferred.of_step[read];
        let before = if version == NONE {
            let list = self.inferred.txns.value[read].0;
            *self.odd_updaters.entry((key, list)).or_insert(txn)
        } else {
            let updater = &mut self.updaters[version as usize];
            if *updater == NONE {
                *updater = txn;
            }
            *updater
        };
        if before != txn && self.may_tell(Kind::LostUpdate) {
            let finding = self.teller.lost_update(before, txn, read);
            self.findings.push(finding);
        }
    }

    fn read(&mut self, txn: Txn, at: usize, local: usize, step: Step) {
        let is_as_expected = self.is_as_expected(&self.locals[local], step.value);
        if !is_as_expected && self.may_tell(Kind::Internal) {
            let local = &self.locals[local];
            let finding = self.teller.internal(txn, at, local.read, &local.appended);
            self.findings.push(finding);
        }
        let version = self.inferred.of_step[at];
        let local = &mut self.locals[local];
        if !local.has_appended && local.first_read.is_none() {
            local.first_read = Some(at);
        }
        local.read = Some(step.value);
        local.appended.clear();
        if version != NONE && local.latest.is_none_or(|(latest, _)| latest < version) {
            local.latest = Some((version, at));
        }
        if let Some(writer) = self.unfinished_writer(txn, version, step)
            && self.may_tell(Kind::Intermediate)
        {
            let finding = self.teller.intermediate(txn, at, writer);
            self.findings.push(finding);
        }
    }

    /// Whether a list is what the transaction must have read after what it did.
    fn is_as_expected(&self, local: &Local, list: ValueId) -> bool {
        if local.read.is_none() && local.appended.is_empty() {
            return true;
        }
        let txns = self.inferred.txns;
        let found = txns.list(list);
        let own = local.appended.iter().map(|step| txns.value[*step as usize]);
        let Some(before) = found.len().checked_sub(own.len()) else {
            return false;
        };
        let is_own = found[before..].iter().copied().eq(own);
        let is_known = local.read.is_none_or(|read| {
            let (start, length) = txns.lists[read.0 as usize];
            let is_there = txns.lists[list.0 as usize].0 == start;
            length as usize == before && (is_there || txns.list(read) == &found[..before])
        });
        is_own && is_known
    }

    /// Who made the version that was read, if that one went on to append.
    fn unfinished_writer(&self, txn: Txn, version: u32, step: Step) -> Option<Txn> {
        let writer = if version == NONE {
            let last = *self.inferred.txns.list(step.value).last()?;
            let slots = &self.inferred.slots;
            let slot = slots.of(step.key, last)?;
            let writer = slots.live_writer(self.inferred.txns, slot)?;
            slots.is_intermediate[slot].then_some(writer)?
        } else {
            let versions = &self.inferred.versions;
            let is_intermediate = versions.is_intermediate[version as usize];
            let writer = versions.writer[version as usize];
            (is_intermediate && writer != NONE).then_some(writer)?
        };
        (writer != txn).then_some(writer)
    }

    fn may_tell(&mut self, kind: Kind) -> bool {
        let told = &mut self.told[kind as usize];
        *told += 1;
        *told <= TOLD_MAX
    }
}
