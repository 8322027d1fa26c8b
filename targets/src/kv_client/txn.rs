//! Calls as transactions: what is sent to the service for each, and what its answer means.
use crate::service::client::contradiction;
use harness::{Call, Data, Failure, Verb};
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// What the service answers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Done {
    steps: Data,
}

/// The body of the transaction that does what `call` asks.
///
/// | call | transaction |
/// | --- | --- |
/// | `txn [["append" 3 1] ["r" 3 nil]]` | the same |
/// | `read [0 1]` | reads both accounts |
/// | `transfer [0 1 5]` | takes 5 from account 0, unless it holds less, and adds it to account 1 |
/// | `write [[0 10] [1 10]]` | sets all balances |
///
/// # Errors
/// Definite, for what the service does not do.
pub(super) fn request(call: &Call) -> Result<Json, Failure> {
    let steps = steps(call).ok_or_else(|| {
        let Call { f, input, .. } = call;
        Failure::definite(format!("unsupported: {f} {input}"))
    })?;
    Ok(match call.f {
        Verb::Transfer => json!({ "steps": steps, "floor": 0 }),
        _ => json!({ "steps": steps }),
    })
}

/// The steps that `call` stands for, if it stands for any.
fn steps(call: &Call) -> Option<Data> {
    let asked = call.input.list()?;
    let steps: Option<Vec<Data>> = match call.f {
        Verb::Txn => asked
            .iter()
            .map(|asked| is_step(asked).then(|| asked.clone()))
            .collect(),
        Verb::Read => {
            let read = |account: &Data| Some(step("r", key(account)?, None));
            asked.iter().map(read).collect()
        }
        Verb::Write => {
            let write = |pair: &Data| {
                let (account, balance) = pair.pair()?;
                Some(step("w", key(account)?, Some(balance.int()?)))
            };
            asked.iter().map(write).collect()
        }
        Verb::Transfer => {
            let [from, to, amount] = asked else {
                return None;
            };
            let amount = amount.int()?;
            let taken = step("add", key(from)?, Some(amount.checked_neg()?));
            Some(vec![taken, step("add", key(to)?, Some(amount))])
        }
        _ => None,
    };
    steps.map(Data::from)
}

fn is_step(step: &Data) -> bool {
    let Some([Data::Text(f), of, value]) = step.list() else {
        return false;
    };
    let is_known = match &**f {
        "r" => *value == Data::Nil,
        "append" | "w" | "add" => value.int().is_some(),
        _ => false,
    };
    is_known && key(of).is_some()
}

/// A key of the service: a number that is not negative.
fn key(data: &Data) -> Option<i64> {
    data.int().filter(|key| 0 <= *key)
}

fn step(f: &str, key: i64, value: Option<i64>) -> Data {
    let value = value.map_or(Data::Nil, Data::Int);
    Data::from(vec![Data::from(f), Data::Int(key), value])
}

/// `call` with the answer that the service gave.
///
/// # Errors
/// Unknown, if the answer is not one to this call.
pub(super) fn answer(call: Call, done: &Done) -> Result<Call, Failure> {
    let output = steps(&call).and_then(|asked| answered(&call.f, &asked, &done.steps));
    match output {
        Some(output) => Ok(call.answered(output)),
        None => Err(contradiction(done)),
    }
}

/// What a call of verb `f` is answered with; none if `done` does not answer what was asked.
fn answered(f: &Verb, asked: &Data, done: &Data) -> Option<Data> {
    let (asked, steps) = (asked.list()?, done.list()?);
    let is_answer = |(asked, done): (&Data, &Data)| is_answered_by(asked, done) == Some(true);
    if asked.len() != steps.len() || !asked.iter().zip(steps).all(is_answer) {
        return None;
    }
    match f {
        Verb::Txn => Some(done.clone()),
        Verb::Read => {
            let balance = |step: &Data| Some(Data::from(step.list()?.get(1..)?.to_vec()));
            let balances: Option<Vec<Data>> = steps.iter().map(balance).collect();
            balances.map(Data::from)
        }
        _ => Some(Data::Nil),
    }
}

fn is_answered_by(asked: &Data, done: &Data) -> Option<bool> {
    let (asked, done) = (asked.list()?, done.list()?);
    let is_same = asked.len() == done.len() && asked[..2] == done[..2];
    let is_read = asked[0] == Data::from("r");
    Some(is_same && (asked[2] == done[2] || (is_read && is_held(&done[2]))))
}

