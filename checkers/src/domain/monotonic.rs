//! Rows that carry the database's timestamps: in that order they are in the order of their additions.
//!
//! After CockroachDB's `monotonic` workload in Jepsen. Each addition leaves a row of a number and a
//! timestamp, and the last read returns all rows by timestamp. Nothing that was acknowledged is
//! missing, nothing that failed is there, no number stands in two rows, and of two additions, the
//! first of which was acknowledged before the second began, the first has the lower timestamp; that
//! is asked across all processes, or within each only. Numbers that the database chose itself, as
//! the one after the greatest that there is, have to grow with the timestamps as well.
//!
//! A row is a number, where their order is that of the answer, `[number timestamp]`, or a map with
//! `val` and `sts`. Timestamps are numbers or decimals as text. Those that are equal order nothing.
use super::deed::{At, Deeds};
use super::finding::{Finding, before, count, remark, shown};
use super::judge::{Judge, Ruling};
use super::set::{members, nowhere, reads};
use crate::{AnomalyKind, Budget, Data, Process, Verb};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

mod row;

use row::{Row, compare, is_timestamp, row};

pub(super) struct Monotonic {
    pub(super) is_global: bool,
}

/// The additions of a number.
#[derive(Clone, Copy, Debug, Default)]
struct Add {
    acknowledged: Option<At>,
    attempted: Option<At>,
    attempts: usize,
    failed: Option<At>,
}

/// Every addition, by its number.
struct Adds {
    by_number: FxHashMap<i64, Add>,
    /// Whether the database chose the numbers.
    is_chosen: bool,
    /// Additions of unknown outcome whose number nobody told.
    untold: usize,
}

impl Adds {
    fn of(deeds: &Deeds<'_>) -> Result<Adds, String> {
        let mut adds = Adds {
            by_number: FxHashMap::default(),
            is_chosen: false,
            untold: 0,
        };
        let all = deeds.all.iter().enumerate();
        let all = all.filter(|(_, deed)| *deed.f() == Verb::Add);
        let (mut told, mut given) = (0_usize, 0_usize);
        for (at, deed) in all {
            let input = deed.call.input.int();
            let answer = deed
                .output()
                .filter(|answer| !matches!(answer, Data::Nil | Data::Bool(_)));
            let answered = answer
                .map(|answer| row(answer).ok_or_else(|| format!("{} is no row", shown(answer))));
            let answered = answered.transpose()?.map(|row| row.number);
            told += usize::from(answered.is_some() && answered != input);
            given += usize::from(input.is_some());
            let Some(number) = answered.or(input) else {
                adds.untold += usize::from(!deed.is_failed());
                continue;
            };
            let add = adds.by_number.entry(number).or_default();
            if deed.is_failed() {
                add.failed.get_or_insert(at);
                continue;
            }
            add.attempts += 1;
            add.attempted.get_or_insert(at);
            if deed.answered().is_some() {
                add.acknowledged.get_or_insert(at);
            }
        }
        if told > 0 && given > 0 {
            return Err("additions were answered with other numbers than they gave".to_owned());
        }
        adds.is_chosen = told > 0;
        Ok(adds)
    }
}

impl Judge for Monotonic {
    fn judge(&self, deeds: &Deeds<'_>, budget: &Budget) -> Result<Ruling, String> {
        if !deeds.history.has_real_time() {
            return Err("this history has no real time, so nothing was added first".to_owned());
        }
        let adds = Adds::of(deeds)?;
        let Some(&last) = reads(deeds).last() else {
            return Err("the rows were never read".to_owned());
        };
        let rows = rows(deeds, last)?;
        if let Some(reason) = budget.spent() {
            return Err(reason);
        }
        let mut ruling = Ruling::default();
        ruling.findings.extend(unsorted(deeds, &rows, last));
        ruling
            .findings
            .extend(unexpected(deeds, &adds, &rows, last));
        ruling.findings.extend(missing(deeds, &adds, &rows, last));
        let mut sorted = rows;
        if sorted.iter().all(|row| row.timestamp.is_some()) {
            sorted.sort_by(|one, other| order(one, other));
        }
        if adds.is_chosen {
            ruling
                .findings
                .extend(shrinking(deeds, &adds, &sorted, last));
        }
        ruling
            .findings
            .extend(self.reversed(deeds, &adds, &sorted, last));
        let known = |row: &&Row<'_>| {
            adds.by_number
                .get(&row.number)
                .is_some_and(|add| add.acknowledged.is_some())
        };
        let judged = sorted.iter().filter(known).count();
        if judged < 2 {
            let why = "the last read has fewer than two rows that were acknowledged";
            ruling.undecided = Some(why.to_owned());
        }
        ruling.noted = Some(count(judged, "row"));
        Ok(ruling)
    }
}

