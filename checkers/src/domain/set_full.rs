//! A set that is filled and read all the time: from when on is each element found?
//!
//! After Jepsen's `checker/set-full`. An element is *known* from the first answer to its addition, or
//! the first read that found it. It is *stable* if some read that found it began after all that did
//! not, *lost* if a read that did not find it began after it was known and after every read that
//! found it had ended, and *never read* otherwise. A read that did not find it although it was known
//! before is *stale*, which only a set that promises linearizability must not show.
//!
//! Where we differ: Jepsen calls an element lost as soon as the read that began last missed it, even
//! while a read that found it was still open; that one may have looked later, so we do not. Jepsen
//! never reports duplicates, failed additions and elements that nobody added; we do.
use super::deed::{At, Deeds};
use super::finding::{Finding, before, count, remark, shown};
use super::judge::{Judge, Ruling};
use super::set::{Additions, additions, members, reads, unexpected};
use crate::{AnomalyKind, Budget, Data, Verb};
use rustc_hash::FxHashMap;

pub(super) struct FullSet {
    pub(super) is_linearizable: bool,
}

/// What reads tell of one element.
#[derive(Clone, Copy, Debug, Default)]
struct Timeline {
    /// Where it became known, and by which operation.
    known: Option<(usize, At)>,
    /// The read that found it and began last.
    present: Option<At>,
    /// Where the last of those that found it ended.
    present_until: Option<usize>,
    /// The read that did not find it and began last.
    absent: Option<At>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Stable,
    Lost,
    NeverRead,
}

impl Timeline {
    fn outcome(&self, deeds: &Deeds<'_>) -> Outcome {
        let began = |at: Option<At>| at.map(|at| deeds.all[at].invoked);
        let (present, absent) = (began(self.present), began(self.absent));
        let is_known = self.known.is_some_and(|(known, _)| Some(known) < absent);
        match (present, absent) {
            (Some(_), _) if absent < present => Outcome::Stable,
            (_, Some(_)) if is_known && self.present_until < absent => Outcome::Lost,
            _ => Outcome::NeverRead,
        }
    }

    /// A read that did not find it although it was known.
    fn stale(&self, deeds: &Deeds<'_>) -> Option<(At, At)> {
        let ((known, by), absent) = (self.known?, self.absent?);
        (known < deeds.all[absent].invoked).then_some((by, absent))
    }

    /// How long after it was known the last read began that did not find it, in nanoseconds.
    fn latency(&self, deeds: &Deeds<'_>) -> u64 {
        let Some((_, absent)) = self.stale(deeds) else {
            return 0;
        };
        let known = self.known.map_or(0, |(known, _)| deeds.time(known));
        deeds.time(deeds.all[absent].invoked).saturating_sub(known)
    }
}

/// One timeline for each element that was added or found.
///
/// To find the last read without an element, the reads that have it are passed over from the last on:
/// never more of them than there are, so that all of it takes as long as looking at every answer.
fn timelines<'d>(
    deeds: &'d Deeds<'_>,
    additions: &Additions<'d>,
    reads: &[At],
) -> FxHashMap<&'d Data, Timeline> {
    let mut timelines: FxHashMap<&Data, Timeline> = FxHashMap::default();
    for (element, added) in additions {
        if let Some(add) = added.acknowledged {
            let line: &mut Timeline = timelines.entry(element).or_default();
            line.known = deeds.all[add].answered().map(|end| (end, add));
        } else if added.attempted.is_some() {
            timelines.entry(element).or_default();
        }
    }
    // How many of the last reads in a row have found the element.
    let mut in_a_row: FxHashMap<&Data, usize> = FxHashMap::default();
    for (later, &read) in reads.iter().rev().enumerate() {
        let ended = deeds.all[read].answered().expect("it was answered");
        for element in members(deeds, read) {
            let Some(line) = timelines.get_mut(element) else {
                continue;
            };
            line.present.get_or_insert(read);
            line.present_until = line.present_until.max(Some(ended));
            if line.known.is_none_or(|(known, _)| ended < known) {
                line.known = Some((ended, read));
            }
            let row = in_a_row.entry(element).or_insert(0);
            if *row == later {
                *row += 1;
            }
        }
    }
    for (element, line) in &mut timelines {
        let row = in_a_row.get(*element).copied().unwrap_or(0);
        line.absent = reads.len().checked_sub(row + 1).map(|place| reads[place]);
    }
    timelines
}

