//! A semaphore with a fixed number of permits, which anyone may give back.
use super::level::{self, Act, Deadline, Range, Words};
use super::lowered::{FOREIGN, Outside, Reply, UNORDERED, is_in_order, timed};
use crate::linearizable::asked::Asked;
use crate::linearizable::engine::Engine;
use crate::linearizable::proof::Answer;
use crate::linearizable::timed::Timed;
use crate::{AnomalyKind, Data, Verb};

/// As many permits have an algorithm.
pub(crate) const PERMITS_MAX: u32 = 16;

/// The algorithm for so many permits, from 1 to [`PERMITS_MAX`]. An engine is a plain function, so
/// that each number of permits has its own.
pub(crate) fn engine(permits: u32) -> Option<Engine> {
    const ENGINES: [Engine; PERMITS_MAX as usize] = [
        of::<1>(),
        of::<2>(),
        of::<3>(),
        of::<4>(),
        of::<5>(),
        of::<6>(),
        of::<7>(),
        of::<8>(),
        of::<9>(),
        of::<10>(),
        of::<11>(),
        of::<12>(),
        of::<13>(),
        of::<14>(),
        of::<15>(),
        of::<16>(),
    ];
    ENGINES.get(permits.checked_sub(1)? as usize).copied()
}

const fn of<const PERMITS: i32>() -> Engine {
    Engine {
        name: "semaphore by earliest deadlines",
        check: |asked| check(asked, PERMITS),
        order: |asked| order(asked, PERMITS),
    }
}

const WORDS: Words = Words {
    kind,
    did,
    was,
    moves: ["release", "acquire"],
};

fn range(permits: i32) -> Range {
    Range {
        lowest: 0,
        highest: permits,
    }
}

fn check(asked: &[Asked], permits: i32) -> Answer {
    let ops = match lower(asked, permits) {
        Ok(ops) => ops,
        Err(why) => return Answer::Outside(why),
    };
    level::answer(asked, &ops, range(permits), WORDS, || {
        Answer::Outside("refused acquires of one of several permits")
    })
}

fn order(asked: &[Asked], permits: i32) -> Option<Vec<u32>> {
    let ops = lower(asked, permits).ok()?;
    level::order(&ops, range(permits), Deadline::Waived)
}

fn lower(asked: &[Asked], permits: i32) -> Result<Vec<Timed<Act>>, Outside> {
    if !is_in_order(asked) {
        return Err(UNORDERED);
    }
    asked
        .iter()
        .map(|asked| Ok(timed(asked, act(asked, permits)?)))
        .collect()
}

fn act(asked: &Asked, permits: i32) -> Result<Act, Outside> {
    if !matches!(asked.call.input, Data::Nil | Data::Int(1)) {
        return Err("several permits at once");
    }
    match (&asked.call.f, Reply::of(asked)?) {
        (Verb::Acquire, Reply::Done | Reply::Yes | Reply::Unknown) => Ok(Act::Up),
        (Verb::Acquire, Reply::No) => Ok(Act::Read(permits)),
        (Verb::Release, Reply::Done | Reply::Yes | Reply::Unknown) => Ok(Act::Down),
        _ => Err(FOREIGN),
    }
}

fn kind(act: Act) -> AnomalyKind {
    match act {
        Act::Up | Act::Nth(_) => AnomalyKind::MutualExclusion,
        Act::Down | Act::Read(_) | Act::Put(_) => AnomalyKind::NonLinearizable,
    }
}

fn did(asked: &Asked) -> String {
    let did = match (&asked.call.f, &asked.call.output) {
        (Verb::Acquire, Some(Data::Bool(false))) => "was refused a permit",
        (Verb::Acquire, _) => "acquired a permit",
        _ => "released a permit",
    };
    did.to_owned()
}

fn was(level: i32) -> String {
    match level {
        1 => "1 permit was taken".to_owned(),
        _ => format!("{level} permits were taken"),
    }
}
