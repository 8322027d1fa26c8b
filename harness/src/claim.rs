//! What operations are, if a judge finds nothing: *linearizable as a queue*, *convergent*.
use checkers::model::MODELS;
use checkers::transactional::Level;
use std::borrow::Cow;

/// Fits behind *are* and *not*. A judge that we do not know names itself by an adjective.
pub(crate) fn claim(name: &str) -> Cow<'_, str> {
    let promise = match name {
        "monotonic-reads" => "in keeping with monotonic reads",
        "read-your-writes" => "in keeping with read-your-writes",
        "monotonic-writes" => "in keeping with monotonic writes",
        "writes-follow-reads" => "in keeping with writes-follow-reads",
        "staleness" => "fresh enough",
        "convergence" => "convergent",
        _ => return of_workload(name).map_or_else(|| of_model(name), Cow::from),
    };
    promise.into()
}

/// What the judge of a workload looked at; `bank` is a model too, which asks for more.
fn of_workload(name: &str) -> Option<&'static str> {
    Some(match name.strip_prefix("workload ")? {
        "bank" => "those of a bank in which no read loses or finds money",
        "set" => "those of a set that holds at the end what was added",
        "set-full" => "those of a set that keeps what was added",
        "total-queue" => "those of a queue that loses and invents nothing, whatever its order",
        "consensus" => "those of instances that each decide one of their proposals, for ever",
        "long-fork" => "free of long forks",
        "causal-reverse" => "free of causal reverses",
        "g2" => "free of write skew between inserts of one key",
        "monotonic" => "in the order of their timestamps",
        "kafka" => "those of logs that lose and reorder nothing",
        _ => return None,
    })
}

fn of_model(name: &str) -> Cow<'_, str> {
    let (promise, object) = match name.strip_prefix("sequential ") {
        Some(object) => ("sequentially consistent", object),
        None => ("linearizable", name),
    };
    if MODELS.iter().any(|model| model.name == object) {
        return format!("{promise} as {}", noun(object)).into();
    }
    // Some levels are adjectives: what keeps them is *strict-serializable*.
    match Level::named(name) {
        Some(_) if !name.ends_with("able") => format!("in keeping with {name}").into(),
        Some(_) | None => name.into(),
    }
}

fn noun(model: &str) -> String {
    match model {
        "kv" => "a key-value store".to_owned(),
        "cas-register" => "a register with compare-and-set".to_owned(),
        "rw-lock" => "a read-write lock".to_owned(),
        "unique-ids" => "a source of unique ids".to_owned(),
        "monotone-ids" => "a source of ascending ids".to_owned(),
        _ => {
            let article = if model.starts_with('o') { "an" } else { "a" };
            format!("{article} {}", model.replace('-', " "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{claim, of_workload};
    use checkers::{domain, model};

    #[test]
    fn every_judge_makes_a_sentence() {
        let cases = [
            ("linearizable", "linearizable"),
            ("queue", "linearizable as a queue"),
            ("owner-mutex", "linearizable as an owner mutex"),
            ("unique-ids", "linearizable as a source of unique ids"),
            ("sequential stack", "sequentially consistent as a stack"),
            ("k-atomic", "k-atomic"),
            ("staleness", "fresh enough"),
            ("serializable", "serializable"),
            ("snapshot-isolation", "in keeping with snapshot-isolation"),
        ];
        for (name, expected) in cases {
            assert_eq!(claim(name), expected);
        }
    }

    #[test]
    fn workloads_are_not_called_what_models_are() {
        for known in &domain::DOMAINS {
            let judge = domain::checker(known.name, &model::Parameters::new());
            let judge = judge.expect("it is a domain, and told nothing");
            assert!(of_workload(judge.name()).is_some(), "{}", known.name);
            assert!(
                !claim(judge.name()).contains("linearizable"),
                "{}",
                known.name
            );
        }
    }
}
