//! Every level by its definition, on up to five transactions.
//!
//! Levels with atomic visibility follow Cerone, Bernardi and Gotsman (CONCUR 2015): some order of
//! arbitration AR, and some visibility VIS inside it, satisfy the axioms of the level. All of both
//! are tried. The others are quantified over transactions and steps.
use super::tiny::{Tep, Tiny};
use crate::transactional::{Level, NEVER, Txn};

/// A relation over up to five transactions: bit `5 a + b` says that a comes before b.
pub(super) type Rel = u32;

pub(super) fn has(rel: Rel, a: usize, b: usize) -> bool {
    rel >> (5 * a + b) & 1 == 1
}

fn add(rel: &mut Rel, a: usize, b: usize) {
    *rel |= 1 << (5 * a + b);
}

/// One choice of AR and VIS.
struct World {
    ar: Rel,
    vis: Rel,
    is_transitive: bool,
    /// AR ; VIS is part of VIS.
    is_prefix: bool,
}

/// All choices for each number of transactions.
pub(super) struct Oracle {
    worlds: Vec<Vec<World>>,
}

/// What a history says, with the order of versions in full.
pub(super) struct Facts {
    pub(super) ww: Rel,
    pub(super) wr: Rel,
    pub(super) rw: Rel,
    pub(super) so: Rel,
    pub(super) rt: Rel,
}

impl Facts {
    pub(super) fn new(tiny: &Tiny) -> Facts {
        let mut facts = Facts {
            ww: 0,
            wr: 0,
            rw: 0,
            so: 0,
            rt: 0,
        };
        for order in &tiny.versions {
            for (at, &one) in order.iter().enumerate() {
                order[at + 1..]
                    .iter()
                    .for_each(|&other| add(&mut facts.ww, one as usize, other as usize));
            }
        }
        for txn in 0..tiny.len() {
            for (_, key, place) in tiny.reads(txn as Txn) {
                let order = &tiny.versions[key as usize];
                if place > 0 {
                    add(&mut facts.wr, order[place - 1] as usize, txn);
                }
                for &later in order[place..]
                    .iter()
                    .filter(|&&later| later as usize != txn)
                {
                    add(&mut facts.rw, txn, later as usize);
                }
            }
            for later in txn + 1..tiny.len() {
                if tiny.process[txn] == tiny.process[later] {
                    add(&mut facts.so, txn, later);
                }
                if tiny.completed[txn] != NEVER && tiny.completed[txn] < tiny.invoked[later] {
                    add(&mut facts.rt, txn, later);
                }
            }
        }
        facts
    }
}

impl Oracle {
    pub(super) fn new(most: usize) -> Oracle {
        Oracle {
            worlds: (0..=most).map(worlds).collect(),
        }
    }

    /// Whether the history fits each level of [`Level::ALL`].
    pub(super) fn fits(&self, tiny: &Tiny) -> Vec<bool> {
        let facts = Facts::new(tiny);
        let mut fits = vec![false; Level::ALL.len()];
        self.axioms(tiny.len(), &facts, &mut fits);
        super::quantified::judge(tiny, &facts, &mut fits);
        Level::ALL
            .into_iter()
            .map(|level| fits[level as usize])
            .collect()
    }

