//! The weak isolation levels of registers, decided without knowing the order of versions.
mod causal;
mod clocks;
mod commits;
mod forced;
mod guarantees;
mod knots;
mod order;
mod placed;
mod runs;
mod sight;
mod tell;
#[cfg(test)]
mod tests;
mod update;
mod view;

use super::{Answer, Cycle, Finding, Level, Registers, Txn, Txns};
use crate::{Budget, Fit};
use guarantees::Broken;
use order::{Base, Before, Forced};
use view::{INITIAL, View};

/// Whether a level has to respect the order in which each process ran its transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sessions {
    /// As Adya (1999), Bailis et al. (2013, 2014) and Cerone et al. (2015) define levels.
    Ignored,
    /// As Biswas and Enea (2019), Plume, AWDIT and dbcop do; what these call read committed is
    /// [`Level::MonotonicAtomicView`] with sessions.
    Kept,
}

/// What refutes a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The proof in words, complete.
    pub finding: Finding,
    /// The same as a cycle, if it is one: what is forced on the order of versions is
    /// [`super::Via::Ww`], and a read that passes over a version [`super::Via::Rw`].
    pub cycle: Option<Cycle>,
}

/// The levels that [`decide`] answers for, in its order.
pub const LEVELS: [Level; 11] = [
    Level::ReadCommitted,
    Level::CutIsolation,
    Level::MonotonicAtomicView,
    Level::ReadAtomic,
    Level::UpdateAtomic,
    Level::MonotonicReads,
    Level::MonotonicWrites,
    Level::ReadYourWrites,
    Level::WritesFollowReads,
    Level::Pram,
    Level::Causal,
];

/// What is known of each of [`LEVELS`], and what refutes it.
///
/// A level fits if there is an order of versions, or for those that need it one order of commits,
/// that its definition accepts. Session guarantees, PRAM and causal keep the order of processes; the
/// others do not. Real time is not looked at.
pub fn decide(
    txns: &Txns,
    registers: &Registers,
    budget: &Budget,
) -> Vec<(Answer, Option<Witness>)> {
    let judge = Judge::new(txns, registers, budget);
    let causal = judge.answer(Level::Causal, Sessions::Kept);
    let all = LEVELS.iter().map(|&level| match level {
        Level::Causal => causal.clone(),
        // Neither follows from causal consistency in a way that saves work.
        Level::CutIsolation | Level::UpdateAtomic => judge.answer(level, Sessions::Ignored),
        _ if causal.0.fit == Fit::Fits => {
            let why = "follows from causal consistency".to_owned();
            (answer(level, Fit::Fits, why), None)
        }
        _ => judge.answer(level, Sessions::Ignored),
    });
    all.collect()
}

/// What is known of one of [`LEVELS`]. Session guarantees, PRAM and causal consistency keep sessions
/// whatever is said; cut isolation and update atomic have no use for them.
pub fn decide_level(
    (txns, registers): (&Txns, &Registers),
    level: Level,
    sessions: Sessions,
    budget: &Budget,
) -> (Answer, Option<Witness>) {
    Judge::new(txns, registers, budget).answer(level, sessions)
}

fn answer(level: Level, fit: Fit, why: String) -> Answer {
    Answer { level, fit, why }
}

/// What refutes a level, as it was found.
enum Refuted {
    /// A finding about registers.
    Finding(usize),
    /// Each of these commits before the next.
    Cycle(Vec<Before>),
    /// The initial state was read where something else had to be seen.
    Initial(Forced),
    /// Versions in a knot.
    Knot(Vec<knots::Edge>),
}

/// Why a level was not decided.
enum Stopped {
    Spent(String),
    NotShown,
}

type Judged = Result<Option<Refuted>, Stopped>;

struct Judge<'a> {
    view: View<'a>,
    budget: &'a Budget,
}

