//! A set that only grows, read as a whole.
//!
//! Reads have to form a chain of inclusions, R1 < R2 < …; what the next one sees first was added
//! between the two. That puts all operations into groups whose order is known. Each read is compared
//! with the one before it by walking along both, so that the time is that of reading the input.
use super::chain::{self, Broken};
use super::lowered::{FOREIGN, Outside, UNORDERED, illegal, is_in_order, real_time, remark, timed};
use crate::linearizable::asked::Asked;
use crate::linearizable::engine::Engine;
use crate::linearizable::proof::Answer;
use crate::linearizable::timed::Timed;
use crate::{AnomalyKind, Data, Verb};
use rustc_hash::FxHashMap;

pub(crate) const ENGINE: Engine = Engine {
    name: "growing set by inclusion of reads",
    check,
    order,
};

fn check(asked: &[Asked]) -> Answer {
    match groups(asked) {
        Ok(Ok(_)) => Answer::Legal,
        Ok(Err(wrong)) => told(asked, &wrong),
        Err(why) => Answer::Outside(why),
    }
}

fn order(asked: &[Asked]) -> Option<Vec<u32>> {
    let groups = groups(asked).ok()?.ok()?;
    Some(groups.into_iter().map(|(_, op)| op).collect())
}

/// Why there is no order, by the operations that say so.
enum Wrong {
    /// Neither read contains the other; an element that only the first saw, and one that only the
    /// second saw.
    Apart { reads: [u32; 2], seen: [Data; 2] },
    /// A read saw what nobody added.
    Garbage { read: u32, seen: Data },
    /// Time forbids the order; the read, if another one, that saw `early` and not `late`.
    Broken { broken: Broken, read: Option<u32> },
}

/// Group by group, the adds that a read saw first and the reads that saw the same.
type Groups = Vec<(u64, u32)>;

fn groups(asked: &[Asked]) -> Result<Result<Groups, Wrong>, Outside> {
    if !is_in_order(asked) {
        return Err(UNORDERED);
    }
    let mut adds: FxHashMap<&Data, u32> = FxHashMap::default();
    let mut reads: Vec<(&[Data], u32)> = Vec::new();
    let mut ops: Vec<Timed<()>> = Vec::with_capacity(asked.len());
    for (index, asked) in asked.iter().enumerate() {
        let index = index as u32;
        ops.push(timed(asked, ()));
        let output = asked.call.output.as_ref().filter(|_| asked.is_answered());
        match (&asked.call.f, output) {
            (Verb::Add, None | Some(Data::Nil | Data::Bool(true))) => {
                if adds.insert(&asked.call.input, index).is_some() {
                    return Err("an element is added twice");
                }
            }
            (Verb::Read, None) => {}
            (Verb::Read, Some(Data::List(seen))) => {
                if !seen.is_sorted_by(|a, b| a < b) {
                    return Err("a read that is not in ascending order");
                }
                reads.push((seen, index));
            }
            _ => return Err(FOREIGN),
        }
    }
    reads.sort_by_key(|(seen, index)| (seen.len(), *index));
    Ok(chained(&ops, &mut adds, &reads))
}

fn chained(
    ops: &[Timed<()>],
    adds: &mut FxHashMap<&Data, u32>,
    reads: &[(&[Data], u32)],
) -> Result<Groups, Wrong> {
    let mut groups = Groups::with_capacity(ops.len());
    let mut group = 0;
    // Which read comes last in each group of reads.
    let mut readers: Vec<u32> = Vec::new();
    let (mut held, mut holder): (&[Data], u32) = (&[], 0);
    for (number, &(seen, read)) in reads.iter().enumerate() {
        let start = groups.len();
        let mut old = held.iter().peekable();
        for element in seen {
            if old.next_if(|&next| next == element).is_some() {
                continue;
            }
            if let Some(&missed) = old.peek().filter(|&&next| next < element) {
                return Err(apart(missed, held, seen, [holder, read]));
            }
            let Some(add) = adds.remove(element) else {
                let seen = element.clone();
                return Err(Wrong::Garbage { read, seen });
            };
            groups.push((group + 1, add));
        }
        if let Some(&missed) = old.peek() {
            return Err(apart(missed, held, seen, [holder, read]));
        }
        if number == 0 || start < groups.len() {
            group += 2;
            readers.push(read);
        }
        groups[start..].sort_unstable();
        groups.push((group, read));
        (held, holder) = (seen, read);
    }
    // What was added and never seen comes after all reads.
    let unseen = adds.values().copied();
    let mut unseen: Vec<u32> = unseen
        .filter(|&op| ops[op as usize].is_answered())
        .collect();
    unseen.sort_unstable();
    groups.extend(unseen.into_iter().map(|op| (group + 1, op)));
    match chain::broken(groups.iter().copied(), ops) {
        None => Ok(groups),
        Some(broken) => {
            let of = |op: u32| groups.iter().find(|(_, other)| *other == op);
            let early = of(broken.early).map_or(0, |(group, _)| *group);
            // Adds stand in odd groups, the reads that saw them first in the next even one.
            let reader = (early % 2 == 1).then(|| readers.get((early / 2) as usize));
            let read = reader
                .flatten()
                .copied()
                .filter(|read| *read != broken.late);
            Err(Wrong::Broken { broken, read })
        }
    }
}