/// Equal where neither has to come first; only rows with timestamps are compared.
fn order(one: &Row<'_>, other: &Row<'_>) -> Ordering {
    match (one.timestamp, other.timestamp) {
        (Some(one), Some(other)) => compare(one, other),
        _ => Ordering::Equal,
    }
}

fn rows<'d>(deeds: &'d Deeds<'_>, read: At) -> Result<Vec<Row<'d>>, String> {
    let mut rows = Vec::new();
    for member in members(deeds, read) {
        let row = row(member).filter(|row| row.timestamp.is_none_or(is_timestamp));
        rows.push(row.ok_or_else(|| format!("{} is no row", shown(member)))?);
    }
    let timed = rows.iter().filter(|row| row.timestamp.is_some()).count();
    if timed > 0 && timed < rows.len() {
        return Err("some rows of the last read have timestamps, and some have none".to_owned());
    }
    Ok(rows)
}

/// The answer is not in order of its own timestamps.
fn unsorted(deeds: &Deeds<'_>, rows: &[Row<'_>], read: At) -> Option<Finding> {
    let pair = rows
        .windows(2)
        .find(|pair| order(&pair[0], &pair[1]) == Ordering::Greater)?;
    let (one, other) = (pair[0].timestamp?, pair[1].timestamp?);
    let text = format!("{} before {}", shown(one), shown(other));
    Some(Finding {
        kind: AnomalyKind::OutOfOrder,
        sentence: format!(
            "{} asked for rows by timestamp, and got {text}",
            deeds.who(read)
        ),
        cast: vec![(read, "reads by timestamp")],
        steps: vec![remark(format!(
            "{{0}} was to read in order of timestamps, and found {text}"
        ))],
    })
}

/// Rows that cannot be there: the first of each kind.
fn unexpected(deeds: &Deeds<'_>, adds: &Adds, rows: &[Row<'_>], read: At) -> Vec<Finding> {
    let (mut findings, mut nowhere_else) = (Vec::new(), 0);
    let mut times: FxHashMap<i64, usize> = FxHashMap::default();
    let mut is_told = [false; 2];
    for row in rows {
        let add = adds.by_number.get(&row.number).copied().unwrap_or_default();
        let number = Data::Int(row.number);
        let seen = times.entry(row.number).or_insert(0);
        *seen += 1;
        let Some(by) = add.attempted else {
            // An addition of unknown outcome may have been given that number.
            nowhere_else += 1;
            if nowhere_else > adds.untold && !std::mem::replace(&mut is_told[0], true) {
                let words = ["added", "addition"];
                findings.push(nowhere(deeds, &number, add.failed, read, &words));
            }
            continue;
        };
        if *seen == add.attempts + 1 && !std::mem::replace(&mut is_told[1], true) {
            let who = deeds.who(read);
            findings.push(Finding {
                kind: AnomalyKind::DuplicateElements,
                sentence: format!("{who} found {number} in more rows than it had been added to"),
                cast: vec![(by, "adds it"), (read, "finds it again")],
                steps: vec![
                    remark(format!("{{0}} is the addition of {number}")),
                    remark(format!("{{1}} found {number} once more than that")),
                ],
            });
        }
    }
    findings
}

/// What was acknowledged and is not there: the first, and how many more.
fn missing(deeds: &Deeds<'_>, adds: &Adds, rows: &[Row<'_>], read: At) -> Option<Finding> {
    let found: FxHashMap<i64, ()> = rows.iter().map(|row| (row.number, ())).collect();
    let lost = adds
        .by_number
        .iter()
        .filter(|(number, _)| !found.contains_key(*number));
    let lost = lost.filter_map(|(number, add)| Some((add.acknowledged?, *number)));
    let mut lost: Vec<(At, i64)> = lost.filter(|(at, _)| deeds.is_before(*at, read)).collect();
    lost.sort_unstable();
    let &(add, number) = lost.first()?;
    let more = match lost.len() - 1 {
        0 => String::new(),
        others => format!(", nor {others} more"),
    };
    Some(Finding {
        kind: AnomalyKind::LostElement,
        sentence: format!(
            "{} added {number} and was answered, but the last read, of {}, did not find it{more}",
            deeds.who(add),
            deeds.who(read)
        ),
        cast: vec![(add, "adds it"), (read, "reads at the end")],
        steps: vec![
            before(
                0,
                1,
                format!("{{0}} added {number}, and was answered before {{1}} began"),
            ),
            remark(format!(
                "nothing is ever removed, yet {{1}} did not find {number}"
            )),
        ],
    })
}

