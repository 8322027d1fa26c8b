//! What is wrong with the holds of a lock, in words.
use super::{Again, Wrong};
use crate::linearizable::asked::Asked;
use crate::linearizable::proof::{Answer, ProofStep};
use crate::linearizable::sweep::lowered::{illegal, ordered, remark};
use crate::linearizable::timed::NEVER;
use crate::{AnomalyKind, Edge, Verb};

pub(in super::super) fn told(asked: &[Asked], again: Again, wrong: &Wrong) -> Answer {
    match wrong {
        Wrong::NotHeld { release, before } => not_held(*release, *before),
        Wrong::Again {
            held,
            asked: second,
        } => twice(asked, again, *held, *second),
        Wrong::Overlap(holds) => overlap(asked, *holds),
        Wrong::Free { refused, holds } => free(asked, *refused, holds),
    }
}

fn not_held(release: u32, before: Option<u32>) -> Answer {
    let mut ops: Vec<(u32, String)> = Vec::new();
    ops.extend(before.map(|before| (before, "released what it held".to_owned())));
    let place = ops.len();
    ops.push((release, "released what it did not hold".to_owned()));
    let sentence = format!("{{{place}}} released the lock, which it did not hold");
    let step = match before {
        Some(_) => {
            "{0} had released it, and the same process did not acquire it before {1} — a contradiction."
        }
        None => "{0} released it, and its process never held it before — a contradiction.",
    };
    let step = remark(step.to_owned());
    illegal(AnomalyKind::NonLinearizable, ops, sentence, vec![step])
}

fn twice(asked: &[Asked], again: Again, held: u32, second: u32) -> Answer {
    let is_refusal = again == Again::Exclusive;
    let (kind, got) = if is_refusal {
        (AnomalyKind::NonLinearizable, "was refused")
    } else {
        (AnomalyKind::MutualExclusion, "acquired")
    };
    let did = acquired(asked, held);
    let ops = vec![
        (held, did),
        (second, format!("{got} the lock that it held")),
    ];
    let sentence = format!("{{1}} {got} the lock while it held it itself");
    let last = format!(
        "{{0}} acquired it and its process had not released it when {{1}} {got} it — a contradiction."
    );
    let last = ordered(0, 1, Edge::RealTime, last);
    illegal(kind, ops, sentence, vec![last])
}

fn acquired(asked: &[Asked], op: u32) -> String {
    let did = match asked[op as usize].call.f {
        Verb::AcquireRead => "acquired the lock for reading",
        Verb::AcquireWrite => "acquired the lock for writing",
        _ => "acquired the lock",
    };
    did.to_owned()
}

fn overlap(asked: &[Asked], holds: [(u32, u32); 2]) -> Answer {
    let mut ops: Vec<(u32, String)> = Vec::new();
    let mut steps: Vec<ProofStep> = Vec::new();
    let mut places = [0, 0];
    for (number, (acquire, release)) in holds.into_iter().enumerate() {
        places[number] = ops.len();
        let place = ops.len();
        ops.push((acquire, acquired(asked, acquire)));
        if release == NEVER {
            let text = format!("{{{place}}} returned, and its process never released the lock.");
            steps.push(remark(text));
        } else {
            ops.push((release, "released the lock".to_owned()));
            let next = place + 1;
            let text = format!(
                "From the return of {{{place}}} to the beginning of {{{next}}} their process held the lock."
            );
            steps.push(ordered(place, next, Edge::RealTime, text));
        }
    }
    let [a, b] = places;
    let sentence = format!("{{{b}}} got the lock while {{{a}}} still held it");
    let last = format!(
        "{{{b}}} returned between these, so both processes held it then — a contradiction."
    );
    steps.push(ordered(a, b, Edge::RealTime, last));
    illegal(AnomalyKind::MutualExclusion, ops, sentence, steps)
}

fn free(asked: &[Asked], refused: u32, holds: &[(u32, u32)]) -> Answer {
    let mut ops: Vec<(u32, String)> = Vec::new();
    for &(acquire, release) in holds {
        ops.push((acquire, acquired(asked, acquire)));
        if release != NEVER {
            ops.push((release, "released the lock".to_owned()));
        }
    }
    let place = ops.len();
    ops.push((refused, "was refused the lock".to_owned()));
    let sentence = format!("{{{place}}} was refused the lock, though nobody can have held it then");
    let last = format!(
        "{{{place}}} was refused, but the holds around it end before it and begin after it — a contradiction."
    );
    let steps = vec![remark(last)];
    illegal(AnomalyKind::NonLinearizable, ops, sentence, steps)
}
