//! Rows as databases answer them, and the order of their timestamps.
use crate::Data;
use std::cmp::Ordering;

/// A row of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'d> {
    pub(super) number: i64,
    /// None if the order of the answer is all there is.
    pub(super) timestamp: Option<&'d Data>,
}

pub(super) fn row(data: &Data) -> Option<Row<'_>> {
    if let Some(number) = data.int() {
        let timestamp = None;
        return Some(Row { number, timestamp });
    }
    let members = data.list()?;
    let field = |name: &str| {
        let mut pairs = members.iter().filter_map(Data::pair);
        let (_, value) = pairs.find(|(field, _)| **field == Data::from(name))?;
        Some(value)
    };
    if let (Some(number), timestamp) = (field("val"), field("sts")) {
        let number = number.int()?;
        return Some(Row { number, timestamp });
    }
    match members {
        [number, timestamp, ..] => Some(Row {
            number: number.int()?,
            timestamp: Some(timestamp),
        }),
        _ => None,
    }
}

/// The order of two timestamps that are not negative: by the length of the whole part, its digits,
/// and the fraction.
pub(super) fn compare(one: &Data, other: &Data) -> Ordering {
    if let (Some(one), Some(other)) = (one.int(), other.int()) {
        return one.cmp(&other);
    }
    let text = |data: &Data| match data {
        Data::Text(text) => text.to_string(),
        other => other.to_string(),
    };
    let (one, other) = (text(one), text(other));
    fn parts(text: &str) -> (usize, &str, &str) {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let whole = whole.trim_start_matches('0');
        (whole.len(), whole, fraction.trim_end_matches('0'))
    }
    parts(&one).cmp(&parts(&other))
}

/// Whether this can be put in order as a timestamp.
pub(super) fn is_timestamp(data: &Data) -> bool {
    match data {
        Data::Int(_) => true,
        Data::Text(text) => {
            let is_digit = |c: char| c.is_ascii_digit() || c == '.';
            !text.is_empty() && text.chars().all(is_digit) && text.matches('.').count() < 2
        }
        Data::Nil | Data::Bool(_) | Data::List(_) => false,
    }
}
