//! One element of a set: added, removed and looked for, with or without results.
use super::level::{self, Act, Deadline, Range, Words};
use super::lowered::{FOREIGN, Outside, Reply, UNORDERED, is_in_order, timed};
use crate::linearizable::asked::Asked;
use crate::linearizable::engine::Engine;
use crate::linearizable::proof::Answer;
use crate::linearizable::timed::Timed;
use crate::words::cut;
use crate::{AnomalyKind, Data, Verb};

pub(crate) const ENGINE: Engine = Engine {
    name: "set element by earliest deadlines",
    check,
    order,
};

/// Absent and present.
const RANGE: Range = Range {
    lowest: 0,
    highest: 1,
};

const WORDS: Words = Words {
    kind,
    did,
    was,
    moves: ["removal", "addition"],
};

fn check(asked: &[Asked]) -> Answer {
    let ops = match lower(asked) {
        Ok(ops) => ops,
        Err(why) => return Answer::Outside(why),
    };
    let mut answer = level::answer(asked, &ops, RANGE, WORDS, || {
        Answer::Outside("additions or removals that do not say whether they changed anything")
    });
    if let Answer::Illegal(proof) = &mut answer
        && proof.kind == AnomalyKind::GarbageRead
    {
        let of = |op: u32| &asked[op as usize].call.f;
        proof.kind = match &*proof.ops {
            _ if asked.iter().all(|asked| asked.call.f != Verb::Add) => proof.kind,
            // Somebody did add it, but not in time, or it had been removed again.
            [_] => AnomalyKind::AbortedRead,
            ops if ops.iter().any(|(op, _)| *of(*op) == Verb::Remove) => AnomalyKind::StaleRead,
            _ => AnomalyKind::NonLinearizable,
        };
    }
    answer
}

fn order(asked: &[Asked]) -> Option<Vec<u32>> {
    level::order(&lower(asked).ok()?, RANGE, Deadline::Kept)
}

fn lower(asked: &[Asked]) -> Result<Vec<Timed<Act>>, Outside> {
    if !is_in_order(asked) {
        return Err(UNORDERED);
    }
    let element = asked.first().map_or(&Data::Nil, |first| &first.call.input);
    if asked.iter().any(|asked| asked.call.input != *element) {
        return Err("calls about several elements");
    }
    asked
        .iter()
        .map(|asked| Ok(timed(asked, act(asked)?)))
        .collect()
}

fn act(asked: &Asked) -> Result<Act, Outside> {
    match (&asked.call.f, Reply::of(asked)?) {
        (Verb::Add, Reply::Yes | Reply::Unknown) => Ok(Act::Up),
        (Verb::Add, Reply::Done) => Ok(Act::Put(1)),
        (Verb::Add, Reply::No) => Ok(Act::Read(1)),
        (Verb::Remove, Reply::Yes | Reply::Unknown) => Ok(Act::Down),
        (Verb::Remove, Reply::Done) => Ok(Act::Put(0)),
        (Verb::Contains, Reply::Yes) => Ok(Act::Read(1)),
        (Verb::Remove | Verb::Contains, Reply::No) => Ok(Act::Read(0)),
        // Nobody knows what it found, and it changed nothing.
        (Verb::Contains, Reply::Unknown) => Ok(Act::Read(0)),
        _ => Err(FOREIGN),
    }
}

fn kind(act: Act) -> AnomalyKind {
    match act {
        Act::Read(0) => AnomalyKind::LostElement,
        Act::Read(_) | Act::Down => AnomalyKind::GarbageRead,
        Act::Up | Act::Nth(_) | Act::Put(_) => AnomalyKind::NonLinearizable,
    }
}

fn did(asked: &Asked) -> String {
    let element = cut(&asked.call.input.to_string(), ELEMENT_CHARS_MAX);
    match (&asked.call.f, &asked.call.output) {
        (Verb::Add, Some(Data::Bool(true))) => format!("added {element}, which was absent"),
        (Verb::Add, Some(Data::Bool(false))) => format!("found {element} present already"),
        (Verb::Remove, Some(Data::Bool(true))) => format!("removed {element}, which was present"),
        (Verb::Remove, Some(Data::Bool(false))) => format!("found {element} absent already"),
        (Verb::Contains, Some(Data::Bool(true))) => format!("found {element} present"),
        (Verb::Contains, Some(Data::Bool(false))) => format!("found {element} absent"),
        (Verb::Add, _) => format!("added {element}"),
        (Verb::Remove, _) => format!("removed {element}"),
        _ => format!("asked for {element}"),
    }
}

/// Of a longer element only the beginning is told.
const ELEMENT_CHARS_MAX: usize = 24;

fn was(level: i32) -> String {
    let was = if level == 0 { "absent" } else { "present" };
    format!("the element was {was}")
}
