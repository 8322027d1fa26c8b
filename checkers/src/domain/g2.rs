//! Two inserts that each look for the other first: predicate write skew.
//!
//! After Jepsen's `tests/adya`, for Adya's phenomenon G2 (thesis, 1999, section 3.2.4): for each key, a transaction
//! inserts a row into one of two tables only if it finds no row of that key in either. Had one come
//! before the other in any serial order, the later would have found a row. So at most one succeeds.
use super::deed::{At, Deeds};
use super::finding::{Finding, remark};
use super::judge::{Judge, Ruling};
use crate::{AnomalyKind, Budget, Data, Key};
use rustc_hash::FxHashMap;

pub(super) struct G2;

/// What was inserted under one key.
#[derive(Default)]
struct Inserts {
    attempts: usize,
    done: Vec<At>,
}

/// The key: of the operation, or the first of its value if it stands there.
fn key<'d>(deeds: &'d Deeds<'_>, at: At) -> (Key, &'d Data) {
    let call = &deeds.all[at].call;
    match call.input.pair() {
        Some((key, Data::List(_))) => (call.key, key),
        _ => (call.key, &Data::Nil),
    }
}

impl Judge for G2 {
    /// What has been tried twice under any key is evidence for all.
    fn splits(&self) -> bool {
        false
    }

    fn judge(&self, deeds: &Deeds<'_>, _budget: &Budget) -> Result<Ruling, String> {
        let mut keys: FxHashMap<(Key, &Data), Inserts> = FxHashMap::default();
        for (at, deed) in deeds.all.iter().enumerate() {
            let inserts = keys.entry(key(deeds, at)).or_default();
            inserts.attempts += 1;
            if deed.answered().is_some() {
                inserts.done.push(at);
            }
        }
        let done = keys
            .values()
            .filter(|inserts| !inserts.done.is_empty())
            .count();
        let tried = keys
            .values()
            .filter(|inserts| inserts.attempts > 1 && !inserts.done.is_empty());
        let tried = tried.count();
        let mut both: Vec<(&(Key, &Data), &Inserts)> = keys
            .iter()
            .filter(|(_, inserts)| inserts.done.len() > 1)
            .collect();
        both.sort_unstable_by_key(|(_, inserts)| inserts.done[0]);
        let findings = both.iter().take(FINDINGS_MAX);
        let findings = findings.map(|(key, inserts)| finding(deeds, **key, &inserts.done));
        let undecided = match (done, tried) {
            (0, _) => Some("no insert succeeded"),
            (_, 0) => Some("no key was inserted twice, so nothing could go wrong"),
            _ => None,
        };
        Ok(Ruling {
            findings: findings.collect(),
            undecided: undecided.map(str::to_owned),
            noted: Some(format!("{tried} of {} keys tried twice", keys.len())),
            ..Ruling::default()
        })
    }
}

/// At most so many are written out.
const FINDINGS_MAX: usize = 20;

fn finding(deeds: &Deeds<'_>, (key, told): (Key, &Data), done: &[At]) -> Finding {
    let name = match told {
        Data::Nil => deeds
            .history
            .key_name(key)
            .map_or(key.to_string(), str::to_owned),
        told => told.to_string(),
    };
    let (first, second) = (done[0], done[1]);
    let more = match done.len() {
        2 => String::new(),
        all => format!(", and {} more", all - 2),
    };
    Finding {
        kind: AnomalyKind::G2,
        sentence: format!(
            "{} and {} both inserted under key {name}{more}, and neither found the other's row",
            deeds.who(first),
            deeds.who(second)
        ),
        cast: vec![
            (first, "inserts, and found nothing"),
            (second, "inserts, and found nothing"),
        ],
        steps: vec![
            remark(format!(
                "{{0}} inserted under key {name}, which it does only if it finds no row, so it came before {{1}}"
            )),
            remark("{1} did too, so it came before {0}"),
        ],
    }
}
