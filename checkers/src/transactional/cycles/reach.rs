//! Which of many dependencies a forbidden walk closes: 256 of them at a time, one bit each.
//!
//! Whether a walk of some pattern leads from the head of a dependency back to its tail is a question
//! of reachability. The bits of a batch are carried along all dependencies in topological order, so
//! that a level costs (dependencies that may begin a walk / 256) passes, each over no more than what
//! lies between the first head and the last tail of its batch. Where there is no topological order,
//! passes are repeated until nothing changes.
use super::pattern::{Pattern, STATES};
use super::walk::Step;
use crate::Budget;
use crate::transactional::Via;
use crate::transactional::scc::{NONE, Part};
use std::collections::HashMap;

const WORDS: usize = 4;
const BATCH: usize = 64 * WORDS;

type Bits = [u64; WORDS];

const NOTHING: Bits = [0; WORDS];

/// In which order bits are carried.
#[derive(Debug)]
pub(super) struct Route {
    /// The vertices that a walk may go through.
    pub(super) order: Vec<u32>,
    /// Whether every dependency of the pattern points forward in it.
    pub(super) is_forward: bool,
}

/// Says whether the walk that begins with (tail, place of the dependency) may end with (tail, step).
pub(super) type MayEnd<'a> = &'a dyn Fn((u32, u32), (u32, Step)) -> bool;

/// The first of `starts`, given by tail and place, that a walk of `pattern` closes.
pub(super) fn closed(
    part: &Part,
    pattern: &Pattern,
    route: &Route,
    mut starts: Vec<(u32, u32)>,
    may_end: MayEnd<'_>,
    budget: &Budget,
) -> Result<Option<(u32, u32)>, String> {
    let mut position = vec![NONE; part.len()];
    for (at, &vertex) in route.order.iter().enumerate() {
        position[vertex as usize] = at as u32;
    }
    let head = |&(_, arc): &(u32, u32)| position[part.to[arc as usize] as usize];
    starts.retain(|start| head(start) != NONE);
    if route.is_forward {
        starts.retain(|start| head(start) < position[start.0 as usize]);
    }
    starts.sort_unstable_by_key(|start| (head(start), *start));
    let bytes = (part.len() * (pattern.states + 1) * size_of::<Bits>()) as u64;
    budget.take(bytes);
    let mut table = Table {
        part,
        pattern,
        position: &position,
        bits: vec![NOTHING; part.len() * pattern.states],
        tails: vec![NOTHING; part.len()],
    };
    let mut found = Ok(None);
    for batch in starts.chunks(BATCH) {
        if let Some(reason) = budget.spent() {
            found = Err(reason);
            break;
        }
        if let Some(start) = table.run(route, batch, may_end) {
            found = Ok(Some(start));
            break;
        }
    }
    budget.give_back(bytes);
    found
}

struct Table<'a> {
    part: &'a Part,
    pattern: &'a Pattern,
    position: &'a [u32],
    /// For each vertex and state, which starts lead there.
    bits: Vec<Bits>,
    /// For each vertex, which starts it is the tail of.
    tails: Vec<Bits>,
}

