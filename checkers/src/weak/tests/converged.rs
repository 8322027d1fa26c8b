//! Convergence against brute force, drawings and simulations.
use super::generate::{Shape, history, lie};
use super::{check_anomaly, judge, only, told};
use crate::testing::Rng;
use crate::weak::Convergence;
use crate::{Event, History, Key, Kind, NodeId, Op, Outcome, Value, Verdict};

/// A node, if it is known, and a process.
type Reader = (Option<NodeId>, u32);

/// By definition, over all pairs of reads of one key. None if it does not say.
fn is_converged(history: &History, key: Key) -> Option<bool> {
    let operations = history.operations();
    let of_key = || {
        operations
            .iter()
            .filter(|operation| operation.op.key() == key)
    };
    let end = |operation: &crate::Operation<'_>| match operation.outcome {
        Outcome::Ok { completed } => completed,
        Outcome::Unknown { .. } => usize::MAX,
    };
    let wrote = |op: &Op, is_answered: bool| match *op {
        Op::Write { value, .. } => Some(value),
        Op::Cas {
            from, to, found, ..
        } if !is_answered || found == Some(from) => Some(to),
        Op::Read { .. } | Op::Cas { .. } | Op::Call(_) => None,
    };
    let mut acknowledged: Vec<Option<Value>> = Vec::new();
    let mut unknown: Vec<Option<Value>> = Vec::new();
    let mut quiet = 0;
    for operation in of_key() {
        let is_answered = end(operation) < usize::MAX;
        match (wrote(operation.op, is_answered), is_answered) {
            (Some(value), true) => {
                acknowledged.push(Some(value));
                quiet = quiet.max(end(operation));
            }
            (Some(value), false) => unknown.push(Some(value)),
            (None, _) => {}
        }
    }
    if acknowledged.is_empty() {
        acknowledged.push(None);
    }
    let reader = |operation: &crate::Operation<'_>| (operation.node, operation.process.0);
    let mut last: Vec<(Reader, Option<Value>)> = Vec::new();
    for operation in of_key() {
        if let (Op::Read { value, .. }, true) = (operation.op, end(operation) < usize::MAX)
            && quiet <= operation.invoked
        {
            last.retain(|(other, _)| match operation.node {
                Some(node) => other.0 != Some(node),
                None => *other != reader(operation),
            });
            last.push((reader(operation), *value));
        }
    }
    let is_unknown = |value: &Option<Value>| unknown.contains(value);
    let is_there = |value: &Option<Value>| acknowledged.contains(value) || is_unknown(value);
    let firm = || {
        last.iter()
            .map(|last| last.1)
            .filter(|value| !is_unknown(value))
    };
    if !last.iter().all(|last| is_there(&last.1)) || firm().any(|one| firm().any(|two| one != two))
    {
        return Some(false);
    }
    let is_same = last.iter().all(|other| other.1 == last[0].1);
    (last.len() >= 2 && is_same).then_some(true)
}

fn compare(history: &History) -> &'static str {
    let mut keys: Vec<Key> = history.operations().iter().map(|op| op.op.key()).collect();
    keys.sort_unstable();
    keys.dedup();
    let each: Vec<Option<bool>> = keys.iter().map(|key| is_converged(history, *key)).collect();
    let verdict = judge(&Convergence, history);
    let events = || format!("{:?} {verdict:?} {:#?}", each, history.events());
    match &verdict {
        Verdict::Valid { .. } => {
            assert!(each.iter().all(|is| *is == Some(true)), "{}", events());
            "valid"
        }
        Verdict::Unknown { .. } => {
            assert!(each.iter().all(|is| *is != Some(false)), "{}", events());
            assert!(
                each.iter().any(Option::is_none) || each.is_empty(),
                "{}",
                events()
            );
            "unknown"
        }
        Verdict::Invalid {
            anomalies,
            evidence,
        } => {
            let wrong = each.iter().filter(|is| **is == Some(false)).count();
            assert_eq!(evidence.keys_invalid, wrong as u64, "{}", events());
            for anomaly in anomalies {
                check_anomaly(history, anomaly);
                let kept: Vec<usize> = anomaly.witness.iter().map(|op| op.invoked).collect();
                let alone = judge(&Convergence, &only(history, &kept));
                assert!(matches!(alone, Verdict::Invalid { .. }), "{}", events());
            }
            "invalid"
        }
    }
}

