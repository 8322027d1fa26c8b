//! The table of all weak promises.
use super::{BoundedStaleness, Convergence, Guarantee, KAtomic};
use crate::Checker;
use crate::model::{Asks, Parameters, REGISTER};

/// A promise that can be judged.
#[derive(Clone, Debug)]
pub struct Promise {
    /// As in `assay check --model monotonic-reads`.
    pub name: &'static str,
    /// One line.
    pub about: &'static str,
    /// What a register is asked, and answers.
    pub asks: &'static [Asks],
    /// What it may be told beforehand, each with one line.
    pub parameters: &'static [(&'static str, &'static str)],
}

/// Every promise. All are about registers.
pub const PROMISES: [Promise; 7] = [
    Promise {
        name: "monotonic-reads",
        about: "what a process reads does not go back",
        asks: REGISTER,
        parameters: &[],
    },
    Promise {
        name: "read-your-writes",
        about: "a process sees what it wrote",
        asks: REGISTER,
        parameters: &[],
    },
    Promise {
        name: "monotonic-writes",
        about: "who sees a write sees what its process wrote before",
        asks: REGISTER,
        parameters: &[],
    },
    Promise {
        name: "writes-follow-reads",
        about: "who sees a write sees what its process had read before",
        asks: REGISTER,
        parameters: &[],
    },
    Promise {
        name: "k-atomic",
        about: "reads return one of the newest versions",
        asks: REGISTER,
        parameters: &[("versions", "how many of them, 2 unless told")],
    },
    Promise {
        name: "staleness",
        about: "reads return what was there a little while ago",
        asks: REGISTER,
        parameters: &[("ms", "how long ago, 0 unless told")],
    },
    Promise {
        name: "convergence",
        about: "once nobody writes any more, all come to agree",
        asks: REGISTER,
        parameters: &[],
    },
];

/// The judge of the promise that is called so.
///
/// # Errors
/// If there is no such promise, or a parameter is not one of its own; the text says what there is.
pub fn checker(name: &str, parameters: &Parameters) -> Result<Box<dyn Checker>, String> {
    let Some(promise) = PROMISES.iter().find(|promise| promise.name == name) else {
        let names: Vec<&str> = PROMISES.iter().map(|promise| promise.name).collect();
        return Err(format!(
            "no promise `{name}`; there are {}",
            names.join(", ")
        ));
    };
    let mut told = parameters.keys();
    let is_known = |name: &&String| promise.parameters.iter().any(|known| known.0 == **name);
    if let Some(name) = told.find(|name| !is_known(name)) {
        return Err(format!("{} has no parameter `{name}`", promise.name));
    }
    let number = |name: &str, usual: u64| match parameters.get(name) {
        None => Ok(usual),
        Some(value) => {
            let number = value.int().and_then(|number| u64::try_from(number).ok());
            number.ok_or_else(|| format!("{name} is a number from 0"))
        }
    };
    Ok(match promise.name {
        "monotonic-reads" => Box::new(Guarantee::MonotonicReads),
        "read-your-writes" => Box::new(Guarantee::ReadYourWrites),
        "monotonic-writes" => Box::new(Guarantee::MonotonicWrites),
        "writes-follow-reads" => Box::new(Guarantee::WritesFollowReads),
        "k-atomic" => Box::new(KAtomic {
            versions: match number("versions", 2)? {
                0 => return Err("versions is a number from 1".to_owned()),
                versions => versions,
            },
        }),
        "staleness" => Box::new(BoundedStaleness {
            nanoseconds: number("ms", 0)?.saturating_mul(1_000_000),
        }),
        "convergence" => Box::new(Convergence),
        _ => unreachable!("every promise of the table has an arm"),
    })
}

#[cfg(test)]
mod tests {
    use super::{PROMISES, checker};
    use crate::model::Parameters;

    #[test]
    fn every_promise_leads_to_its_judge() {
        for promise in &PROMISES {
            let judge = checker(promise.name, &Parameters::new()).expect("a judge");
            assert_eq!(judge.name(), promise.name);
            for (name, _) in promise.parameters {
                let told = |value: i64| Parameters::from([((*name).to_owned(), value.into())]);
                assert!(checker(promise.name, &told(3)).is_ok());
                assert!(checker(promise.name, &told(-3)).is_err());
            }
        }
        assert!(checker("staleness", &Parameters::from([("s".to_owned(), 3.into())])).is_err());
        assert!(checker("stale", &Parameters::new()).is_err());
    }
}
