//! Which of many dependencies a forbidden walk closes: 256 of them at a time, one bit each.
//!
//! Whether a walk of some pattern leads from the head of a dependency back to its tail is a question
//! of reachability. The bits of a batch are carried along all dependencies in topological order, so
//! that a level costs (dependencies that may begin a walk / 256) passes, each over no more than what
//! is reached and lies between the first head and the last tail of its batch. Where there is no
//! topological order, passes are repeated until nothing changes.
use super::pattern::{Pattern, STATES};
use super::route::Route;
use super::walk::Step;
use crate::Budget;
use crate::transactional::Via;
use crate::transactional::scc::{NONE, Part};

const WORDS: usize = 4;
const BATCH: usize = 64 * WORDS;

type Bits = [u64; WORDS];

const NOTHING: Bits = [0; WORDS];

/// How often the budget is looked at, in vertices.
const LOOK: u64 = 1 << 14;

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
    // Those that lead back about as far are done together: a single one that leads back far would
    // make all of its batch go as far.
    let width = |start: &(u32, u32)| match route.is_forward {
        true => (position[start.0 as usize] - head(start)).ilog2() / 2,
        false => 0,
    };
    starts.sort_unstable_by_key(|start| (width(start), head(start), *start));
    let bytes = (part.len() * (pattern.states + 1) * size_of::<Bits>() + part.len() * 5) as u64
        + part.keys.len() as u64 * 2;
    budget.take(bytes);
    let mut table = Table {
        part,
        pattern,
        position: &position,
        bits: vec![NOTHING; part.len() * pattern.states],
        tails: vec![NOTHING; part.len()],
        pending: vec![0; route.order.len().div_ceil(64)],
        touched: Vec::new(),
        slots: vec![0; part.keys.len()],
        same: Vec::new(),
        end: 0,
        work: 0,
    };
    let mut found = match budget.spent() {
        Some(reason) => Err(reason),
        None => Ok(None),
    };
    // One batch of each width in turn: what a level forbids often has a width of its own.
    let alike = starts.chunk_by(|one, other| width(one) == width(other));
    let mut batches: Vec<(usize, &[(u32, u32)])> = alike
        .flat_map(|starts| starts.chunks(BATCH).enumerate())
        .collect();
    batches.sort_by_key(|(turn, _)| *turn);
    for (_, batch) in batches {
        if !matches!(found, Ok(None)) {
            break;
        }
        found = table.run(route, batch, may_end, budget);
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
    /// By position, which vertices have bits that were not carried on.
    pending: Vec<u64>,
    /// Vertices that have had bits in this batch; some of them more than once.
    touched: Vec<u32>,
    /// For each key its place in `same`, counted from one, or 0 if no start is about it.
    slots: Vec<u16>,
    /// Which starts are about the same key.
    same: Vec<Bits>,
    /// Positions before this one are of use.
    end: u32,
    /// Vertices that were carried on.
    work: u64,
}

