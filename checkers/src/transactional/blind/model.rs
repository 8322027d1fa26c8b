//! Versions in blocks: what a transaction read and overwrote itself stays together.
use super::rules::Rules;
use crate::transactional::register::{Registers, Version};
use crate::transactional::{NEVER, Txn, Txns};

pub(super) const NONE: u32 = u32::MAX;

/// Versions that follow each other directly, because each was written by somebody who had read the
/// one before. The first block of a key begins with its initial version.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) key: u32,
    /// See [`Model::slot`].
    pub(super) first: u32,
    pub(super) last: u32,
    /// The first completion of a transaction that wrote or read one of its versions.
    pub(super) known: u32,
    /// The last invocation of one.
    pub(super) asked: u32,
}

impl Block {
    /// Whether real time alone says that this block came first (Gibbons and Korach, 1997).
    pub(super) fn is_before(&self, other: &Block) -> bool {
        self.known < other.asked
    }
}

/// A history as blocks. Versions and the initial value of each key have *slots*: a version its own
/// number, the initial value of key `k` the number of versions plus `k`.
pub(super) struct Model<'a> {
    pub(super) txns: &'a Txns,
    pub(super) registers: &'a Registers,
    reader_starts: Vec<u32>,
    readers: Vec<Txn>,
    /// The version that follows a slot directly.
    pub(super) next: Vec<u32>,
    /// Blocks by key, that of the initial version first.
    pub(super) blocks: Vec<Block>,
    pub(super) block_starts: Vec<u32>,
    /// The block of each slot.
    pub(super) block_of: Vec<u32>,
}

impl<'a> Model<'a> {
    pub(super) fn new(txns: &'a Txns, registers: &'a Registers, rules: &Rules) -> Model<'a> {
        let slots = registers.writer.len() + registers.keys();
        let mut model = Model {
            txns,
            registers,
            reader_starts: vec![0; slots + 1],
            readers: Vec::new(),
            next: vec![NONE; slots],
            blocks: Vec::new(),
            block_starts: vec![0],
            block_of: vec![NONE; slots],
        };
        model.gather_readers();
        if rules.keeps_updates {
            model.chain();
        }
        model.gather_blocks();
        model
    }

    /// The slot that a read came from, if it is known.
    fn slot_of(&self, read: &super::Read) -> Option<u32> {
        match read.source {
            super::Source::INITIAL => Some(self.initial(read.key)),
            source => source.version(),
        }
    }

    pub(super) fn initial(&self, key: u32) -> u32 {
        self.registers.writer.len() as u32 + key
    }

    /// Who wrote a slot; nobody wrote the initial one.
    pub(super) fn writer(&self, slot: u32) -> Option<Txn> {
        self.registers.writer.get(slot as usize).copied()
    }

    /// The transactions that read a slot, each once; none of them wrote it.
    pub(super) fn readers(&self, slot: u32) -> &[Txn] {
        let range = self.reader_starts[slot as usize]..self.reader_starts[slot as usize + 1];
        &self.readers[range.start as usize..range.end as usize]
    }

    pub(super) fn is_included(&self, txn: Txn) -> bool {
        self.registers.is_included[txn as usize]
    }

    pub(super) fn blocks_of(&self, key: u32) -> std::ops::Range<usize> {
        self.block_starts[key as usize] as usize..self.block_starts[key as usize + 1] as usize
    }

    /// Whether a version took effect, and its writer left it there.
    fn counts(&self, version: Version) -> bool {
        let registers = self.registers;
        registers.is_final[version as usize] && self.is_included(registers.writer[version as usize])
    }

    fn gather_readers(&mut self) {
        let txns = self.txns.len() as Txn;
        let mut pairs: Vec<(u32, Txn)> = Vec::with_capacity(self.registers.reads.len());
        for txn in 0..txns {
            for read in self.registers.reads_of(txn) {
                if let Some(slot) = self.slot_of(read)
                    && self.writer(slot) != Some(txn)
                {
                    pairs.push((slot, txn));
                    self.reader_starts[slot as usize + 1] += 1;
                }
            }
        }
        for slot in 1..self.reader_starts.len() {
            self.reader_starts[slot] += self.reader_starts[slot - 1];
        }
        let mut at = self.reader_starts.clone();
        self.readers = vec![0; pairs.len()];
        for (slot, txn) in pairs {
            let next = &mut at[slot as usize];
            self.readers[*next as usize] = txn;
            *next += 1;
        }
    }

    /// Joins each version to what its writer had read of its key. Two that overwrote the same version
    /// are a lost update, which is found before; the first one counts here.
    fn chain(&mut self) {
        for slot in 0..self.next.len() as u32 {
            let key = self.key_of(slot);
            for &reader in self.readers(slot) {
                if let Some(version) = self.registers.write_to(reader, key) {
                    self.next[slot as usize] = version;
                    break;
                }
            }
        }
    }

    pub(super) fn key_of(&self, slot: u32) -> u32 {
        match slot.checked_sub(self.registers.writer.len() as u32) {
            Some(key) => key,
            None => self.registers.key_of(slot),
        }
    }

    fn gather_blocks(&mut self) {
        let mut has_previous = vec![false; self.next.len()];
        for &next in &self.next {
            if next != NONE {
                has_previous[next as usize] = true;
            }
        }
        for key in 0..self.registers.keys() as u32 {
            self.add_block(key, self.initial(key));
            for version in self.registers.versions_of(key) {
                if self.counts(version) && !has_previous[version as usize] {
                    self.add_block(key, version);
                }
            }
            // What is left read each other's versions in a ring: reads-from alone is a cycle there.
            for version in self.registers.versions_of(key) {
                if self.counts(version) && self.block_of[version as usize] == NONE {
                    self.add_block(key, version);
                }
            }
            self.block_starts.push(self.blocks.len() as u32);
        }
    }

    fn add_block(&mut self, key: u32, first: u32) {
        let mut block = Block {
            key,
            first,
            last: first,
            known: NEVER,
            asked: 0,
        };
        if first == self.initial(key) {
            block.known = 0;
        }
        let mut slot = first;
        loop {
            self.block_of[slot as usize] = self.blocks.len() as u32;
            block.last = slot;
            for &txn in self.readers(slot).iter().chain(&self.writer(slot)) {
                // Positions begin at zero: one more leaves zero to the initial version.
                let completed = self.txns.completed[txn as usize].saturating_add(1);
                block.known = block.known.min(completed);
                block.asked = block.asked.max(self.txns.invoked[txn as usize] + 1);
            }
            let next = self.next[slot as usize];
            if next == NONE || self.block_of[next as usize] != NONE {
                break;
            }
            slot = next;
        }
        self.blocks.push(block);
    }
}
