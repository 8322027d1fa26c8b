//! Registers whose versions are in no known order: whether some order of them fits a level.
//!
//! Nobody says which of two writes came first unless somebody read one and wrote the other. What is
//! known is laid out as arcs: who read from whom; that nothing comes between what a transaction read
//! and what it wrote over it (so that versions stand in blocks); that the initial value is the oldest;
//! the order of sessions, if the level keeps it; and, for levels that keep real time, the order of
//! blocks that follows from it (Gibbons and Korach, "Testing shared memories", SIAM J. Comput. 1997:
//! a block of which somebody knew before somebody asked for another one is the older of the two). The
//! pairs that are left are choices, and [`super::solver`] finds out whether they can be made: as Cobra
//! (Tan et al., OSDI 2020), PolySI (Huang et al., PVLDB 2023) and Viper (Zhang et al., EuroSys 2023)
//! do for one level each. Every level here is a question about cycles: see [`rules`].
//!
//! What fits is proved by an order of the transactions that is replayed by an independent function;
//! what does not by a cycle, or by cycles of which every order of the versions closes one.
mod arcs;
mod kind;
mod model;
mod pairs;
mod rules;
mod tell;
#[cfg(test)]
mod tests;
mod times;
mod verify;

use super::register::{Read, Registers, Source};
use super::solver::{self, Solved};
use super::{Answer, Arc, Cycle, Evidence, Family, Finding, Level, Txn, Txns};
use crate::{Budget, Fit};
use pairs::Pairs;
use rules::Rules;
use std::collections::HashMap;

/// A moment of a transaction in an order that explains a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// All of it happens here.
    Whole(Txn),
    /// It reads here.
    Start(Txn),
    /// What it wrote can be seen from here on.
    Commit(Txn),
}

/// What an answer stands on.
#[derive(Clone, Debug)]
pub enum Witness {
    /// The history fits: an order in which everybody reads what was written last. For parallel
    /// snapshot isolation and update serializability, an order of the versions only.
    Order(Vec<Moment>),
    /// It does not: a cycle, and why each of its dependencies holds.
    Cycle {
        /// The cycle.
        cycle: Cycle,
        /// Who can say why.
        reasons: Reasons,
    },
    /// It does not, and more than one cycle is needed to show it, or none.
    Finding(Finding),
}

/// Why dependencies hold that were inferred without a known order of versions.
#[derive(Clone, Debug, Default)]
pub struct Reasons {
    of: HashMap<Arc, String>,
}

impl Evidence for Reasons {
    fn why(&self, arc: Arc) -> String {
        self.of.get(&arc).cloned().unwrap_or_default()
    }
}

/// Decides one level from parallel snapshot isolation upwards; others are left undecided.
///
/// Without choices it is linear in the history, up to sorting; with them it is NP-complete in general,
/// and `budget` is what it may take.
pub fn decide(
    txns: &Txns,
    registers: &Registers,
    level: Level,
    budget: &Budget,
) -> (Answer, Option<Witness>) {
    let answer = |fit, why: String| Answer { level, fit, why };
    let Some(rules) = Rules::of(level) else {
        let why = "this level is not decided from pairs of versions".to_owned();
        return (answer(Fit::Undecided, why), None);
    };
    let (fit, why, witness) = decide_rules(txns, registers, rules, budget);
    (answer(fit, why), witness)
}

fn decide_rules(
    txns: &Txns,
    registers: &Registers,
    rules: Rules,
    budget: &Budget,
) -> (Fit, String, Option<Witness>) {
    let undecided = |why: String| (Fit::Undecided, why, None);
    if let Some(finding) = broken(registers, rules) {
        let why = finding.sentence.clone();
        return (Fit::Refuted, why, Some(Witness::Finding(finding.clone())));
    }
    if rules.family == Family::Strong && !txns.has_real_time {
        return undecided("this history has no real time".to_owned());
    }
    let model = model::Model::new(txns, registers, &rules);
    if let Some(why) = budget.spent() {
        return undecided(why);
    }
    let pairs = Pairs::of(&model, rules);
    let is_much = pairs
        .as_ref()
        .map_or(true, |pairs| pairs.open.len() > GUESS_MIN);
    if is_much && rules.family != Family::Strong && txns.has_real_time {
        // Most systems are better than they promise: in real time almost nothing is open.
        if let Ok(guess) = Pairs::guessed(&model)
            && let (Fit::Fits, why, witness) = solve(&model, rules, guess, budget)
        {
            return (Fit::Fits, why, witness);
        }
    }
    match pairs {
        Ok(pairs) => solve(&model, rules, pairs, budget),
        Err(why) => undecided(why),
    }
}

/// With more open pairs than this it is worth trying the order of real time first.
const GUESS_MIN: usize = 20_000;

fn solve(
    model: &model::Model<'_>,
    rules: Rules,
    pairs: Pairs,
    budget: &Budget,
) -> (Fit, String, Option<Witness>) {
    let undecided = |why: String| (Fit::Undecided, why, None);
    let (open, is_guess) = (pairs.open.len(), pairs.is_guess);
    let arcs = arcs::lay_out(model, rules, pairs);
    match solver::solve(&arcs.problem, budget) {
        Solved::Spent(why) => undecided(format!(
            "{why}: {open} pairs of versions could have come either way"
        )),
        Solved::Cyclic(_) if is_guess => undecided("no order in real time fits".to_owned()),
        Solved::Cyclic(core) => {
            let witness = tell::witness(model, &arcs, &core);
            let why = match &witness {
                Witness::Cycle { cycle, .. } => {
                    format!("a cycle of {} dependencies", cycle.arcs.len())
                }
                Witness::Finding(finding) => finding.sentence.clone(),
                Witness::Order(_) => unreachable!("a core is no order"),
            };
            (Fit::Refuted, why, Some(witness))
        }
        Solved::Acyclic(acyclic) => {
            let moments = moments(&arcs, rules, &acyclic.order);
            let ambiguous = model.registers.ambiguous;
            if ambiguous > 0 {
                return undecided(format!(
                    "{ambiguous} reads may come from more than one write; nothing else is wrong"
                ));
            }
            if let Err(why) = verify::replay(model, rules, &moments) {
                debug_assert!(false, "{why}");
                return undecided(format!("an order was found that does not hold: {why}"));
            }
            let open = match open {
                0 => "every pair of versions is in a known order".to_owned(),
                1 => "one pair of versions had to be put in order".to_owned(),
                _ => format!("{open} pairs of versions had to be put in order"),
            };
            let why = format!("an order of all transactions was found and replayed; {open}");
            (Fit::Fits, why, Some(Witness::Order(moments)))
        }
    }
}

/// What refutes the level without any cycle.
fn broken(registers: &Registers, rules: Rules) -> Option<&Finding> {
    let update = registers.lost_update.filter(|_| rules.keeps_updates);
    let found = registers
        .uncommitted
        .or(registers.unrepeatable)
        .or(update)?;
    Some(&registers.findings[found])
}

fn moments(arcs: &arcs::Arcs, rules: Rules, order: &[u32]) -> Vec<Moment> {
    let meanings = order.iter().map(|&node| arcs.meaning[node as usize]);
    let moment = |meaning: u32| match (rules.is_split(), meaning % 2) {
        (false, _) => Moment::Whole(meaning / 2),
        (true, 0) => Moment::Start(meaning / 2),
        (true, _) => Moment::Commit(meaning / 2),
    };
    meanings
        .filter(|&meaning| meaning != arcs::HELPER)
        .map(moment)
        .collect()
}
