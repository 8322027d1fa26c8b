//! Histories of Elle's own tests, with the answer that Elle gave there.
//!
//! Some are well-formed for Elle only: completions without invocations, and processes that ask
//! anew before they are answered. A completion without an invocation is taken for one that was
//! asked right before it; what is asked beside an open operation is another process's.
use super::{Case, Expected, text, texts};
use crate::History;
use crate::format::{Format, Options, read};
use serde_json::{Value, json};

/// The first number of processes that we make up.
const OTHERS: u64 = 1_000_000;

pub(super) fn case(line: &Value) -> Case {
    let result = &line["result"];
    let not = |name| texts(&result[name]);
    Case {
        name: format!(" {} {}", text(&line["case"]["test"]), line["case"]["ctx"]),
        history: history(&line["history"]),
        workload: text(&line["workload"]),
        expected: Expected::Answer {
            is_valid: result["valid?"] == true,
            at: None,
            anomalies: not("anomaly-types"),
            not: not("not"),
            also_not: not("also-not"),
        },
    }
}

/// What was asked: the same without the answers.
fn asked(completion: &Value) -> Value {
    let micro = |op: &Value| match op[0].as_str() {
        Some("r" | "rp") => json!([op[0], op[1], null]),
        _ => op.clone(),
    };
    let ops = completion["value"].as_array().into_iter().flatten();
    let mut asked = completion.clone();
    asked["type"] = "invoke".into();
    asked["value"] = ops.map(micro).collect();
    asked
}

fn history(events: &Value) -> History {
    let mut lines: Vec<Value> = Vec::new();
    // Who asked what, and by which number.
    let mut open: Vec<(Value, Value, u64)> = Vec::new();
    let mut others = OTHERS;
    for event in events.as_array().expect("a list of events") {
        let mut event = event.clone();
        let process = event["process"].clone();
        let is_mine = |(whose, _, _): &&(Value, Value, u64)| *whose == process;
        if event["type"] == "invoke" {
            let mut number = process.as_u64().expect("a number");
            if open.iter().any(|open| is_mine(&open)) {
                others += 1;
                number = others;
            }
            event["process"] = number.into();
            open.push((process, asked(&event)["value"].clone(), number));
        } else {
            let said = asked(&event)["value"].clone();
            let same = open
                .iter()
                .position(|open| is_mine(&open) && (open.1 == said || event["f"] != "txn"))
                .or_else(|| open.iter().position(|open| is_mine(&open)));
            if let Some(place) = same {
                event["process"] = open.remove(place).2.into();
            } else {
                lines.push(asked(&event));
            }
        }
        lines.push(event);
    }
    let options = Options {
        format: Some(Format::JepsenJson),
        ..Options::default()
    };
    let text = Value::from(lines).to_string();
    let recording = read(text.as_bytes(), &options);
    let recording = recording.unwrap_or_else(|error| panic!("{error}: {text}"));
    assert_eq!((recording.torn, recording.skipped), (None, 0));
    recording.history
}
