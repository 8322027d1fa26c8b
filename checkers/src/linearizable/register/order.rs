//! Which operation has to come before which, from what each was told, until that contradicts itself.
//!
//! Gibbons and Korach ("Testing shared memories", SIAM J. Comput. 1997) show that with one writer a
//! value this finds every contradiction. Here it is used on the few operations of a witness, to
//! tell the proof; where a value has several possible writers it may find nothing.
use super::cell::{NIL, Register};
use super::projection::{Part, Projection};
use super::sources::Sources;

/// Why one operation comes before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// The first returned before the second began.
    RealTime,
    /// The second found what the first left.
    Found,
    /// Nothing comes before the absence of the key.
    Initial,
    /// The first comes before `by`, which comes before the second.
    Through { by: usize },
    /// `reader` found what the second left, and the first, being before `reader`, did not hide it.
    HiddenFrom { reader: usize },
    /// The first found what `writer` left; the second, being after `writer`, had not yet replaced it.
    NotYetReplaced { writer: usize },
}

/// `reader` found what `writer` left, and yet `between` lies between the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Contradiction {
    /// An operation that found something.
    pub(super) reader: usize,
    /// Who left it there; none if that is the absence of the key.
    pub(super) writer: Option<usize>,
    /// What would have hidden it.
    pub(super) between: usize,
}

/// The operations of a witness, by their place in it, and what is known of their order.
#[derive(Debug)]
pub(super) struct Order {
    /// `facts[a][b]`: why `a` comes before `b`. The last row is the absence of the key.
    facts: Vec<Vec<Option<Reason>>>,
    /// Reader and its only writer.
    found: Vec<(usize, usize)>,
    /// Operations that certainly took effect and wrote.
    writers: Vec<usize>,
    initial: usize,
}

/// With more operations than this, nobody would read the proof.
const OPERATIONS_MAX: usize = 48;

impl Order {
    /// What is plain from the start: real time, and who found whose value.
    pub(super) fn new(
        projection: &Projection,
        register: &Register,
        sources: &Sources<'_>,
    ) -> Order {
        let ops: Vec<u32> = projection.parts.keys().copied().collect();
        let count = ops.len();
        let mut order = Order {
            facts: vec![vec![None; count + 1]; count + 1],
            found: Vec::new(),
            writers: Vec::new(),
            initial: count,
        };
        if count > OPERATIONS_MAX {
            return order;
        }
        for (place, (&op, &part)) in projection.parts.iter().enumerate() {
            let is_answered = register.ops[op as usize].is_answered();
            if part == Part::Whole && is_answered {
                order.add_found(place, op, &ops, register, sources);
            }
        }
        for (place, &op) in ops.iter().enumerate() {
            let op = &register.ops[op as usize];
            let is_seen = order.found.iter().any(|&(_, writer)| writer == place);
            if !op.act.is_pure() && (op.is_answered() || is_seen) {
                order.writers.push(place);
            }
            order.facts[count][place] = Some(Reason::Initial);
            for (other, &after) in ops.iter().enumerate() {
                if op.returned < register.ops[after as usize].invoked {
                    order.facts[place][other] = Some(Reason::RealTime);
                }
            }
        }
        order
    }

    fn add_found(
        &mut self,
        reader: usize,
        op: u32,
        ops: &[u32],
        register: &Register,
        sources: &Sources<'_>,
    ) {
        let act = register.ops[op as usize].act;
        if !act.is_consumer() {
            return;
        }
        let may_be_initial = act.accepts(NIL);
        let mut found = sources.of(op);
        if found.is_empty() && !may_be_initial {
            // A refusal may want anything but the initial value, and find nobody who wrote it.
            let Some(state) = super::projection::wanted(act) else {
                return;
            };
            found.extend(sources.last_writer(op, state));
        }
        match (found.as_slice(), may_be_initial) {
            ([], true) => self.found.push((reader, self.initial)),
            ([writer], false) => {
                let Ok(writer) = ops.binary_search(writer) else {
                    return;
                };
                self.found.push((reader, writer));
                self.facts[writer][reader] = Some(Reason::Found);
            }
            (_, _) => {}
        }
    }

