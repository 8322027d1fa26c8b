//! A lock that hands out tokens, each greater than the last, and that anyone may release.
//!
//! Tokens put the acquires into an order. If time allows it, what is left is a level of two values
//! whose rises take turns. An acquire of unknown outcome got a token that nobody knows, and so may
//! have come anywhere.
use super::chain::Broken;
use super::ids::{backwards, twice};
use super::level::{self, Act, Deadline, Range, Words};
use super::lowered::{
    FOREIGN, Outside, Reply, UNORDERED, illegal, is_in_order, ordered, real_time, remark, timed,
};
use crate::linearizable::asked::Asked;
use crate::linearizable::engine::Engine;
use crate::linearizable::proof::Answer;
use crate::linearizable::timed::Timed;
use crate::{AnomalyKind, Data, Edge, Verb};

pub(crate) const ENGINE: Engine = Engine {
    name: "fenced lock by order of tokens",
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
        Ok(Ok(ops)) => ops,
        Ok(Err(disorder)) => return told(disorder),
        Err(why) => return Answer::Outside(why),
    };
    level::answer(asked, &ops, RANGE, WORDS, || {
        Answer::Outside("a lock has no such calls")
    })
}

fn order(asked: &[Asked]) -> Option<Vec<u32>> {
    let ops = lower(asked).ok()?.ok()?;
    level::order(&ops, RANGE, Deadline::Waived)
}

/// Two acquires, and their tokens, of which the second returned no later for certain.
struct Disorder {
    /// The acquire with the greater or equal token, and the other one.
    ops: [u32; 2],
    tokens: [i64; 2],
}

fn lower(asked: &[Asked]) -> Result<Result<Vec<Timed<Act>>, Disorder>, Outside> {
    if !is_in_order(asked) {
        return Err(UNORDERED);
    }
    let mut ops: Vec<Timed<Act>> = Vec::with_capacity(asked.len());
    let (mut tokens, mut whose) = (Vec::new(), Vec::new());
    for (index, asked) in (0..).zip(asked) {
        let (act, token) = act(asked)?;
        ops.push(timed(asked, act));
        if let Some(token) = token {
            tokens.push(timed(asked, token));
            whose.push(index);
        }
    }
    let disorder = |first: u32, second: u32| Disorder {
        ops: [first, second].map(|place| whose[place as usize]),
        tokens: [first, second].map(|place| tokens[place as usize].act),
    };
    if let Some((first, second)) = twice(&tokens) {
        return Ok(Err(disorder(first, second)));
    }
    if let Some(Broken { early, late }) = backwards(&tokens) {
        return Ok(Err(disorder(late, early)));
    }
    let mut ranks: Vec<(i64, u32)> = tokens.iter().map(|op| op.act).zip(whose).collect();
    ranks.sort_unstable();
    for (rank, (_, op)) in (0..).zip(ranks) {
        ops[op as usize].act = Act::Nth(rank);
    }
    Ok(Ok(ops))
}

fn act(asked: &Asked) -> Result<(Act, Option<i64>), Outside> {
    if asked.call.input != Data::Nil {
        return Err(FOREIGN);
    }
    if let (Verb::Acquire, Some(Data::Int(token)), true) =
        (&asked.call.f, &asked.call.output, asked.is_answered())
    {
        return Ok((Act::Up, Some(*token)));
    }
    match (&asked.call.f, Reply::of(asked)?) {
        (Verb::Acquire, Reply::Unknown) => Ok((Act::Up, None)),
        (Verb::Acquire, Reply::No) => Ok((Act::Read(1), None)),
        (Verb::Acquire, Reply::Done | Reply::Yes) => Err("an acquire that tells no token"),
        (Verb::Release, Reply::Done | Reply::Yes | Reply::Unknown) => Ok((Act::Down, None)),
        _ => Err(FOREIGN),
    }
}

fn told(disorder: Disorder) -> Answer {
    let Disorder {
        ops: [first, second],
        tokens: [great, small],
    } = disorder;
    let ops = vec![
        (first, format!("got token {great}")),
        (second, format!("got token {small}")),
    ];
    let kind = AnomalyKind::FencingToken;
    if great == small {
        let sentence = format!("{{0}} and {{1}} both got token {great}");
        let step = "{0} and {1} got the same token, though tokens grow — a contradiction.";
        return illegal(kind, ops, sentence, vec![remark(step.to_owned())]);
    }
    let sentence = format!("{{1}} got token {small} after {{0}} had got token {great}");
    let step =
        format!("{{1}} got {small}, less than the {great} of {{0}} before it — a contradiction.");
    let step = ordered(1, 0, Edge::Order, step);
    illegal(kind, ops, sentence, vec![real_time(0, 1), step])
}

fn kind(act: Act) -> AnomalyKind {
    match act {
        Act::Up | Act::Nth(_) => AnomalyKind::MutualExclusion,
        Act::Down | Act::Read(_) | Act::Put(_) => AnomalyKind::NonLinearizable,
    }
}

fn did(asked: &Asked) -> String {
    match (&asked.call.f, &asked.call.output) {
        (Verb::Acquire, Some(Data::Int(token))) => format!("acquired the lock with token {token}"),
        (Verb::Acquire, Some(Data::Bool(false))) => "was refused the lock".to_owned(),
        (Verb::Acquire, _) => "acquired the lock".to_owned(),
        _ => "released the lock".to_owned(),
    }
}

fn was(level: i32) -> String {
    let was = if level == 0 { "free" } else { "held" };
    format!("the lock was {was}")
}
