//! What is known of every level so far.
use super::steps;
use crate::transactional::settle::Settled;
use crate::transactional::{
    Answer, Cycle, Family, Inference, Level, Levels, NO_KEY, Txns, Via, label, refutes,
};
use crate::{AnomalyKind, Fit};

/// What is known of every level so far. Dependencies and findings are kept apart: a level whose
/// dependencies are in order may still be refuted by a finding.
pub(super) struct Board {
    /// Levels that some finding refutes, and which.
    found: Settled,
    /// What dependencies say.
    graph: Settled,
    /// The closest witness of each level.
    shown: Vec<Option<String>>,
    choices: usize,
    /// Whether a transaction saw something change under it: where it read what is then not sure.
    is_unrepeatable: bool,
}

impl Board {
    pub(super) fn new(txns: &Txns, inference: &Inference) -> Board {
        let mut board = Board {
            found: Settled::new(),
            graph: Settled::new(),
            shown: vec![None; Level::ALL.len()],
            choices: inference.choices.len(),
            is_unrepeatable: false,
        };
        for finding in &inference.findings {
            for kind in std::iter::once(&finding.kind).chain(&finding.also) {
                for level in refutes(*kind) {
                    let why = format!("{}: {}", finding.kind.title(), finding.sentence);
                    board.find(*level, &why);
                }
            }
        }
        if let Some((txn, key)) = steps::unrepeatable(txns) {
            board.is_unrepeatable = true;
            let key = txns.keys.get(key as usize).map(ToString::to_string);
            let why = format!(
                "{} read {} twice, and differently",
                label(txn),
                key.unwrap_or_default()
            );
            board.find(Level::CutIsolation, &why);
        }
        board
    }

    fn find(&mut self, level: Level, why: &str) {
        self.found.learn(answer(level, Fit::Refuted, why));
    }

    /// Whether it is not known what dependencies say of `level`.
    pub(super) fn is_open(&self, level: Level) -> bool {
        !self.graph.is_decided(level)
    }

    /// Whether dependencies refute `level`.
    pub(super) fn is_refuted(&self, level: Level) -> bool {
        self.graph.fit(level) == Fit::Refuted
    }

    /// Whether dependencies allow `level`.
    pub(super) fn is_held(&self, level: Level) -> bool {
        self.graph.fit(level) == Fit::Fits
    }

    /// Dependencies allow `level`, and with it all weaker ones.
    pub(super) fn holds(&mut self, level: Level, why: &str) {
        self.graph.learn(answer(level, Fit::Fits, why));
    }

    /// Dependencies do not allow `level`, nor any stronger one.
    pub(super) fn fails(&mut self, level: Level, why: &str) {
        self.graph.learn(answer(level, Fit::Refuted, why));
    }

    /// Nobody found out what dependencies say of `level`.
    pub(super) fn unknown(&mut self, level: Level, reason: &str) {
        self.graph.learn(answer(level, Fit::Undecided, reason));
    }

    /// Whoever asks knows an order of every pair of versions.
    pub(super) fn settle(&mut self) {
        self.choices = 0;
    }

    /// Nobody found out anything more.
    pub(super) fn give_up(&mut self, reason: &str) {
        self.graph.give_up(reason);
    }

    /// `cycle` shows why `level` does not fit.
    pub(super) fn shown(&mut self, level: Level, cycle: &Cycle) {
        self.shown[level as usize].get_or_insert_with(|| told(cycle));
    }

    /// One answer for each level, in the order of [`Level::ALL`].
    pub(super) fn answers(&self, cycles: &[Cycle], txns: &Txns) -> Vec<Answer> {
        let mut settled = Settled::new();
        for level in Level::ALL {
            let (fit, why) = self.answer(level, cycles, txns);
            settled.learn(answer(level, fit, &why));
        }
        settled.into_answers()
    }

    fn answer(&self, level: Level, cycles: &[Cycle], txns: &Txns) -> (Fit, String) {
        if let Some(found) = self.found.known(level) {
            return (Fit::Refuted, found.why.clone());
        }
        let known = self.graph.known(level);
        match known.map(|answer| (answer.fit, &answer.why)) {
            Some((Fit::Refuted, why)) => {
                let shown = self.shown[level as usize].clone();
                let cycle = || {
                    cycles
                        .iter()
                        .find(|cycle| refuted_by(cycle).has(level))
                        .map(told)
                };
                (
                    Fit::Refuted,
                    shown.or_else(cycle).unwrap_or_else(|| why.clone()),
                )
            }
            _ if level.family() == Family::Strong && !txns.has_real_time => {
                (Fit::Undecided, "this history has no real time".to_owned())
            }
            Some((Fit::Fits, _)) if self.choices > 0 => {
                let why = format!(
                    "{} pairs of versions may stand in either order",
                    self.choices
                );
                (Fit::Undecided, why)
            }
            Some((Fit::Fits, _)) if self.is_unrepeatable && is_about_steps(level) => {
                let why = "a transaction read one object twice and differently, and which read came first is not told apart here";
                (Fit::Undecided, why.to_owned())
            }
            Some((fit, why)) => (fit, why.clone()),
            None => (Fit::Undecided, "nothing decides it".to_owned()),
        }
    }
}

fn answer(level: Level, fit: Fit, why: &str) -> Answer {
    let why = why.to_owned();
    Answer { level, fit, why }
}

/// Levels that ask in which order the steps of a transaction were.
fn is_about_steps(level: Level) -> bool {
    matches!(
        level,
        Level::MonotonicAtomicView | Level::MonotonicView | Level::MonotonicSnapshotRead
    )
}

/// Every level that a cycle refutes by its name.
pub(super) fn refuted_by(cycle: &Cycle) -> Levels {
    let mut levels = Levels::default();
    let kinds = std::iter::once(&cycle.kind).chain(&cycle.also);
    for level in kinds.flat_map(|kind: &AnomalyKind| refutes(*kind)) {
        level.stronger().iter().for_each(|level| levels.add(level));
    }
    levels
}

/// At most so many transactions of a cycle are named in a sentence.
const NAMED_MAX: usize = 8;

/// A cycle in one line: `G-single (read skew): {T1} –rw→ {T2} –wr→ {T1}`.
fn told(cycle: &Cycle) -> String {
    let mut line = format!("{}: ", cycle.kind.title());
    for arc in cycle.arcs.iter().take(NAMED_MAX) {
        let via = match arc.via {
            Via::Ww => "ww",
            Via::Wr => "wr",
            Via::Rw => "rw",
            Via::Process => "process",
            Via::Realtime => "real time",
        };
        debug_assert!(matches!(arc.via, Via::Process | Via::Realtime) || arc.key != NO_KEY);
        line.push_str(&format!("{} –{via}→ ", label(arc.from)));
    }
    if cycle.arcs.len() > NAMED_MAX {
        line.push_str("… ");
    }
    line.push_str(&label(cycle.arcs[0].from));
    line
}
