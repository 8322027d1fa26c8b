//! Levels whose definition speaks of transactions and steps.
use super::oracle::{Facts, Rel, closed, has, is_acyclic, pairs, write_of};
use super::tiny::{Tep, Tiny};
use crate::transactional::{Level, Txn};

/// Writes into `fits` what the axioms have left out.
pub(super) fn judge(tiny: &Tiny, facts: &Facts, fits: &mut [bool]) {
    let count = tiny.len();
    let rc = fits[Level::ReadCommitted as usize];
    let depends = closed(facts.ww | facts.wr);
    let before = |a: usize, b: usize| a == b || has(depends, a, b);

    // Cut isolation: two reads of one key without a write in between.
    let is_cut = (0..count as Txn).all(|txn| {
        let reads = tiny.reads(txn);
        reads.iter().all(|one| {
            reads
                .iter()
                .all(|other| one.1 != other.1 || one.2 == other.2)
        })
    });
    fits[Level::CutIsolation as usize] = is_cut;

    let cursor = rc && (0..count).all(|txn| !loses_update(tiny, txn));
    fits[Level::CursorStability as usize] = cursor;
    fits[Level::UpdateAtomic as usize] = cursor && fits[Level::ReadAtomic as usize];

    // One rw, and a way back.
    let view = rc && !pairs(count).any(|(a, b)| has(facts.rw, a, b) && has(depends, b, a));
    fits[Level::ConsistentView as usize] = view;
    fits[Level::ForwardConsistentView as usize] = view;

    let monotonic = rc && (0..count).all(|txn| !turns_back(tiny, txn, &before));
    fits[Level::MonotonicView as usize] = monotonic;
    fits[Level::MonotonicSnapshotRead as usize] = monotonic;
    fits[Level::MonotonicAtomicView as usize] = rc && (0..count).all(|txn| !vanishes(tiny, txn));

    fits[Level::UpdateSerializable as usize] = rc && updates(tiny, facts);

    sessions(tiny, facts, fits);
}

/// Who reads `key` at `place` and does not see the version of `by`.
fn misses(tiny: &Tiny, txn: usize, by: usize) -> bool {
    let mut reads = tiny.reads(txn as Txn).into_iter();
    reads.any(|(_, key, place)| {
        by != txn && write_of(tiny, by, key).is_some() && place < tiny.place(key, Some(by as Txn))
    })
}

fn loses_update(tiny: &Tiny, txn: usize) -> bool {
    let mut reads = tiny.reads(txn as Txn).into_iter();
    reads.any(|(_, key, place)| {
        write_of(tiny, txn, key).is_some() && place + 1 < tiny.place(key, Some(txn as Txn))
    })
}

/// Whether a step depends on a transaction that a later step does not see.
fn turns_back(tiny: &Tiny, txn: usize, before: &dyn Fn(usize, usize) -> bool) -> bool {
    let reads = tiny.reads(txn as Txn);
    let mut entered: Vec<(usize, usize)> = Vec::new();
    for &(at, key, place) in &reads {
        if place > 0 {
            entered.push((at, tiny.versions[key as usize][place - 1] as usize));
        }
    }
    for (at, step) in tiny.steps[txn].iter().enumerate() {
        if let Tep::W(key) = *step {
            let place = tiny.place(key, Some(txn as Txn));
            let earlier = &tiny.versions[key as usize][..place - 1];
            entered.extend(earlier.iter().map(|&by| (at, by as usize)));
        }
    }
    reads.iter().any(|&(at, key, place)| {
        let later = &tiny.versions[key as usize][place..];
        later.iter().filter(|&&by| by as usize != txn).any(|&by| {
            entered
                .iter()
                .any(|&(entry, from)| entry < at && before(by as usize, from))
        })
    })
}

