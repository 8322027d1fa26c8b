//! Configurations from which no legal order goes on.
use super::cell::State;
use super::mask::Mask;
use rustc_hash::FxHashMap;
use std::mem::size_of;

/// Where a search stands. Everything that returned before `at` has taken effect, so that only the
/// open operations need a bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Configuration<const N: usize> {
    /// The next move.
    pub(super) at: u32,
    /// What the register holds.
    pub(super) state: State,
    /// The slots of open operations that have taken effect.
    pub(super) done: Mask<N>,
    /// The slots of open writes that may return without taking effect any more; see [`super::search`].
    pub(super) free: Mask<N>,
}

/// How many of each kind of operation of unknown outcome were used: lane and count, counts above zero.
pub(super) type Used = [(u32, u32)];

/// The configurations that were refuted, each with what had been used up.
///
/// Having used more leaves fewer ways to go on: a configuration is refuted if the same one is that
/// had used up no more of anything. Only the smallest uses are kept.
#[derive(Debug)]
pub(super) struct Refuted<const N: usize> {
    table: FxHashMap<Configuration<N>, Smallest>,
    bytes_used: usize,
}

/// None stands for having used nothing, which is below everything.
type Smallest = Option<Box<Vec<Box<Used>>>>;

impl<const N: usize> Refuted<N> {
    /// Nothing yet.
    pub(super) fn new() -> Refuted<N> {
        Refuted {
            table: FxHashMap::default(),
            bytes_used: 0,
        }
    }

    /// Whether no legal order goes on from here.
    pub(super) fn contains(&self, configuration: &Configuration<N>, used: &Used) -> bool {
        match self.table.get(configuration) {
            None => false,
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

    /// About how much memory this takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let entry = size_of::<(Configuration<N>, Smallest)>() + 1;
        self.table.capacity() * entry * 8 / 7 + self.bytes_used
    }
}

/// Whether `small` uses no more of anything than `large`. Both are in order of lanes.
fn is_within(small: &Used, large: &Used) -> bool {
    let mut large = large.iter();
    small.iter().all(|&(lane, count)| {
        let found = large.find(|used| used.0 >= lane);
        found.is_some_and(|used| used.0 == lane && count <= used.1)
    })
}
