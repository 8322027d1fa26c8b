//! The words that explanations are made of.
use crate::{Operation, Process};

/// A sentence is at most this long.
pub(super) const SENTENCE_CHARS_MAX: usize = 160;

/// How an operation of a witness is called: `A` to `Z`, then `AA`.
pub(super) fn label(place: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(place % 26).expect("below 26"));
    match place / 26 {
        0 => letter.to_string(),
        rounds => label(rounds - 1) + &letter.to_string(),
    }
}

/// `A`, `A and B`, `A, B and C`.
pub(super) fn list(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}

/// How much is said of a process.
#[derive(Clone, Copy)]
pub(super) enum Names {
    WithNodes,
    Short,
}

/// `process 3 (n2)`.
pub(super) fn who(operation: &Operation<'_>, names: Names) -> String {
    let Process(process) = operation.process;
    match (names, operation.node) {
        (Names::WithNodes, Some(node)) => format!("process {process} ({node})"),
        (Names::WithNodes, None) | (Names::Short, _) => format!("process {process}"),
    }
}

/// The first of the wordings that is short enough.
pub(super) fn fitting(wordings: impl Fn(Names) -> String) -> String {
    let full = wordings(Names::WithNodes);
    if full.chars().count() <= SENTENCE_CHARS_MAX {
        return full;
    }
    cut(&wordings(Names::Short), SENTENCE_CHARS_MAX)
}

/// The text, or its beginning if it is longer.
pub(super) fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(chars_max - 1).collect();
    kept + "…"
}

/// The text with `{0}`, `{1}`, … replaced. Other braces, which may stand in values, stay.
pub(super) fn fill(text: &str, named: impl Fn(usize) -> Option<String>) -> String {
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
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    let text = first.unwrap_or_default() + chars.as_str();
    if text.ends_with(['.', '!', '?']) {
        text
    } else {
        text + "."
    }
}
