//! Tests of transactions on one snapshot.
use super::run as run_on;
use crate::kv_raft::{
    store::{NEVER_WRITTEN, Store},
    types::Command,
};
use crate::steps::{Abort, Held, Ran, Txn, Version};
use harness::{Key, Value};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// Key 1 holds 10 since entry 5, key 2 the list 7 8 since entry 6.
fn store() -> Store {
    let mut store = Store::default();
    store.apply(5, Command::Write { key: 1, value: 10 });
    let list = Held::List(Arc::new(vec![7, 8]));
    let (reads, writes) = (Vec::new(), vec![(2, list)]);
    store.apply(6, Command::Commit { reads, writes });
    store
}

fn txn(body: Json) -> Result<Txn, String> {
    serde_json::from_value(body).map_err(|error| error.to_string())
}

fn run(steps: Json, floor: Option<Value>) -> Result<Ran, Abort> {
    let txn = txn(json!({ "steps": steps, "floor": floor })).expect("it is well-formed");
    run_on(&txn, &store())
}

fn answered(steps: Json) -> Json {
    let ran = run(steps, None).expect("it can be done");
    serde_json::to_value(ran.steps).expect("plain data")
}

#[test]
fn reads_are_filled_in_and_the_rest_is_told_as_it_was_asked() {
    let steps = json!([["r", 1, null], ["r", 2, null], ["r", 3, null], ["w", 3, 4]]);
    assert_eq!(
        answered(steps),
        json!([["r", 1, 10], ["r", 2, [7, 8]], ["r", 3, null], ["w", 3, 4]])
    );
}

#[test]
fn a_transaction_reads_its_own_writes() {
    let steps = json!([
        ["append", 2, 9],
        ["r", 2, null],
        ["append", 2, 10],
        ["r", 2, null],
        ["w", 1, 3],
        ["add", 1, 2],
        ["r", 1, null],
        ["append", 3, 1],
        ["r", 3, null]
    ]);
    let answer = answered(steps);
    let read = |at: usize| &answer[at][2];
    assert_eq!(
        [read(1), read(3), read(6), read(8)],
        [
            &json!([7, 8, 9]),
            &json!([7, 8, 9, 10]),
            &json!(5),
            &json!([1])
        ]
    );
}

#[test]
fn it_depends_on_what_it_used_and_not_on_what_it_wrote_unseen() {
    let check = |steps: Json, reads: &[(Key, Version)]| {
        let ran = run(steps.clone(), None).expect("it can be done");
        assert_eq!(ran.reads, reads, "{steps}");
    };
    check(json!([["r", 1, null], ["r", 1, null]]), &[(1, 5)]);
    check(json!([["r", 3, null]]), &[(3, NEVER_WRITTEN)]);
    check(json!([["append", 2, 1]]), &[(2, 6)]);
    check(json!([["add", 1, 1]]), &[(1, 5)]);
    check(json!([["w", 1, 1]]), &[]);
    check(json!([["w", 1, 1], ["r", 1, null]]), &[]);
    check(json!([["r", 1, null], ["w", 1, 1]]), &[(1, 5)]);
}

#[test]
fn only_what_was_changed_is_written() {
    let steps = json!([["r", 1, null], ["append", 2, 9], ["w", 3, 1], ["w", 3, 2]]);
    let ran = run(steps, None).expect("it can be done");
    let list = Held::List(Arc::new(vec![7, 8, 9]));
    assert_eq!(ran.writes, [(2, list), (3, Held::Number(2))]);
    assert_eq!(
        store().get(2).map(Held::len),
        Some(2),
        "the snapshot is left alone"
    );
}

#[test]
fn no_add_goes_below_the_floor() {
    let take = |more: Value| run(json!([["add", 1, more], ["add", 3, 1]]), Some(0));
    let ran = take(-10).expect("0 is not below 0");
    assert_eq!(
        ran.writes,
        [(1, Held::Number(0)), (3, Held::Number(1))],
        "a key that was never written counts as 0"
    );
    let Abort(why) = take(-11).expect_err("too much");
    assert!(why.contains("floor of 0"), "{why}");
    assert!(run(json!([["add", 1, -11]]), None).is_ok());
}

#[test]
fn what_cannot_be_done_is_refused_with_the_reason() {
    let check = |steps: Json, reason: &str| {
        let Abort(why) = run(steps, None).expect_err(reason);
        assert!(why.contains(reason), "{why}");
    };
    check(json!([["append", 1, 1]]), "holds a number");
    check(json!([["add", 2, 1]]), "holds a list");
    check(json!([["add", 1, Value::MAX]]), "overflow");
    check(json!([["w", 3, 1], ["append", 3, 1]]), "holds a number");
}

#[test]
fn lists_and_transactions_have_a_longest_size() {
    let appends = |key: Key| (0..1000).map(move |n| json!(["append", key, n]));
    let mut store = Store::default();
    let mut commit = |steps: Vec<Json>| {
        let asked = txn(json!({ "steps": steps })).expect("well-formed");
        let ran = run_on(&asked, &store)?;
        let (reads, writes) = (ran.reads, ran.writes);
        store.apply(9, Command::Commit { reads, writes });
        Ok::<(), Abort>(())
    };
    for key in [1, 1, 1, 1, 2, 2, 2, 3, 3] {
        commit(appends(key).collect()).expect("not too long yet");
    }
    let Abort(why) = commit(appends(1).collect()).expect_err("more than 4096");
    assert!(why.contains("is full"), "{why}");
    let one_each = |keys: &[Key]| keys.iter().map(|key| json!(["append", key, 0])).collect();
    let Abort(why) = commit(one_each(&[1, 2, 3])).expect_err("9003 numbers");
    assert!(why.contains("it writes 9003 numbers"), "{why}");
    let Abort(why) = commit(vec![json!(["r", 1, null]); 30]).expect_err("120,000 numbers");
    assert!(why.contains("it reads more"), "{why}");
    let many = txn(json!({ "steps": vec![json!(["w", 1, 1]); 1001] })).expect("well-formed");
    assert!(many.check().is_err());
}

#[test]
fn what_is_no_transaction_is_not_taken_for_one() {
    for body in [
        json!({ "steps": [["r", 1, 7]] }),
        json!({ "steps": [["w", 1, null]] }),
        json!({ "steps": [["w", 1, [7]]] }),
        json!({ "steps": [["append", -1, 7]] }),
        json!({ "steps": [["append", 1]] }),
        json!({ "steps": [["delete", 1, null]] }),
        json!({ "steps": [], "ceiling": 7 }),
        json!({}),
    ] {
        assert!(txn(body.clone()).is_err(), "{body}");
    }
}

#[test]
fn only_reads_make_it_read_only() {
    let is_read_only = |steps: Json| txn(json!({ "steps": steps })).expect("ok").is_read_only();
    assert!(is_read_only(json!([])));
    assert!(is_read_only(json!([["r", 1, null], ["r", 2, null]])));
    for step in [
        json!(["w", 1, 1]),
        json!(["append", 1, 1]),
        json!(["add", 1, 1]),
    ] {
        assert!(!is_read_only(json!([["r", 2, null], step])));
    }
}
