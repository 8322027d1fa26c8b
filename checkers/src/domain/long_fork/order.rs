//! Whether one order of writes explains what every read saw, or a short cycle that shows the contrary.
use super::Group;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// A read that saw one key and not another: the write of the first comes before that of the second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) read: u32,
    pub(super) seen: u32,
    pub(super) unseen: u32,
}

/// A cycle, if there is one: of two reads where two reads of the same keys contradict each other, and
/// otherwise the shortest through one of a few reads that are on or between cycles.
pub(super) fn cycle(keys: usize, groups: &[Group]) -> Option<Vec<Link>> {
    let knot = Knot::of(keys, groups);
    if knot.left.is_empty() {
        return None;
    }
    let pair = knot.pair();
    pair.or_else(|| {
        let tried = knot.left.iter().take(TRIED_MAX);
        tried
            .filter_map(|read| knot.around(*read))
            .min_by_key(Vec::len)
    })
}

/// From so many reads a shortest cycle is sought.
const TRIED_MAX: usize = 32;

/// What no order explains: reads and keys that stay when whatever may come first, or last, is taken
/// out again and again. Every read that is left has a key before it and one after it.
struct Knot<'g> {
    groups: &'g [Group],
    is_left: Vec<bool>,
    is_key_left: Vec<bool>,
    /// The reads that are left.
    left: Vec<u32>,
    /// For each key, the reads that saw it.
    seen_by: Vec<Vec<u32>>,
}

impl Knot<'_> {
    fn of(keys: usize, groups: &[Group]) -> Knot<'_> {
        let mut seen_by: Vec<Vec<u32>> = vec![Vec::new(); keys];
        let mut unseen_by: Vec<Vec<u32>> = vec![Vec::new(); keys];
        for (read, group) in (0_u32..).zip(groups) {
            group
                .seen
                .iter()
                .for_each(|key| seen_by[*key as usize].push(read));
            group
                .unseen
                .iter()
                .for_each(|key| unseen_by[*key as usize].push(read));
        }
        let mut knot = Knot {
            groups,
            is_left: vec![true; groups.len()],
            is_key_left: vec![true; keys],
            left: Vec::new(),
            seen_by: Vec::new(),
        };
        // A key comes after the reads that did not see it, and before those that saw it.
        knot.peel(&unseen_by, &seen_by, |g| &g.seen, |g| &g.unseen);
        knot.peel(&seen_by, &unseen_by, |g| &g.unseen, |g| &g.seen);
        knot.seen_by = seen_by;
        let reads = (0_u32..).zip(&knot.is_left);
        knot.left = reads
            .filter(|(_, is_left)| **is_left)
            .map(|(read, _)| read)
            .collect();
        knot
    }

    /// Takes out, again and again, whatever has nothing left before it.
    fn peel(
        &mut self,
        before_key: &[Vec<u32>],
        after_key: &[Vec<u32>],
        before_read: impl Fn(&Group) -> &[u32],
        after_read: impl Fn(&Group) -> &[u32],
    ) {
        let held = |list: &[u32], is_left: &[bool]| {
            list.iter().filter(|at| is_left[**at as usize]).count()
        };
        let mut reads: Vec<usize> = self
            .groups
            .iter()
            .map(|g| held(before_read(g), &self.is_key_left))
            .collect();
        let mut keys: Vec<usize> = before_key
            .iter()
            .map(|list| held(list, &self.is_left))
            .collect();
        let mut free_reads: Vec<u32> = Vec::new();
        let mut free_keys: Vec<u32> = Vec::new();
        for (read, count) in (0_u32..).zip(&reads) {
            if *count == 0 && self.is_left[read as usize] {
                free_reads.push(read);
            }
        }
        for (key, count) in (0_u32..).zip(&keys) {
            if *count == 0 && self.is_key_left[key as usize] {
                free_keys.push(key);
            }
        }
        loop {
            if let Some(read) = free_reads.pop() {
                self.is_left[read as usize] = false;
                for &key in after_read(&self.groups[read as usize]) {
                    keys[key as usize] -= 1;
                    if keys[key as usize] == 0 && self.is_key_left[key as usize] {
                        free_keys.push(key);
                    }
                }
            } else if let Some(key) = free_keys.pop() {
                self.is_key_left[key as usize] = false;
                for &read in &after_key[key as usize] {
                    reads[read as usize] -= 1;
                    if reads[read as usize] == 0 && self.is_left[read as usize] {
                        free_reads.push(read);
                    }
                }
            } else {
                break;
            }
        }
    }

    /// Two reads of the same keys that contradict each other. Sorted by how much they saw, each of a
    /// chain contains the one before it; where that fails, those two are a contradiction.
    fn pair(&self) -> Option<Vec<Link>> {
        let mut by_keys: FxHashMap<Vec<u32>, Vec<u32>> = FxHashMap::default();
        for &read in &self.left {
            let group = &self.groups[read as usize];
            let mut keys = [&*group.seen, &*group.unseen].concat();
            keys.sort_unstable();
            by_keys.entry(keys).or_default().push(read);
        }
        let mut pairs = Vec::new();
        for reads in by_keys.values_mut() {
            reads.sort_by_key(|read| (self.groups[*read as usize].seen.len(), *read));
            let chain = reads.windows(2).map(|pair| (pair[0], pair[1]));
            pairs.extend(chain.filter_map(|(less, more)| self.contradiction(less, more)));
        }
        pairs
            .into_iter()
            .min_by_key(|pair| pair.iter().map(|link| link.read).max())
    }

    /// A key that the first saw and not the second, and one the other way round. Keys are sorted.
    fn contradiction(&self, one: u32, other: u32) -> Option<Vec<Link>> {
        let only = |one: u32, other: u32| {
            let others = &self.groups[other as usize].unseen;
            let seen = self.groups[one as usize].seen.iter();
            seen.copied().find(|key| others.binary_search(key).is_ok())
        };
        let (a, b) = (only(one, other)?, only(other, one)?);
        let link = |read, seen, unseen| Link { read, seen, unseen };
        Some(vec![link(one, a, b), link(other, b, a)])
    }

    /// A shortest cycle through a read, in a breadth-first search.
    fn around(&self, start: u32) -> Option<Vec<Link>> {
        let mut from: FxHashMap<u32, Link> = FxHashMap::default();
        let mut is_asked = vec![false; self.is_key_left.len()];
        let mut queue = VecDeque::from([start]);
        while let Some(read) = queue.pop_front() {
            for &unseen in &self.groups[read as usize].unseen {
                let place = unseen as usize;
                if !self.is_key_left[place] || std::mem::replace(&mut is_asked[place], true) {
                    continue;
                }
                for &next in self.seen_by[place]
                    .iter()
                    .filter(|at| self.is_left[**at as usize])
                {
                    // What the read saw is filled in when the way back is walked.
                    let link = Link {
                        read,
                        seen: unseen,
                        unseen,
                    };
                    if next == start {
                        return Some(self.way(&from, start, link));
                    }
                    from.entry(next).or_insert_with(|| {
                        queue.push_back(next);
                        link
                    });
                }
            }
        }
        None
    }

    fn way(&self, from: &FxHashMap<u32, Link>, start: u32, last: Link) -> Vec<Link> {
        let mut way = vec![last];
        while let Some(link) = way.last().filter(|link| link.read != start) {
            way.push(from[&link.read]);
        }
        way.reverse();
        // Each read saw what the one before it had not.
        for i in 0..way.len() {
            let earlier = way[(i + way.len() - 1) % way.len()].unseen;
            way[i].seen = earlier;
        }
        way
    }
}
