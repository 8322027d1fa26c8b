//! What is wrong with a priority queue, in words.
use super::{Stuck, Wrong};
use crate::linearizable::asked::Asked;
use crate::linearizable::collection::{
    Lowered, Odd, Origin, Telling, Words, by_false_empty, by_flaw, cover, gather, origins, shown,
    without_left_over,
};
use crate::linearizable::proof::Proof;
use crate::{AnomalyKind, Edge};

const WORDS: Words = Words {
    object: "queue",
    put: "inserted",
    taken: "deleted",
};

/// The operations that prove it.
pub(super) fn tell(asked: &[Asked], lowered: &Lowered<'_>, wrong: &Wrong) -> Box<Proof> {
    let (stuck, is_without_left_over) = match wrong {
        Wrong::Flaw(flaw) => return by_flaw(asked, *flaw, &WORDS),
        Wrong::Stuck {
            stuck,
            is_without_left_over,
        } => (*stuck, *is_without_left_over),
    };
    let gathered = match gather(&lowered.ops, lowered.values.len()) {
        Ok(gathered) => gathered,
        Err(Odd::Flaw(flaw)) => return by_flaw(asked, flaw, &WORDS),
        Err(Odd::Outside(_)) => unreachable!("it was judged"),
    };
    let gathered = if is_without_left_over {
        without_left_over(&gathered)
    } else {
        gathered
    };
    match stuck {
        Stuck::Value(value) => {
            let (smaller, others) = gathered.stays.split_at(value as usize);
            let smaller = cover(smaller, others[0].taken);
            by_smaller(asked, lowered, value, &smaller)
        }
        Stuck::Empty(empty) => by_false_empty(asked, lowered, &gathered.stays, empty, &WORDS),
    }
}

/// The proof that `value` was deleted while one or another of the smaller ones was inside.
fn by_smaller(asked: &[Asked], lowered: &Lowered<'_>, value: u32, smaller: &[u32]) -> Box<Proof> {
    let origins = origins(lowered);
    let name = |value: u32| shown(lowered.values[value as usize]);
    let mut ops = Vec::new();
    for &part in smaller.iter().chain([&value]) {
        let Origin { put, taken } = origins[part as usize];
        ops.push((put, format!("inserted {}", name(part))));
        ops.extend(taken.map(|taken| (taken, format!("deleted {}", name(part)))));
    }
    let mut tell = Telling::new(asked, ops);
    for &value in smaller {
        let text = tell.stayed(&name(value), origins[value as usize], &WORDS);
        tell.remark(text);
    }
    let Origin { put, taken } = origins[value as usize];
    let taken = taken.expect("what was not deleted is not stuck");
    let (finder, deleted) = (tell.name(taken), name(value));
    if put > taken {
        let begun = tell.name(put);
        let text = format!("{finder} cannot have deleted {deleted} before {begun} began.");
        tell.step((put, taken), Edge::WriteRead, text);
    }
    let sentence = match *smaller {
        [value] => format!(
            "{finder} deleted {deleted} although {} was in the queue all that time",
            name(value)
        ),
        _ => format!(
            "{finder} deleted {deleted} although one or another of {} smaller values was always in the queue",
            smaller.len()
        ),
    };
    let end =
        format!("All that time a smaller value was in the queue, yet {finder} deleted {deleted}");
    tell.end(AnomalyKind::OutOfOrder, sentence, &end)
}
