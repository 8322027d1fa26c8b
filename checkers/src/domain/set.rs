//! A set that is filled, and read once at the end.
//!
//! After Jepsen's `checker/set`: each element whose addition was acknowledged is in the last read
//! (*lost* otherwise), and each element of the last read was added (*unexpected* otherwise). We add
//! what that leaves out: an element whose addition had failed, or had not begun, is not there
//! either, and none is there more often than it was added. And we leave out what that assumes: an
//! addition that was acknowledged only after the last read had begun may be missing.
use super::deed::{At, Deeds};
use super::finding::{Finding, before, count, remark, shown};
use super::judge::{Judge, Ruling};
use crate::{AnomalyKind, Budget, Data, Verb};
use rustc_hash::FxHashMap;

pub(super) struct FinalSet;

/// What was done to add one element.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Added {
    /// The addition that was acknowledged first.
    pub(super) acknowledged: Option<At>,
    /// The addition that began first, of those that did not fail.
    pub(super) attempted: Option<At>,
    /// How many did not fail.
    pub(super) attempts: usize,
    pub(super) failed: Option<At>,
}

/// What was added, by element.
pub(super) type Additions<'d> = FxHashMap<&'d Data, Added>;

pub(super) fn additions<'d>(deeds: &'d Deeds<'_>, verb: &Verb) -> Additions<'d> {
    let mut additions = Additions::default();
    for (at, deed) in deeds.all.iter().enumerate() {
        if deed.f() != verb {
            continue;
        }
        let added = additions
            .entry(&deed.call.input)
            .or_insert_with(Added::default);
        if deed.is_failed() {
            added.failed.get_or_insert(at);
            continue;
        }
        added.attempts += 1;
        added.attempted.get_or_insert(at);
        let is_first = |known: At| deed.answered() < deeds.all[known].answered();
        if deed.answered().is_some() && added.acknowledged.is_none_or(is_first) {
            added.acknowledged = Some(at);
        }
    }
    additions
}

/// The reads that were answered with a list, in order of invocation.
pub(super) fn reads(deeds: &Deeds<'_>) -> Vec<At> {
    let is_read = |at: &At| {
        let deed = &deeds.all[*at];
        *deed.f() == Verb::Read && deed.output().and_then(Data::list).is_some()
    };
    (0..deeds.all.len()).filter(is_read).collect()
}

pub(super) fn members<'d>(deeds: &'d Deeds<'_>, read: At) -> &'d [Data] {
    let list = deeds.all[read].output().and_then(Data::list);
    list.expect("only reads that answered a list are asked")
}

impl Judge for FinalSet {
    fn judge(&self, deeds: &Deeds<'_>, _budget: &Budget) -> Result<Ruling, String> {
        let additions = additions(deeds, &Verb::Add);
        let Some(&last) = reads(deeds).last() else {
            return Err("the set was never read".to_owned());
        };
        let mut ruling = Ruling {
            findings: unexpected(deeds, &additions, last),
            ..Ruling::default()
        };
        let found: FxHashMap<&Data, ()> = members(deeds, last).iter().map(|e| (e, ())).collect();
        let (mut lost, mut judged, mut recovered) = (Vec::new(), 0, 0);
        for (element, added) in &additions {
            let is_found = found.contains_key(element);
            let Some(add) = added.acknowledged else {
                recovered += usize::from(is_found && added.attempted.is_some());
                continue;
            };
            let is_due = deeds.is_before(add, last);
            judged += usize::from(is_due || is_found);
            if is_due && !is_found {
                lost.push(add);
            }
        }
        lost.sort_unstable();
        ruling.findings.extend(missing(deeds, &lost, last));
        if judged == 0 {
            let why = "no addition was acknowledged before the last read";
            ruling.undecided = Some(why.to_owned());
        }
        if !deeds.history.has_real_time() {
            let why = "this history has no real time, so no read is the last one";
            ruling.undecided = Some(why.to_owned());
        }
        if recovered > 0 {
            ruling.noted = Some(format!(
                "{} of unknown outcome found",
                count(recovered, "addition")
            ));
        }
        Ok(ruling)
    }
}