/// Nothing, a number, or a list of numbers.
fn is_held(data: &Data) -> bool {
    match data {
        Data::Nil | Data::Int(_) => true,
        Data::List(members) => members.iter().all(|member| member.int().is_some()),
        Data::Bool(_) | Data::Text(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(json: Json) -> Data {
        serde_json::from_value(json).expect("plain data")
    }

    fn call(f: Verb, input: Json) -> Call {
        Call::new(f, 0, data(input))
    }

    #[test]
    fn a_transaction_is_sent_as_it_is_and_a_bank_is_one_of_numbers() {
        let check = |f: Verb, input: Json, body: Json| {
            assert_eq!(request(&call(f, input)), Ok(body));
        };
        let steps = json!([["append", 3, 1], ["r", 3, null], ["w", 4, 7]]);
        check(Verb::Txn, steps.clone(), json!({ "steps": steps }));
        check(
            Verb::Read,
            json!([0, 1]),
            json!({ "steps": [["r", 0, null], ["r", 1, null]] }),
        );
        check(
            Verb::Transfer,
            json!([0, 1, 5]),
            json!({ "steps": [["add", 0, -5], ["add", 1, 5]], "floor": 0 }),
        );
        check(
            Verb::Write,
            json!([[0, 10], [1, 20]]),
            json!({ "steps": [["w", 0, 10], ["w", 1, 20]] }),
        );
    }

    #[test]
    fn what_the_service_does_not_do_is_refused_before_it_is_sent() {
        for (f, input) in [
            (Verb::Txn, json!([["r", 3, 7]])),
            (Verb::Txn, json!([["r", "x", null]])),
            (Verb::Txn, json!([["append", 3, null]])),
            (Verb::Txn, json!([["delete", 3, 7]])),
            (Verb::Txn, json!(null)),
            (Verb::Read, json!(null)),
            (Verb::Read, json!([-1])),
            (Verb::Transfer, json!([0, 1])),
            (Verb::Write, json!([[0]])),
            (Verb::Enqueue, json!([1])),
        ] {
            let refused = request(&call(f, input.clone()));
            assert!(matches!(refused, Err(Failure::Definite(_))), "{input}");
        }
    }

    #[test]
    fn answers_are_taken_for_what_was_asked() {
        let check = |f: Verb, input: Json, steps: Json, output: Json| {
            let steps = data(steps);
            let answered = answer(call(f, input), &Done { steps });
            assert_eq!(answered.map(|call| call.output), Ok(Some(data(output))));
        };
        let steps = json!([["append", 3, 1], ["r", 3, [1]], ["r", 4, null], ["r", 5, 7]]);
        let asked = json!([
            ["append", 3, 1],
            ["r", 3, null],
            ["r", 4, null],
            ["r", 5, null]
        ]);
        check(Verb::Txn, asked, steps.clone(), steps);
        check(
            Verb::Read,
            json!([0, 1]),
            json!([["r", 0, 10], ["r", 1, null]]),
            json!([[0, 10], [1, null]]),
        );
        let added = json!([["add", 0, -5], ["add", 1, 5]]);
        check(Verb::Transfer, json!([0, 1, 5]), added, json!(null));
        let set = json!([["w", 0, 10]]);
        check(Verb::Write, json!([[0, 10]]), set, json!(null));
    }

    #[test]
    fn an_answer_to_something_else_leaves_the_outcome_unknown() {
        let asked = json!([["append", 3, 1], ["r", 3, null]]);
        for steps in [
            json!([["append", 3, 1]]),
            json!([["append", 3, 2], ["r", 3, [2]]]),
            json!([["append", 3, 1], ["r", 4, [1]]]),
            json!([["append", 3, 1], ["w", 3, 1]]),
            json!([["append", 3, 1], ["r", 3, ["1"]]]),
            json!([["append", 3, 1], ["r", 3]]),
            json!(null),
        ] {
            let done = Done {
                steps: data(steps.clone()),
            };
            let answered = answer(call(Verb::Txn, asked.clone()), &done);
            assert!(matches!(answered, Err(Failure::Unknown(_))), "{steps}");
        }
    }
}
