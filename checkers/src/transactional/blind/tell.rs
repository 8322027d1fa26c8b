//! Why no order of the versions fits, in words.
use super::arcs::{Arcs, HELPER};
use super::kind::kind_of;
use super::model::{Block, Model};
use super::{Reasons, Witness};
use crate::transactional::solver::Core;
use crate::transactional::{Arc, Cycle, Finding, NEVER, NO_KEY, Told, Txn, Via, label};
use crate::{AnomalyKind, Edge};
use rustc_hash::FxHashMap;

/// Forced choices that are told within the reason of one dependency; beyond that each gets a step.
const NESTED_MAX: usize = 3;

/// A core as a witness: one cycle, if each choice that it needs is forced by others.
pub(super) fn witness(model: &Model<'_>, arcs: &Arcs, core: &Core) -> Witness {
    let mut teller = Teller {
        model,
        arcs,
        forced: FxHashMap::default(),
    };
    let (forced, last) = teller.propagate(core);
    match last {
        Some(cycle) if forced.len() <= NESTED_MAX => teller.cycle(&cycle),
        last => Witness::Finding(teller.finding(core, &forced, last)),
    }
}

struct Teller<'a> {
    model: &'a Model<'a>,
    arcs: &'a Arcs,
    /// Sides that have to be taken, and the cycle that the other one closes.
    forced: FxHashMap<usize, Vec<u32>>,
}

/// A dependency, and the side of a choice that it belongs to.
type Step = (Arc, Option<usize>);