/// One finding for all that is missing from the last read.
fn missing(deeds: &Deeds<'_>, lost: &[At], last: At) -> Option<Finding> {
    let (&add, others) = lost.split_first()?;
    let element = shown(&deeds.all[add].call.input);
    let more = match others.len() {
        0 => String::new(),
        others => format!(", nor {others} more"),
    };
    Some(Finding {
        kind: AnomalyKind::LostElement,
        sentence: format!(
            "{} added {element} and was answered, but the last read, of {}, did not find it{more}",
            deeds.who(add),
            deeds.who(last)
        ),
        cast: vec![(add, "added it"), (last, "reads at the end")],
        steps: vec![
            before(
                0,
                1,
                format!("{{0}} added {element}, and was answered before {{1}} began"),
            ),
            remark(format!(
                "nothing is ever removed, and {{1}} did not find {element}"
            )),
        ],
    })
}

/// What is in a read and cannot be: failed, not begun, never added, or more often than added.
pub(super) fn unexpected(deeds: &Deeds<'_>, additions: &Additions<'_>, read: At) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut times: FxHashMap<&Data, usize> = FxHashMap::default();
    let mut is_told = [false; 3];
    for element in members(deeds, read) {
        let seen = times.entry(element).or_insert(0);
        *seen += 1;
        let added = additions.get(element).copied().unwrap_or_default();
        let finding = match added.attempted {
            None => nowhere(deeds, element, added.failed, read, &["added", "addition"]),
            Some(add) if deeds.is_before(read, add) => early(deeds, element, add, read),
            Some(add) if *seen == added.attempts + 1 => repeated(deeds, element, add, read),
            Some(_) => continue,
        };
        // One of a kind is enough from one read.
        let slot = match finding.kind {
            AnomalyKind::GarbageRead => 0,
            AnomalyKind::AbortedRead => 1,
            _ => 2,
        };
        if !std::mem::replace(&mut is_told[slot], true) {
            findings.push(finding);
        }
    }
    findings
}

/// A value whose change failed, or that nobody made; `words` say what was done to it.
pub(super) fn nowhere(
    deeds: &Deeds<'_>,
    element: &Data,
    failed: Option<At>,
    read: At,
    [done, doing]: &[&str; 2],
) -> Finding {
    let (who, element) = (deeds.who(read), shown(element));
    match failed {
        None => Finding {
            kind: AnomalyKind::GarbageRead,
            sentence: format!("{who} found {element}, which nobody had {done}"),
            cast: vec![(read, "finds what nobody made")],
            steps: vec![remark(format!(
                "{{0}} found {element}, and the history has no {doing} of {element}"
            ))],
        },
        Some(failed) => Finding {
            kind: AnomalyKind::AbortedRead,
            sentence: format!(
                "{who} found {element}, although its {doing}, by {}, had failed",
                deeds.who(failed)
            ),
            cast: vec![(failed, "failed"), (read, "finds it all the same")],
            steps: vec![
                remark(format!(
                    "{{0}} is the {doing} of {element}, and failed: it had no effect"
                )),
                remark(format!(
                    "{{1}} found {element}, which nobody else had {done}"
                )),
            ],
        },
    }
}

/// A value whose change began only after it was found.
pub(super) fn early(deeds: &Deeds<'_>, element: &Data, change: At, read: At) -> Finding {
    let element = shown(element);
    Finding {
        kind: AnomalyKind::AbortedRead,
        sentence: format!(
            "{} found {element} before {} had begun to put it there",
            deeds.who(read),
            deeds.who(change)
        ),
        cast: vec![(read, "finds it"), (change, "begins later")],
        steps: vec![
            before(
                0,
                1,
                format!("{{0}} found {element}, and had ended before {{1}} began"),
            ),
            remark(format!(
                "{{1}} is the first that may have put {element} there"
            )),
        ],
    }
}

fn repeated(deeds: &Deeds<'_>, element: &Data, add: At, read: At) -> Finding {
    let element = shown(element);
    Finding {
        kind: AnomalyKind::DuplicateElements,
        sentence: format!(
            "{} found {element} more often than it had been added",
            deeds.who(read)
        ),
        cast: vec![(add, "added it"), (read, "finds it again")],
        steps: vec![
            remark(format!(
                "{{0}} added {element}, and was the last that may have"
            )),
            remark(format!("{{1}} found {element} once more than that")),
        ],
    }
}
