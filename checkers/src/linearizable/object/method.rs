//! How the objects of a history were decided, in words.
use super::decide::{By, Decision};

/// `FIFO queue by order of values; 2 of 40 by WGL search, as values repeat`.
pub(super) fn method(decisions: &[Decision]) -> String {
    let total = decisions.len();
    let mut engines: Vec<(&'static str, usize)> = Vec::new();
    let mut reasons: Vec<(Option<&'static str>, usize)> = Vec::new();
    for decision in decisions {
        match decision.by {
            By::Engine(name) => count(&mut engines, name),
            By::Search(why) => count(&mut reasons, why),
        }
    }
    engines.sort_by_key(|engine| std::cmp::Reverse(engine.1));
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.1));
    let searched: usize = reasons.iter().map(|reason| reason.1).sum();
    let mut told: Vec<String> = Vec::new();
    for (i, (name, count)) in engines.iter().enumerate() {
        told.push(if i == 0 {
            (*name).to_owned()
        } else {
            format!("{count} of {total} by {name}")
        });
    }
    if searched > 0 {
        let because = match reasons[0].0 {
            None => String::new(),
            Some(why) => format!(", as {why}"),
        };
        told.push(if engines.is_empty() {
            format!("WGL search over compressed configurations, object by object{because}")
        } else {
            format!("{searched} of {total} by WGL search{because}")
        });
    }
    if told.is_empty() {
        told.push("nothing was asked".to_owned());
    }
    told.join("; ")
}

fn count<T: PartialEq>(counts: &mut Vec<(T, usize)>, thing: T) {
    match counts.iter_mut().find(|count| count.0 == thing) {
        Some(known) => known.1 += 1,
        None => counts.push((thing, 1)),
    }
}
