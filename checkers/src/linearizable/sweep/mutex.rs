//! A lock that anyone may release: it is free, or it is held.
use super::level::{self, Act, Deadline, Range, Words};
use super::lowered::{FOREIGN, Outside, Reply, UNORDERED, is_in_order, timed};
use crate::linearizable::asked::Asked;
use crate::linearizable::engine::Engine;
use crate::linearizable::proof::Answer;
use crate::linearizable::timed::Timed;
use crate::{AnomalyKind, Data, Verb};

pub(crate) const ENGINE: Engine = Engine {
    name: "lock by earliest deadlines",
    check,
    order,
};

/// Free and held.
const RANGE: Range = Range {
    lowest: 0,
    highest: 1,
};

const WORDS: Words = Words {
    kind,
    did,
    was,
    moves: ["release", "acquire"],
};

fn check(asked: &[Asked]) -> Answer {
    let ops = match lower(asked) {
        Ok(ops) => ops,
        Err(why) => return Answer::Outside(why),
    };
    level::answer(asked, &ops, RANGE, WORDS, || {
        Answer::Outside("a lock has no such calls")
    })
}

fn order(asked: &[Asked]) -> Option<Vec<u32>> {
    level::order(&lower(asked).ok()?, RANGE, Deadline::Waived)
}

fn lower(asked: &[Asked]) -> Result<Vec<Timed<Act>>, Outside> {
    if !is_in_order(asked) {
        return Err(UNORDERED);
    }
    asked
        .iter()
        .map(|asked| Ok(timed(asked, act(asked)?)))
        .collect()
}

fn act(asked: &Asked) -> Result<Act, Outside> {
    if asked.call.input != Data::Nil {
        return Err(FOREIGN);
    }
    match (&asked.call.f, Reply::of(asked)?) {
        (Verb::Acquire, Reply::Done | Reply::Yes | Reply::Unknown) => Ok(Act::Up),
        (Verb::Acquire, Reply::No) => Ok(Act::Read(1)),
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
        (Verb::Acquire, Some(Data::Bool(false))) => "was refused the lock",
        (Verb::Acquire, _) => "acquired the lock",
        _ => "released the lock",
    };
    did.to_owned()
}

fn was(level: i32) -> String {
    let was = if level == 0 { "free" } else { "held" };
    format!("the lock was {was}")
}
