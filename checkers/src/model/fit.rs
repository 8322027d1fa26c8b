//! Whether a history is about what it is judged by at all, and which models it may be about.
use super::{Asks, MODELS, asked};
use crate::{Call, History, Key, Operation, Outcome};
use std::borrow::Cow;
use std::collections::HashSet;

/// Why a history is about something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// A call that does not belong there, and the position of its invocation.
    pub call: String,
    pub position: usize,
    /// What belongs there: a line for its verb, or the verbs that do.
    pub known: String,
    /// The models that know every call of the history.
    pub fitting: Vec<&'static str>,
}

/// Characters of a call that are shown.
const TEXT_MAX: usize = 80;

fn call<'h>(operation: &Operation<'h>) -> Cow<'h, Call> {
    let is_answered = matches!(operation.outcome, Outcome::Ok { .. });
    asked(operation.op, is_answered)
}

fn knows(asks: &[Asks], call: &Call) -> bool {
    asks.iter().any(|asks| asks.f == call.f && asks.fits(call))
}

/// Why `history` is not about what is asked with `asks`; none if it may be, or nothing was asked.
///
/// It is not if each of its keys is asked with a verb that nowhere fits. One strange call among
/// others that fit, or on one key of many, is for the judges, as are answers that make no sense to
/// any model: those may be what is wrong with the system.
pub fn misfit(asks: &[Asks], history: &History) -> Option<Misfit> {
    let operations = history.operations();
    let mut fitting = HashSet::new();
    let mut keys: HashSet<Key> = HashSet::new();
    for operation in &operations {
        let call = call(operation);
        keys.insert(call.key);
        if !fitting.contains(&call.f) && knows(asks, &call) {
            fitting.insert(call.f.clone());
        }
    }
    let strange: Vec<&Operation<'_>> = operations
        .iter()
        .filter(|operation| !fitting.contains(&call(operation).f))
        .collect();
    for operation in &strange {
        keys.remove(&operation.op.key());
    }
    let first = strange.first().filter(|_| keys.is_empty())?;
    let models = fitting_models(&operations);
    let is_taken = |operation: &&&Operation<'_>| {
        let Call { f, key, input, .. } = &*call(operation);
        !knows(asks, &Call::new(f.clone(), *key, input.clone()))
    };
    // What is asked wrongly tells more than what is answered wrongly.
    let told = match strange.iter().find(is_taken) {
        Some(told) => told,
        None if models.is_empty() => return None,
        None => first,
    };
    let call = call(told);
    let known = match asks.iter().find(|asks| asks.f == call.f) {
        Some(asks) => asks.to_string(),
        None => {
            let verbs = asks.iter().map(|asks| asks.f.name());
            verbs.collect::<Vec<_>>().join(", ")
        }
    };
    Some(Misfit {
        call: call.to_string().chars().take(TEXT_MAX).collect(),
        position: told.invoked,
        known,
        fitting: models,
    })
}

fn fitting_models(operations: &[Operation<'_>]) -> Vec<&'static str> {
    let knows_all = |asks: &[Asks]| operations.iter().all(|op| knows(asks, &call(op)));
    let fitting = MODELS.iter().filter(|model| knows_all(model.asks));
    fitting.map(|model| model.name).collect()
}

#[cfg(test)]
mod tests {
    use super::misfit;
    use crate::model::MODELS;
    use crate::model::script::parse;
    use crate::{Event, History, Kind, Op};

    /// Calls one after the other, `@2` before one that is on key 2.
    fn history(script: &str) -> History {
        let mut history = History::default();
        for text in script
            .split(';')
            .map(str::trim)
            .filter(|text| !text.is_empty())
        {
            let (key, text) = match text.strip_prefix("@2") {
                Some(text) => (2, text),
                None => (1, text),
            };
            let (process, mut call) = parse(text);
            call.key = key;
            let answer = call.output.take().unwrap_or_default();
            let kinds = [Kind::Invoke, Kind::Ok];
            for (kind, call) in kinds.into_iter().zip([call.clone(), call.answered(answer)]) {
                let op = Op::from(call);
                let event = Event {
                    time: 0,
                    process,
                    node: None,
                    kind,
                    op,
                };
                history.push(event).unwrap();
            }
        }
        history
    }

    #[track_caller]
    fn check(model: &str, script: &str, expected: Option<&[&str]>) {
        let model = MODELS.iter().find(|known| known.name == model).unwrap();
        let found = misfit(model.asks, &history(script));
        assert_eq!(
            found.as_ref().map(|found| &*found.fitting),
            expected,
            "{found:?}"
        );
    }

    #[test]
    fn a_history_of_something_else_is_told_and_what_it_may_be() {
        check("register", "enqueue 1; dequeue → 1", Some(&["queue"]));
        check("register", "append 1; read → [1]", Some(&["log"]));
        check(
            "counter",
            "add 1; read → [1]",
            Some(&["set", "grow-only-set", "bag"]),
        );
        check("queue", "enqueue 1; pop → 1", Some(&[]));
        check("register", "write 1; @2 enqueue 1", None);
        check("register", "write 1; read → 2", None);
        check("register", "", None);
        // Answers that are nobody's may be what is wrong with it.
        check("set", "add 1; read → nil", None);
        check("set", "add 1; read → [1]; read → 7", None);
    }
}
