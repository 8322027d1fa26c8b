//! Every recorded history is read in full: the numbers were counted in the files by other means.
use super::{Case, Expected, each};
use crate::{Kind, Op, Verb};
use std::collections::BTreeMap;

/// Of all histories of one kind.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    histories: usize,
    events: usize,
    failed: usize,
    notes: usize,
    /// Micro-operations of transactions, in sessions only.
    steps: usize,
    is_timed: bool,
}

#[test]
fn every_recorded_history_is_read_in_full() {
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    let (mut answers, mut levels) = (0, 0);
    each(|case| {
        let count = counts.entry(kind(&case.name)).or_default();
        add(count, &case);
        match &case.expected {
            Expected::Answer {
                is_valid,
                at,
                anomalies,
                not,
                also_not,
            } => {
                let said = at.iter().chain(anomalies).chain(not).chain(also_not);
                assert!(said.into_iter().all(|name| !name.is_empty()));
                answers += usize::from(!is_valid);
            }
            Expected::Levels(known) => levels += known.len(),
        }
    });
    if counts.is_empty() {
        return;
    }
    let count = |histories, events, failed, notes, steps, is_timed| Count {
        histories,
        events,
        failed,
        notes,
        steps,
        is_timed,
    };
    let expected = [
        ("awdit", count(15, 2 * 888, 0, 0, 3_506, false)),
        ("dbcop", count(1_000, 2 * 8_493, 0, 0, 15_350, false)),
        ("edn", count(13, 29_496, 7_486, 132, 0, true)),
        ("elle", count(91, 2_584, 613, 0, 0, true)),
        ("json", count(6, 1_822, 99, 38, 0, true)),
        (
            "plume",
            count(28, 2 * (96_325 + 192), 192, 0, 495_739, false),
        ),
    ];
    for (kind, expected) in expected {
        assert_eq!(counts[kind], expected, "{kind}");
    }
    assert_eq!(counts.len(), 6);
    println!("{answers} histories are invalid, {levels} levels are known");
    assert!(answers > 50 && levels > 7_000);
}

fn kind(name: &str) -> &'static str {
    let of_folder = |folder: &str| name.starts_with(folder);
    match name {
        _ if of_folder("elle/elle-test-cases") => "elle",
        _ if of_folder("dbcop/") => "dbcop",
        _ if of_folder("awdit/") => "awdit",
        _ if name.ends_with(".json") => "json",
        _ if of_folder("elle") => "edn",
        _ => "plume",
    }
}

fn add(count: &mut Count, case: &Case) {
    count.histories += 1;
    assert!(!case.workload.is_empty(), "{}", case.name);
    count.notes += case.history.notes().len();
    count.is_timed = case.history.has_real_time();
    for event in case.history.events() {
        count.events += 1;
        count.failed += usize::from(matches!(event.kind, Kind::Fail(_)));
        let Op::Call(call) = &event.op else { continue };
        let steps = call.input.list().map_or(0, <[_]>::len);
        if call.f == Verb::Txn && event.kind == Kind::Invoke && !count.is_timed {
            count.steps += steps;
        }
        let answered = call.output.as_ref().and_then(|output| output.list());
        if call.f == Verb::Txn && event.kind == Kind::Ok {
            let answered = answered.map(<[_]>::len);
            assert_eq!(answered, Some(steps), "{}: {call}", case.name);
        }
    }
}

#[test]
fn json_and_edn_tell_the_same_history() {
    let mut read: BTreeMap<String, Case> = BTreeMap::new();
    each(|case| drop(read.insert(case.name.clone(), case)));
    let mut pairs = 0;
    for (name, json) in &read {
        let Some(edn) = name.strip_suffix(".json").map(|stem| format!("{stem}.edn")) else {
            continue;
        };
        let Some(edn) = read.get(&edn) else { continue };
        pairs += 1;
        let (json, edn) = (json.history.events(), edn.history.events());
        assert_eq!(json.len(), edn.len(), "{name}");
        for (json, edn) in json.iter().zip(edn) {
            assert_eq!(
                (json.process, &json.kind),
                (edn.process, &edn.kind),
                "{name}"
            );
            assert_eq!(json.op, edn.op, "{name}");
        }
    }
    assert_eq!(pairs, if read.is_empty() { 0 } else { 5 });
}
