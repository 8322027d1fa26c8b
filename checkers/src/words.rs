//! The words that explanations are made of.
pub(crate) mod txn;

use crate::{Operation, Process};

/// A sentence is at most this long.
pub(crate) const SENTENCE_CHARS_MAX: usize = 160;

/// How an operation of a witness is called: `A` to `Z`, then `AA`.
pub(crate) fn label(place: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(place % 26).expect("below 26"));
    match place / 26 {
        0 => letter.to_string(),
        rounds => label(rounds - 1) + &letter.to_string(),
    }
}

/// A duration for people: `341 ms`, `1.2 s`, `4 min`.
pub(crate) fn duration(nanoseconds: u64) -> String {
    const UNITS: [(u64, &str); 5] = [
        (3_600_000_000_000, "h"),
        (60_000_000_000, "min"),
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "µs"),
    ];
    let Some((size, unit)) = UNITS.into_iter().find(|unit| nanoseconds >= unit.0) else {
        return format!("{nanoseconds} ns");
    };
    let whole = nanoseconds / size;
    let tenth = nanoseconds % size * 10 / size;
    if whole < 10 && tenth > 0 {
        format!("{whole}.{tenth} {unit}")
    } else {
        format!("{whole} {unit}")
    }
}

/// `A`, `A and B`, `A, B and C`.
pub(crate) fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}

/// How much is said of a process.
#[derive(Clone, Copy)]
pub(crate) enum Names {
    WithNodes,
    Short,
}

/// `process 3 (n2)`.
pub(crate) fn who(operation: &Operation<'_>, names: Names) -> String {
    let Process(process) = operation.process;
    match (names, operation.node) {
        (Names::WithNodes, Some(node)) => format!("process {process} ({node})"),
        (Names::WithNodes, None) | (Names::Short, _) => format!("process {process}"),
    }
}

/// The first of the wordings that is short enough.
pub(crate) fn fitting(wordings: impl Fn(Names) -> String) -> String {
    let full = wordings(Names::WithNodes);
    if full.chars().count() <= SENTENCE_CHARS_MAX {
        return full;
    }
    cut(&wordings(Names::Short), SENTENCE_CHARS_MAX)
}

/// The text, or its beginning if it is longer.
pub(crate) fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars_max - 1).collect();
    kept + "…"
}

/// The text with `{0}`, `{1}`, … replaced. Other braces, which may stand in values, stay.
pub(crate) fn fill(text: &str, named: impl Fn(usize) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find('}');
        let name = end.and_then(|end| named(rest[1..end].parse().ok()?));
        match (name, end) {
            (Some(name), Some(end)) => {
                filled.push_str(&name);
                rest = &rest[end + 1..];
            }
            _ => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled + rest
}

/// A sentence: with a capital, and a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    let text = first.unwrap_or_default() + chars.as_str();
    if text.ends_with(['.', '!', '?']) {
        text
    } else {
        text + "."
    }
}