    /// Levels that are axioms about AR and VIS.
    fn axioms(&self, count: usize, facts: &Facts, fits: &mut [bool]) {
        let Facts { ww, wr, rw, so, rt } = *facts;
        let missed = turned(rw);
        for world in &self.worlds[count] {
            let World { ar, vis, .. } = *world;
            let within = |rel: Rel, whole: Rel| rel & !whole == 0;
            let mut fit = |level: Level, is_so: bool| fits[level as usize] |= is_so;
            if !within(ww, ar) {
                continue;
            }
            fit(Level::ReadUncommitted, true);
            fit(Level::StrongSessionReadUncommitted, within(so, ar));
            fit(Level::StrongReadUncommitted, within(rt, ar));
            if !within(wr, ar) {
                continue;
            }
            fit(Level::ReadCommitted, true);
            fit(Level::StrongSessionReadCommitted, within(so, ar));
            fit(Level::StrongReadCommitted, within(rt, ar));
            if !within(wr, vis) || vis & missed != 0 {
                continue;
            }
            let (is_seen, sees_past) = (within(ww, vis), within(so, vis));
            fit(Level::ReadAtomic, true);
            fit(Level::StrongSessionReadAtomic, sees_past);
            fit(Level::CausalCerone, world.is_transitive);
            fit(Level::Causal, world.is_transitive && sees_past);
            fit(
                Level::ParallelSnapshotIsolation,
                world.is_transitive && is_seen,
            );
            fit(
                Level::StrongSessionParallelSnapshotIsolation,
                world.is_transitive && is_seen && sees_past,
            );
            fit(Level::Prefix, world.is_prefix);
            fit(Level::StrongSessionPrefix, world.is_prefix && sees_past);
            fit(Level::SnapshotIsolation, world.is_prefix && is_seen);
            fit(
                Level::StrongSessionSnapshotIsolation,
                world.is_prefix && is_seen && sees_past,
            );
            fit(
                Level::StrongSnapshotIsolation,
                world.is_prefix && is_seen && within(rt, vis),
            );
            fit(Level::Serializable, vis == ar);
            fit(Level::RepeatableRead, vis == ar);
            fit(Level::StrongSessionSerializable, vis == ar && sees_past);
            fit(Level::StrictSerializable, vis == ar && within(rt, vis));
        }
    }
}

fn turned(rel: Rel) -> Rel {
    let mut turned = 0;
    for (a, b) in pairs(5).filter(|&(a, b)| has(rel, a, b)) {
        add(&mut turned, b, a);
    }
    turned
}

pub(super) fn pairs(count: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..count).flat_map(move |a| (0..count).map(move |b| (a, b)))
}

/// Whether a ; b is part of b.
fn is_closed(a: Rel, b: Rel) -> bool {
    pairs(5).filter(|&(x, y)| has(a, x, y)).all(|(x, y)| {
        let (from_x, from_y) = (b >> (5 * x) & 31, b >> (5 * y) & 31);
        from_y & !from_x == 0
    })
}

fn worlds(count: usize) -> Vec<World> {
    let mut found = Vec::new();
    let mut orders = vec![Vec::new()];
    for next in 0..count {
        let longer = |order: &Vec<usize>| {
            let order = order.clone();
            (0..=next).map(move |at| [&order[..at], &[next], &order[at..]].concat())
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    for order in orders {
        let before: Vec<(usize, usize)> = pairs(count)
            .filter(|(i, j)| i < j)
            .map(|(i, j)| (order[i], order[j]))
            .collect();
        let mut ar = 0;
        before.iter().for_each(|&(a, b)| add(&mut ar, a, b));
        for chosen in 0..1_u32 << before.len() {
            let mut vis = 0;
            let seen = before
                .iter()
                .enumerate()
                .filter(|(at, _)| chosen >> at & 1 == 1);
            seen.for_each(|(_, &(a, b))| add(&mut vis, a, b));
            found.push(World {
                ar,
                vis,
                is_transitive: is_closed(vis, vis),
                is_prefix: is_closed(ar, vis),
            });
        }
    }
    found
}

/// The closure of a relation.
pub(super) fn closed(mut rel: Rel) -> Rel {
    for middle in 0..5 {
        for (a, b) in pairs(5) {
            if has(rel, a, middle) && has(rel, middle, b) {
                add(&mut rel, a, b);
            }
        }
    }
    rel
}

/// Whether nobody comes before itself.
pub(super) fn is_acyclic(rel: Rel) -> bool {
    (0..5).all(|at| !has(closed(rel), at, at))
}

/// Where `txn` writes `key`.
pub(super) fn write_of(tiny: &Tiny, txn: usize, key: u32) -> Option<usize> {
    tiny.steps[txn].iter().position(|step| *step == Tep::W(key))
}