impl Judge for FullSet {
    fn judge(&self, deeds: &Deeds<'_>, budget: &Budget) -> Result<Ruling, String> {
        if !deeds.history.has_real_time() {
            return Err("this history has no real time, so no read is late".to_owned());
        }
        let additions = additions(deeds, &Verb::Add);
        let reads = reads(deeds);
        if reads.is_empty() {
            return Err("the set was never read".to_owned());
        }
        let mut ruling = Ruling::default();
        for &read in &reads {
            if let Some(reason) = budget.spent() {
                return Err(reason);
            }
            let found = unexpected(deeds, &additions, read);
            if ruling.findings.len() < FINDINGS_MAX {
                ruling.findings.extend(found);
            }
        }
        let timelines = timelines(deeds, &additions, &reads);
        let (mut stable, mut stale, mut lost) = (Vec::new(), Vec::new(), Vec::new());
        for (element, line) in &timelines {
            match line.outcome(deeds) {
                Outcome::Stable => stable.push(line.latency(deeds)),
                Outcome::Lost => lost.push((*element, *line)),
                Outcome::NeverRead => {}
            }
            stale.extend(line.stale(deeds).map(|pair| (*element, pair)));
        }
        let never = timelines.len() - stable.len() - lost.len();
        lost.sort_unstable_by_key(|(_, line)| line.known);
        let told = lost.iter().take(FINDINGS_MAX);
        ruling
            .findings
            .extend(told.map(|(element, line)| missing(deeds, element, line)));
        if self.is_linearizable {
            stale.sort_unstable_by_key(|(_, pair)| *pair);
            let told = stale
                .iter()
                .filter(|(element, _)| timelines[element].outcome(deeds) != Outcome::Lost);
            let told = told.take(FINDINGS_MAX);
            ruling
                .findings
                .extend(told.map(|(element, pair)| late(deeds, element, *pair)));
        }
        if stable.is_empty() {
            ruling.undecided = Some("no element was ever found to stay".to_owned());
        }
        ruling.noted = Some(format!(
            "{} stable, {} stale for a while, {never} never read, {} lost{}",
            count(stable.len(), "element"),
            stale.len(),
            lost.len(),
            quantiles(stable)
        ));
        Ok(ruling)
    }
}

/// At most so many of a kind are written out.
const FINDINGS_MAX: usize = 20;

/// Jepsen's points of the distribution, in parts of a hundred.
const POINTS: [usize; 5] = [0, 50, 95, 99, 100];

/// `; found for good after 0, 0, 12, 40, 41 ms at 0, 50, 95, 99, 100 %`.
fn quantiles(mut latencies: Vec<u64>) -> String {
    latencies.sort_unstable();
    let Some(last) = latencies.len().checked_sub(1) else {
        return String::new();
    };
    let at = |point: usize| latencies[(latencies.len() * point / 100).min(last)] / 1_000_000;
    let times = POINTS.map(|point| at(point).to_string()).join(", ");
    format!("; found for good after {times} ms at 0, 50, 95, 99, 100 %")
}

fn missing(deeds: &Deeds<'_>, element: &Data, line: &Timeline) -> Finding {
    let (_, by) = line.known.expect("what is lost was known");
    let last = line.absent.expect("what is lost was missed");
    let element = shown(element);
    let mut cast = vec![(by, "shows that it is there"), (last, "does not find it")];
    let mut steps = vec![before(
        0,
        1,
        format!("{{0}} shows that {element} was added, and had ended before {{1}} began"),
    )];
    if let Some(present) = line.present.filter(|present| *present != by) {
        cast.push((present, "the last that finds it"));
        steps.push(before(
            2,
            1,
            "{2} is the last that found it, and had ended before {1} began",
        ));
    }
    let text = format!("nothing is ever removed, yet {{1}} and all later reads miss {element}");
    steps.push(remark(text));
    Finding {
        kind: AnomalyKind::LostElement,
        sentence: format!(
            "{element} was there for {}, but {} and everybody later did not find it",
            deeds.who(by),
            deeds.who(last)
        ),
        cast,
        steps,
    }
}

fn late(deeds: &Deeds<'_>, element: &Data, (by, read): (At, At)) -> Finding {
    let element = shown(element);
    Finding {
        kind: AnomalyKind::StaleRead,
        sentence: format!(
            "{} did not find {element}, although it was already there for {}",
            deeds.who(read),
            deeds.who(by)
        ),
        cast: vec![(by, "shows that it is there"), (read, "does not find it")],
        steps: vec![
            before(
                0,
                1,
                format!("{{0}} shows that {element} was added, and had ended before {{1}} began"),
            ),
            remark(format!(
                "nothing is ever removed, yet {{1}} did not find {element}"
            )),
        ],
    }
}
