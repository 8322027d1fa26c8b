//! Registers do not tell the order of their versions: weak levels are decided without, strong ones by finding one.
use super::Found;
use crate::transactional::blind::{self, Witness};
use crate::transactional::events::Events;
use crate::transactional::explain::Storyteller;
use crate::transactional::level::Level;
use crate::transactional::register::Registers;
use crate::transactional::settle::Settled;
use crate::transactional::{Txns, weak};
use crate::{Anomaly, Budget, Fit};

/// What registers tell, of the level that is claimed first.
pub(super) fn look(txns: &Txns, claimed: Level, events: &dyn Events, budget: &Budget) -> Found {
    let registers = Registers::of(txns);
    let teller = Storyteller { txns, events };
    let mut look = Look {
        txns,
        registers: &registers,
        teller: &teller,
        budget,
        settled: Settled::new(),
        anomalies: Vec::new(),
    };
    look.findings();
    let strongest = match txns.has_real_time {
        true => Level::StrictSerializable,
        false => Level::StrongSessionSerializable,
    };
    for level in [strongest, claimed] {
        look.strong(level);
    }
    if look.settled.fit(strongest) != Fit::Fits {
        look.weak();
        for level in Level::ALL {
            look.strong(level);
        }
    }
    Found {
        settled: look.settled,
        anomalies: look.anomalies,
        method: METHOD.to_owned(),
    }
}

const METHOD: &str = "sources of unique values; strong levels by an order of versions (blocks, saturation, conflict-driven search), weak ones by what each session has to see";

struct Look<'a> {
    txns: &'a Txns,
    registers: &'a Registers,
    teller: &'a Storyteller<'a>,
    budget: &'a Budget,
    settled: Settled,
    anomalies: Vec<Anomaly>,
}

impl Look<'_> {
    /// What is wrong by itself.
    fn findings(&mut self) {
        for finding in &self.registers.findings {
            self.anomalies.push(self.teller.finding(finding));
            self.settled.accuse(finding);
        }
    }

    /// Those levels that need no order of versions.
    fn weak(&mut self) {
        for (answer, witness) in weak::decide(self.txns, self.registers, self.budget) {
            let is_news = !self.settled.is_decided(answer.level);
            if let Some(witness) = witness.filter(|_| is_news) {
                let anomaly = self.teller.finding(&witness.finding);
                self.take(anomaly);
            }
            self.settled.learn(answer);
        }
    }

    /// A level that needs one.
    fn strong(&mut self, level: Level) {
        if self.settled.is_decided(level) || weak::LEVELS.contains(&level) {
            return;
        }
        let (answer, witness) = blind::decide(self.txns, self.registers, level, self.budget);
        let anomaly = witness.and_then(|witness| match witness {
            Witness::Order(_) => None,
            Witness::Cycle { cycle, reasons } => Some(self.teller.cycle(&cycle, &reasons)),
            Witness::Finding(finding) => Some(self.teller.finding(&finding)),
        });
        if let Some(anomaly) = anomaly {
            self.take(anomaly);
        }
        self.settled.learn(answer);
    }

    /// The same may refute several levels.
    fn take(&mut self, anomaly: Anomaly) {
        if !self.anomalies.contains(&anomaly) {
            self.anomalies.push(anomaly);
        }
    }
}
