//! The judges of domains against the verdicts that are known of recorded histories.
use super::{judge, told};
use crate::model::{Consistency, Parameters, checker};
use crate::transactional::tests::corpus::{Case, Expected, each};
use crate::{Budget, Verdict};

/// Files, who judges them, and what is found.
const JUDGED: [(&str, &str, &str); 10] = [
    ("jepsen__bank.edn", "bank total=100", "valid"),
    ("jepsen__bank.json", "bank total=100", "valid"),
    ("jepsen__bank-tidb.edn", "bank total=100", "wrong-total"),
    // Three accounts of ten each; the name is about a flag of the tool that it comes from.
    ("jepsen__bank-neg.edn", "bank total=30", "valid"),
    (
        "jepsen__bank-negative-balances.json",
        "bank total=100",
        "negative-balance",
    ),
    ("jepsen__set.edn", "set", "valid"),
    // What is added is a pair, and what is read its second half: nothing that was added is found.
    (
        "jepsen__set_full.edn",
        "set-full",
        "garbage-read lost-element",
    ),
    (
        "jepsen__set_full.json",
        "set-full",
        "garbage-read lost-element",
    ),
    // The writes are left out, and every read is of process 0.
    ("jepsen__long-fork.edn", "long-fork group=3", "long-fork"),
    // Most writes are left out.
    (
        "custom__comments.edn",
        "causal-reverse",
        "garbage-read causal-reverse",
    ),
];

/// Workloads of the other histories, and why no judge of a domain is asked about them.
const OTHERS: [(&str, &str); 5] = [
    ("list-append", "transactions are judged by isolation levels"),
    ("rw-register", "transactions are judged by isolation levels"),
    (
        "register txns",
        "transactions are judged by isolation levels",
    ),
    ("counter", "an object that has a model, asked below"),
    ("closed-predicate", "nobody here judges reads of predicates"),
];

/// What a verdict says in one word, and all that it says.
fn ask(case: &Case, domain: &str) -> (String, Verdict) {
    let (name, parameters) = domain.split_once(' ').unwrap_or((domain, ""));
    let verdict = judge(name, parameters, &case.history);
    (told(&verdict), verdict)
}

#[test]
fn recorded_histories_get_their_known_verdicts() {
    let (mut judged, mut all) = (0, 0);
    each(|case| {
        all += 1;
        let file = case.name.rsplit('/').next().unwrap_or_default();
        let Some((_, domain, expected)) = JUDGED.iter().find(|(name, ..)| *name == file) else {
            let reason = OTHERS
                .iter()
                .find(|(workload, _)| case.workload.starts_with(workload));
            assert!(
                reason.is_some_and(|(_, why)| !why.is_empty()),
                "{}",
                case.name
            );
            return;
        };
        judged += 1;
        let Expected::Answer { is_valid, .. } = case.expected else {
            panic!("{file}: nothing is known of it");
        };
        let (answer, verdict) = ask(&case, domain);
        assert_eq!(answer, *expected, "{file}: {verdict:#?}");
        assert_eq!(answer == "valid", is_valid, "{file}");
        if let Verdict::Invalid { anomalies, .. } = &verdict
            && *domain == "causal-reverse"
        {
            // The manifest says which two it is about.
            let names_both = |sentence: &str| sentence.contains("saw 430, but not 425");
            assert!(
                anomalies
                    .iter()
                    .any(|anomaly| names_both(&anomaly.sentence))
            );
        }
    });
    assert!(all == 0 || judged == JUDGED.len(), "{judged}");
}

#[test]
fn one_total_too_many_is_wrong_everywhere() {
    each(|case| {
        if case.name.ends_with("jepsen__bank.edn") {
            assert_eq!(ask(&case, "bank total=101").0, "wrong-total");
            // All reads agree, but nobody says what on.
            assert_eq!(ask(&case, "bank").0, "unknown");
        }
    });
}

#[test]
fn recorded_counters_are_legal() {
    let mut judged = 0;
    each(|case| {
        if case.workload != "counter" {
            return;
        }
        judged += 1;
        let model = checker("counter", &Parameters::new(), Consistency::Linearizable);
        let verdict = model
            .expect("a model of the table")
            .check(&case.history, &Budget::new(1 << 30));
        let is_legal = matches!(verdict, Verdict::Valid { .. });
        assert!(is_legal, "{}: {verdict:#?}", case.name);
    });
    assert!(judged == 0 || judged == 2);
}
