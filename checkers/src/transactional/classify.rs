//! The name of a cycle, and what else it is a case of.
use super::{Arc, Family, Via};
use crate::AnomalyKind;

/// What a closed chain of dependencies is called, by what it is made of (Adya 1999; the variants of
/// processes and real time Kingsbury and Alvaro, VLDB 2020), and which patterns of the field it shows.
pub fn classify(arcs: &[Arc]) -> (AnomalyKind, Vec<AnomalyKind>) {
    let family = family(arcs);
    let kinds = match shape(arcs) {
        Shape::Writes => [
            AnomalyKind::G0,
            AnomalyKind::G0Process,
            AnomalyKind::G0Realtime,
        ],
        Shape::Information => [
            AnomalyKind::G1c,
            AnomalyKind::G1cProcess,
            AnomalyKind::G1cRealtime,
        ],
        Shape::Single => [
            AnomalyKind::GSingle,
            AnomalyKind::GSingleProcess,
            AnomalyKind::GSingleRealtime,
        ],
        Shape::Nonadjacent => [
            AnomalyKind::GNonadjacent,
            AnomalyKind::GNonadjacentProcess,
            AnomalyKind::GNonadjacentRealtime,
        ],
        Shape::Adjacent => [
            AnomalyKind::G2Item,
            AnomalyKind::G2ItemProcess,
            AnomalyKind::G2ItemRealtime,
        ],
    };
    let mut also = Vec::new();
    if family != Family::Strong {
        also.extend(pattern(arcs));
    }
    (kinds[family as usize], also)
}

/// What the cycle needs beyond what was read and written.
fn family(arcs: &[Arc]) -> Family {
    let has = |via| arcs.iter().any(|arc| arc.via == via);
    match (has(Via::Process), has(Via::Realtime)) {
        (_, true) => Family::Strong,
        (true, false) => Family::Session,
        (false, false) => Family::Plain,
    }
}

enum Shape {
    Writes,
    Information,
    Single,
    Nonadjacent,
    Adjacent,
}

fn shape(arcs: &[Arc]) -> Shape {
    let is_rw = |at: usize| arcs[at % arcs.len()].via == Via::Rw;
    let missed = (0..arcs.len()).filter(|&at| is_rw(at)).count();
    let is_adjacent = (0..arcs.len()).any(|at| is_rw(at) && is_rw(at + 1));
    match missed {
        0 if arcs.iter().any(|arc| arc.via == Via::Wr) => Shape::Information,
        0 => Shape::Writes,
        1 => Shape::Single,
        _ if is_adjacent => Shape::Adjacent,
        _ => Shape::Nonadjacent,
    }
}

/// The patterns that people know by name.
fn pattern(arcs: &[Arc]) -> Option<AnomalyKind> {
    let missed: Vec<usize> = (0..arcs.len())
        .filter(|&at| arcs[at].via == Via::Rw)
        .collect();
    match missed[..] {
        [] => overtaken(arcs),
        [first] => older(arcs, first),
        [first, second] if arcs.len() == 2 => Some(if arcs[first].key == arcs[second].key {
            AnomalyKind::LostUpdate
        } else {
            AnomalyKind::WriteSkew
        }),
        [first, second] if arcs.len() == 4 => {
            let is_read = |at: usize| arcs[(at + 1) % 4].via == Via::Wr;
            let is_fork = is_read(first) && is_read(second) && arcs[first].key != arcs[second].key;
            (is_fork && second == first + 2).then_some(AnomalyKind::LongFork)
        }
        _ => None,
    }
}

/// A read of an older version than one that the reader should have seen: after the rw and the ww on
/// its key, what made that one visible.
fn older(arcs: &[Arc], first: usize) -> Option<AnomalyKind> {
    let key = arcs[first].key;
    let (_, rest) = split(arcs, first, key);
    match kinds(&rest)[..] {
        [] => Some(AnomalyKind::LostUpdate),
        [Via::Wr] if rest[0].key != key => Some(AnomalyKind::FracturedRead),
        [Via::Process] => Some(AnomalyKind::ReadYourWrites),
        [Via::Wr, Via::Process] if rest[0].key == key => Some(AnomalyKind::MonotonicReads),
        [Via::Process, Via::Wr] => Some(AnomalyKind::MonotonicWrites),
        [Via::Wr, Via::Wr] | [Via::Wr, Via::Process, Via::Wr] => {
            Some(AnomalyKind::WritesFollowReads)
        }
        [Via::Wr] => None,
        ref seen if seen.iter().all(|via| matches!(via, Via::Wr | Via::Process)) => {
            Some(AnomalyKind::CausalityViolation)
        }
        _ => None,
    }
}

/// Versions of one key that stand in another order than a process made them, or read and made them.
fn overtaken(arcs: &[Arc]) -> Option<AnomalyKind> {
    let starts = (0..arcs.len()).filter(|&at| {
        let before = arcs[(at + arcs.len() - 1) % arcs.len()];
        arcs[at].via == Via::Ww && (before.via, before.key) != (Via::Ww, arcs[at].key)
    });
    let mut found = starts.filter_map(|at| {
        let (_, rest) = split(arcs, at, arcs[at].key);
        match kinds(&rest)[..] {
            [Via::Process] => Some(AnomalyKind::MonotonicWrites),
            [Via::Wr] | [Via::Wr, Via::Process] => Some(AnomalyKind::WritesFollowReads),
            _ => None,
        }
    });
    found.next()
}

/// From `first` on, the ww on `key` that follow it, and the rest of the cycle.
fn split(arcs: &[Arc], first: usize, key: u32) -> (usize, Vec<Arc>) {
    let turned: Vec<Arc> = (1..arcs.len())
        .map(|at| arcs[(first + at) % arcs.len()])
        .collect();
    let is_later = |arc: &&Arc| arc.via == Via::Ww && arc.key == key;
    let later = turned.iter().take_while(is_later).count();
    (later, turned[later..].to_vec())
}

/// What each one is, processes taken together.
fn kinds(arcs: &[Arc]) -> Vec<Via> {
    let mut kinds: Vec<Via> = arcs.iter().map(|arc| arc.via).collect();
    kinds.dedup_by(|one, other| *one == Via::Process && *other == Via::Process);
    kinds
}
