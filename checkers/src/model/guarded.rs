//! Keeps the judge of a model from judging what is about something else.
use super::{Asks, Model, asked, guess};
use crate::{Budget, Call, Checker, History, Key, Linearization, Operation, Outcome, Verdict};
use std::borrow::Cow;
use std::collections::HashSet;

/// Asks the judge of a model about the keys of which every call is one that the model knows. The
/// others stay undecided, and hide nothing that is wrong elsewhere.
pub(super) struct Guarded {
    pub(super) model: &'static Model,
    pub(super) judge: Box<dyn Checker>,
}

impl Checker for Guarded {
    fn name(&self) -> &str {
        self.judge.name()
    }

    fn check(&self, history: &History, budget: &Budget) -> Verdict {
        let (reason, keys) = match self.strangers(history) {
            None => return self.judge.check(history, budget),
            Some(strangers) => strangers,
        };
        let (rest, positions) = history.part(|key| !keys.contains(&key));
        match self.judge.check(&rest, budget) {
            Verdict::Valid { evidence } | Verdict::Unknown { evidence, .. } => {
                Verdict::Unknown { reason, evidence }
            }
            Verdict::Invalid {
                mut anomalies,
                evidence,
            } => {
                let witnesses = anomalies
                    .iter_mut()
                    .flat_map(|anomaly| &mut anomaly.witness);
                for op in witnesses {
                    op.invoked = positions[op.invoked];
                    op.completed = op.completed.map(|position| positions[position]);
                }
                Verdict::Invalid {
                    anomalies,
                    evidence,
                }
            }
        }
    }

    fn asks(&self) -> Option<&'static [Asks]> {
        Some(self.model.asks)
    }

    fn linearization(&self, history: &History, budget: &Budget) -> Option<Vec<Linearization>> {
        self.judge.linearization(history, budget)
    }
}

impl Guarded {
    /// The call, if the model does not know it.
    fn stranger<'h>(&self, operation: &Operation<'h>) -> Option<Cow<'h, Call>> {
        let is_answered = matches!(operation.outcome, Outcome::Ok { .. });
        let call = asked(operation.op, is_answered);
        let mut known = self.model.asks.iter();
        let is_known = known.any(|asks| asks.f == call.f && asks.fits(&call));
        (!is_known).then_some(call)
    }

    /// Why some keys are about something else, if they are, and which.
    fn strangers(&self, history: &History) -> Option<(String, HashSet<Key>)> {
        let operations = history.operations();
        let mut strangers = operations
            .iter()
            .filter_map(|operation| Some((operation.invoked, self.stranger(operation)?)));
        let (position, call) = strangers.next()?;
        let others = strangers.map(|(_, call)| call.key);
        let keys = others.chain([call.key]).collect();
        let name = self.model.name;
        let asks = self.model.asks.iter().find(|asks| asks.f == call.f);
        let knows = match asks {
            Some(asks) => format!("{name} knows {asks}"),
            None => {
                let known = self.model.asks.iter().map(|asks| asks.f.name());
                format!("{name} knows {}", known.collect::<Vec<_>>().join(", "))
            }
        };
        let other = guess(history).filter(|other| *other != name);
        let hint = other.map(|other| format!("; did you mean the model `{other}`?"));
        let text = call.to_string();
        let text: String = text.chars().take(TEXT_MAX).collect();
        let reason = format!(
            "`{text}` at position {position} is not a call of this model ({knows}){}",
            hint.unwrap_or_default()
        );
        Some((reason, keys))
    }
}

/// Characters of a call that are shown.
const TEXT_MAX: usize = 80;
