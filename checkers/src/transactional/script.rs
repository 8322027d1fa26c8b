//! Histories of transactions in a line of text, for tests.
//!
//! `ax1` appends 1 to x, `wx1` writes 1 to x, `rx12` reads the list 1, 2 (or, where nothing is
//! appended, the value 12), `rx` reads nothing. Numbers beyond 9 are parted by dots: `rx1.12`.
//!
//! ```text
//! ax1 / rx1 ax2 / rx12       three transactions of three processes, one after the other
//! ~ ax1 / rx                 two at the same time
//! ax1! / ax2? / rx2          the first one failed, the outcome of the second one is unknown
//! 0 ax1 / 1 ax2 / 0 rx12     with the process in front of each
//! ```
//! Or drawn as bars, one line a process, time from left to right; a bar ends with `|`, with `!` if
//! it failed, with `?` if nobody knows, and with `…` if it was never answered:
//!
//! ```text
//! |ax1 rx1|     |rx12|
//!    |ax2-----------?
//! ```
use super::Txns;
use crate::{Call, Data, Event, History, Kind, Op, Process, Verb};

/// The transactions of [`history`].
pub(crate) fn txns(script: &str) -> Txns {
    Txns::of(&history(script)).expect("a script holds transactions only")
}

/// The history that is written there.
pub(crate) fn history(script: &str) -> History {
    let mut events = if script.contains('|') {
        drawn(script)
    } else {
        listed(script)
    };
    events.sort_by_key(|event| event.time);
    let mut history = History::default();
    for event in events {
        history.push(event).expect("a process runs one at a time");
    }
    history
}

fn listed(script: &str) -> Vec<Event> {
    let (script, is_concurrent) = match script.trim().strip_prefix('~') {
        Some(script) => (script, true),
        None => (script, false),
    };
    let is_list = is_list(script);
    let texts: Vec<&str> = script.split('/').map(str::trim).collect();
    let mut events = Vec::new();
    for (at, text) in texts.iter().enumerate() {
        let (process, text) = match text.split_once(' ') {
            Some((number, rest)) if number.parse::<u32>().is_ok() => {
                (number.parse().expect("just parsed"), rest)
            }
            _ => (at as u32, *text),
        };
        let end = text.chars().last().filter(|end| "!?…".contains(*end));
        let text = text.trim_end_matches(['!', '?', '…']);
        let (start, stop) = match is_concurrent {
            true => (at, texts.len() + at),
            false => (2 * at, 2 * at + 1),
        };
        add(
            &mut events,
            Process(process),
            text,
            is_list,
            start,
            (stop, end),
        );
    }
    events
}

fn drawn(script: &str) -> Vec<Event> {
    let is_list = is_list(script);
    let mut events = Vec::new();
    let lines = script.lines().filter(|line| !line.trim().is_empty());
    for (process, line) in (0..).zip(lines) {
        let chars: Vec<char> = line.chars().collect();
        let mut column = 0;
        while let Some(start) = (column..chars.len()).find(|&i| chars[i] == '|') {
            let end = (start + 1..chars.len()).find(|&i| "|!?…".contains(chars[i]));
            let end = end.unwrap_or_else(|| panic!("no end to a bar: {line}"));
            let text: String = chars[start + 1..end].iter().collect();
            let text = text.trim_matches(['-', ' ']);
            let stop = (end, Some(chars[end]));
            add(&mut events, Process(process), text, is_list, start, stop);
            column = end + 1;
        }
    }
    events
}

/// Whether a step of the script appends.
fn is_list(script: &str) -> bool {
    script
        .split([' ', '|', '/', '-', '~', '\n'])
        .any(|step| step.starts_with('a'))
}

fn add(
    events: &mut Vec<Event>,
    process: Process,
    text: &str,
    is_list: bool,
    start: usize,
    (stop, end): (usize, Option<char>),
) {
    let steps: Vec<(Data, Data)> = text
        .split_whitespace()
        .map(|step| parse(step, is_list))
        .collect();
    let (asked, answered): (Vec<Data>, Vec<Data>) = steps.into_iter().unzip();
    let call = Call::new(Verb::Txn, 0, asked);
    let mut event = |time: usize, kind, call| {
        events.push(Event {
            time: time as u64,
            process,
            node: None,
            kind,
            op: Op::from(call),
        });
    };
    event(start, Kind::Invoke, call.clone());
    match end {
        Some('!') => event(stop, Kind::Fail("refused".to_owned()), call),
        Some('?') => event(stop, Kind::Info("timed out".to_owned()), call),
        Some('…') => {}
        _ => event(stop, Kind::Ok, call.answered(answered)),
    }
}

/// As asked and as answered.
fn parse(step: &str, is_list: bool) -> (Data, Data) {
    let mut chars = step.chars();
    let (verb, key) = (chars.next(), chars.next());
    let key = Data::from(
        key.unwrap_or_else(|| panic!("no key: {step}"))
            .to_string()
            .as_str(),
    );
    let rest = chars.as_str();
    let triple = |name: &str, value| Data::from(vec![Data::from(name), key.clone(), value]);
    let number = |text: &str| {
        let number = text.parse().unwrap_or_else(|_| panic!("no number: {step}"));
        Data::Int(number)
    };
    match verb {
        Some('a') => (
            triple("append", number(rest)),
            triple("append", number(rest)),
        ),
        Some('w') => (triple("w", number(rest)), triple("w", number(rest))),
        Some('r') => {
            let read = match (rest, is_list) {
                ("", _) => Data::Nil,
                (_, false) => number(rest),
                (_, true) if rest.contains('.') => {
                    let parts = rest.split('.').filter(|part| !part.is_empty());
                    Data::from(parts.map(number).collect::<Vec<_>>())
                }
                (_, true) => {
                    let digits = rest.chars().map(|digit| number(&digit.to_string()));
                    Data::from(digits.collect::<Vec<_>>())
                }
            };
            (triple("r", Data::Nil), triple("r", read))
        }
        _ => panic!("a step begins with a, w or r: {step}"),
    }
}
