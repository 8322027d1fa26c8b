//! What an object is asked one thing after another, as text: `1: add 7 → true; read → [7]`.
//!
//! A call is a verb, what it takes and, after an arrow, what it answers: nil if nothing is said, and
//! `?` if the outcome is unknown; a transaction is written as it is answered. The number in front is the
//! process.
use crate::{Call, Data, Process, Spec, Verb};

/// Whether the object can have answered so.
#[track_caller]
pub(crate) fn accepts<S: Spec>(spec: &S, script: &str) {
    let stuck = run(spec, script);
    assert_eq!(stuck, None, "a right answer was rejected in: {script}");
}

/// Whether the last answer, and none before it, is impossible.
#[track_caller]
pub(crate) fn rejects<S: Spec>(spec: &S, script: &str) {
    let last = script.split(';').count() - 1;
    assert_eq!(run(spec, script), Some(last), "in: {script}");
}

/// The first call that is not possible in any state.
fn run<S: Spec>(spec: &S, script: &str) -> Option<usize> {
    let mut states = vec![spec.init()];
    for (i, (process, call)) in script.split(';').map(parse).enumerate() {
        let mut after: Vec<S::State> = Vec::new();
        for state in &states {
            let next: Vec<S::State> = spec.step(state, process, &call).into_iter().collect();
            if spec.is_read_only(&call) {
                assert!(next.iter().all(|next| next == state), "{call} in {script}");
            }
            after.extend(next);
        }
        if after.is_empty() {
            return Some(i);
        }
        states = after;
    }
    None
}

/// One call, and who asked.
pub(crate) fn parse(text: &str) -> (Process, Call) {
    let (process, text) = text.split_once(": ").unwrap_or(("0", text));
    let process = Process(process.trim().parse().expect("a process is a number"));
    let (asked, answered) = text.split_once('→').unwrap_or((text, "nil"));
    let asked = asked.trim();
    let (verb, input) = asked.split_once(' ').unwrap_or((asked, "nil"));
    let answered = if verb == "txn" && !text.contains('→') {
        input
    } else {
        answered
    };
    let call = Call::new(Verb::named(verb), 0, data(input));
    match answered.trim() {
        "?" => (process, call),
        answered => (process, call.answered(data(answered))),
    }
}

/// A value as [`Data`] shows it.
pub(crate) fn data(text: &str) -> Data {
    let json = text.trim().replace("nil", "null");
    let json = json.replace("] [", "],[").replace(' ', ",");
    serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {text}"))
}
