//! The levels by definition: all orders of commits, and all that an ambiguous read may have found.
use crate::transactional::{F, Level, Status, Txns, ValueId};

/// A history of a few transactions, as somebody would write it down who knows nothing of indexes.
pub(super) struct Told {
    count: usize,
    keys: usize,
    session: Vec<u32>,
    included: Vec<bool>,
    /// External reads: key, and who wrote what it found; none for the initial state.
    reads: Vec<Vec<(u32, Option<usize>)>>,
    writes: Vec<Vec<u32>>,
    /// Whether some read found what no commit left there.
    is_broken: bool,
    /// Whether some transaction found two answers in one key.
    is_unrepeatable: bool,
    /// Whether levels may be left open for one of these reasons.
    pub(super) is_doubtful: bool,
}

impl Told {
    /// Values have to be unique: what is written twice is not for this.
    pub(super) fn of(txns: &Txns) -> Told {
        let count = txns.len();
        let all: Vec<Vec<_>> = (0..count)
            .map(|txn| txns.steps(txn as u32).collect())
            .collect();
        let is_ok = |txn: usize| txns.status[txn] == Status::Ok;
        let mut told = Told {
            count,
            keys: txns.keys.len(),
            session: txns.process.iter().map(|process| process.0).collect(),
            included: (0..count).map(is_ok).collect(),
            reads: vec![Vec::new(); count],
            writes: vec![Vec::new(); count],
            is_broken: false,
            is_unrepeatable: false,
            is_doubtful: false,
        };
        for (txn, steps) in all.iter().enumerate() {
            let written = steps.iter().filter(|step| step.f == F::Write);
            told.writes[txn] = written.map(|step| step.key).collect();
            for (at, step) in steps.iter().enumerate() {
                if step.f != F::Read || !is_ok(txn) {
                    continue;
                }
                let before = steps[..at].iter().filter(|other| other.key == step.key);
                let before: Vec<_> = before.collect();
                let is_own = before.iter().any(|other| other.f == F::Write);
                let differs = before.last().is_some_and(|other| other.value != step.value);
                if is_own {
                    told.is_broken |= differs;
                    continue;
                }
                told.is_unrepeatable |= differs;
                if step.value == ValueId::NIL {
                    told.reads[txn].push((step.key, None));
                    continue;
                }
                let is_last = |other: usize| {
                    let own = all[other].iter();
                    let mut own = own.filter(|s| s.f == F::Write && s.key == step.key);
                    own.next_back().is_some_and(|last| last.value == step.value)
                };
                let mut writers = (0..count).filter(|&other| other != txn);
                let writer =
                    writers.find(|&other| txns.status[other] != Status::Aborted && is_last(other));
                match writer {
                    Some(writer) => {
                        told.included[writer] = true;
                        told.reads[txn].push((step.key, Some(writer)));
                    }
                    None => told.is_broken = true,
                }
            }
        }
        told.is_doubtful = told.is_broken;
        told
    }

    fn is_earlier(&self, first: usize, second: usize) -> bool {
        first < second
            && self.session[first] == self.session[second]
            && self.included[first]
            && self.included[second]
    }

