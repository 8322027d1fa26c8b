//! What goes in must come out: elements counted, their order left aside.
//!
//! After Jepsen's `checker/total-queue`: an element that was put in and acknowledged comes out
//! (*lost* otherwise), and what comes out was put in (*unexpected* otherwise). What comes out more
//! often than it was put in is *duplicated*, which Jepsen reports and lets pass; here a parameter says
//! whether it may. What was put in by an enqueue of unknown outcome and came out is *recovered*.
//!
//! An element that did not come out may still be inside. It is missing only if the queue was found
//! empty after it had been put in: by a drain, which takes out all there is, or a dequeue that was
//! answered nothing. And a dequeue of unknown outcome may have taken one element, a drain any number.
use super::deed::{At, Deeds};
use super::finding::{Finding, Reason, before, count, remark, shown};
use super::judge::{Judge, Ruling};
use super::set::{Added, additions, early, nowhere};
use crate::{AnomalyKind, Budget, Data, Verb};
use rustc_hash::FxHashMap;

pub(super) struct TotalQueue {
    pub(super) may_repeat: bool,
}

/// What came out, and what says that nothing was left.
#[derive(Default)]
struct Out<'d> {
    /// For each element, by which operations, in order of invocation.
    taken: FxHashMap<&'d Data, Vec<At>>,
    /// Dequeues that may have taken an element each.
    open: Vec<At>,
    /// A drain that may have taken any number.
    open_drain: Option<At>,
    /// The operation that found the queue empty and began last.
    empty: Option<At>,
}

impl<'d> Out<'d> {
    fn of(deeds: &'d Deeds<'_>) -> Out<'d> {
        let mut out = Out::default();
        for (at, deed) in deeds.all.iter().enumerate() {
            let is_drain = deed.is_named("drain");
            if !is_drain && *deed.f() != Verb::Dequeue {
                continue;
            }
            match deed.output() {
                Some(Data::List(members)) if is_drain => {
                    for member in &**members {
                        out.taken.entry(member).or_default().push(at);
                    }
                    out.empty = Some(at);
                }
                Some(Data::Nil) => out.empty = Some(at),
                Some(element) => out.taken.entry(element).or_default().push(at),
                None if deed.is_failed() => {}
                None if is_drain => out.open_drain = Some(at),
                None => out.open.push(at),
            }
        }
        out
    }
}

impl Judge for TotalQueue {
    fn judge(&self, deeds: &Deeds<'_>, budget: &Budget) -> Result<Ruling, String> {
        let additions = additions(deeds, &Verb::Enqueue);
        let enqueues = acknowledged(deeds);
        let out = Out::of(deeds);
        if let Some(reason) = budget.spent() {
            return Err(reason);
        }
        let mut ruling = Ruling::default();
        let (mut recovered, mut repeated) = (0, 0);
        let mut taken: Vec<(&&Data, &Vec<At>)> = out.taken.iter().collect();
        taken.sort_unstable_by_key(|(_, by)| by[0]);
        for (element, by) in taken {
            let added = additions.get(*element).copied().unwrap_or_default();
            let acknowledged = enqueues.get(*element).map_or(0, Vec::len);
            recovered += by.len().min(added.attempts).saturating_sub(acknowledged);
            repeated += usize::from(added.attempts > 0 && by.len() > added.attempts);
            let finding = self.strange(deeds, element, &added, by);
            if ruling.findings.len() < FINDINGS_MAX {
                ruling.findings.extend(finding);
            }
        }
        let missing = missing(deeds, &enqueues, &out);
        lost(deeds, &missing, &out, &enqueues, &mut ruling);
        if enqueues.is_empty() {
            ruling.undecided = Some("no enqueue was acknowledged".to_owned());
        } else if out.taken.is_empty() && out.empty.is_none() {
            ruling.undecided = Some("nothing was ever taken out".to_owned());
        }
        let words = [(recovered, "recovered"), (repeated, "came out too often")];
        let words = words.iter().filter(|(number, _)| *number > 0);
        let words: Vec<String> = words
            .map(|(number, word)| format!("{} {word}", count(*number, "element")))
            .collect();
        ruling.noted = (!words.is_empty()).then(|| words.join(", "));
        Ok(ruling)
    }
}

/// At most so many are written out.
const FINDINGS_MAX: usize = 20;

/// The enqueues of each element that were answered.
type Enqueues<'d> = FxHashMap<&'d Data, Vec<At>>;

fn acknowledged<'d>(deeds: &'d Deeds<'_>) -> Enqueues<'d> {
    let mut enqueues = Enqueues::default();
    for (at, deed) in deeds.all.iter().enumerate() {
        if *deed.f() == Verb::Enqueue && deed.answered().is_some() {
            enqueues.entry(&deed.call.input).or_default().push(at);
        }
    }
    enqueues
}

/// Enqueues that were acknowledged and did not come out: of each element the last ones to be answered.
fn missing(deeds: &Deeds<'_>, enqueues: &Enqueues<'_>, out: &Out<'_>) -> Vec<At> {
    let mut missing = Vec::new();
    for (element, puts) in enqueues {
        let taken = out.taken.get(element).map_or(0, Vec::len);
        let mut puts = puts.clone();
        // Those that ended first are least easily explained by what began last.
        puts.sort_unstable_by_key(|at| deeds.all[*at].answered());
        let left = puts.len().saturating_sub(taken);
        missing.extend(puts.into_iter().take(left));
    }
    missing.sort_unstable();
    missing
}