impl<'a> Judge<'a> {
    fn new(txns: &'a Txns, registers: &'a Registers, budget: &'a Budget) -> Judge<'a> {
        Judge {
            view: View::new(txns, registers),
            budget,
        }
    }

    fn answer(&self, level: Level, sessions: Sessions) -> (Answer, Option<Witness>) {
        match self.refute(level, sessions) {
            Ok(Some(refuted)) => {
                let witness = tell::witness(&self.view, level, sessions, refuted);
                let why = witness.finding.kind.title().to_owned();
                (answer(level, Fit::Refuted, why), Some(witness))
            }
            Ok(None) => match self.doubt(level) {
                Some(doubt) => (answer(level, Fit::Undecided, doubt), None),
                None => (answer(level, Fit::Fits, tell::fits(level).to_owned()), None),
            },
            Err(Stopped::Spent(reason)) => (answer(level, Fit::Undecided, reason), None),
            Err(Stopped::NotShown) => {
                let why = "no lost update was found, and no order that proves it either";
                (answer(level, Fit::Undecided, why.to_owned()), None)
            }
        }
    }

    /// Why nothing follows from finding nothing.
    fn doubt(&self, level: Level) -> Option<String> {
        if level == Level::CutIsolation {
            return None;
        }
        let registers = self.view.registers;
        if registers.ambiguous > 0 {
            let reads = registers.ambiguous;
            return Some(format!(
                "{reads} reads found values that several transactions may have written"
            ));
        }
        // Levels above read committed are refuted by these; guarantees of sessions say nothing of them.
        let broken = registers.uncommitted?;
        let kind = registers.findings[broken].kind.title();
        Some(format!(
            "some reads found what no commit left there: {kind}"
        ))
    }

    fn refute(&self, level: Level, sessions: Sessions) -> Judged {
        let view = &self.view;
        if let Some(reason) = self.budget.spent() {
            return Err(Stopped::Spent(reason));
        }
        if let Some(at) = self.finding(level) {
            return Ok(Some(Refuted::Finding(at)));
        }
        let base = Base {
            has_sessions: sessions == Sessions::Kept,
            has_reads: true,
        };
        let has_sessions = base.has_sessions;
        match level {
            Level::CutIsolation => Ok(None),
            Level::ReadCommitted => Ok(self.ordered(base).err().map(Refuted::Cycle)),
            Level::MonotonicAtomicView => {
                self.forced(base, &|sink| forced::atomic_view(view, sink))
            }
            Level::ReadAtomic => {
                self.forced(base, &|sink| forced::atomic(view, has_sessions, sink))
            }
            Level::UpdateAtomic => self.update_atomic(),
            Level::MonotonicReads => Ok(guarantees::monotonic_reads(view).map(Refuted::from)),
            Level::ReadYourWrites => Ok(guarantees::read_your_writes(view).map(Refuted::from)),
            Level::WritesFollowReads => match self.ordered(EVERYTHING) {
                // Whoever is in a circle wrote what follows what it wrote.
                Err(cycle) => Ok(Some(Refuted::Cycle(cycle))),
                Ok(_) => Ok(guarantees::writes_follow_reads(view).map(Refuted::from)),
            },
            Level::MonotonicWrites => {
                self.forced_nearby(&|placed, sink| forced::monotonic_writes(view, placed, sink))
            }
            Level::Pram => {
                self.forced_nearby(&|placed, sink| forced::pipelined(view, placed, sink))
            }
            Level::Causal => self.causal(),
            _ => panic!("{level:?} is not one of the weak levels"),
        }
    }

    /// What refutes a level without any order.
    fn finding(&self, level: Level) -> Option<usize> {
        let registers = self.view.registers;
        match level {
            Level::CutIsolation => registers.unrepeatable,
            Level::ReadCommitted | Level::MonotonicAtomicView => registers.uncommitted,
            Level::ReadAtomic | Level::Causal => registers.uncommitted.or(registers.unrepeatable),
            Level::UpdateAtomic => {
                let broken = registers.uncommitted.or(registers.unrepeatable);
                broken.or(registers.lost_update)
            }
            _ => None,
        }
    }

    fn causal(&self) -> Judged {
        let order = match self.ordered(EVERYTHING) {
            Ok(order) => order,
            Err(cycle) => return Ok(Some(Refuted::Cycle(cycle))),
        };
        let chains = match causal::try_order(&self.view, &order, self.budget) {
            causal::Tried::Fits => return Ok(None),
            causal::Tried::Initial(pair) => return Ok(Some(Refuted::Initial(pair))),
            causal::Tried::Spent(reason) => return Err(Stopped::Spent(reason)),
            causal::Tried::Not(chains) => chains,
        };
        let pairs = causal::forced(&self.view, &order, &chains, self.budget);
        drop((order, chains));
        let pairs = pairs.map_err(Stopped::Spent)?;
        if let Some(pair) = pairs.iter().find(|pair| pair.second == INITIAL) {
            return Ok(Some(Refuted::Initial(*pair)));
        }
        Ok(self.closed(EVERYTHING, &pairs).map(Refuted::Cycle))
    }

    fn update_atomic(&self) -> Judged {
        let reads = Base {
            has_sessions: false,
            has_reads: true,
        };
        let view = &self.view;
        let refuted = self.forced(reads, &|sink| forced::atomic(view, false, sink))?;
        if refuted.is_some() {
            return Ok(refuted);
        }
        let order = self.ordered(EVERYTHING).or_else(|_| self.ordered(reads));
        match order {
            Ok(order) if update::is_shown_by(view, &order) => Ok(None),
            Ok(_) | Err(_) => Err(Stopped::NotShown),
        }
    }
}

/// The order of sessions, for levels that order writes only.
const WRITES: Base = Base {
    has_sessions: true,
    has_reads: false,
};

/// Sessions and reads.
const EVERYTHING: Base = Base {
    has_sessions: true,
    has_reads: true,
};

impl From<Broken> for Refuted {
    fn from(broken: Broken) -> Refuted {
        match broken {
            Broken::Initial(pair) => Refuted::Initial(pair),
            Broken::Knot(edges) => Refuted::Knot(edges),
        }
    }
}

/// What of a flat column belongs to `txn`.
fn range(starts: &[u32], txn: Txn) -> std::ops::Range<usize> {
    starts[txn as usize] as usize..starts[txn as usize + 1] as usize
}