impl Table<'_> {
    fn run(
        &mut self,
        route: &Route,
        batch: &[(u32, u32)],
        may_end: MayEnd<'_>,
        budget: &Budget,
    ) -> Result<Option<(u32, u32)>, String> {
        let (mut first, mut last) = (NONE, 0);
        for (bit, &(tail, arc)) in batch.iter().enumerate() {
            let head = self.part.to[arc as usize];
            let slot = &mut self.slots[self.part.key(arc) as usize];
            if *slot == 0 {
                self.same.push(NOTHING);
                *slot = self.same.len() as u16;
            }
            set(&mut self.same[*slot as usize - 1], bit);
            set(&mut self.bits[head as usize * self.pattern.states], bit);
            set(&mut self.tails[tail as usize], bit);
            self.wait(head);
            first = first.min(self.position[head as usize]);
            last = last.max(self.position[tail as usize]);
        }
        self.end = match route.is_forward {
            true => last,
            false => NONE - 1,
        };
        let found = self.carry_all(route, first as usize / 64, batch, may_end, budget);
        self.clean(batch);
        found
    }

    /// Carries everything on until nothing changes: in the order of the route, again and again if
    /// something leads back in it.
    fn carry_all(
        &mut self,
        route: &Route,
        first: usize,
        batch: &[(u32, u32)],
        may_end: MayEnd<'_>,
        budget: &Budget,
    ) -> Result<Option<(u32, u32)>, String> {
        let mut from = first;
        loop {
            let mut is_changed = false;
            for word in from..self.pending.len().min(self.end as usize / 64 + 1) {
                while self.pending[word] != 0 {
                    let at = word * 64 + self.pending[word].trailing_zeros() as usize;
                    self.pending[word] &= self.pending[word] - 1;
                    self.work += 1;
                    if self.work.is_multiple_of(LOOK)
                        && let Some(reason) = budget.spent()
                    {
                        return Err(reason);
                    }
                    is_changed = true;
                    let found = self.carry(route.order[at], batch, may_end);
                    if found.is_some() {
                        return Ok(found);
                    }
                }
            }
            if route.is_forward || !is_changed {
                return Ok(None);
            }
            from = 0;
        }
    }

    /// Takes away all that `batch` has left.
    fn clean(&mut self, batch: &[(u32, u32)]) {
        let states = self.pattern.states;
        for &vertex in &self.touched {
            let at = vertex as usize * states;
            self.bits[at..at + states].fill(NOTHING);
            self.pending[self.position[vertex as usize] as usize / 64] = 0;
        }
        self.touched.clear();
        for &(tail, arc) in batch {
            self.tails[tail as usize] = NOTHING;
            self.slots[self.part.key(arc) as usize] = 0;
        }
        self.same.clear();
    }

    /// Something has reached `vertex`.
    fn wait(&mut self, vertex: u32) {
        let at = self.position[vertex as usize];
        let (word, bit) = (&mut self.pending[at as usize / 64], 1 << (at % 64));
        if *word & bit == 0 {
            *word |= bit;
            self.touched.push(vertex);
        }
    }

    /// Carries what has reached `vertex` one step on.
    fn carry(
        &mut self,
        vertex: u32,
        batch: &[(u32, u32)],
        may_end: MayEnd<'_>,
    ) -> Option<(u32, u32)> {
        let states = self.pattern.states;
        let mut here = [NOTHING; STATES];
        let at = vertex as usize * states;
        here[..states].copy_from_slice(&self.bits[at..at + states]);
        let part = self.part;
        let arcs = part.arcs(vertex).map(|arc| {
            let to = part.to[arc as usize];
            (Step::Arc(arc), part.via(arc), to)
        });
        let next = part.next_of_process[vertex as usize];
        let process = (next != NONE).then_some((Step::Process, Via::Process, next));
        for (step, via, to) in arcs.chain(process) {
            for (state, &bits) in here[..states].iter().enumerate() {
                if bits == NOTHING {
                    continue;
                }
                let next = |is_same| self.pattern.next(state as u8, via, is_same);
                let (same, other) = (next(true), next(false));
                if same == other {
                    if let Some(after) = same {
                        let found =
                            self.put((vertex, step, to), state, after, bits, batch, may_end);
                        if found.is_some() {
                            return found;
                        }
                    }
                    continue;
                }
                let mask = self.mask(step);
                for (after, is_same) in [(same, true), (other, false)] {
                    let Some(after) = after else { continue };
                    let moved = std::array::from_fn(|word| {
                        let keep = if is_same { mask[word] } else { !mask[word] };
                        bits[word] & keep
                    });
                    let found = self.put((vertex, step, to), state, after, moved, batch, may_end);
                    if found.is_some() {
                        return found;
                    }
                }
            }
        }
        None
    }

    /// The starts that are about the same key as `step`.
    fn mask(&self, step: Step) -> Bits {
        let slot = match step {
            Step::Arc(arc) => self.slots[self.part.key(arc) as usize],
            Step::Process => 0,
        };
        match slot {
            0 => NOTHING,
            slot => self.same[slot as usize - 1],
        }
    }

    /// Moves bits from a vertex and state by a step to another vertex and state; a start that this
    /// closes.
    fn put(
        &mut self,
        (vertex, step, to): (u32, Step, u32),
        state: usize,
        after: u8,
        mut moved: Bits,
        batch: &[(u32, u32)],
        may_end: MayEnd<'_>,
    ) -> Option<(u32, u32)> {
        if state == 0 && after != 0 {
            // In state 0 stands whoever is missed, and nobody misses itself.
            for (word, tails) in moved.iter_mut().zip(self.tails[vertex as usize]) {
                *word &= !tails;
            }
        }
        if moved == NOTHING {
            return None;
        }
        if self.pattern.accepts(after) {
            let tails = &self.tails[to as usize];
            for bit in each(moved, tails) {
                if may_end(batch[bit], (vertex, step)) {
                    return Some(batch[bit]);
                }
            }
        }
        // Nobody comes back from beyond the last tail, nor from outside the route.
        if self.end <= self.position[to as usize] {
            return None;
        }
        let target = &mut self.bits[to as usize * self.pattern.states + after as usize];
        let mut is_news = 0;
        for word in 0..WORDS {
            is_news |= moved[word] & !target[word];
            target[word] |= moved[word];
        }
        if is_news != 0 {
            self.wait(to);
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