impl Teller<'_> {
    /// The sides that the cycles of a core force one after the other, and the cycle that is closed in
    /// the end, if that needs nothing else.
    fn propagate(&mut self, core: &Core) -> (Vec<usize>, Option<Vec<u32>>) {
        let sides_of = |cycle: &Vec<u32>| {
            let owners = cycle
                .iter()
                .filter_map(|&link| self.arcs.problem.owner(link));
            let mut sides: Vec<usize> = owners.collect();
            sides.sort_unstable();
            sides.dedup();
            sides
        };
        let cycles: Vec<(Vec<usize>, &Vec<u32>)> = core
            .cycles
            .iter()
            .map(|cycle| (sides_of(cycle), cycle))
            .collect();
        let mut forced = Vec::new();
        loop {
            let before = forced.len();
            for (sides, cycle) in &cycles {
                if sides
                    .iter()
                    .any(|side| self.forced.contains_key(&(side ^ 1)))
                {
                    continue;
                }
                let open: Vec<usize> = sides
                    .iter()
                    .copied()
                    .filter(|side| !self.forced.contains_key(side))
                    .collect();
                match open[..] {
                    [] => return (forced, Some((*cycle).clone())),
                    [side] => {
                        self.forced.insert(side ^ 1, (*cycle).clone());
                        forced.push(side ^ 1);
                    }
                    _ => {}
                }
            }
            if forced.len() == before {
                return (forced, None);
            }
        }
    }

    /// A cycle of arcs as dependencies between transactions.
    fn steps(&self, cycle: &[u32]) -> Vec<Step> {
        let link = |at: usize| self.arcs.problem.link(cycle[at % cycle.len()]);
        let meaning = |node: u32| self.arcs.meaning[node as usize];
        let is_txn = |at: &usize| meaning(link(*at).from()) != HELPER;
        let Some(first) = (0..cycle.len()).find(is_txn) else {
            return Vec::new();
        };
        let mut steps = Vec::new();
        let mut begun = first;
        for at in first..first + cycle.len() {
            let end = meaning(link(at).to());
            if end == HELPER {
                continue;
            }
            let from = meaning(link(begun).from()) / 2;
            let index = cycle[begun % cycle.len()];
            let (via, key) = self.arcs.label(index);
            if from != end / 2 {
                let to = end / 2;
                let arc = Arc { from, to, via, key };
                steps.push((arc, self.arcs.problem.owner(index)));
            }
            begun = at + 1;
        }
        steps
    }

    fn cycle(&self, cycle: &[u32]) -> Witness {
        let steps = self.steps(cycle);
        let mut reasons = Reasons::default();
        for &(arc, side) in &steps {
            reasons.of.insert(arc, self.why(arc, side, NESTED_MAX));
        }
        let arcs: Vec<Arc> = steps.into_iter().map(|(arc, _)| arc).collect();
        let (kind, also) = kind_of(&arcs);
        Witness::Cycle {
            cycle: Cycle { kind, also, arcs },
            reasons,
        }
    }

    fn key(&self, key: u32) -> String {
        self.model.txns.keys[key as usize].to_string()
    }

    fn value(&self, slot: u32) -> String {
        match self.model.registers.value.get(slot as usize) {
            Some(&value) => self.model.txns.value_of(value).to_string(),
            None => "nil".to_owned(),
        }
    }

    /// What a transaction wrote to a key, or read from it.
    fn written(&self, txn: Txn, key: u32) -> Option<u32> {
        self.model.registers.write_to(txn, key)
    }

    fn read(&self, txn: Txn, key: u32) -> Option<u32> {
        let reads = self.model.registers.reads_of(txn).iter();
        let mut sources = reads
            .filter(|read| read.key == key)
            .map(|read| match read.source {
                super::Source::INITIAL => Some(self.model.initial(key)),
                source => source.version(),
            });
        sources.next().flatten()
    }

    /// Why a dependency holds, one sentence.
    fn why(&self, arc: Arc, side: Option<usize>, nested: usize) -> String {
        let (from, to) = (label(arc.from), label(arc.to));
        if arc.key == NO_KEY {
            return match arc.via {
                Via::Process => format!("One process ran {from} before {to}."),
                _ => format!("{from} had ended before {to} began."),
            };
        }
        let key = self.key(arc.key);
        let (older, verb) = match arc.via {
            Via::Rw => (self.read(arc.from, arc.key), "read"),
            _ => (self.written(arc.from, arc.key), "wrote"),
        };
        if arc.via == Via::Wr {
            let value = older.map(|slot| self.value(slot)).unwrap_or_default();
            return format!("{to} read {value} from key {key}, which {from} wrote.");
        }
        let (Some(older), Some(newer)) = (older, self.written(arc.to, arc.key)) else {
            return format!("{to} overwrote what {from} {verb} of key {key}.");
        };
        let reason = self.order(older, newer, side, nested);
        let (old, new) = (self.value(older), self.value(newer));
        format!("{from} {verb} {old} of key {key}, and {to} wrote {new}, which is newer: {reason}.")
    }

    /// Why one version is newer than another of its key.
    fn order(&self, older: u32, newer: u32, side: Option<usize>, nested: usize) -> String {
        let block = |slot: u32| &self.model.blocks[self.model.block_of[slot as usize] as usize];
        let (a, b) = (block(older), block(newer));
        if a.first == b.first {
            return match self.model.writer(newer) {
                Some(writer) if self.read(writer, a.key) == Some(older) => {
                    format!("{} had read the one when it wrote the other", label(writer))
                }
                _ => "whoever wrote from the one to the other had read what it replaced".to_owned(),
            };
        }
        if a.first == self.model.initial(a.key) {
            return match older == a.last && older == a.first {
                true => "nothing is older than what nobody wrote".to_owned(),
                false => "nothing came between what was read and written from the beginning on"
                    .to_owned(),
            };
        }
        if let Some(side) = side {
            let Some(refuting) = self.forced.get(&side) else {
                return "that is assumed here".to_owned();
            };
            return match nested {
                0 => "the other order closes a cycle".to_owned(),
                _ => format!("in the other order {}", self.chain(refuting)),
            };
        }
        self.in_time(a, b)
    }

    /// Who knew of one block before who asked for another.
    fn in_time(&self, a: &Block, b: &Block) -> String {
        let first = self
            .members(a)
            .min_by_key(|&(txn, _)| self.model.txns.completed[txn as usize]);
        let last = self
            .members(b)
            .max_by_key(|&(txn, _)| self.model.txns.invoked[txn as usize]);
        let (Some((first, known)), Some((last, asked))) = (first, last) else {
            return "that is known".to_owned();
        };
        let did = |txn: Txn, slot: u32| match self.model.writer(slot) == Some(txn) {
            true => format!("{} wrote {}", label(txn), self.value(slot)),
            false => format!("{} read {}", label(txn), self.value(slot)),
        };
        debug_assert_ne!(self.model.txns.completed[first as usize], NEVER);
        format!(
            "{} and had ended before {} began, and it {}",
            did(first, known),
            label(last),
            did(last, asked).split_once(' ').map_or("", |both| both.1)
        )
    }

    /// Who wrote or read the versions of a block.
    fn members(&self, block: &Block) -> impl Iterator<Item = (Txn, u32)> + '_ {
        let (model, last) = (self.model, block.last);
        let mut next = Some(block.first);
        let slots = std::iter::from_fn(move || {
            let slot = next?;
            next = (slot != last).then(|| model.next[slot as usize]);
            Some(slot)
        });
        slots.flat_map(move |slot| {
            let txns = model
                .readers(slot)
                .iter()
                .copied()
                .chain(model.writer(slot));
            txns.map(move |txn| (txn, slot))
        })
    }

    /// A cycle in one clause: `T1 comes before T2 (y), T2 before T1 (x)`.
    fn chain(&self, cycle: &[u32]) -> String {
        let steps = self.steps(cycle);
        let step = |(at, (arc, side)): (usize, &Step)| {
            let comes = if at == 0 {
                "would come before"
            } else {
                "before"
            };
            let how = match arc.via {
                Via::Ww => format!("overwritten key {}", self.key(arc.key)),
                Via::Wr => format!("who read its key {}", self.key(arc.key)),
                Via::Rw => format!("who overwrote the key {} that it read", self.key(arc.key)),
                Via::Process => "of its process".to_owned(),
                Via::Realtime => "which it had ended before".to_owned(),
            };
            let assumed = if side.is_some() {
                ", in that order"
            } else {
                ""
            };
            format!(
                "{} {comes} {} ({how}{assumed})",
                label(arc.from),
                label(arc.to)
            )
        };
        let told: Vec<String> = steps.iter().enumerate().map(step).collect();
        told.join(", ")
    }

    fn pair(&self, side: usize) -> String {
        let (a, b) = self.arcs.pairs[side / 2];
        let (a, b) = if side.is_multiple_of(2) {
            (a, b)
        } else {
            (b, a)
        };
        let (a, b) = (
            &self.model.blocks[a as usize],
            &self.model.blocks[b as usize],
        );
        let name = |slot: u32| {
            let writer = self.model.writer(slot).map(label).unwrap_or_default();
            format!("{writer} wrote {}", self.value(slot))
        };
        format!(
            "{} before {} to key {}",
            name(a.last),
            name(b.first),
            self.key(a.key)
        )
    }

    /// Every cycle of the core as a step: the ones that force a side first.
    fn finding(&self, core: &Core, forced: &[usize], last: Option<Vec<u32>>) -> Finding {
        let mut told: Vec<(Option<(Txn, Txn)>, String)> = Vec::new();
        let mut is_told = vec![false; core.cycles.len()];
        let mut mark = |cycle: &Vec<u32>| {
            if let Some(at) = core.cycles.iter().position(|other| other == cycle) {
                is_told[at] = true;
            }
        };
        for &side in forced {
            let cycle = &self.forced[&side];
            mark(cycle);
            let text = format!("{}: otherwise {}.", self.pair(side), self.chain(cycle));
            told.push((None, text));
        }
        if let Some(last) = &last {
            mark(last);
            told.push((None, format!("Then {}.", self.chain(last))));
        } else {
            for cycle in core
                .cycles
                .iter()
                .enumerate()
                .filter(|(at, _)| !is_told[*at])
            {
                let mut sides: Vec<usize> = cycle
                    .1
                    .iter()
                    .filter_map(|&link| self.arcs.problem.owner(link))
                    .collect();
                sides.sort_unstable();
                sides.dedup();
                sides.retain(|side| !self.forced.contains_key(side));
                let sides: Vec<String> = sides.into_iter().map(|side| self.pair(side)).collect();
                let text = format!("If {}: {}.", sides.join(" and "), self.chain(cycle.1));
                told.push((None, text));
            }
        }
        let mut txns: Vec<Txn> = Vec::new();
        for cycle in &core.cycles {
            txns.extend(
                self.steps(cycle)
                    .iter()
                    .flat_map(|(arc, _)| [arc.from, arc.to]),
            );
        }
        txns.sort_unstable();
        txns.dedup();
        let step = |(between, text)| Told {
            between,
            edge: Edge::None,
            text,
        };
        let mut steps: Vec<Told> = told.into_iter().map(step).collect();
        steps.push(Told {
            between: None,
            edge: Edge::None,
            text: "Every order of these writes closes one of these cycles — a contradiction."
                .to_owned(),
        });
        Finding {
            kind: AnomalyKind::NonSerializable,
            also: Vec::new(),
            key: NO_KEY,
            sentence: format!(
                "No order of the writes of {} transactions explains what was read.",
                txns.len()
            ),
            txns,
            steps,
        }
    }
}