/// Numbers that the database chose and that do not grow with its timestamps.
fn shrinking(deeds: &Deeds<'_>, adds: &Adds, rows: &[Row<'_>], read: At) -> Option<Finding> {
    let pair = rows.windows(2).find(|pair| {
        let is_ordered = pair[0].timestamp.is_none() || order(&pair[0], &pair[1]).is_lt();
        is_ordered && pair[1].number < pair[0].number
    })?;
    let (less, more) = (pair[1].number, pair[0].number);
    let mut cast = vec![(read, "reads by timestamp")];
    for number in [less, more] {
        let add = adds.by_number.get(&number).and_then(|add| add.acknowledged);
        cast.extend(add.map(|add| (add, "was given the number")));
    }
    Some(Finding {
        kind: AnomalyKind::NonMonotonicId,
        sentence: format!(
            "{} found {more} before {less} in order of timestamps, though each is given the next number",
            deeds.who(read)
        ),
        cast,
        steps: vec![remark(format!(
            "{less} was given out before {more}, but {{0}} found {more} under the lower timestamp"
        ))],
    })
}

impl Monotonic {
    /// Two additions, the second of which has the lower timestamp. From the last row to the first, it
    /// is remembered which of the rows behind was acknowledged first.
    fn reversed(
        &self,
        deeds: &Deeds<'_>,
        adds: &Adds,
        rows: &[Row<'_>],
        read: At,
    ) -> Option<Finding> {
        // Within one process if only those are compared.
        let group = |at: At| match self.is_global {
            true => None,
            false => Some(deeds.all[at].process),
        };
        let only_one = |row: &Row<'_>| {
            let add = adds.by_number.get(&row.number)?;
            (add.attempts == 1).then_some(*add)
        };
        let mut first: FxHashMap<Option<Process>, (usize, At)> = FxHashMap::default();
        let mut waiting: Vec<At> = Vec::new();
        let mut worst: Option<(At, At)> = None;
        for (place, row) in rows.iter().enumerate().rev() {
            let behind = rows.get(place + 1);
            let is_tied = behind.is_some_and(|behind| {
                row.timestamp.is_some() && order(row, behind) == Ordering::Equal
            });
            if !is_tied {
                for at in waiting.drain(..) {
                    let ended = deeds.all[at].answered().expect("only those wait");
                    let held = first.entry(group(at)).or_insert((ended, at));
                    *held = (*held).min((ended, at));
                }
            }
            let Some(Add {
                attempted: Some(at),
                acknowledged,
                ..
            }) = only_one(row)
            else {
                continue;
            };
            if let Some((ended, earlier)) = first.get(&group(at))
                && *ended < deeds.all[at].invoked
            {
                worst = Some((*earlier, at));
            }
            waiting.extend(acknowledged);
        }
        let (earlier, later) = worst?;
        let number = |at: At| adds_number(deeds, at);
        let (one, other) = (number(earlier), number(later));
        Some(Finding {
            kind: AnomalyKind::NonMonotonicId,
            sentence: format!(
                "{other} has a lower timestamp than {one}, although {} had added {one} before {} began to add {other}",
                deeds.who(earlier),
                deeds.who(later)
            ),
            cast: vec![
                (earlier, "adds first"),
                (later, "adds later"),
                (read, "reads by timestamp"),
            ],
            steps: vec![
                before(
                    0,
                    1,
                    format!(
                        "{{0}} added {one}, and was answered before {{1}} began to add {other}"
                    ),
                ),
                remark(format!(
                    "{{2}} found {other} before {one} in order of timestamps"
                )),
            ],
        })
    }
}

/// The number of an addition.
fn adds_number(deeds: &Deeds<'_>, at: At) -> i64 {
    let deed = &deeds.all[at];
    let answered = deed.output().and_then(row).map(|row| row.number);
    let number = answered.or(deed.call.input.int());
    number.expect("additions without a number are not listed")
}
