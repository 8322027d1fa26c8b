//! From a register that is illegal to a few operations that show it.
//!
//! First a small part near the violation is sought that is illegal by itself, then operations are
//! struck out while it stays so, in halves, quarters and at last one by one (Zeller and Hildebrandt,
//! "Simplifying and isolating failure-inducing input", TSE 2002). Every part is a [`Projection`], so
//! that it can accuse nobody falsely; and the work is limited, so that a long history costs little more.
use super::cell::Register;
use super::projection::{Cache, Part, Projection, wanted};
use super::screen::screen;
use super::search::{End, search};
use super::sources::Sources;
use crate::Budget;

/// What is left of a register that is illegal.
#[derive(Clone, Debug)]
pub(super) struct Core {
    /// The operations; illegal by themselves.
    pub(super) projection: Projection,
    /// Whether dropping any one more of them would make the rest legal.
    pub(super) is_minimal: bool,
}

/// Operations and configurations that shrinking may look at, over all its attempts.
const WORK_MAX: u64 = 4_000_000;

/// Configurations of one attempt.
const ATTEMPT_STEPS_MAX: u64 = 50_000;

/// The first window before the violation, in operations; each next one is twice as large.
const WINDOW_MIN: usize = 8;

/// At most so many other operations that found what the stuck one found are kept with a window.
const SAME_VALUE_MAX: usize = 128;

/// A part that is larger is left as it is.
const PART_MAX: usize = 20_000;

/// Shrinks the register of `sources`, which gets stuck at the return of `stuck`. If an engine knows
/// a part that is illegal by itself, that is `core`.
pub(super) fn shrink(
    sources: &Sources<'_>,
    stuck: u32,
    core: Option<&Projection>,
    budget: &Budget,
) -> Core {
    let register = sources.register();
    let mut work = Work {
        register,
        budget,
        left: WORK_MAX,
        is_sure: true,
    };
    let mut projection = work
        .first_part(stuck, core, sources)
        .or_else(|| core.cloned())
        .unwrap_or_else(|| everything(register));
    if projection.parts.len() > PART_MAX {
        return Core {
            projection,
            is_minimal: false,
        };
    }
    let cache = Cache::new(register, sources, &mut projection);
    let mut size = projection.parts.len() / 2;
    while size > 1 {
        work.drop_chunks(&mut projection, size, &cache);
        size /= 2;
    }
    work.drop_singles(&mut projection, &cache);
    work.relax(&mut projection);
    let is_minimal = work.drop_singles(&mut projection, &cache);
    Core {
        projection,
        is_minimal,
    }
}

fn everything(register: &Register) -> Projection {
    let ops = (0_u32..).zip(&register.ops);
    Projection {
        parts: ops.map(|(op, _)| (op, Part::Whole)).collect(),
    }
}

struct Work<'r> {
    register: &'r Register,
    budget: &'r Budget,
    left: u64,
    /// Whether every attempt so far ended with an answer.
    is_sure: bool,
}

impl Work<'_> {
    /// Whether no more work may be spent. What is left by then is shown as it is.
    fn is_over(&self) -> bool {
        self.left == 0 || self.budget.spent().is_some()
    }

    fn is_illegal(&mut self, projection: &Projection) -> bool {
        if self.is_over() {
            self.is_sure = false;
            return false;
        }
        let register = projection.register(self.register);
        let found = search(&register, self.budget, ATTEMPT_STEPS_MAX);
        let cost = found.configurations + projection.parts.len() as u64;
        self.left = self.left.saturating_sub(cost);
        match found.end {
            End::Illegal { .. } => true,
            End::Legal => false,
            End::GaveUp { .. } | End::TooWide { .. } => {
                self.is_sure = false;
                false
            }
        }
    }

    /// An illegal part near the violation: what stands out, or the smallest window that suffices.
    fn first_part(
        &mut self,
        stuck: u32,
        core: Option<&Projection>,
        sources: &Sources<'_>,
    ) -> Option<Projection> {
        if let Some(core) = screen(self.register, sources)
            && self.is_illegal(&core)
        {
            return Some(core);
        }
        if let Some(core) = core
            && self.is_illegal(core)
        {
            return Some(core.clone());
        }
        let same = self.same_value(stuck);
        let mut around = Projection::around(same.iter().copied(), sources);
        for &op in &same {
            if let Some(writer) = sources.overwriter(op) {
                around.add_writer(writer);
            }
        }
        if self.is_illegal(&around) {
            return Some(around);
        }
        let before = self.before(stuck);
        let mut length = WINDOW_MIN;
        while length < before.len() * 2 && !self.is_over() {
            let window = &before[before.len().saturating_sub(length)..];
            let ops = window.iter().chain(&same).copied();
            let projection = Projection::around(ops, sources);
            if self.is_illegal(&projection) {
                return Some(projection);
            }
            length *= 2;
        }
        None
    }

    /// The answered operations that had returned when the search got stuck, in order of return.
    fn before(&self, stuck: u32) -> Vec<u32> {
        let end = self.register.ops[stuck as usize].returned;
        let ops = (0_u32..).zip(&self.register.ops);
        let before = ops.filter(|(_, op)| op.returned <= end);
        let mut before: Vec<u32> = before.map(|(index, _)| index).collect();
        before.sort_unstable_by_key(|&op| self.register.ops[op as usize].returned);
        before
    }

    /// The last operations that found the value that `stuck` found. A write of unknown outcome can
    /// be a source for the whole run, so that the one that used it up may be far away.
    fn same_value(&self, stuck: u32) -> Vec<u32> {
        let found = wanted(self.register.ops[stuck as usize].act);
        let mut same = self.before(stuck);
        same.retain(|&op| op == stuck || wanted(self.register.ops[op as usize].act) == found);
        same.retain(|&op| self.register.ops[op as usize].act.is_consumer());
        same.split_off(same.len().saturating_sub(SAME_VALUE_MAX))
    }

    /// Tries to do without each run of `size` operations, oldest first. Whether any went.
    fn drop_chunks(
        &mut self,
        projection: &mut Projection,
        size: usize,
        cache: &Cache<'_, '_>,
    ) -> bool {
        let mut is_smaller = false;
        let mut place = 0;
        while place < projection.parts.len() {
            if self.is_over() {
                self.is_sure = false;
                return is_smaller;
            }
            let chunk = projection.parts.keys().skip(place).take(size);
            let chunk: Vec<u32> = chunk.copied().collect();
            let rest = projection.without(&chunk, cache);
            self.left = self.left.saturating_sub(cache.cost());
            if self.is_illegal(&rest) {
                *projection = rest;
                is_smaller = true;
            } else {
                place += size;
            }
        }
        is_smaller
    }

    /// Drops single operations until none can go; whether that is certain.
    fn drop_singles(&mut self, projection: &mut Projection, cache: &Cache<'_, '_>) -> bool {
        loop {
            self.is_sure = true;
            if !self.drop_chunks(projection, 1, cache) {
                return self.is_sure;
            }
        }
    }

    /// Keeps each compare-and-set for its write alone where that is enough.
    fn relax(&mut self, projection: &mut Projection) {
        for op in projection.parts.keys().copied().collect::<Vec<u32>>() {
            let is_pure = self.register.ops[op as usize].act.is_pure();
            if is_pure || projection.parts[&op] == Part::WriteOnly || self.is_over() {
                continue;
            }
            let mut relaxed = projection.clone();
            relaxed.relax(op, self.register);
            if self.is_illegal(&relaxed) {
                *projection = relaxed;
            }
        }
    }
}
