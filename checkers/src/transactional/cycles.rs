//! Which levels a history fits when the order of versions is known, and the cycles that refute the others.
//!
//! Strongest first: an order of all transactions that respects real time settles every level at once.
//! Only what is left of it is looked at more closely, and only where there are cycles. Levels that
//! are graphs without cycles are decided by Tarjan's algorithm ([`super::scc`]), the others by the
//! closed walks that they forbid (`forbidden`). What is said of closed walks holds of cycles: one that
//! crosses itself can be split, and a part of it is forbidden by the same level.
mod board;
mod class;
mod forbidden;
mod levels;
mod pattern;
mod reach;
mod route;
mod shortest;
mod steps;
#[cfg(test)]
mod tests;
mod walk;
mod worst;

use super::acyclic::{self, Order};
use super::classify::classify;
use super::{Answer, Arc, Cycle, Family, Inference, Level, Txns};
use crate::Budget;
use board::Board;
use class::Class;
use levels::Stuck;
use std::collections::HashSet;

/// What is known of every level, and what shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    /// One for each of [`Level::ALL`], in that order.
    pub answers: Vec<Answer>,
    /// The worst first. Of each class a shortest one, and for every level that is refuted by
    /// dependencies at least one that shows it.
    pub cycles: Vec<Cycle>,
    /// Whether every cycle was looked at that might be of the same kind as one in `cycles` and have
    /// fewer transactions: the same order. Beside a worse cycle in its component none is looked for.
    pub is_shortest: Vec<bool>,
}

/// Decides every level from what was inferred.
///
/// `strict` says whether dependencies and real time are already known to be without a cycle. With
/// choices left open, what is refuted stays refuted, and what would fit is undecided.
pub fn decide(
    txns: &Txns,
    inference: &Inference,
    budget: &Budget,
    strict: Option<bool>,
) -> Decisions {
    let mut board = Board::new(txns, inference);
    let mut cycles = Vec::new();
    if strict == Some(true) {
        board.settle();
        board.holds(
            Level::StrictSerializable,
            "an order of all transactions, real time included, explains every answer",
        );
        return finish(board, cycles, txns);
    }
    if let Some((stuck, shown)) = judge(txns, inference, &mut board, budget) {
        cycles = explain(&stuck, shown, &mut board, budget);
    }
    finish(board, cycles, txns)
}

/// The answers of [`decide`] alone, without the search for what shows them best.
pub(super) fn answers(txns: &Txns, inference: &Inference, budget: &Budget) -> Vec<Answer> {
    let mut board = Board::new(txns, inference);
    judge(txns, inference, &mut board, budget);
    board.answers(&[], txns)
}

/// What is stuck, and what shows the levels that some walk refutes.
type Judged<'a> = (Stuck<'a>, Vec<(Level, Vec<Arc>)>);

/// Decides every level; none is returned if no transaction is stuck.
fn judge<'a>(
    txns: &'a Txns,
    inference: &'a Inference,
    board: &mut Board,
    budget: &'a Budget,
) -> Option<Judged<'a>> {
    let family = if txns.has_real_time {
        Family::Strong
    } else {
        Family::Session
    };
    match acyclic::order(
        txns,
        &inference.is_included,
        &inference.graph,
        family,
        budget,
    ) {
        Err(reason) => board.give_up(&reason),
        Ok(Order::All) => {
            let (level, why) = match family {
                Family::Strong => (
                    Level::StrictSerializable,
                    "an order of all transactions, real time included, explains every answer",
                ),
                Family::Plain | Family::Session => (
                    Level::StrongSessionSerializable,
                    "an order of all transactions that agrees with every process explains every answer",
                ),
            };
            board.holds(level, why);
        }
        Ok(Order::Stuck(members)) => match Stuck::new(txns, &inference.graph, members, budget) {
            Err(reason) => board.give_up(&reason),
            Ok(stuck) => {
                let shown = stuck.decide(board, budget);
                return Some((stuck, shown));
            }
        },
    }
    None
}

/// A cycle, and whether it is known to be shortest.
type Shown = (Cycle, bool);

/// The shortest cycle of each class, and what shows the levels that these do not.
fn explain(
    stuck: &Stuck<'_>,
    shown: Vec<(Level, Vec<Arc>)>,
    board: &mut Board,
    budget: &Budget,
) -> Vec<Shown> {
    let mut cycles: Vec<Shown> = Vec::new();
    for family in [Family::Plain, Family::Session, Family::Strong] {
        for class in Class::ALL {
            let found = stuck.shortest(class, family, &cycles, board, budget);
            for (arcs, is_shortest) in found {
                let cycle = cycle(arcs);
                // What was found where another class was looked for need not be shortest of its own.
                let is_its_own = class.kind(family) == cycle.kind;
                cycles.push((cycle, is_shortest && is_its_own));
            }
        }
    }
    for (level, arcs) in shown {
        let witness = cycle(arcs);
        let is_told = cycles
            .iter()
            .any(|(cycle, _)| board::refuted_by(cycle).has(level));
        board.shown(level, &witness);
        if !is_told {
            cycles.push((witness, false));
        }
    }
    let mut seen = HashSet::new();
    cycles.retain(|(cycle, _)| seen.insert(turned(&cycle.arcs)));
    cycles.sort_by_key(|(cycle, _)| (cycle.kind, cycle.arcs.len()));
    cycles
}

/// The cycle as it reads when it begins with its smallest dependency.
fn turned(arcs: &[Arc]) -> Vec<Arc> {
    let mut arcs = arcs.to_vec();
    let first = (0..arcs.len()).min_by_key(|&at| arcs[at]).unwrap_or(0);
    arcs.rotate_left(first);
    arcs
}

fn cycle(arcs: Vec<Arc>) -> Cycle {
    let (kind, also) = classify(&arcs);
    Cycle {
        kind,
        also,
        arcs: turned(&arcs),
    }
}

fn finish(board: Board, cycles: Vec<Shown>, txns: &Txns) -> Decisions {
    let (cycles, is_shortest): (Vec<Cycle>, Vec<bool>) = cycles.into_iter().unzip();
    Decisions {
        answers: board.answers(&cycles, txns),
        cycles,
        is_shortest,
    }
}
