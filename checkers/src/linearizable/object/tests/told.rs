//! What is told of objects that are illegal, and of those that are not.
use super::specs::{Bag, Mutex, Queue, Register};
use super::*;
use crate::linearizable::engine::Engine;
use crate::linearizable::proof::{Answer, Proof, ProofStep};
use crate::{Anomaly, AnomalyKind, Checker, Edge, Object, Verb, Verdict};

fn asked(process: u32, call: Call, invoked: u32, returned: u32) -> Asked {
    Asked {
        process: Process(process),
        call,
        invoked,
        returned,
    }
}

fn enqueue(value: i64) -> Call {
    Call::new(Verb::Enqueue, 7, value).answered(Data::Nil)
}

fn dequeue(value: i64) -> Call {
    Call::new(Verb::Dequeue, 7, Data::Nil).answered(value)
}

fn swapped() -> Vec<Asked> {
    vec![
        asked(0, enqueue(4), 0, 1),
        asked(1, enqueue(5), 2, 3),
        asked(2, dequeue(5), 4, 6),
        asked(3, dequeue(9), 5, 7),
    ]
}

fn anomalies<S: Spec>(object: &Object<S>, history: &History) -> Vec<Anomaly> {
    match object.check(history, &Budget::new(1 << 30)) {
        Verdict::Invalid { anomalies, .. } => anomalies,
        verdict => panic!("{verdict:#?}"),
    }
}

#[test]
fn a_dead_end_is_told_with_its_state_and_why_nothing_can_come_next() {
    let anomaly = anomalies(&Object::new("queue", Queue), &history(&swapped())).remove(0);
    assert_eq!(
        anomaly.sentence,
        "No order of these 4 operations on key 7 explains dequeue → 5 of process 2."
    );
    let steps: Vec<&str> = anomaly.steps.iter().map(|step| &*step.text).collect();
    assert_eq!(
        steps,
        [
            "Once all that returned before it has taken effect, C (dequeue → 5) is not possible when the state is [4, 5]; nor is D (dequeue → 9).",
            "So nothing can have come before the return of C (dequeue → 5) that explains it — a contradiction.",
        ]
    );
}

#[test]
fn a_history_that_nobody_answered_is_no_pass() {
    let mut swapped = swapped();
    for asked in &mut swapped {
        asked.returned = NEVER;
    }
    let verdict = Object::new("queue", Queue).check(&history(&swapped), &Budget::new(1 << 30));
    assert!(matches!(verdict, Verdict::Unknown { .. }), "{verdict:?}");
}

/// An algorithm that knows one thing only: who finds 5 when 4 was put in first is wrong.
const PEDANT: Engine = Engine {
    name: "pedant",
    check: |asked| {
        if asked.len() < 3 {
            return Answer::Outside("there is too little to see");
        }
        Answer::Illegal(Box::new(Proof {
            kind: AnomalyKind::OutOfOrder,
            ops: vec![
                (2, "took 5".to_owned()),
                (1, "put in 5".to_owned()),
                (0, "put in 4".to_owned()),
            ],
            sentence: "{0} took 5 before anybody took 4, though {2} put it in first {9} {"
                .to_owned(),
            steps: vec![
                ProofStep {
                    between: Some((2, 1)),
                    edge: Edge::RealTime,
                    text: "{2} returned before {1} began".to_owned(),
                },
                ProofStep {
                    between: None,
                    edge: Edge::None,
                    text: "{0} took 5 — a contradiction.".to_owned(),
                },
            ],
        }))
    },
    order: |_| None,
};

#[test]
fn a_proof_is_told_in_order_of_invocation() {
    let object = Object::new("queue", Queue).with_engines(&[PEDANT]);
    let anomaly = anomalies(&object, &history(&swapped())).remove(0);
    assert_eq!(anomaly.kind, AnomalyKind::OutOfOrder);
    assert_eq!(
        anomaly.sentence,
        "Process 2 took 5 before anybody took 4, though process 0 put it in first {9} {."
    );
    let roles: Vec<&str> = anomaly.witness.iter().map(|op| &*op.role).collect();
    assert_eq!(roles, ["put in 4", "put in 5", "took 5"]);
    assert_eq!(anomaly.steps[0].between, Some((0, 1)));
    assert_eq!(anomaly.steps[0].text, "A returned before B began");
    assert_eq!(anomaly.steps[1].text, "C took 5 — a contradiction.");
}

#[test]
fn a_proof_that_does_not_hold_accuses_nobody() {
    let legal = [
        asked(0, enqueue(5), 0, 1),
        asked(1, enqueue(4), 2, 3),
        asked(2, dequeue(5), 4, 5),
    ];
    let object = Object::new("queue", Queue).with_engines(&[PEDANT]);
    match object.check(&history(&legal), &Budget::new(1 << 30)) {
        Verdict::Valid { evidence } => {
            assert!(
                evidence.method.ends_with("as its proof did not hold"),
                "{evidence:?}"
            );
        }
        verdict => panic!("{verdict:?}"),
    }
}