/// Gives operations nodes, and turns some into failures.
fn decorated(history: &History, rng: &mut Rng) -> History {
    let mut decorated = History::default();
    let is_noded = rng.percent(50);
    for event in history.events() {
        let mut event: Event = event.clone();
        event.node = is_noded.then(|| NodeId(1 + (event.process.0 % 2) as u16));
        if matches!(event.kind, Kind::Info(_)) && rng.percent(50) {
            event.kind = Kind::Fail("refused".to_owned());
        }
        decorated.push(event).expect("as well-formed as it was");
    }
    decorated
}

#[test]
fn random_histories_agree_with_brute_force() {
    let mut rng = Rng(9);
    let mut counts = [0; 3];
    for round in 0..super::rounds(200_000) {
        let shape = Shape {
            operations: 2 + rng.below(8) as usize,
            processes: 2 + rng.below(3) as usize,
            keys: 1 + rng.below(2),
            info: [0, 30][rng.below(2) as usize],
            swaps: [0, 30][rng.below(2) as usize],
            stale: [0, 20][rng.below(2) as usize],
        };
        let mut history = history(shape, &mut rng);
        if round % 3 == 0 {
            history = lie(&history, &mut rng);
        }
        match compare(&decorated(&history, &mut rng)) {
            "valid" => counts[0] += 1,
            "unknown" => counts[1] += 1,
            _ => counts[2] += 1,
        }
    }
    println!("valid, unknown, invalid: {counts:?}");
    assert!(counts.iter().all(|count| *count > 1_000), "{counts:?}");
}

#[test]
fn all_small_histories_agree_with_brute_force() {
    let mut count = 0;
    super::sessions::walk(&[(1, 2), (2, 2), (3, 2), (4, 1)], &mut |history| {
        compare(history);
        count += 1;
    });
    assert!(count > 10_000, "{count}");
}

#[track_caller]
fn check(drawing: &str, wanted: &str) {
    assert_eq!(
        told(&judge(&Convergence, &crate::sketch::history(drawing))),
        wanted
    );
}

#[test]
fn those_left_alone_agree() {
    check("|w 1| |r 1|\n |w 2|   |r 1|", "valid");
    check(
        "|w 1| |r 1|\n |w 2|   |r 2|",
        "Process 0 last read 1 from key 0, and process 1 last read 2, though nobody wrote any more.",
    );
    check("|w 1| |r 2| |r 1|\n |w 2|   |r 1|", "valid");
    check(
        "|w 1| |r nil|\n       |r nil|",
        "Process 0 read nil from key 0 at the end, though 1 had been written and acknowledged.",
    );
    check(
        "|w 1x |r 1|",
        "Process 0 read 1 from key 0 at the end, the write of which had failed.",
    );
    check(
        "|w 2| |r 1|",
        "Process 0 read 1 from key 0 at the end, which nobody had written.",
    );
}

#[test]
fn what_may_still_change_is_not_held_against_anybody() {
    let why = "unknown: 1 of 1 keys were not decided: key 0 ";
    check(
        "|w 1| |r 1|\n |w 2…\n    |r 2|",
        &format!("{why}was read differently, and a write of unknown outcome may be why"),
    );
    check(
        "|w 1| |r 1|",
        &format!("{why}was read by one only after its last write"),
    );
    check(
        "|r nil| |w 1|",
        &format!("{why}was not read after its last write"),
    );
}

#[test]
fn if_last_reads_are_noted_only_they_count() {
    let early = "|w 1|  |r 1|\n |w 2|   |r 2|";
    let mut history = History::default();
    for event in crate::sketch::history(early).events() {
        history.push(event.clone()).expect("well-formed");
    }
    history.note(0, "phase", serde_json::json!({ "begins": "last reads" }));
    let told = told(&judge(&Convergence, &history));
    assert!(told.contains("was not read after its last write"), "{told}");
}