impl Table<'_> {
    fn run(
        &mut self,
        route: &Route,
        batch: &[(u32, u32)],
        may_end: MayEnd<'_>,
    ) -> Option<(u32, u32)> {
        let states = self.pattern.states;
        let mut same: HashMap<u32, Bits> = HashMap::new();
        let (mut first, mut last) = (NONE, 0);
        for (bit, &(tail, arc)) in batch.iter().enumerate() {
            let head = self.part.to[arc as usize];
            set(&mut self.bits[head as usize * states], bit);
            set(&mut self.tails[tail as usize], bit);
            set(same.entry(self.part.key(arc)).or_insert(NOTHING), bit);
            first = first.min(self.position[head as usize]);
            last = last.max(self.position[tail as usize]);
        }
        let end = route.order.len().min((last as usize).saturating_add(1));
        let range = if route.is_forward {
            first as usize..end
        } else {
            0..route.order.len()
        };
        let mut found = None;
        loop {
            let mut is_changed = false;
            for &vertex in &route.order[range.clone()] {
                found = self.carry(vertex, &same, batch, may_end, &mut is_changed);
                if found.is_some() {
                    break;
                }
            }
            if found.is_some() || route.is_forward || !is_changed {
                break;
            }
        }
        // What lies beyond the range was reached by one step at most.
        for &vertex in &route.order[range] {
            self.wipe(vertex);
            for arc in self.part.arcs(vertex) {
                self.wipe(self.part.to[arc as usize]);
            }
            let next = self.part.next_of_process[vertex as usize];
            if next != NONE {
                self.wipe(next);
            }
        }
        for &(tail, _) in batch {
            self.tails[tail as usize] = NOTHING;
        }
        found
    }

    fn wipe(&mut self, vertex: u32) {
        let at = vertex as usize * self.pattern.states;
        self.bits[at..at + self.pattern.states].fill(NOTHING);
    }

    /// Carries what has reached `vertex` one step on.
    fn carry(
        &mut self,
        vertex: u32,
        same: &HashMap<u32, Bits>,
        batch: &[(u32, u32)],
        may_end: MayEnd<'_>,
        is_changed: &mut bool,
    ) -> Option<(u32, u32)> {
        let states = self.pattern.states;
        let mut here = [NOTHING; STATES];
        let at = vertex as usize * states;
        here[..states].copy_from_slice(&self.bits[at..at + states]);
        if here.iter().all(|bits| *bits == NOTHING) {
            return None;
        }
        let arcs = self.part.arcs(vertex).map(|arc| {
            let via = self.part.via(arc);
            (Step::Arc(arc), via, self.part.to[arc as usize])
        });
        let next = self.part.next_of_process[vertex as usize];
        let process = (next != NONE).then_some((Step::Process, Via::Process, next));
        for (step, via, to) in arcs.chain(process) {
            let mask = match step {
                Step::Arc(arc) => same.get(&self.part.key(arc)).copied().unwrap_or(NOTHING),
                Step::Process => NOTHING,
            };
            for (state, bits) in here[..states]
                .iter()
                .enumerate()
                .filter(|(_, bits)| **bits != NOTHING)
            {
                for is_same in [true, false] {
                    let Some(after) = self.pattern.next(state as u8, via, is_same) else {
                        continue;
                    };
                    let mut moved = NOTHING;
                    for word in 0..WORDS {
                        let keep = if is_same { mask[word] } else { !mask[word] };
                        moved[word] = bits[word] & keep;
                    }
                    if state == 0 && after != 0 {
                        // In state 0 stands whoever is missed, and nobody misses itself.
                        for (word, tails) in moved.iter_mut().zip(self.tails[vertex as usize]) {
                            *word &= !tails;
                        }
                    }
                    if self.pattern.accepts(after) {
                        let tails = &self.tails[to as usize];
                        for bit in each(moved, tails) {
                            if may_end(batch[bit], (vertex, step)) {
                                return Some(batch[bit]);
                            }
                        }
                    }
                    let target = &mut self.bits[to as usize * states + after as usize];
                    for word in 0..WORDS {
                        *is_changed |= moved[word] & !target[word] != 0;
                        target[word] |= moved[word];
                    }
                }
            }
        }
        None
    }
}

fn set(bits: &mut Bits, bit: usize) {
    bits[bit / 64] |= 1 << (bit % 64);
}

/// The bits that are in both.
fn each(one: Bits, other: &Bits) -> impl Iterator<Item = usize> {
    let mut both = NOTHING;
    for word in 0..WORDS {
        both[word] = one[word] & other[word];
    }
    (0..WORDS).flat_map(move |word| {
        let mut rest = both[word];
        std::iter::from_fn(move || {
            let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(word * 64 + bit)
        })
    })
}