/// Judges through the front door what was drawn at random, and looks at what is told.
fn check_told<S: Spec>(spec: S, calls: &[Call], count: u64, seed: u64) {
    let object = Object::new("object", spec);
    let spec = &object.spec;
    let rng = &mut Rng(seed);
    let (mut invalid, mut minimal) = (0, 0);
    for _ in 0..count {
        let operations = 2 + rng.below(9) as usize;
        let (plan, _) = schedule(operations, 3, rng);
        let drawn = plan.iter().map(|planned| {
            let mut call = calls[rng.below(calls.len() as u64) as usize].clone();
            let is_lost = rng.percent(10);
            if is_lost {
                call.output = None;
            }
            let returned = if is_lost { NEVER } else { planned.returned };
            asked(planned.process, call, planned.invoked, returned)
        });
        let mut drawn: Vec<Asked> = drawn.collect();
        crate::linearizable::object::decide::renumber(&mut drawn);
        let history = history(&drawn);
        let parts = split(spec, &history);
        let expected = parts.iter().all(|part| is_legal(spec, &part.asked));
        let verdict = object.check(&history, &Budget::new(1 << 30));
        let orders = object.linearization(&history, &Budget::new(1 << 30));
        assert_eq!(orders.is_some(), expected, "{drawn:#?}");
        let Verdict::Invalid { anomalies, .. } = verdict else {
            assert!(expected, "{verdict:#?} {drawn:#?}");
            continue;
        };
        assert!(!expected, "{drawn:#?}");
        invalid += 1;
        for anomaly in &anomalies {
            minimal += u64::from(anomaly.is_minimal);
            check_anomaly(spec, &parts[0], anomaly);
        }
    }
    assert!(invalid > count / 20 && minimal > 0, "{invalid} {minimal}");
}

fn check_anomaly<S: Spec>(spec: &S, part: &Part<'_>, anomaly: &Anomaly) {
    let story = format!("{anomaly:#?} {:#?}", part.asked);
    assert!(anomaly.sentence.chars().count() <= 160, "{story}");
    let last = anomaly.steps.last().expect("a proof has steps");
    assert!(last.text.ends_with("— a contradiction."), "{story}");
    assert!(anomaly.steps.len() >= 2, "{story}");
    let of = |witness: &crate::WitnessOp| {
        let mut operations = part.operations.iter();
        let op = operations.position(|operation| operation.invoked == witness.invoked);
        op.expect("an operation of the history") as u32
    };
    let ops: Vec<u32> = anomaly.witness.iter().map(of).collect();
    assert!(ops.is_sorted(), "{story}");
    let is_window = anomaly.steps[0].text.starts_with("Whatever");
    if !is_window {
        let witness = crate::linearizable::object::decide::restrict(&part.asked, &ops);
        assert!(!is_legal(spec, &witness), "no crime by itself: {story}");
    }
    if anomaly.is_minimal {
        for dropped in &ops {
            let rest: Vec<u32> = ops.iter().copied().filter(|op| op != dropped).collect();
            let rest = crate::linearizable::object::decide::restrict(&part.asked, &rest);
            assert!(is_legal(spec, &rest), "not minimal: {story}");
        }
    }
}

#[test]
fn what_is_told_of_random_histories_holds() {
    let register = |f: Verb, input: Data, output: Data| Call::new(f, 7, input).answered(output);
    let registers = [
        register(Verb::Write, 1.into(), Data::Nil),
        register(Verb::Write, 2.into(), Data::Nil),
        register(Verb::Read, Data::Nil, 1.into()),
        register(Verb::Read, Data::Nil, 2.into()),
        register(Verb::Cas, vec![1, 2].into(), true.into()),
    ];
    let queues = [enqueue(1), enqueue(2), enqueue(3), dequeue(1), dequeue(2)];
    let bags = [
        register(Verb::Add, 1.into(), Data::Nil),
        register(Verb::Add, 2.into(), Data::Nil),
        register(Verb::Remove, Data::Nil, 1.into()),
        register(Verb::Remove, Data::Nil, 2.into()),
    ];
    check_told(Register, &registers, 5_000, 1);
    check_told(Queue, &queues, 5_000, 2);
    check_told(Bag, &bags, 5_000, 3);
    let locks = [
        register(Verb::Acquire, Data::Nil, true.into()),
        register(Verb::Acquire, Data::Nil, false.into()),
        register(Verb::Release, Data::Nil, Data::Nil),
    ];
    check_told(Mutex, &locks, 5_000, 4);
}

#[test]
fn a_long_history_is_cut_to_a_window_and_the_states_before_it() {
    let write = |i: u32| {
        let call = Call::new(Verb::Write, 7, i64::from(i)).answered(Data::Nil);
        asked(0, call, 2 * i, 2 * i + 1)
    };
    let mut long: Vec<Asked> = (0..30).map(write).collect();
    let read = Call::new(Verb::Read, 7, Data::Nil).answered(99);
    long.push(asked(1, read, 60, 61));
    let anomaly = anomalies(&Object::new("register", Register), &history(&long)).remove(0);
    let text = &anomaly.steps[0].text;
    assert!(text.contains("before these, they leave: Int("), "{text}");
    assert!(anomaly.witness.len() < 10, "{anomaly:#?}");
}

#[test]
fn a_lost_removal_may_have_taken_any_element() {
    let call = |f: Verb, input: Data| Call::new(f, 0, input);
    for left in [1, 2] {
        let history = [
            asked(0, call(Verb::Add, 1.into()).answered(Data::Nil), 0, 1),
            asked(0, call(Verb::Add, 2.into()).answered(Data::Nil), 2, 3),
            asked(1, call(Verb::Remove, Data::Nil), 4, NEVER),
            asked(2, call(Verb::Remove, Data::Nil).answered(left), 5, 6),
            asked(2, call(Verb::Remove, Data::Nil).answered(Data::Nil), 7, 8),
        ];
        assert!(compare(&Bag, &history));
    }
}
