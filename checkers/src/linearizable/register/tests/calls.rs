//! Registers that are asked by calls, with values of all kinds, beginning as anything.
use crate::{
    Budget, Call, Checker, Data, Event, History, Kind, Linearizable, Process, Verb, Verdict,
};

/// A history of calls that follow one another; no answer stands for an unknown outcome.
fn told(calls: &[(Verb, Data, Option<Data>)]) -> History {
    let mut history = History::default();
    for (process, (verb, input, output)) in (0_u32..).zip(calls) {
        let asked = Call::new(verb.clone(), 0, input.clone());
        let (kind, said) = match output {
            Some(output) => (Kind::Ok, asked.clone().answered(output.clone())),
            None => (Kind::Info("lost".to_owned()), asked.clone()),
        };
        for (kind, call) in [(Kind::Invoke, asked), (kind, said)] {
            let event = Event {
                time: history.events().len() as u64 * 1_000_000,
                process: Process(process),
                node: None,
                kind,
                op: call.into(),
            };
            history.push(event).expect("one after the other");
        }
    }
    history
}

fn check(initial: Data, calls: &[(Verb, Data, Option<Data>)]) -> String {
    let judge = Linearizable::starting_at(initial);
    match judge.check(&told(calls), &Budget::new(1 << 30)) {
        Verdict::Valid { .. } => "valid".to_owned(),
        Verdict::Unknown { reason, .. } => reason,
        Verdict::Invalid { anomalies, .. } => anomalies[0].sentence.clone(),
    }
}

fn read(value: impl Into<Data>) -> (Verb, Data, Option<Data>) {
    (Verb::Read, Data::Nil, Some(value.into()))
}

fn write(value: impl Into<Data>) -> (Verb, Data, Option<Data>) {
    (Verb::Write, value.into(), Some(Data::Nil))
}

fn cas(from: &str, to: &str, is_done: bool) -> (Verb, Data, Option<Data>) {
    (Verb::Cas, vec![from, to].into(), Some(is_done.into()))
}

#[test]
fn texts_and_lists_are_values_too() {
    let list: Data = vec![1, 2].into();
    let calls = [
        write("a"),
        read("a"),
        cas("a", "b", true),
        read("b"),
        write(list.clone()),
        read(list),
    ];
    assert_eq!(check(Data::Nil, &calls), "valid");
    assert_eq!(
        check(Data::Nil, &[write("a"), write("b"), read("a")]),
        "Stale read: process 2 read key 0 = \"a\", 1 ms after process 1 had finished replacing it by \"b\"."
    );
}

#[test]
fn a_refusal_says_what_was_not_there() {
    assert_eq!(
        check(Data::Nil, &[write("a"), cas("b", "c", false)]),
        "valid"
    );
    assert_eq!(
        check(Data::Nil, &[write("a"), cas("a", "c", false)]),
        "Stale read: process 1 found key 0 not to be \"a\", 1 ms after process 0 had finished writing \"a\"."
    );
}

#[test]
fn a_lost_compare_and_set_may_have_happened_or_not() {
    let lost = (Verb::Cas, vec!["a", "b"].into(), None);
    for seen in ["a", "b"] {
        assert_eq!(
            check(Data::Nil, &[write("a"), lost.clone(), read(seen)]),
            "valid"
        );
    }
}

#[test]
fn a_register_may_begin_as_anything() {
    assert_eq!(check(Data::Int(0), &[read(0)]), "valid");
    assert_eq!(
        check(
            Data::Int(0),
            &[read(0), write(1), read(1), write(0), read(0)]
        ),
        "valid"
    );
    assert_eq!(
        check(Data::Int(0), &[read(1)]),
        "Garbage read: process 0 read key 0 = 1, which nobody ever wrote."
    );
    assert_eq!(
        check(Data::Int(0), &[write(1), read(0)]),
        "Stale read: process 1 read key 0 = 0, 1 ms after process 0 had finished writing 1."
    );
    let both = [cas("a", "b", true), cas("a", "c", true)];
    assert_eq!(
        check("a".into(), &both),
        "Lost update: processes 0 and 1 both changed key 0 from \"a\", to \"b\" and to \"c\"; only one compare-and-set could succeed."
    );
    let again = [cas("a", "b", true), write("a"), cas("a", "c", true)];
    assert_eq!(check("a".into(), &again), "valid");
}

#[test]
fn what_no_register_is_asked_is_not_judged() {
    let add = (Verb::Add, Data::Int(1), Some(Data::Nil));
    assert_eq!(
        check(Data::Nil, &[write(1), add.clone()]),
        "key 0 was not decided (`add` is no request to a register); 0 of 1 keys are linearizable"
    );
    assert_eq!(
        check(Data::Nil, &[add]),
        "no read, write or compare-and-set was ever answered"
    );
}
