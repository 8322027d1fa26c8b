//! The history as a problem: nodes, known arcs, and one choice for each pair of blocks left open.
use super::model::{Block, Model, NONE};
use super::pairs::Pairs;
use super::rules::{Rules, Shape};
use super::times::guessed_times;
use crate::transactional::solver::{Link, Problem};
use crate::transactional::{Family, NEVER, NO_KEY, Status, Txn, Via};

/// A node that is no transaction.
pub(super) const HELPER: u32 = u32::MAX;

/// The problem, and what its nodes and arcs mean.
pub(super) struct Arcs {
    pub(super) problem: Problem,
    /// Of each node the transaction times two, plus one for its commit; or [`HELPER`].
    pub(super) meaning: Vec<u32>,
    /// Of each arc its kind and key.
    known: Vec<u32>,
    chosen: Vec<u32>,
    /// The blocks of each choice: the first side says that the first one came first.
    pub(super) pairs: Vec<(u32, u32)>,
}

impl Arcs {
    /// What an arc says.
    pub(super) fn label(&self, link: u32) -> (Via, u32) {
        let label = match (link as usize).checked_sub(self.known.len()) {
            None => self.known[link as usize],
            Some(chosen) => self.chosen[chosen],
        };
        (VIA[(label >> 29) as usize], label & NO_KEY)
    }
}

const VIA: [Via; 5] = [Via::Ww, Via::Wr, Via::Rw, Via::Process, Via::Realtime];

/// Lays out a model.
pub(super) fn lay_out(model: &Model<'_>, rules: Rules, pairs: Pairs) -> Arcs {
    let mut builder = Builder::new(model, rules, pairs.is_timed);
    builder.reads_from();
    builder.blocks();
    match rules.family {
        Family::Plain => {}
        Family::Session => builder.sessions(),
        Family::Strong => builder.real_time(),
    }
    for (a, b) in pairs.open {
        builder.choose(a, b);
    }
    builder.arcs
}

struct Builder<'a> {
    model: &'a Model<'a>,
    rules: Rules,
    is_timed: Vec<bool>,
    arcs: Arcs,
    /// The node of each transaction's start, and of its commit.
    start: Vec<u32>,
    commit: Vec<u32>,
    /// The node after each completion, in order of completion, and where that was.
    completions: Vec<(u32, u32)>,
    /// The helpers of each block: what comes after its last version, and after those who read it.
    after_write: Vec<u32>,
    after_read: Vec<u32>,
    is_read_only: Vec<bool>,
}

