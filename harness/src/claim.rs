//! What operations are, if a judge finds nothing: *linearizable as a queue*, *convergent*.
use checkers::model::MODELS;
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
        _ => return of_model(name),
    };
    promise.into()
}

fn of_model(name: &str) -> Cow<'_, str> {
    let (promise, object) = match name.strip_prefix("sequential ") {
        Some(object) => ("sequentially consistent", object),
        None => ("linearizable", name),
    };
    if MODELS.iter().any(|model| model.name == object) {
        return format!("{promise} as {}", noun(object)).into();
    }
    name.into()
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
    use super::claim;

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
        ];
        for (name, expected) in cases {
            assert_eq!(claim(name), expected);
        }
    }
}
