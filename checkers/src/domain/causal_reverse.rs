//! Writes that are seen without what had been acknowledged before they began.
//!
//! After Jepsen's `tests/causal_reverse` and CockroachDB's `comments`: values are written once each,
//! and reads return all values that there are. A read that shows `w` has to show every write that was
//! acknowledged before `w` began: strict serializability demands it, plain serializability does not.
//!
//! A read has to contain everything that was acknowledged before the last of what it shows began.
//! How many writes those are is looked up; only if it shows fewer of them is the missing one sought.
use super::deed::{At, Deeds};
use super::finding::{Finding, before, count, remark, shown};
use super::judge::{Judge, Ruling};
use super::set::{Additions, additions, early, members, nowhere, reads};
use crate::{AnomalyKind, Budget, Data, Verb};
use rustc_hash::FxHashMap;

pub(super) struct CausalReverse;

impl Judge for CausalReverse {
    fn judge(&self, deeds: &Deeds<'_>, budget: &Budget) -> Result<Ruling, String> {
        if !deeds.history.has_real_time() {
            return Err("this history has no real time, so no write is before another".to_owned());
        }
        let writes = additions(deeds, &Verb::Write);
        let reads = reads(deeds);
        if reads.is_empty() {
            return Err("nothing was ever read".to_owned());
        }
        // Every acknowledged value once, by where it was acknowledged first.
        let mut done: Vec<(usize, At)> = writes
            .values()
            .filter_map(|written| written.acknowledged)
            .filter_map(|write| Some((deeds.all[write].answered()?, write)))
            .collect();
        done.sort_unstable();
        let (mut ruling, mut tested) = (Ruling::default(), 0_usize);
        for &read in &reads {
            if let Some(reason) = budget.spent() {
                return Err(reason);
            }
            let seen: FxHashMap<&Data, ()> = members(deeds, read).iter().map(|v| (v, ())).collect();
            if ruling.findings.len() < FINDINGS_MAX {
                ruling
                    .findings
                    .extend(unwritten(deeds, &writes, read, &seen));
            }
            let began = |value: &&Data| {
                let write = writes.get(value)?.attempted?;
                Some((deeds.all[write].invoked, write))
            };
            let Some((bound, last)) = seen.keys().filter_map(began).max() else {
                continue;
            };
            let due = done.partition_point(|(ended, _)| *ended < bound);
            tested += usize::from(due > 0);
            let is_due = |value: &&&Data| {
                let write = writes.get(**value).and_then(|written| written.acknowledged);
                write.and_then(|write| deeds.all[write].answered()) < Some(bound) && write.is_some()
            };
            if seen.keys().filter(is_due).count() == due || FINDINGS_MAX <= ruling.findings.len() {
                continue;
            }
            let missing = done[..due].iter().map(|(_, write)| *write);
            let mut missing =
                missing.filter(|write| !seen.contains_key(&deeds.all[*write].call.input));
            if let Some(first) = missing.next() {
                let finding = reversed(deeds, [first, last, read], missing.count());
                ruling.findings.push(finding);
            }
        }
        if tested == 0 {
            let why = "no read shows a write that began after another had been acknowledged";
            ruling.undecided = Some(why.to_owned());
        }
        ruling.noted = Some(format!(
            "{} that had to show earlier writes",
            count(tested, "read")
        ));
        Ok(ruling)
    }
}

/// At most so many are written out.
const FINDINGS_MAX: usize = 20;

/// Values that cannot be there, one of each kind.
fn unwritten(
    deeds: &Deeds<'_>,
    writes: &Additions<'_>,
    read: At,
    seen: &FxHashMap<&Data, ()>,
) -> Vec<Finding> {
    let words = ["written", "write"];
    let (mut garbage, mut aborted) = (None, None);
    let written = |value: &Data| writes.get(value).copied().unwrap_or_default();
    for value in seen.keys().copied() {
        let write = written(value);
        let slot = match (write.attempted, write.failed) {
            (Some(write), _) if !deeds.is_before(read, write) => continue,
            (None, None) => &mut garbage,
            _ => &mut aborted,
        };
        // The least, so that the same history is told in the same words.
        *slot = Some(slot.map_or(value, |held: &Data| held.min(value)));
    }
    let tell = |value: &Data| {
        let write = written(value);
        match write.attempted {
            Some(write) => early(deeds, value, write, read),
            None => nowhere(deeds, value, write.failed, read, &words),
        }
    };
    [garbage, aborted].into_iter().flatten().map(tell).collect()
}

fn reversed(deeds: &Deeds<'_>, [first, last, read]: [At; 3], others: usize) -> Finding {
    let value = |at: At| shown(&deeds.all[at].call.input);
    let (early, late) = (value(first), value(last));
    let more = match others {
        0 => String::new(),
        others => format!(" and {others} more"),
    };
    Finding {
        kind: AnomalyKind::CausalReverse,
        sentence: format!(
            "{} saw {late}, but not {early}{more}, which had been acknowledged before {late} was begun",
            deeds.who(read)
        ),
        cast: vec![
            (first, "was acknowledged"),
            (last, "began after that"),
            (read, "sees only the second"),
        ],
        steps: vec![
            before(
                0,
                1,
                format!("{{0}} wrote {early}, and was answered before {{1}} began to write {late}"),
            ),
            remark(format!(
                "{{2}} saw {late}, so {{2}} comes after {{1}}, and after {{0}}"
            )),
            remark(format!(
                "nothing is ever removed, yet {{2}} did not see {early}"
            )),
        ],
    }
}
