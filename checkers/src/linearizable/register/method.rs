//! Which algorithms decided the keys of a history, in one line.
use super::decide::Method;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// `3,110 keys by blocks of unique writes; 2 keys by WGL search, as values repeat`.
pub(super) fn summary(methods: &[Method]) -> String {
    let mut counts: BTreeMap<Method, u64> = BTreeMap::new();
    for method in methods {
        *counts.entry(*method).or_default() += 1;
    }
    let mut counts: Vec<(Method, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|&(_, count)| Reverse(count));
    let told: Vec<String> = counts
        .into_iter()
        .map(|(method, count)| tell(method, count))
        .collect();
    told.join("; ")
}

fn tell(Method { engine, because }: Method, count: u64) -> String {
    let keys = if count == 1 { "key" } else { "keys" };
    let why = because.map_or_else(String::new, |because| format!(", as {because}"));
    format!("{} {keys} by {engine}{why}", grouped(count))
}

/// `3,110`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