    /// Draws conclusions until one contradicts another, or none is left.
    pub(super) fn contradiction(&mut self) -> Option<Contradiction> {
        if self.facts.len() > OPERATIONS_MAX + 1 {
            return None;
        }
        loop {
            if let Some(contradiction) = self.visible() {
                return Some(contradiction);
            }
            if !self.conclude_replaced() && !self.conclude_through() {
                return None;
            }
        }
    }

    fn knows(&self, first: usize, second: usize) -> bool {
        self.facts[first][second].is_some()
    }

    /// The contradiction that is told best: about the reader that comes last, with a writer between
    /// that is known to be so by real time.
    fn visible(&self) -> Option<Contradiction> {
        let mut best = None;
        for &(reader, writer) in &self.found {
            for &between in &self.writers {
                let is_other = between != reader && between != writer;
                if is_other && self.knows(writer, between) && self.knows(between, reader) {
                    let is_direct = self.facts[between][reader] == Some(Reason::RealTime);
                    best = best.max(Some((is_direct, reader, between, writer)));
                }
            }
        }
        best.map(|(_, reader, between, writer)| Contradiction {
            reader,
            writer: (writer != self.initial).then_some(writer),
            between,
        })
    }

    fn conclude_replaced(&mut self) -> bool {
        let mut news = Vec::new();
        for &(reader, writer) in &self.found {
            for &other in &self.writers {
                if other == reader || other == writer {
                    continue;
                }
                if self.knows(other, reader) && !self.knows(other, writer) {
                    news.push((other, writer, Reason::HiddenFrom { reader }));
                }
                if self.knows(writer, other) && !self.knows(reader, other) {
                    news.push((reader, other, Reason::NotYetReplaced { writer }));
                }
            }
        }
        self.learn(news)
    }

    fn conclude_through(&mut self) -> bool {
        let count = self.facts.len();
        let mut news = Vec::new();
        for first in 0..count {
            for by in (0..count).filter(|&by| self.knows(first, by)) {
                for second in (0..count).filter(|&second| self.knows(by, second)) {
                    if !self.knows(first, second) && first != second {
                        news.push((first, second, Reason::Through { by }));
                    }
                }
            }
        }
        self.learn(news)
    }

    /// Whether any of it was new. What is known keeps its first reason, so that no reason ever
    /// rests on itself.
    fn learn(&mut self, news: Vec<(usize, usize, Reason)>) -> bool {
        let mut is_new = false;
        for (first, second, reason) in news {
            let fact = &mut self.facts[first][second];
            is_new |= fact.is_none();
            fact.get_or_insert(reason);
        }
        is_new
    }

    /// What `first` before `second` rests on, in the order in which a person would say it.
    pub(super) fn argument(&self, first: usize, second: usize) -> Vec<(usize, usize, Reason)> {
        let mut told = Vec::new();
        let mut open = vec![(first, second, false)];
        while let Some((first, second, is_ready)) = open.pop() {
            let reason = self.facts[first][second].expect("asked only about what is known");
            if told.contains(&(first, second, reason)) {
                continue;
            }
            if is_ready {
                told.push((first, second, reason));
                continue;
            }
            open.push((first, second, true));
            match reason {
                Reason::RealTime | Reason::Found | Reason::Initial => {}
                Reason::Through { by } => {
                    open.push((by, second, false));
                    open.push((first, by, false));
                }
                Reason::HiddenFrom { reader } => open.push((first, reader, false)),
                Reason::NotYetReplaced { writer } => open.push((writer, second, false)),
            }
        }
        told
    }

    /// The operations that found what `writer` left.
    pub(super) fn readers_of(&self, writer: usize) -> impl Iterator<Item = usize> {
        let found = self.found.iter().filter(move |found| found.1 == writer);
        found.map(|found| found.0)
    }

    /// The place of the absence of the key, which is no operation.
    pub(super) fn initial(&self) -> usize {
        self.initial
    }
}
