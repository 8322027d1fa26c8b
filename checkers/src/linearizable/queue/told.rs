//! What is wrong with a queue, in words.
use super::{Starved, Wrong};
use crate::linearizable::asked::Asked;
use crate::linearizable::collection::{
    Lowered, Odd, Telling, Words, by_false_empty, by_flaw, gather, origins, shown,
    without_left_over,
};
use crate::linearizable::proof::Proof;
use crate::{AnomalyKind, Edge};

const WORDS: Words = Words {
    object: "queue",
    put: "enqueued",
    taken: "dequeued",
};

/// The operations that prove it.
pub(super) fn tell(asked: &[Asked], lowered: &Lowered<'_>, wrong: &Wrong) -> Box<Proof> {
    match wrong {
        Wrong::Flaw(flaw) => by_flaw(asked, *flaw, &WORDS),
        Wrong::Overtaken { first, second } => overtaken(asked, lowered, *first, *second),
        Wrong::Starved(starved) => by_starved(asked, lowered, starved),
        Wrong::FalseEmpty {
            empty,
            is_without_left_over,
        } => {
            let gathered = match gather(&lowered.ops, lowered.values.len()) {
                Ok(gathered) => gathered,
                Err(Odd::Flaw(flaw)) => return by_flaw(asked, flaw, &WORDS),
                Err(Odd::Outside(_)) => unreachable!("it was judged"),
            };
            let gathered = if *is_without_left_over {
                without_left_over(&gathered)
            } else {
                gathered
            };
            by_false_empty(asked, lowered, &gathered.stays, *empty, &WORDS)
        }
    }
}

fn overtaken(asked: &[Asked], lowered: &Lowered<'_>, first: u32, second: u32) -> Box<Proof> {
    let origins = origins(lowered);
    let (a, b) = (origins[first as usize], origins[second as usize]);
    let (a_name, b_name) = (
        shown(lowered.values[first as usize]),
        shown(lowered.values[second as usize]),
    );
    let b_taken = b.taken.expect("who overtakes is taken");
    let mut ops = vec![
        (a.put, format!("enqueued {a_name} first")),
        (b.put, format!("enqueued {b_name} later")),
        (b_taken, format!("dequeued {b_name} first")),
    ];
    ops.extend(
        a.taken
            .map(|taken| (taken, format!("dequeued {a_name} later"))),
    );
    let mut tell = Telling::new(asked, ops);
    tell.real_time(a.put, b.put);
    let (put, took) = (tell.name(a.put), tell.name(b_taken));
    let first_out = format!("So {a_name} stood before {b_name}, and had to be dequeued before it.");
    tell.step((a.put, b.put), Edge::Order, first_out);
    let (sentence, end) = match a.taken {
        Some(taken) => {
            tell.real_time(b_taken, taken);
            let later = tell.name(taken);
            (
                format!(
                    "{took} dequeued {b_name} before {later} dequeued {a_name}, which was enqueued before it"
                ),
                format!("{later} dequeued {a_name} only after {took} dequeued {b_name}"),
            )
        }
        None => (
            format!(
                "{took} dequeued {b_name} although {a_name}, enqueued before it by {put}, was never dequeued"
            ),
            format!("{took} dequeued {b_name}, and nobody ever dequeued {a_name}"),
        ),
    };
    tell.end(AnomalyKind::OutOfOrder, sentence, &end)
}

fn by_starved(asked: &[Asked], lowered: &Lowered<'_>, starved: &Starved) -> Box<Proof> {
    let origins = origins(lowered);
    let name = |value: u32| shown(lowered.values[value as usize]);
    let over = origins[starved.overtaker as usize];
    let (over_name, over_taken) = (
        name(starved.overtaker),
        over.taken.expect("who overtakes is taken"),
    );
    let mut ops = vec![
        (over.put, format!("enqueued {over_name} later")),
        (over_taken, format!("dequeued {over_name}")),
    ];
    for &left in &starved.left {
        let put = origins[left as usize].put;
        ops.push((put, format!("enqueued {}", name(left))));
    }
    for &unknown in &starved.unknown {
        ops.push((unknown, "may have dequeued one".to_owned()));
    }
    let mut tell = Telling::new(asked, ops);
    for &left in &starved.left {
        tell.real_time(origins[left as usize].put, over.put);
    }
    let took = tell.name(over_taken);
    let (left, unknown) = (starved.left.len(), starved.unknown.len());
    let (sentence, end) = match starved.left[..] {
        [value] => (
            format!(
                "{took} dequeued {over_name} although {}, enqueued before it, cannot have been dequeued by then",
                name(value)
            ),
            format!(
                "no dequeue that can have taken {} had begun when {took} returned",
                name(value)
            ),
        ),
        _ => (
            format!(
                "{took} dequeued {over_name} although {left} values stood before it, and at most {unknown} were dequeued"
            ),
            format!(
                "{left} values had to be dequeued before {took} returned, by {unknown} dequeues"
            ),
        ),
    };
    tell.end(AnomalyKind::OutOfOrder, sentence, &end)
}