impl<'a> Builder<'a> {
    /// Numbers the nodes by the time of which we know something: that is the solver's first guess.
    fn new(model: &'a Model<'a>, rules: Rules, is_timed: Vec<bool>) -> Builder<'a> {
        let txns = model.txns;
        let count = txns.len();
        let mut moments: Vec<(u32, u8, u32)> = Vec::with_capacity(3 * count + model.blocks.len());
        let (starts, ends) = guessed_times(model);
        for txn in (0..count as Txn).filter(|&txn| model.is_included(txn)) {
            let at = txn as usize;
            if rules.is_split() {
                moments.push((starts[at], 0, txn));
            }
            moments.push((ends[at], 1, txn));
            if rules.family == Family::Strong && txns.completed[at] != NEVER {
                moments.push((ends[at], 2, txn));
            }
        }
        for (index, block) in model.blocks.iter().enumerate() {
            let is_initial = block.first >= model.registers.writer.len() as u32;
            if (is_timed[block.key as usize] && block.known != NEVER) || is_initial {
                let at = block.known.saturating_sub(1);
                moments.push((at, 3, index as u32));
                if rules.is_split() {
                    moments.push((at, 4, index as u32));
                }
            }
        }
        moments.sort_unstable();
        let mut builder = Builder {
            model,
            rules,
            is_timed,
            arcs: Arcs {
                problem: Problem::new(moments.len()),
                meaning: Vec::with_capacity(moments.len()),
                known: Vec::new(),
                chosen: Vec::new(),
                pairs: Vec::new(),
            },
            start: vec![NONE; count],
            commit: vec![NONE; count],
            completions: Vec::new(),
            after_write: vec![NONE; model.blocks.len()],
            after_read: vec![NONE; model.blocks.len()],
            is_read_only: Vec::new(),
        };
        for (node, (_, kind, index)) in moments.into_iter().enumerate() {
            builder.place(node as u32, kind, index);
        }
        if rules.is_split() {
            for txn in 0..count {
                if builder.start[txn] == NONE {
                    continue;
                }
                let link = Link::hard(builder.start[txn], builder.commit[txn]);
                builder.know(link, Via::Process, NO_KEY);
            }
        }
        if rules.shape == Shape::Updates {
            let writes = &model.registers.write_starts;
            builder.is_read_only = writes.windows(2).map(|both| both[0] == both[1]).collect();
        }
        builder
    }

    fn place(&mut self, node: u32, kind: u8, index: u32) {
        let mut meaning = HELPER;
        match kind {
            0 => {
                self.start[index as usize] = node;
                meaning = 2 * index;
            }
            1 => {
                self.commit[index as usize] = node;
                meaning = 2 * index + 1;
                if !self.rules.is_split() {
                    self.start[index as usize] = node;
                }
            }
            2 => self
                .completions
                .push((self.model.txns.completed[index as usize], node)),
            3 => {
                self.after_read[index as usize] = node;
                if !self.rules.is_split() {
                    self.after_write[index as usize] = node;
                }
            }
            _ => self.after_write[index as usize] = node,
        }
        self.arcs.meaning.push(meaning);
    }

    fn know(&mut self, link: Link, via: Via, key: u32) {
        self.arcs.problem.known.push(link);
        self.arcs.known.push((via as u32) << 29 | key);
    }

    /// Where whoever depends on a commit has to come after it.
    fn follower(&self, via: Via, txn: Txn) -> u32 {
        match (via, self.rules.shape) {
            (Via::Rw, _) | (Via::Ww, Shape::Prefix) => self.commit[txn as usize],
            _ => self.start[txn as usize],
        }
    }

    fn is_soft(&self, via: Via, from: Txn) -> bool {
        match self.rules.shape {
            Shape::Parallel => via == Via::Rw,
            Shape::Updates => via == Via::Rw && self.is_read_only[from as usize],
            Shape::Whole | Shape::Snapshot | Shape::Prefix => false,
        }
    }

    /// An arc between transactions.
    fn link(&self, from: Txn, to: Txn, via: Via) -> Link {
        let begin = match via {
            Via::Rw => self.start[from as usize],
            _ => self.commit[from as usize],
        };
        let end = self.follower(via, to);
        match self.is_soft(via, from) {
            true => Link::soft(begin, end),
            false => Link::hard(begin, end),
        }
    }

    fn reads_from(&mut self) {
        let model = self.model;
        for version in 0..model.registers.writer.len() as u32 {
            let writer = model.registers.writer[version as usize];
            if model.readers(version).is_empty() {
                continue;
            }
            let key = model.key_of(version);
            for &reader in model.readers(version) {
                self.know(self.link(writer, reader, Via::Wr), Via::Wr, key);
            }
        }
    }

    /// What is known of blocks: inside each, that the initial one is the first, and what real time says.
    fn blocks(&mut self) {
        let model = self.model;
        for key in 0..model.registers.keys() as u32 {
            let range = model.blocks_of(key);
            for block in &model.blocks[range.clone()] {
                self.inside(block);
            }
            let others = range.start + 1..range.end;
            if self.is_timed[key as usize] {
                self.in_time(range);
                continue;
            }
            self.leave(range.start);
            for other in others {
                self.enter(range.start, other);
            }
        }
    }

    /// Who read a version of a block comes before who wrote the next one.
    fn inside(&mut self, block: &Block) {
        let model = self.model;
        let mut slot = block.first;
        while slot != block.last {
            let next = model.next[slot as usize];
            let writer = model.registers.writer[next as usize];
            for &reader in model
                .readers(slot)
                .iter()
                .filter(|&&reader| reader != writer)
            {
                self.know(self.link(reader, writer, Via::Rw), Via::Rw, block.key);
            }
            slot = next;
        }
    }

    /// The arcs of "block `a` came before block `b`".
    fn before(&self, a: u32, b: u32) -> Vec<(Link, Via)> {
        let model = self.model;
        let last = model.blocks[a as usize].last;
        let first = model.blocks[b as usize].first;
        let to = model.registers.writer[first as usize];
        let ww = model
            .writer(last)
            .map(|from| (self.link(from, to, Via::Ww), Via::Ww));
        let readers = model.readers(last).iter().filter(|&&reader| reader != to);
        let rw = readers.map(|&from| (self.link(from, to, Via::Rw), Via::Rw));
        ww.into_iter().chain(rw).collect()
    }

    /// From the last version of a block and its readers to the block's helpers.
    fn leave(&mut self, index: usize) {
        let model = self.model;
        let block = &model.blocks[index];
        if let Some(writer) = model.writer(block.last) {
            let link = Link::hard(self.commit[writer as usize], self.after_write[index]);
            self.know(link, Via::Ww, block.key);
        }
        for &reader in model.readers(block.last) {
            // Nothing hard leads to the helper of a level with soft arcs: one that leads through it
            // counts once.
            let (from, to) = (self.start[reader as usize], self.after_read[index]);
            let link = match self.is_soft(Via::Rw, reader) {
                true => Link::soft(from, to),
                false => Link::hard(from, to),
            };
            self.know(link, Via::Rw, block.key);
        }
    }

    /// From a block's helpers to the first version of a block that comes later.
    fn enter(&mut self, earlier: usize, index: usize) {
        let model = self.model;
        let block = &model.blocks[index];
        let writer = model.registers.writer[block.first as usize];
        let read = Link::hard(self.after_read[earlier], self.follower(Via::Rw, writer));
        self.know(read, Via::Rw, block.key);
        if self.rules.is_split() {
            let write = Link::hard(self.after_write[earlier], self.follower(Via::Ww, writer));
            self.know(write, Via::Ww, block.key);
        }
    }

    /// The blocks of a key as real time orders them: each comes after all that were known before it
    /// was asked for last.
    fn in_time(&mut self, range: std::ops::Range<usize>) {
        let model = self.model;
        let mut known: Vec<usize> = range
            .clone()
            .filter(|&at| model.blocks[at].known != NEVER)
            .collect();
        known.sort_unstable_by_key(|&at| model.blocks[at].known);
        for &at in &known {
            self.leave(at);
        }
        for both in known.windows(2) {
            let key = model.blocks[both[0]].key;
            let read = Link::hard(self.after_read[both[0]], self.after_read[both[1]]);
            self.know(read, Via::Rw, key);
            if self.rules.is_split() {
                let write = Link::hard(self.after_write[both[0]], self.after_write[both[1]]);
                self.know(write, Via::Ww, key);
            }
        }
        let mut rank = vec![usize::MAX; range.len()];
        for (place, &at) in known.iter().enumerate() {
            rank[at - range.start] = place;
        }
        for at in range.start + 1..range.end {
            let asked = model.blocks[at].asked;
            let before = known.partition_point(|&other| model.blocks[other].known < asked);
            let own = rank[at - range.start];
            if own < before {
                // The chain of helpers leads through its own: behind that it would lead to itself.
                self.after_each(&known[..before], own);
            } else if before > 0 {
                self.enter(known[before - 1], at);
            }
        }
    }

    /// A block that was known before it was asked for last: the helpers up to its own say what came
    /// before it, the others it is told one by one. They were known while it was, and, unless one of
    /// them makes a cycle of two, they were all being written at the moment when it was known first.
    fn after_each(&mut self, known: &[usize], own: usize) {
        let at = known[own];
        if own > 0 {
            self.enter(known[own - 1], at);
        }
        let block = self.model.blocks[at];
        for &later in &known[own + 1..] {
            for (link, via) in self.before(later as u32, at as u32) {
                self.know(link, via, block.key);
            }
            if block.is_before(&self.model.blocks[later]) {
                return;
            }
        }
    }

    fn sessions(&mut self) {
        let txns = self.model.txns;
        let mut last = rustc_hash::FxHashMap::default();
        for txn in (0..txns.len() as Txn).filter(|&txn| self.model.is_included(txn)) {
            if let Some(before) = last.insert(txns.process[txn as usize], txn) {
                self.know(self.link(before, txn, Via::Process), Via::Process, NO_KEY);
            }
        }
    }

    fn real_time(&mut self) {
        let txns = self.model.txns;
        let mut completions = std::mem::take(&mut self.completions);
        completions.sort_unstable();
        for both in completions.windows(2) {
            self.know(Link::hard(both[0].1, both[1].1), Via::Realtime, NO_KEY);
        }
        let mut ended = 0;
        for txn in (0..txns.len() as Txn).filter(|&txn| self.model.is_included(txn)) {
            let at = txn as usize;
            while ended < completions.len() && completions[ended].0 < txns.invoked[at] {
                ended += 1;
            }
            if ended > 0 {
                let link = Link::hard(completions[ended - 1].1, self.start[at]);
                self.know(link, Via::Realtime, NO_KEY);
            }
            if txns.status[at] == Status::Ok {
                let own = completions.binary_search_by_key(&txns.completed[at], |end| end.0);
                let own = completions[own.expect("it completed")].1;
                self.know(Link::hard(self.commit[at], own), Via::Realtime, NO_KEY);
            }
        }
    }

    fn choose(&mut self, a: u32, b: u32) {
        let key = self.model.blocks[a as usize].key;
        let (either, or) = (self.before(a, b), self.before(b, a));
        let label = |&(_, via): &(Link, Via)| (via as u32) << 29 | key;
        self.arcs.chosen.extend(either.iter().chain(&or).map(label));
        let link = |(link, _): (Link, Via)| link;
        self.arcs
            .problem
            .choose(either.into_iter().map(link), or.into_iter().map(link));
        self.arcs.pairs.push((a, b));
    }
}
