//! From single answers to all levels: what fits a level fits all weaker ones, what refutes one refutes all stronger ones.
use super::Txns;
use super::inference::{Answer, Finding, named};
use super::level::{Level, refutes};
use crate::{Fit, LevelAnswer};

/// What is known so far of each level.
#[derive(Debug)]
pub(super) struct Settled {
    known: Vec<Option<Answer>>,
}

impl Settled {
    pub(super) fn new() -> Settled {
        Settled {
            known: vec![None; Level::ALL.len()],
        }
    }

    /// These answers, one for each level in the order of [`Level::ALL`], as they are.
    pub(super) fn of(answers: Vec<Answer>) -> Settled {
        let mut settled = Settled::new();
        for answer in answers {
            let place = answer.level as usize;
            settled.known[place] = Some(answer);
        }
        settled
    }

    /// Takes an answer, and what follows from it. What was decided before stays.
    pub(super) fn learn(&mut self, answer: Answer) {
        let level = answer.level;
        let implied: Vec<(Level, String)> = match answer.fit {
            Fit::Fits => {
                let weaker = level.weaker().iter();
                let why = format!("fits {}, which promises more", level.name());
                weaker.map(|level| (level, why.clone())).collect()
            }
            Fit::Refuted => {
                let stronger = level.stronger().iter();
                stronger.map(|level| (level, answer.why.clone())).collect()
            }
            Fit::Undecided => Vec::new(),
        };
        let fit = answer.fit;
        self.note(answer);
        for (level, why) in implied {
            self.note(Answer { level, fit, why });
        }
    }

    fn note(&mut self, answer: Answer) {
        let slot = &mut self.known[answer.level as usize];
        let is_news = match slot {
            None => true,
            Some(old) => old.fit == Fit::Undecided && answer.fit != Fit::Undecided,
        };
        if is_news {
            *slot = Some(answer);
        }
    }

    /// Takes what a finding refutes by itself.
    pub(super) fn accuse(&mut self, finding: &Finding) {
        let kinds = std::iter::once(&finding.kind).chain(&finding.also);
        for level in kinds.flat_map(|kind| refutes(*kind)) {
            self.learn(Answer {
                level: *level,
                fit: Fit::Refuted,
                why: finding.kind.title().to_owned(),
            });
        }
    }

    /// What is open stays so, for this reason.
    pub(super) fn give_up(&mut self, why: &str) {
        for level in Level::ALL {
            self.note(Answer {
                level,
                fit: Fit::Undecided,
                why: why.to_owned(),
            });
        }
    }

    /// What fits may not do so, for a reason that is about all of the history.
    pub(super) fn doubt(&mut self, why: &str) {
        for answer in self.known.iter_mut().flatten() {
            if answer.fit == Fit::Fits {
                (answer.fit, answer.why) = (Fit::Undecided, why.to_owned());
            }
        }
    }

    /// What is known of a level, if anything is.
    pub(super) fn known(&self, level: Level) -> Option<&Answer> {
        self.known[level as usize].as_ref()
    }

    /// Whether a level is decided.
    pub(super) fn is_decided(&self, level: Level) -> bool {
        self.fit(level) != Fit::Undecided
    }

    pub(super) fn fit(&self, level: Level) -> Fit {
        self.known(level)
            .map_or(Fit::Undecided, |answer| answer.fit)
    }

    /// By what it is so. There is no witness here to give transactions their short names: they are
    /// called by their process and the position of their invocation in the history.
    pub(super) fn why(&self, level: Level, txns: &Txns) -> String {
        let why = self.known(level).map(|answer| &*answer.why);
        named(why.unwrap_or("nobody looked"), |txn| {
            let (process, event) = (txns.process[txn as usize].0, txns.invoked[txn as usize]);
            format!("(process {process}, event {event})")
        })
    }

    /// One answer for each level about which something is known, the strongest level first.
    pub(super) fn into_answers(mut self) -> Vec<Answer> {
        let levels = Level::ALL.into_iter();
        levels
            .filter_map(|level| self.known[level as usize].take())
            .collect()
    }

    /// All of it, the strongest level first.
    pub(super) fn answers(&self, txns: &Txns) -> Vec<LevelAnswer> {
        let levels = Level::ALL.iter().map(|level| LevelAnswer {
            level: level.name().to_owned(),
            fit: self.fit(*level),
            why: self.why(*level, txns),
        });
        levels.collect()
    }
}

/// Those levels that fit, and are not implied by another that fits.
pub fn strongest(levels: &[LevelAnswer]) -> Vec<&'static str> {
    let fits = |level: &Level| {
        let mut answers = levels.iter();
        answers.any(|answer| answer.level == level.name() && answer.fit == Fit::Fits)
    };
    let fitting = Level::ALL.iter().filter(|level| fits(level));
    let is_implied = |level: &Level| {
        let mut stronger = level.stronger().iter();
        stronger.any(|other| other != *level && fits(&other))
    };
    let strongest = fitting.filter(|level| !is_implied(level));
    strongest.map(|level| level.name()).collect()
}
