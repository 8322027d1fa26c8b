//! Histories as drawn bars, for tests and docs.
//!
//! One line a process, time from left to right. A bar runs from `|` to `|` and begins with what was
//! asked and answered. It ends with `?` if the outcome is unknown, with `x` if it failed, and runs to
//! the end of the line, as `…`, if the process was never answered.
//!
//! ```text
//! |w 1--|     |r 2|      wrote 1; read 2
//!    |w 2----------?     may have written 2
//!  |c 1>2|  |c 1>3=2|    changed 1 to 2; was refused to change 1 to 3, as it found 2
//!     |c 2>4 …           may change 2 to 4 at any time
//!      |r nil|           read that the key is absent
//! ```
//! A column is a millisecond; in the same column the upper line comes first. All is about key 0,
//! unless a bar names another: `|w 1@7|`.
use crate::{Event, History, Kind, Op, Process, Value};

/// The history that is drawn.
///
/// # Panics
/// If the drawing makes no sense: drawings are part of the source.
pub fn history(drawing: &str) -> History {
    let mut events: Vec<(usize, Event)> = Vec::new();
    let lines = drawing.lines().filter(|line| !line.trim().is_empty());
    for (process, line) in (0..).zip(lines) {
        draw_line(line, Process(process), &mut events);
    }
    events.sort_by_key(|event| event.0);
    let mut history = History::default();
    for (_, event) in events {
        history.push(event).expect("a line holds one bar at a time");
    }
    history
}

fn draw_line(line: &str, process: Process, events: &mut Vec<(usize, Event)>) {
    let chars: Vec<char> = line.chars().collect();
    let mut column = 0;
    while let Some(start) = (column..chars.len()).find(|&i| chars[i] == '|') {
        let is_end = |&i: &usize| matches!(chars[i], '|' | '?' | 'x' | '…');
        let end = (start + 1..chars.len()).find(is_end);
        let end = end.unwrap_or_else(|| panic!("no end to the bar at column {start}: {line}"));
        let text: String = chars[start + 1..end].iter().collect();
        let (asked, answered) = parse(text.trim_matches(|c| matches!(c, '-' | ' ')));
        let event = |column: usize, kind, op| {
            let time = column as u64 * 1_000_000;
            let node = None;
            (
                column,
                Event {
                    time,
                    process,
                    node,
                    kind,
                    op,
                },
            )
        };
        events.push(event(start, Kind::Invoke, asked.clone()));
        match chars[end] {
            '|' => events.push(event(end, Kind::Ok, answered)),
            '?' => events.push(event(end, Kind::Info("timed out".to_owned()), asked)),
            'x' => events.push(event(end, Kind::Fail("refused".to_owned()), asked)),
            _ => {}
        }
        column = end + 1;
    }
}

/// `w 1`, `r 2`, `r nil`, `c 1>2`, `c 1>2=3`, each with `@key`: as asked, and as answered.
fn parse(text: &str) -> (Op, Op) {
    let (text, key) = text.split_once('@').unwrap_or((text, "0"));
    let key = number(key).unsigned_abs();
    let (verb, rest) = text.trim().split_once(' ').unwrap_or((text.trim(), "nil"));
    match verb {
        "r" => {
            let value = found(rest);
            (Op::Read { key, value: None }, Op::Read { key, value })
        }
        "w" => {
            let value = number(rest);
            (Op::Write { key, value }, Op::Write { key, value })
        }
        "c" => {
            let (change, answer) = rest
                .split_once('=')
                .map_or((rest, None), |(a, b)| (a, Some(b)));
            let (from, to) = change.split_once('>').expect("a change is written 1>2");
            let (from, to) = (number(from), number(to));
            let cas = |found| Op::Cas {
                key,
                from,
                to,
                found,
            };
            (cas(None), cas(answer.map_or(Some(from), found)))
        }
        _ => panic!("a bar begins with r, w or c: {text}"),
    }
}

fn found(text: &str) -> Option<Value> {
    (text.trim() != "nil").then(|| number(text))
}

fn number(text: &str) -> Value {
    let text = text.trim();
    text.parse()
        .unwrap_or_else(|_| panic!("not a number: {text}"))
}