impl TotalQueue {
    /// What is wrong with how often and when an element came out.
    fn strange(
        &self,
        deeds: &Deeds<'_>,
        element: &Data,
        added: &Added,
        by: &[At],
    ) -> Option<Finding> {
        let first = by[0];
        let Some(put) = added.attempted else {
            return Some(nowhere(
                deeds,
                element,
                added.failed,
                first,
                &["enqueued", "enqueue"],
            ));
        };
        if let Some(take) = by.iter().find(|take| deeds.is_before(**take, put)) {
            return Some(early(deeds, element, put, *take));
        }
        if self.may_repeat || by.len() <= added.attempts {
            return None;
        }
        let element = shown(element);
        let last = by[added.attempts];
        let took = if last == first { "{1}" } else { "{1} and {2}" };
        let mut cast = vec![(put, "puts it in"), (first, "takes it out")];
        if last != first {
            cast.push((last, "takes it out again"));
        }
        let times = count(added.attempts, "time");
        Some(Finding {
            kind: AnomalyKind::DuplicateDelivery,
            sentence: format!(
                "{element} came out {} for {} and {}, but was put in {times} at most",
                count(by.len(), "time"),
                deeds.who(first),
                deeds.who(last)
            ),
            cast,
            steps: vec![
                remark(format!(
                    "{{0}} puts {element} in, which was done {times} at most"
                )),
                remark(format!(
                    "{took} took {element} out, which makes {}",
                    by.len()
                )),
            ],
        })
    }
}

/// Says of what did not come out whether it is lost, or why nobody knows.
fn lost(
    deeds: &Deeds<'_>,
    missing: &[At],
    out: &Out<'_>,
    enqueues: &Enqueues<'_>,
    ruling: &mut Ruling,
) {
    let Some(&first) = missing.first() else {
        return;
    };
    let is_due = |put: &&At| out.empty.is_some_and(|empty| deeds.is_before(**put, empty));
    let due: Vec<At> = missing.iter().filter(is_due).copied().collect();
    let element = shown(&deeds.all[*due.first().unwrap_or(&first)].call.input);
    let others = missing.len().max(1) - 1;
    let more = if others > 0 {
        format!(", nor {others} more")
    } else {
        String::new()
    };
    if due.is_empty() {
        ruling.undecided = Some(format!(
            "{element} did not come out{more}, but the queue was not found empty after it had been put in"
        ));
    } else if out.open_drain.is_some() {
        ruling.undecided = Some(format!(
            "{element} did not come out{more}, but a drain of unknown outcome may have taken it"
        ));
    } else if due.len() <= out.open.len() {
        ruling.undecided = Some(format!(
            "{element} did not come out{more}, but {} of unknown outcome may have taken as much",
            count(out.open.len(), "dequeue")
        ));
    } else {
        let empty = out.empty.expect("something is due");
        let finding = gone(deeds, &due, out, enqueues, empty);
        ruling.findings.push(finding);
    }
}

/// More is missing than dequeues of unknown outcome can have taken.
fn gone(
    deeds: &Deeds<'_>,
    due: &[At],
    out: &Out<'_>,
    enqueues: &Enqueues<'_>,
    empty: At,
) -> Finding {
    let open = &out.open;
    let needed = &due[..=open.len()];
    let first = due[0];
    let element = shown(&deeds.all[first].call.input);
    let more = match due.len() - 1 {
        0 => String::new(),
        others => format!(", nor {others} more"),
    };
    let mut cast: Vec<(At, &'static str)> = vec![(empty, "finds nothing left")];
    let mut steps: Vec<Reason> = Vec::new();
    for &put in needed {
        let put_in = shown(&deeds.all[put].call.input);
        let actor = cast.len();
        cast.push((put, "puts it in"));
        let text = format!("{{{actor}}} put {put_in} in, and was answered before {{0}} began");
        steps.push(before(actor, 0, text));
    }
    // Where others put the same element in, it came out for them only.
    for element in needed.iter().map(|put| &deeds.all[*put].call.input) {
        let puts = enqueues.get(element).into_iter().flatten();
        let takes = out.taken.get(element).into_iter().flatten();
        let others = puts
            .filter(|put| !needed.contains(put))
            .map(|put| (*put, "puts the same in"));
        cast.extend(others.chain(takes.map(|take| (*take, "takes one of them out"))));
    }
    for &take in open {
        let actor = cast.len();
        cast.push((take, "may have taken one"));
        steps.push(remark(format!(
            "{{{actor}}} may have taken one of them, its outcome is unknown"
        )));
    }
    let one = if open.is_empty() { "it" } else { "one of them" };
    steps.push(remark(format!(
        "{{0}} found nothing left, yet nobody can have taken {one}"
    )));
    Finding {
        kind: AnomalyKind::LostElement,
        sentence: format!(
            "{} put {element} in and was answered, but it never came out{more}, though {} found nothing left",
            deeds.who(first),
            deeds.who(empty)
        ),
        cast,
        steps,
    }
}
