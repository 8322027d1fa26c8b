//! The judge of transactions against the verdicts that are known of recorded histories.
use super::corpus::{Case, Expected, each};
use crate::transactional::{Level, Transactional, Workload};
use crate::{Budget, Checker, Evidence, Fit, Verdict};

/// What is known of each level of a history.
fn levels(case: &Case) -> Option<Evidence> {
    let workload = Workload::of(&case.history)?;
    let judge = Transactional::new(workload, Level::StrictSerializable);
    let verdict = judge.check(&case.history, &Budget::new(4 << 30));
    Some(match verdict {
        Verdict::Valid { evidence }
        | Verdict::Unknown { evidence, .. }
        | Verdict::Invalid { evidence, .. } => evidence,
    })
}

fn fit(evidence: &Evidence, level: Level) -> Fit {
    let mut answers = evidence.levels.iter();
    let answer = answers.find(|answer| answer.level == level.name());
    answer.map_or(Fit::Undecided, |answer| answer.fit)
}

/// Plume, AWDIT and dbcop keep the order of sessions at every level: what they accept fits the plain
/// level, and what they reject is no history of the session's.
fn sessions(level: &str) -> Option<(Level, Level)> {
    Some(match level {
        "read-committed" => (Level::ReadCommitted, Level::StrongSessionReadAtomic),
        "read-atomic" => (Level::ReadAtomic, Level::StrongSessionReadAtomic),
        "causal" => (Level::Causal, Level::Causal),
        "prefix" => (Level::Prefix, Level::StrongSessionPrefix),
        "snapshot-isolation" => (
            Level::SnapshotIsolation,
            Level::StrongSessionSnapshotIsolation,
        ),
        "serializable" => (Level::Serializable, Level::StrongSessionSerializable),
        _ => return None,
    })
}

/// Elle was told here that each key is sequential or linearizable by itself, which no isolation level
/// promises.
const ASSUMING: [&str; 4] = [
    r#"checker-test ["G0"]"#,
    r#"checker-test ["G-single transaction-order"]"#,
    r#"checker-test ["G2-item transaction-order"]"#,
    r#"checker-test ["cyclic version order"]"#,
];

#[test]
fn recorded_histories_get_their_known_verdicts() {
    let (mut told, mut wrong) = (0, Vec::new());
    each(|case| {
        let assumes_more = ASSUMING.iter().any(|name| case.name.contains(name));
        let Some(evidence) = levels(&case).filter(|_| !assumes_more) else {
            return;
        };
        let mut expect = |level: Level, fits: bool| {
            told += 1;
            let found = fit(&evidence, level);
            let is_wrong = match fits {
                true => found == Fit::Refuted,
                false => found == Fit::Fits,
            };
            if is_wrong {
                wrong.push(format!("{} at {}: {found:?}", case.name, level.name()));
            }
        };
        match &case.expected {
            Expected::Levels(levels) => {
                for (level, fits) in levels {
                    // Where dbcop errs about causal consistency is looked at beside that level.
                    let is_err = level == "causal" && case.name.starts_with("dbcop");
                    if let Some((plain, session)) = sessions(level).filter(|_| !is_err) {
                        expect(if *fits { plain } else { session }, *fits);
                    }
                }
            }
            Expected::Answer {
                is_valid,
                at,
                not,
                also_not,
                ..
            } => {
                let not = not
                    .iter()
                    .chain(also_not)
                    .filter_map(|name| Level::named(name));
                not.for_each(|level| expect(level, false));
                let at = at
                    .iter()
                    .flat_map(|at| at.split(", "))
                    .filter_map(Level::named);
                at.for_each(|level| expect(level, *is_valid));
            }
        }
    });
    println!("{told} verdicts");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