/// Whether a transaction of which something was read is not seen by a later step.
fn vanishes(tiny: &Tiny, txn: usize) -> bool {
    let reads = tiny.reads(txn as Txn);
    reads
        .iter()
        .filter(|read| read.2 > 0)
        .any(|&(first, key, place)| {
            let seen = tiny.versions[key as usize][place - 1];
            reads.iter().any(|&(at, other, old)| {
                first < at
                    && write_of(tiny, seen as usize, other).is_some()
                    && old < tiny.place(other, Some(seen))
            })
        })
}

/// Those who write, with each single one who does not.
fn updates(tiny: &Tiny, facts: &Facts) -> bool {
    let count = tiny.len();
    let writes = |txn: usize| tiny.steps[txn].iter().any(|step| matches!(step, Tep::W(_)));
    let all = facts.ww | facts.wr | facts.rw;
    (0..count).all(|with| {
        let mut rel: Rel = 0;
        for (a, b) in pairs(count).filter(|&(a, b)| has(all, a, b)) {
            let is_in = |txn| txn == with || writes(txn);
            if is_in(a) && is_in(b) {
                rel |= 1 << (5 * a + b);
            }
        }
        is_acyclic(rel)
    })
}

fn sessions(tiny: &Tiny, facts: &Facts, fits: &mut [bool]) {
    let count = tiny.len();
    let so = |a: usize, b: usize| has(facts.so, a, b);
    let wr = |a: usize, b: usize| has(facts.wr, a, b);
    let all = || 0..count;
    // The version of a is later than that of b, of one key.
    let overtakes = |a: usize, b: usize| has(facts.ww, b, a);
    let sees_by_key = |writer: usize, reader: usize, key: u32| {
        let at = |(_, read, place): &(usize, u32, usize)| {
            *read == key && *place > 0 && tiny.versions[key as usize][place - 1] as usize == writer
        };
        tiny.reads(reader as Txn).iter().any(at)
    };
    let misses_by_key = |reader: usize, writer: usize, key: u32| {
        tiny.reads(reader as Txn).iter().any(|&(_, read, place)| {
            read == key
                && write_of(tiny, writer, key).is_some()
                && place < tiny.place(key, Some(writer as Txn))
        })
    };
    let keys = 0..tiny.versions.len() as u32;
    let ryw = !pairs(count).any(|(a, b)| so(a, b) && misses(tiny, b, a));
    let mr = !all().any(|writer| {
        pairs(count).any(|(a, b)| {
            so(a, b)
                && writer != b
                && keys
                    .clone()
                    .any(|key| sees_by_key(writer, a, key) && misses_by_key(b, writer, key))
        })
    });
    let in_order = !pairs(count).any(|(a, b)| so(a, b) && overtakes(a, b));
    let mw = in_order
        && !pairs(count)
            .any(|(a, b)| so(a, b) && all().any(|c| c != a && wr(b, c) && misses(tiny, c, a)));
    // a is read by b, and c is b or follows it.
    let follows = |a: usize, c: usize| all().any(|b| wr(a, b) && (b == c || so(b, c)));
    let wfr = !all().any(|a| follows(a, a))
        && !pairs(count).any(|(a, c)| {
            a != c
                && follows(a, c)
                && (overtakes(a, c) || all().any(|d| d != a && wr(c, d) && misses(tiny, d, a)))
        });
    let pram = in_order
        && !pairs(count).any(|(a, t)| {
            let own = so(a, t);
            let read = all().any(|s| {
                let is_past = so(a, s);
                (is_past && wr(s, t))
                    || ((is_past || a == s) && all().any(|m| wr(s, m) && so(m, t)))
            });
            (own || read) && misses(tiny, t, a)
        });
    fits[Level::ReadYourWrites as usize] = ryw;
    fits[Level::MonotonicReads as usize] = mr;
    fits[Level::MonotonicWrites as usize] = mw;
    fits[Level::WritesFollowReads as usize] = wfr;
    fits[Level::Pram as usize] = pram;
}
