//! How many versions old reads are: bounds on the least k for which a history is k-atomic.
//!
//! Golab, Li, López-Ortiz and Nishimura ("Computing k-atomicity in polynomial time", SIAM J. Comput.
//! 2018): a history is k-atomic if its operations have an order that agrees with real time and in
//! which every read returns one of the k versions that were written last. For k = 1, that is
//! linearizability, and exact. For more we give bounds, which mostly meet:
//!
//! - From below: a read is older than every version whose write certainly came after that of what
//!   it returned, and certainly before the read.
//! - From above: orders that can be had, by letting writes take effect as late, as early, or as far
//!   in the middle as they can, and reads as early.
use super::version::Registers;

/// A read that was answered. Positions are from 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    pub(super) op: u32,
    pub(super) version: u32,
    pub(super) began: usize,
}

/// The greatest number of versions that a read is old, the newest being 1, and which read shows it.
pub(super) fn at_least(
    registers: &Registers<'_>,
    versions: &[u32],
    reads: &[Read],
) -> (u64, Option<Read>) {
    let began = |version: u32| registers.version(version).began;
    let known = |version: u32| registers.version(version).known;
    let mut starts: Vec<usize> = versions.iter().map(|version| began(*version)).collect();
    starts.sort_unstable();
    let mut by_known = versions.to_vec();
    by_known.sort_unstable_by_key(|version| known(*version));
    let mut reads = reads.to_vec();
    reads.sort_unstable_by_key(|read| read.began);
    let mut counted = Tally(vec![0; starts.len() + 1]);
    let (mut next, mut worst) = (0, (1, None));
    for read in reads {
        while next < by_known.len() && known(by_known[next]) < read.began {
            let start = began(by_known[next]);
            counted.add(starts.partition_point(|other| *other < start));
            next += 1;
        }
        let older = starts.partition_point(|start| *start <= known(read.version));
        let newer = next as u64 - counted.below(older);
        if worst.0 < newer + 1 {
            worst = (newer + 1, Some(read));
        }
    }
    worst
}

/// Counts of places, and sums of those below a place: Fenwick (1994).
struct Tally(Vec<u64>);

impl Tally {
    fn add(&mut self, place: usize) {
        let mut at = place + 1;
        while at < self.0.len() {
            self.0[at] += 1;
            at += at & at.wrapping_neg();
        }
    }

    fn below(&self, place: usize) -> u64 {
        let (mut at, mut sum) = (place, 0);
        while at > 0 {
            sum += self.0[at];
            at &= at - 1;
        }
        sum
    }
}

/// The number of versions within which some order keeps all reads.
pub(super) fn at_most(registers: &Registers<'_>, versions: &[u32], reads: &[Read]) -> u64 {
    let began = |version: u32| registers.version(version).began;
    let known = |version: u32| registers.version(version).known;
    let late = oldest(versions, reads, known);
    let early = oldest(versions, reads, began);
    let middle = oldest(versions, reads, |version| {
        usize::midpoint(began(version), known(version))
    });
    late.min(early).min(middle)
}

/// The oldest read if each write takes effect at its instant, and each read as soon as it can.
fn oldest(versions: &[u32], reads: &[Read], instant: impl Fn(u32) -> usize) -> u64 {
    let mut order: Vec<(usize, u32)> = versions.iter().map(|v| (instant(*v), *v)).collect();
    order.sort_unstable();
    let age = |read: &Read| {
        let own = order.partition_point(|other| *other < (instant(read.version), read.version));
        // The first version comes before all others, and is not in the list.
        let is_listed = order.get(own).is_some_and(|other| other.1 == read.version);
        let own = if is_listed { own + 1 } else { 0 };
        let before = order.partition_point(|other| other.0 < read.began);
        before.saturating_sub(own) as u64 + 1
    };
    reads.iter().map(age).max().unwrap_or(1)
}
