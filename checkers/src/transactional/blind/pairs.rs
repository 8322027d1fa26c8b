//! Which pairs of blocks nothing has put in order.
use super::model::Model;
use super::rules::Rules;
use crate::transactional::Family;

/// More arcs than this are not laid out.
const ARCS_MAX: u64 = 60_000_000;

/// The blocks of each key whose order is open, and the keys of which real time tells the rest.
pub(super) struct Pairs {
    pub(super) open: Vec<(u32, u32)>,
    pub(super) is_timed: Vec<bool>,
    /// Whether the level itself does not ask for the order that real time tells.
    pub(super) is_guess: bool,
}

/// What the pairs of a key came to.
#[derive(PartialEq, Eq)]
enum Timed {
    All,
    TooMany,
    /// Real time says of two blocks that each came before the other.
    Conflict,
}

impl Pairs {
    /// The pairs that the level leaves open; an error if there are too many.
    pub(super) fn of(model: &Model<'_>, rules: Rules) -> Result<Pairs, String> {
        let is_strong = rules.family == Family::Strong;
        let keys = model.registers.keys();
        let mut pairs = Pairs {
            open: Vec::new(),
            is_timed: vec![is_strong; keys],
            is_guess: false,
        };
        let mut arcs = 0;
        for key in 0..keys as u32 {
            let end = match is_strong {
                true => pairs.timed(model, key, &mut arcs),
                false => pairs.all(model, key, &mut arcs),
            };
            match end {
                Timed::All => {}
                Timed::TooMany => return Err(too_many()),
                Timed::Conflict => {
                    // What is known is a cycle already: nothing else has to be chosen.
                    pairs.open.clear();
                    return Ok(pairs);
                }
            }
        }
        Ok(pairs)
    }

    /// For a level that does not keep real time: the pairs that would be open if it did, except for
    /// keys that show that it was not kept. What fits with them fits; what does not is open.
    pub(super) fn guessed(model: &Model<'_>) -> Result<Pairs, String> {
        let keys = model.registers.keys();
        let mut pairs = Pairs {
            open: Vec::new(),
            is_timed: vec![true; keys],
            is_guess: true,
        };
        let mut arcs = 0;
        for key in 0..keys as u32 {
            let before = pairs.open.len();
            let mut end = pairs.timed(model, key, &mut arcs);
            if end == Timed::Conflict {
                pairs.open.truncate(before);
                pairs.is_timed[key as usize] = false;
                end = pairs.all(model, key, &mut arcs);
            }
            if end == Timed::TooMany {
                return Err(too_many());
            }
        }
        Ok(pairs)
    }

    fn add(&mut self, model: &Model<'_>, a: u32, b: u32, arcs: &mut u64) -> bool {
        let weight = |block: u32| 1 + model.readers(model.blocks[block as usize].last).len() as u64;
        *arcs += weight(a) + weight(b);
        self.open.push((a, b));
        *arcs <= ARCS_MAX
    }

    fn all(&mut self, model: &Model<'_>, key: u32, arcs: &mut u64) -> Timed {
        let range = model.blocks_of(key);
        for a in range.start + 1..range.end {
            for b in a + 1..range.end {
                if !self.add(model, a as u32, b as u32, arcs) {
                    return Timed::TooMany;
                }
            }
        }
        Timed::All
    }

    /// The pairs that real time leaves open. Without a conflict at most one forward zone is open at
    /// any time, and all others that are open then are pairs to be added: it costs what it finds.
    fn timed(&mut self, model: &Model<'_>, key: u32, arcs: &mut u64) -> Timed {
        let block = |index: u32| &model.blocks[index as usize];
        let low = |index: u32| block(index).known.min(block(index).asked);
        let range = model.blocks_of(key);
        let mut blocks: Vec<u32> = (range.start as u32 + 1..range.end as u32).collect();
        blocks.sort_unstable_by_key(|&index| low(index));
        let mut active: Vec<u32> = Vec::new();
        for &index in &blocks {
            let at = low(index);
            active.retain(|&other| block(other).known.max(block(other).asked) >= at);
            for &other in &active {
                match (
                    block(other).is_before(block(index)),
                    block(index).is_before(block(other)),
                ) {
                    (true, true) => return Timed::Conflict,
                    (false, false) if !self.add(model, other, index, arcs) => {
                        return Timed::TooMany;
                    }
                    _ => {}
                }
            }
            active.push(index);
        }
        Timed::All
    }
}

fn too_many() -> String {
    format!(
        "more than {} million arcs would follow from pairs of versions whose order nobody knows",
        ARCS_MAX / 1_000_000
    )
}
