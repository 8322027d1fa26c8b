//! Generators of ids: all different, or growing.
use super::chain::{self, Broken};
use super::lowered::{
    FOREIGN, Outside, UNORDERED, illegal, is_in_order, ordered, real_time, remark, timed,
};
use crate::linearizable::asked::Asked;
use crate::linearizable::engine::Engine;
use crate::linearizable::proof::Answer;
use crate::linearizable::timed::Timed;
use crate::{AnomalyKind, Data, Edge, Verb};
use rustc_hash::FxHashMap;

/// No id is issued twice.
pub(crate) const UNIQUE: Engine = Engine {
    name: "unique ids by sorting",
    check: check_unique,
    order: order_unique,
};

/// Each id is greater than those that were issued before.
pub(crate) const MONOTONE: Engine = Engine {
    name: "growing ids by order of values",
    check: check_monotone,
    order: order_monotone,
};

fn check_unique(asked: &[Asked]) -> Answer {
    match lower(asked, Some(0)) {
        Ok(_) if !are_numbers(asked) => match same(asked) {
            Some((first, second)) => duplicate(asked, first, second),
            None => Answer::Legal,
        },
        Err(why) => Answer::Outside(why),
        Ok(ids) => match twice(&ids) {
            Some((first, second)) => duplicate(asked, first, second),
            None => Answer::Legal,
        },
    }
}

fn order_unique(asked: &[Asked]) -> Option<Vec<u32>> {
    let ids = lower(asked, Some(0)).ok()?;
    // Any order does: that of invocation is always in time.
    Some(answered(&ids).collect())
}

fn check_monotone(asked: &[Asked]) -> Answer {
    let ids = match lower(asked, None) {
        Err(why) => return Answer::Outside(why),
        Ok(ids) => ids,
    };
    if let Some((first, second)) = twice(&ids) {
        return duplicate(asked, first, second);
    }
    match backwards(&ids) {
        Some(broken) => not_growing(&ids, broken),
        None => Answer::Legal,
    }
}

fn order_monotone(asked: &[Asked]) -> Option<Vec<u32>> {
    Some(by_id(&lower(asked, None).ok()?))
}

fn are_numbers(asked: &[Asked]) -> bool {
    let mut answered = asked.iter().filter(|asked| asked.is_answered());
    answered.all(|asked| asked.call.output.as_ref().and_then(Data::int).is_some())
}

/// Two calls that got the same id, whatever ids are.
fn same(asked: &[Asked]) -> Option<(u32, u32)> {
    let mut first: FxHashMap<&Data, u32> = FxHashMap::default();
    let answered = (0_u32..)
        .zip(asked)
        .filter(|(_, asked)| asked.is_answered());
    for (index, asked) in answered {
        let Some(id) = &asked.call.output else {
            continue;
        };
        if let Some(before) = first.insert(id, index) {
            return Some((before, index));
        }
    }
    None
}

/// The ids; of calls without an answer any, and `other` for what is not a number.
fn lower(asked: &[Asked], other: Option<i64>) -> Result<Vec<Timed<i64>>, Outside> {
    if !is_in_order(asked) {
        return Err(UNORDERED);
    }
    let id = |asked: &Asked| match (&asked.call.f, &asked.call.output) {
        (Verb::Generate, None) => Ok(timed(asked, 0)),
        (Verb::Generate, Some(_)) if !asked.is_answered() => Ok(timed(asked, 0)),
        (Verb::Generate, Some(id)) => {
            let id = id.int().or(other).ok_or("ids that are not numbers")?;
            Ok(timed(asked, id))
        }
        _ => Err(FOREIGN),
    };
    asked.iter().map(id).collect()
}

fn answered(ids: &[Timed<i64>]) -> impl Iterator<Item = u32> {
    let indexes = 0..ids.len() as u32;
    indexes.filter(|&index| ids[index as usize].is_answered())
}

/// Two calls that got the same id.
pub(super) fn twice(ids: &[Timed<i64>]) -> Option<(u32, u32)> {
    let mut sorted: Vec<i64> = answered(ids).map(|op| ids[op as usize].act).collect();
    sorted.sort_unstable();
    let pair = sorted.windows(2).find(|pair| pair[0] == pair[1])?;
    let mut same = answered(ids).filter(|&op| ids[op as usize].act == pair[0]);
    Some((same.next()?, same.next()?))
}

/// Two calls of which the later one got the smaller id.
pub(super) fn backwards(ids: &[Timed<i64>]) -> Option<Broken> {
    let sorted = by_id(ids).into_iter();
    let ranked = sorted.enumerate().map(|(rank, op)| (rank as u64, op));
    chain::broken(ranked, ids)
}

fn by_id(ids: &[Timed<i64>]) -> Vec<u32> {
    let mut sorted: Vec<(i64, u32)> = answered(ids).map(|op| (ids[op as usize].act, op)).collect();
    sorted.sort_unstable();
    sorted.into_iter().map(|(_, op)| op).collect()
}

fn duplicate(asked: &[Asked], first: u32, second: u32) -> Answer {
    let id = asked[first as usize]
        .call
        .output
        .clone()
        .unwrap_or_default();
    let id: String = id.to_string().chars().take(30).collect();
    let got = format!("got the id {id}");
    illegal(
        AnomalyKind::DuplicateId,
        vec![(first, got.clone()), (second, got)],
        format!("{{0}} and {{1}} both got the id {id}"),
        vec![remark(format!(
            "{{0}} got the id {id}, and so did {{1}}, though no id is issued twice — a contradiction."
        ))],
    )
}

/// The smaller id has to come first, and was asked for when the greater one was there.
fn not_growing(ids: &[Timed<i64>], Broken { early, late }: Broken) -> Answer {
    let (small, great) = (ids[early as usize].act, ids[late as usize].act);
    let text = format!(
        "{{0}} got {great} and {{1}} got {small}, so {{1}} comes before {{0}} — a contradiction."
    );
    illegal(
        AnomalyKind::NonMonotonicId,
        vec![
            (late, format!("got the id {great}")),
            (early, format!("got the smaller id {small} later")),
        ],
        format!("{{1}} got the id {small} after {{0}} had got the greater id {great}"),
        vec![real_time(0, 1), ordered(1, 0, Edge::Order, text)],
    )
}