    fn included(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.count).filter(|&txn| self.included[txn])
    }

    /// All external reads: who, the how-manieth, of what, from whom.
    fn all_reads(&self) -> impl Iterator<Item = (usize, usize, u32, Option<usize>)> + '_ {
        (0..self.count).flat_map(|txn| {
            let reads = self.reads[txn].iter().enumerate();
            reads.map(move |(at, &(key, from))| (txn, at, key, from))
        })
    }

    /// Who happened before whom: sessions and reads, closed under composition.
    fn happened_before(&self) -> Vec<Vec<bool>> {
        let mut before = vec![vec![false; self.count]; self.count];
        for (a, row) in before.iter_mut().enumerate() {
            for (b, is_before) in row.iter_mut().enumerate() {
                *is_before = self.is_earlier(a, b) || self.reads[b].iter().any(|r| r.1 == Some(a));
            }
        }
        for middle in 0..self.count {
            for a in 0..self.count {
                for b in 0..self.count {
                    before[a][b] |= before[a][middle] && before[middle][b];
                }
            }
        }
        before
    }

    pub(super) fn fits(&self, level: Level, has_sessions: bool) -> bool {
        let is_weak = matches!(
            level,
            Level::CutIsolation
                | Level::MonotonicReads
                | Level::MonotonicWrites
                | Level::ReadYourWrites
                | Level::WritesFollowReads
                | Level::Pram
        );
        if self.is_broken && !is_weak {
            return false;
        }
        match level {
            Level::CutIsolation => !self.is_unrepeatable,
            Level::MonotonicReads | Level::ReadYourWrites => {
                (0..self.keys as u32).all(|key| self.one_key_fits(level, key))
            }
            _ => self.some_order(level, has_sessions),
        }
    }

    /// Some order of the versions of one key in which no session goes back.
    fn one_key_fits(&self, level: Level, key: u32) -> bool {
        let mut rules: Vec<(usize, Option<usize>)> = Vec::new();
        for (reader, at, _, from) in self.all_reads().filter(|read| read.2 == key) {
            let earlier = |other: usize, place: usize| {
                self.is_earlier(other, reader) || other == reader && place < at
            };
            if level == Level::ReadYourWrites {
                let own = self.included().filter(|&own| self.is_earlier(own, reader));
                let own = own.filter(|&own| self.writes[own].contains(&key));
                rules.extend(own.map(|own| (own, from)));
            } else {
                let reads = self.all_reads();
                let before =
                    reads.filter(|&(other, place, k, _)| k == key && earlier(other, place));
                rules.extend(before.filter_map(|(_, _, _, seen)| Some((seen?, from))));
            }
        }
        rules.retain(|&(first, second)| Some(first) != second);
        let mut needs = vec![0_u64; self.count];
        for (first, second) in rules {
            let Some(second) = second else { return false };
            needs[second] |= 1 << first;
        }
        self.permuted(|_| true, &needs)
    }

    fn some_order(&self, level: Level, has_sessions: bool) -> bool {
        let closure = self.happened_before();
        let mut needs = vec![0_u64; self.count];
        let has_reads = !matches!(
            level,
            Level::MonotonicWrites | Level::Pram | Level::WritesFollowReads
        );
        let has_sessions = has_sessions && level != Level::WritesFollowReads;
        for a in self.included() {
            for b in self.included() {
                let reads = |b: usize| self.reads[b].iter().any(|read| read.1 == Some(a));
                let follows = level == Level::WritesFollowReads
                    && (0..self.count).any(|c| reads(c) && (c == b || self.is_earlier(c, b)));
                if has_reads && reads(b) || has_sessions && self.is_earlier(a, b) || follows {
                    needs[b] |= 1 << a;
                }
            }
        }
        if level != Level::ReadCommitted {
            for (reader, at, key, second) in self.all_reads() {
                for first in self.included() {
                    if Some(first) == second
                        || first == reader && level != Level::Pram
                        || !self.writes[first].contains(&key)
                        || !self.has_to_see(level, has_sessions, first, (reader, at, key), &closure)
                    {
                        continue;
                    }
                    let Some(second) = second else { return false };
                    needs[second] |= 1 << first;
                }
            }
        }
        self.permuted(
            |order| level != Level::UpdateAtomic || self.no_conflict(order),
            &needs,
        )
    }

    fn has_to_see(
        &self,
        level: Level,
        has_sessions: bool,
        first: usize,
        (reader, at, key): (usize, usize, u32),
        closure: &[Vec<bool>],
    ) -> bool {
        let before = self.reads[reader][..at].iter().filter_map(|read| read.1);
        let mut before = before;
        match level {
            Level::MonotonicAtomicView => before.any(|from| from == first),
            Level::ReadAtomic | Level::UpdateAtomic => {
                self.reads[reader].iter().any(|read| read.1 == Some(first))
                    || has_sessions && level == Level::ReadAtomic && self.is_earlier(first, reader)
            }
            Level::Causal => closure[first][reader],
            Level::MonotonicWrites => before.any(|from| self.is_earlier(first, from)),
            Level::WritesFollowReads => before.any(|from| {
                self.all_reads().any(|(who, _, k, found)| {
                    (who == from || self.is_earlier(who, from)) && k == key && found == Some(first)
                })
            }),
            Level::Pram => {
                self.is_earlier(first, reader)
                    || self.all_reads().any(|(who, place, k, found)| {
                        let is_before = self.is_earlier(who, reader) || who == reader && place < at;
                        is_before
                            && found.is_some_and(|from| {
                                self.is_earlier(first, from) && first != reader
                                    || from == first && k == key
                            })
                    })
            }
            other => panic!("{other:?} has no definition here"),
        }
    }

    /// Of two transactions that write the same key, the later one sees the earlier one.
    fn no_conflict(&self, order: &[usize]) -> bool {
        let place = |txn: usize| order.iter().position(|&other| other == txn);
        self.all_reads().all(|(reader, _, key, second)| {
            self.included().all(|first| {
                let conflicts = self.writes[first]
                    .iter()
                    .any(|k| self.writes[reader].contains(k));
                let is_seen = conflicts && first != reader && place(first) < place(reader);
                !is_seen
                    || !self.writes[first].contains(&key)
                    || Some(first) == second
                    || second.is_some_and(|second| place(first) < place(second))
            })
        })
    }

    /// Whether some order of all that is included has everything after what it needs, and pleases.
    fn permuted(&self, pleases: impl Fn(&[usize]) -> bool, needs: &[u64]) -> bool {
        let all: Vec<usize> = self.included().collect();
        if all.len() > ORDERS_MAX {
            return acyclic(&all, needs);
        }
        let mut stack: Vec<(Vec<usize>, u64)> = vec![(Vec::new(), 0)];
        while let Some((order, placed)) = stack.pop() {
            if order.len() == all.len() {
                if pleases(&order) {
                    return true;
                }
                continue;
            }
            for &txn in &all {
                if placed >> txn & 1 == 0 && needs[txn] & !placed == 0 {
                    let mut longer = order.clone();
                    longer.push(txn);
                    stack.push((longer, placed | 1 << txn));
                }
            }
        }
        false
    }
}

/// Up to so many transactions all orders are tried.
const ORDERS_MAX: usize = 6;

/// Whether everything can come after what it needs.
fn acyclic(all: &[usize], needs: &[u64]) -> bool {
    let mut placed = 0_u64;
    let mut left = all.to_vec();
    loop {
        let before = left.len();
        left.retain(|&txn| {
            let is_ready = needs[txn] & !placed == 0;
            placed |= u64::from(is_ready) << txn;
            !is_ready
        });
        if left.is_empty() || left.len() == before {
            return left.is_empty();
        }
    }
}
