//! Configurations from which no legal order goes on.
use super::steps::State;
use crate::linearizable::mask::Mask;
use rustc_hash::{FxHashMap, FxHashSet};
use std::mem::size_of;

/// Where a search stands. Everything that returned before `at` has taken effect, so that only the
/// open operations need a bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Configuration<const N: usize> {
    /// The next move.
    pub(super) at: u32,
    /// What the object remembers.
    pub(super) state: State,
    /// The slots of open operations that have taken effect.
    pub(super) done: Mask<N>,
}

/// How many of each bin were used: bin and count, counts above zero, in order of bins.
pub(super) type Used = [(u32, u32)];

/// The configurations that were refuted, each with what had been used up.
///
/// Having used more leaves fewer ways to go on: a configuration is refuted if the same one is that
/// had used up no more of anything. Only the smallest uses are kept.
#[derive(Debug)]
pub(super) struct Refuted<const N: usize> {
    table: FxHashMap<Configuration<N>, Smallest>,
    /// Those that begin at a quiescent instant, which are never forgotten.
    quiet: FxHashSet<Configuration<N>>,
    bytes_used: usize,
}

/// None stands for having used nothing, which is below everything.
type Smallest = Option<Box<Vec<Box<Used>>>>;

/// From so many configurations on, those before a quiescent instant are forgotten.
const KEPT_MAX: usize = 1 << 18;

impl<const N: usize> Refuted<N> {
    /// Nothing yet.
    pub(super) fn new() -> Refuted<N> {
        Refuted {
            table: FxHashMap::default(),
            quiet: FxHashSet::default(),
            bytes_used: 0,
        }
    }

    /// Whether no legal order goes on from here.
    pub(super) fn contains(&self, configuration: &Configuration<N>, used: &Used) -> bool {
        match self.table.get(configuration) {
            None => !self.quiet.is_empty() && self.quiet.contains(configuration),
            Some(None) => true,
            Some(Some(smallest)) => smallest.iter().any(|known| is_within(known, used)),
        }
    }

    /// Remembers that no legal order goes on from here.
    pub(super) fn insert(&mut self, configuration: Configuration<N>, used: &Used) {
        if used.is_empty() {
            self.table.insert(configuration, None);
            return;
        }
        let entry = self.table.entry(configuration);
        let smallest = entry.or_insert_with(|| Some(Box::default()));
        if let Some(smallest) = smallest {
            smallest.retain(|known| !is_within(used, known));
            smallest.push(used.into());
            self.bytes_used += size_of::<Box<Used>>() + size_of_val(used);
        }
    }

    /// Remembers that for good, of the first configuration after a quiescent instant. What lies before
    /// it was refuted on ways that lead here, and can be refuted again on each of the few states that
    /// are possible here: so a long history needs hardly more memory than a short one.
    pub(super) fn insert_quiet(&mut self, configuration: Configuration<N>) {
        self.quiet.insert(configuration);
    }

    /// Forgets what is less valuable than the memory it takes.
    pub(super) fn forget(&mut self) {
        if self.table.len() > KEPT_MAX {
            self.table.clear();
            self.bytes_used = 0;
        }
    }

    /// About how much memory this takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let entry = size_of::<(Configuration<N>, Smallest)>() + 1;
        let quiet = size_of::<Configuration<N>>() + 1;
        (self.table.capacity() * entry + self.quiet.capacity() * quiet) * 8 / 7 + self.bytes_used
    }
}

/// Whether `small` uses no more of anything than `large`. Both are in order of bins.
fn is_within(small: &Used, large: &Used) -> bool {
    let mut large = large.iter();
    small.iter().all(|&(bin, count)| {
        let found = large.find(|used| used.0 >= bin);
        found.is_some_and(|used| used.0 == bin && count <= used.1)
    })
}
