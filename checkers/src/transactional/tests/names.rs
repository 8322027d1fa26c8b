//! Whatever Elle found in the histories of its own tests is found, by its name or a more precise one.
use super::corpus::{Case, Expected, each};
use crate::AnomalyKind::{self, *};
use crate::transactional::{Level, Transactional, Workload};
use crate::{Budget, Checker, Verdict};
use std::collections::BTreeSet;

/// Elle's names and ours. Elle tells items from predicates everywhere, we only where both can occur.
const NAMES: [(&str, AnomalyKind); 17] = [
    ("G0", G0),
    ("G1a", AbortedRead),
    ("G1b", IntermediateRead),
    ("G1c", G1c),
    ("G1c-process", G1cProcess),
    ("G-single-item", GSingle),
    ("G-single-item-process", GSingleProcess),
    ("G-single-item-realtime", GSingleRealtime),
    ("G-nonadjacent-item", GNonadjacent),
    ("G-nonadjacent-item-process", GNonadjacentProcess),
    ("G2-item", G2Item),
    ("lost-update", LostUpdate),
    ("dirty-update", DirtyUpdate),
    ("duplicate-elements", DuplicateElements),
    ("incompatible-order", IncompatibleOrder),
    ("internal", Internal),
    ("future-read", FutureRead),
];

/// No anomaly, but the remark that no cycle was sought.
const REMARK: &str = "empty-transaction-graph";

const TOLD: &str = "Elle was told that each key is sequential or linearizable by itself";
const GARBAGE: &str = "it starts from a value that nobody wrote, which refutes every level";
const BEHIND: &str =
    "its cycle is of elements behind those that two reads contradict each other on";

/// Where we have another name: the case, Elle's name, ours if there is one, and why.
const OTHERWISE: [(&str, &str, Option<AnomalyKind>, &str); 11] = [
    (":47 sim-prefix", "G0", Some(IncompatibleOrder), BEHIND),
    (":53 lost-update", "lost-update", Some(GarbageRead), GARBAGE),
    (":55 checker", "cyclic-versions", Some(GarbageRead), TOLD),
    (":57 checker", "G0", Some(G0Realtime), TOLD),
    (":63 checker", "G-single-item", None, TOLD),
    (":65 checker", "G2-item", None, TOLD),
    (":74 checker", "G2-item", Some(GarbageRead), GARBAGE),
    (":78 checker", "G-single-item", Some(GarbageRead), GARBAGE),
    (":79 checker", "cyclic-versions", Some(G0Realtime), TOLD),
    (":80 scc-sort-bug", "G1c-realtime", Some(GarbageRead), TOLD),
    (
        ":80 scc-sort-bug",
        "cyclic-versions",
        Some(GarbageRead),
        TOLD,
    ),
];

/// Everything that is found, under each of its names; none if no workload of ours is like it.
fn found(case: &Case) -> Option<BTreeSet<AnomalyKind>> {
    let judge = Transactional::new(Workload::of(&case.history)?, Level::StrictSerializable);
    let Verdict::Invalid { anomalies, .. } = judge.check(&case.history, &Budget::new(4 << 30))
    else {
        return Some(BTreeSet::new());
    };
    let kinds = anomalies
        .iter()
        .flat_map(|anomaly| std::iter::once(anomaly.kind).chain(anomaly.also.iter().copied()));
    Some(kinds.collect())
}

#[test]
fn nothing_that_elle_names_is_missed() {
    let (mut named, mut otherwise, mut predicates) = (0, 0, 0);
    let mut missed = Vec::new();
    each(|case| {
        let Expected::Answer { anomalies, .. } = &case.expected else {
            return;
        };
        let is_of_elle = |workload| case.workload.starts_with(workload);
        // What is read there is a predicate, and none of our workloads has them.
        predicates += usize::from(is_of_elle("closed-predicate"));
        if !["list-append", "rw-register"].into_iter().any(is_of_elle) {
            return;
        }
        let found = found(&case).expect("a history of a workload");
        for name in anomalies.iter().filter(|name| *name != REMARK) {
            let exception = OTHERWISE
                .iter()
                .find(|(part, elle, ..)| case.name.contains(part) && elle == name);
            let ours = match exception {
                Some((_, _, ours, _)) => *ours,
                None => NAMES.iter().find(|(elle, _)| elle == name).map(|n| n.1),
            };
            let is_found = match (ours, exception) {
                (Some(kind), _) => found.contains(&kind),
                (None, Some(_)) => found.is_empty(),
                (None, None) => false,
            };
            otherwise += usize::from(exception.is_some());
            named += 1;
            if !is_found {
                missed.push(format!("{}: {name}, but {found:?}", case.name));
            }
        }
    });
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    println!("{named} anomalies are named, {otherwise} of them otherwise");
    if named > 0 {
        assert_eq!((predicates, otherwise), (10, OTHERWISE.len()));
        assert!(OTHERWISE.iter().all(|(.., why)| !why.is_empty()));
    }
}
