//! A history as the weak levels look at it: sessions of transactions that took effect, and who read from whom.
use crate::transactional::{Read, Registers, Source, Status, Txn, Txns};
use rustc_hash::FxHashMap;

/// No transaction.
pub(super) const NONE: Txn = Txn::MAX;

/// The initial state, as the writer of what a read found.
pub(super) const INITIAL: Txn = Txn::MAX - 1;

pub(super) struct View<'a> {
    pub(super) txns: &'a Txns,
    pub(super) registers: &'a Registers,
    /// The session of each transaction; only those that took effect are in one.
    pub(super) session: Vec<u32>,
    /// Its place there.
    pub(super) index: Vec<u32>,
    /// The transaction before it in its session.
    pub(super) previous: Vec<Txn>,
    /// Where the members of each session begin; one more at the end.
    starts: Vec<u32>,
    members: Vec<Txn>,
}

impl<'a> View<'a> {
    pub(super) fn new(txns: &'a Txns, registers: &'a Registers) -> View<'a> {
        let mut ids: FxHashMap<u32, u32> = FxHashMap::default();
        let mut session = vec![NONE; txns.len()];
        let mut index = vec![0; txns.len()];
        let mut previous = vec![NONE; txns.len()];
        let mut last: Vec<Txn> = Vec::new();
        let mut lengths: Vec<u32> = Vec::new();
        for txn in 0..txns.len() {
            if !registers.is_included[txn] {
                continue;
            }
            let next = ids.len() as u32;
            let id = *ids.entry(txns.process[txn].0).or_insert(next);
            if id == next {
                last.push(NONE);
                lengths.push(0);
            }
            session[txn] = id;
            index[txn] = lengths[id as usize];
            previous[txn] = last[id as usize];
            last[id as usize] = txn as Txn;
            lengths[id as usize] += 1;
        }
        let mut starts = vec![0];
        for length in lengths {
            starts.push(starts[starts.len() - 1] + length);
        }
        let mut members = vec![NONE; starts[starts.len() - 1] as usize];
        for txn in 0..txns.len() {
            if session[txn] != NONE {
                members[(starts[session[txn] as usize] + index[txn]) as usize] = txn as Txn;
            }
        }
        View {
            txns,
            registers,
            session,
            index,
            previous,
            starts,
            members,
        }
    }

    pub(super) fn is_included(&self, txn: Txn) -> bool {
        self.session[txn as usize] != NONE
    }

    /// All that took effect, in order of invocation.
    pub(super) fn included(&self) -> impl Iterator<Item = Txn> + '_ {
        (0..self.txns.len() as Txn).filter(|&txn| self.is_included(txn))
    }

    pub(super) fn sessions(&self) -> u32 {
        self.starts.len() as u32 - 1
    }

    /// The members of a session, in its order.
    pub(super) fn members(&self, session: u32) -> &[Txn] {
        &self.members
            [self.starts[session as usize] as usize..self.starts[session as usize + 1] as usize]
    }

    /// Whether one session ran `first`, and later `second`.
    pub(super) fn is_earlier(&self, first: Txn, second: Txn) -> bool {
        self.session[first as usize] == self.session[second as usize]
            && self.index[first as usize] < self.index[second as usize]
    }

    /// Who wrote what a read found, if that is known: maybe [`INITIAL`].
    pub(super) fn writer(&self, read: &Read) -> Option<Txn> {
        match read.source.version() {
            Some(version) => Some(self.registers.writer[version as usize]),
            None if read.source == Source::INITIAL => Some(INITIAL),
            None => None,
        }
    }

    /// The external reads of `txn` whose source is known, with it.
    pub(super) fn reads(
        &self,
        txn: Txn,
    ) -> impl DoubleEndedIterator<Item = (u32, Txn)> + Clone + '_ {
        let reads = self.registers.reads_of(txn).iter();
        reads.filter_map(|read| Some((read.key, self.writer(read)?)))
    }

    /// Whether its answers are known.
    pub(super) fn is_told(&self, txn: Txn) -> bool {
        self.txns.status[txn as usize] == Status::Ok
    }
}