/// A smaller read with an element that a greater one lacks.
fn apart(missed: &Data, held: &[Data], seen: &[Data], reads: [u32; 2]) -> Wrong {
    let new = seen
        .iter()
        .find(|element| held.binary_search(element).is_err());
    let new = new.cloned().unwrap_or_default();
    let seen = [missed.clone(), new];
    Wrong::Apart { reads, seen }
}

fn short(element: &Data) -> String {
    let text = element.to_string();
    match text.char_indices().nth(20) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn did(asked: &[Asked], op: u32) -> String {
    let call = &asked[op as usize].call;
    match (&call.f, call.output.as_ref().and_then(Data::list)) {
        (Verb::Read, seen) => format!("read {} elements", seen.map_or(0, <[Data]>::len)),
        _ => format!("added {}", short(&call.input)),
    }
}

fn told(asked: &[Asked], wrong: &Wrong) -> Answer {
    match wrong {
        Wrong::Garbage { read, seen } => {
            let seen = short(seen);
            illegal(
                AnomalyKind::GarbageRead,
                vec![(*read, format!("saw {seen}"))],
                format!("{{0}} saw {seen}, which nobody added"),
                vec![remark(format!(
                    "{{0}} saw {seen}, which nobody added — a contradiction."
                ))],
            )
        }
        Wrong::Apart { reads, seen } => {
            let [a, b] = [short(&seen[0]), short(&seen[1])];
            illegal(
                AnomalyKind::NonLinearizable,
                vec![
                    (reads[0], format!("saw {a} and not {b}")),
                    (reads[1], format!("saw {b} and not {a}")),
                ],
                format!("{{0}} saw {a} and not {b}, and {{1}} saw {b} and not {a}"),
                vec![
                    remark(format!("{{0}} saw {a} and not {b}, so {a} came first.")),
                    remark(format!(
                        "{{1}} saw {b} and not {a}, so {b} came first — a contradiction."
                    )),
                ],
            )
        }
        Wrong::Broken { broken, read } => late(asked, *broken, *read),
    }
}

/// The answers want `early` before `late`, and time wants it after.
fn late(asked: &[Asked], Broken { early, late }: Broken, read: Option<u32>) -> Answer {
    let (a, b) = (did(asked, early), did(asked, late));
    let is_read = |op: u32| asked[op as usize].call.f == Verb::Read;
    let kind = match (is_read(early), is_read(late)) {
        (true, false) => AnomalyKind::LostElement,
        (true, true) => AnomalyKind::StaleRead,
        (false, true) => AnomalyKind::AbortedRead,
        (false, false) => AnomalyKind::OutOfOrder,
    };
    let mut ops = vec![(late, b.clone()), (early, a.clone())];
    let mut steps = vec![real_time(0, 1)];
    let (why, sentence) = match (is_read(early), is_read(late)) {
        (true, false) => (
            "{1} did not see it, so it comes first".to_owned(),
            format!("{{1}} {a} and missed that {{0}} {b} before"),
        ),
        (true, true) => (
            "{1} saw less, so it comes first".to_owned(),
            format!("{{1}} {a} after {{0}} {b}, and the set never shrinks"),
        ),
        (false, true) => (
            "{0} saw what {1} added".to_owned(),
            format!("{{0}} {b}, among them one that {{1}} added only later"),
        ),
        (false, false) => (
            "{2} saw what {1} added, and not what {0} added before".to_owned(),
            "{2} saw what {1} added, and not what {0} had added before".to_owned(),
        ),
    };
    if let (Some(read), false) = (read, is_read(early) || is_read(late)) {
        ops.push((read, did(asked, read)));
    }
    steps.push(remark(format!("{why} — a contradiction.")));
    illegal(kind, ops, sentence, steps)
}
