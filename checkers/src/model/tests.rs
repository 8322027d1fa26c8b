//! The table of models, and the judges that it leads to.
mod agreement;

use super::script::parse;
use super::{Consistency, MODELS, Parameters, checker, guess};
use crate::{Budget, Event, History, Kind, Op, Process, Verdict};

/// What happened one thing after another, as a script says.
fn history(script: &str) -> History {
    let mut history = History::default();
    for (i, text) in (0_u32..).zip(script.split(';')) {
        let (process, call) = parse(text);
        let (is_answered, mut asked) = (call.output.is_some(), call.clone());
        // Who asked must matter to owners of locks only, and an unknown outcome ends a process.
        let process = if is_answered {
            process
        } else {
            Process(100 + i)
        };
        asked.output = None;
        let mut push = |kind, op| {
            let (time, node) = (history.events().len() as u64, None);
            let event = Event {
                time,
                process,
                node,
                kind,
                op,
            };
            history.push(event).expect("one at a time");
        };
        push(Kind::Invoke, Op::from(asked.clone()));
        if is_answered {
            push(Kind::Ok, Op::from(call));
        } else {
            push(Kind::Info("timed out".to_owned()), Op::from(asked));
        }
    }
    history
}

fn parameters(name: &str) -> Parameters {
    let told = match name {
        "bank" => Some(("initial", super::script::data("[[0 10] [1 0]]"))),
        "semaphore" => Some(("permits", 2.into())),
        _ => None,
    };
    told.into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn judge(model: &str, script: &str) -> Verdict {
    let checker = checker(model, &parameters(model), Consistency::Linearizable).expect("a model");
    checker.check(&history(script), &Budget::new(1 << 30))
}

/// For each model something that is right, and something that is wrong.
const BOTH: [(&str, &str, &str); 22] = [
    ("register", "write 1; read → 1", "write 1; read → 2"),
    (
        "cas-register",
        "write 1; cas [1 2] → true; read → 2",
        "write 1; cas [1 2] → false",
    ),
    ("map", "write 1; read → 1", "read → 1"),
    (
        "kv",
        r#"append "x"; read → "x""#,
        r#"append "x"; read → "y""#,
    ),
    (
        "multi-register",
        r#"txn [["w" "x" 1]]; txn [["r" "x" 1]]"#,
        r#"txn [["r" "x" 1]]"#,
    ),
    ("set", "add 1; contains 1 → true", "contains 1 → true"),
    ("grow-only-set", "add 1; read → [1]", "add 1; read → []"),
    ("bag", "add 1; remove → 1", "add 1; remove → 1; remove → 1"),
    ("counter", "add 1; read → 1", "add 1; read → 2"),
    (
        "queue",
        "enqueue 1; dequeue → 1",
        "enqueue 1; enqueue 2; dequeue → 2",
    ),
    (
        "stack",
        "push 1; push 2; pop → 2",
        "push 1; push 2; pop → 1",
    ),
    (
        "priority-queue",
        "insert 2; insert 1; delete-min → 1",
        "insert 2; insert 1; delete-min → 2",
    ),
    ("mutex", "1: acquire; 2: release", "1: acquire; 2: acquire"),
    (
        "owner-mutex",
        "1: acquire; 1: release",
        "1: acquire; 2: release",
    ),
    (
        "reentrant-mutex",
        "1: acquire; 1: acquire",
        "1: acquire; 2: acquire",
    ),
    (
        "fenced-mutex",
        "acquire → 1; release; acquire → 2",
        "acquire → 1; release; acquire → 1",
    ),
    (
        "rw-lock",
        "1: acquire-read; 2: acquire-read",
        "1: acquire-read; 2: acquire-write",
    ),
    ("semaphore", "acquire; acquire", "acquire; acquire; acquire"),
    ("log", "append 7 → 0; read → [7]", "append 7 → 0; read → []"),
    (
        "bank",
        "transfer [0 1 5]; read → [[0 5] [1 5]]",
        "transfer [0 1 11]",
    ),
    (
        "unique-ids",
        "generate → 2; generate → 1",
        "generate → 1; generate → 1",
    ),
    (
        "monotone-ids",
        "generate → 1; generate → 2",
        "generate → 2; generate → 1",
    ),
];

#[test]
fn every_model_leads_to_its_judge() {
    for model in &MODELS {
        let line = BOTH.into_iter().find(|line| line.0 == model.name);
        let (name, right, wrong) = line.expect("a line for every model");
        let verdict = judge(name, right);
        assert!(
            matches!(verdict, Verdict::Valid { .. }),
            "{name}: {verdict:?}"
        );
        let Verdict::Invalid { anomalies, .. } = judge(name, wrong) else {
            panic!("{name}: {wrong} was acquitted");
        };
        assert!(!anomalies.is_empty(), "{name}");
    }
}

/// Why nothing can be said.
#[track_caller]
fn stranger(model: &str, script: &str, wanted: &str) {
    let Verdict::Unknown { reason, .. } = judge(model, script) else {
        panic!("{model} judged {script}");
    };
    assert_eq!(reason, wanted);
}

#[test]
fn what_is_about_something_else_is_not_judged() {
    stranger(
        "queue",
        "push 1; pop → 1",
        "`push 1` at position 0 is not a call of this model (queue knows enqueue, dequeue); \
         did you mean the model `stack`?",
    );
    stranger(
        "counter",
        "add 1; read → [1]",
        "`read → [1]` at position 2 is not a call of this model (counter knows read: nothing → a \
         number); did you mean the model `grow-only-set`?",
    );
    stranger(
        "multi-register",
        r#"txn [["append" "x" 1]]"#,
        "`txn [[\"append\" \"x\" 1]] → [[\"append\" \"x\" 1]]` at position 0 is not a call of this \
         model (multi-register knows txn: a list of [\"r\" register value] and [\"w\" register \
         value] → a list of [\"r\" register value] and [\"w\" register value])",
    );
    let other = r#"txn [["r" "x" nil]] → [["r" "y" nil]]"#;
    assert!(matches!(
        judge("multi-register", other),
        Verdict::Unknown { .. }
    ));
    let longer = r#"txn [["r" "x" nil]] → [["r" "x" nil] ["r" "x" nil]]"#;
    assert!(matches!(
        judge("multi-register", longer),
        Verdict::Unknown { .. }
    ));
    assert!(matches!(
        judge("bank", "transfer [0 1 -5]"),
        Verdict::Unknown { .. }
    ));
}

#[test]
fn names_and_parameters_are_checked() {
    let none = Parameters::new();
    let told = |name: &str, value: crate::Data| Parameters::from([(name.to_owned(), value)]);
    let error = |name, parameters| {
        checker(name, &parameters, Consistency::Linearizable)
            .err()
            .unwrap_or_default()
    };
    assert!(error("quue", none.clone()).starts_with("no model `quue`; there are register, "));
    assert_eq!(
        error("queue", told("size", 3.into())),
        "queue has no parameter `size`; it has none"
    );
    assert_eq!(
        error("semaphore", told("permits", 0.into())),
        "permits is a number from 1"
    );
    assert!(error("bank", none).starts_with("a bank needs its balances at first"));
    assert!(error("bank", told("initial", vec![3].into())).starts_with("a bank needs"));
    assert!(error("multi-register", told("initial", 3.into())).starts_with("initial is"));
    assert_eq!(error("register", told("initial", 7.into())), "");
}

#[test]
fn a_register_begins_as_it_is_told() {
    let parameters = Parameters::from([("initial".to_owned(), 7.into())]);
    let judge = checker("register", &parameters, Consistency::Linearizable).expect("a model");
    let budget = Budget::new(1 << 30);
    let history = crate::sketch::history("|r 7| |w 1| |r 1|");
    assert!(matches!(
        judge.check(&history, &budget),
        Verdict::Valid { .. }
    ));
    let history = crate::sketch::history("|r nil|");
    assert!(matches!(
        judge.check(&history, &budget),
        Verdict::Invalid { .. }
    ));
}

#[test]
fn a_guess_is_a_model() {
    // A lock that one process had twice may as well be broken: nothing is guessed of that.
    let guessable = BOTH
        .iter()
        .filter(|both| !["reentrant-mutex", "semaphore"].contains(&both.0));
    for (name, right, _) in guessable {
        let guessed = guess(&history(right)).unwrap_or_else(|| panic!("no guess for {name}"));
        let verdict = judge(guessed, right);
        assert!(
            matches!(verdict, Verdict::Valid { .. }),
            "{name} taken for {guessed}"
        );
    }
}

#[test]
fn names_are_unique_and_lines_are_short() {
    for model in &MODELS {
        let same = MODELS.iter().filter(|other| other.name == model.name);
        assert_eq!(same.count(), 1, "{}", model.name);
        assert!(
            !model.asks.is_empty() && model.about.len() <= 80,
            "{}",
            model.name
        );
    }
}
