//! Staleness against brute force, which looks back further and further until everything is explained.
use super::generate::{Shape, history, lie};
use super::{check_anomaly, judge, only, told};
use crate::testing::Rng;
use crate::weak::{BoundedStaleness, KAtomic, Staleness, staleness};
use crate::{Budget, History, Op, Outcome, Value, Verdict};
use std::collections::HashSet;

/// What happened to the only key. Times are in any unit; unknown outcomes end at the end of time.
#[derive(Clone, Copy)]
struct Deed {
    read: Option<Option<Value>>,
    wrote: Option<Value>,
    began: i64,
    ended: i64,
}

fn deeds(history: &History, time: impl Fn(usize) -> i64) -> Vec<Deed> {
    let deed = |operation: &crate::Operation<'_>| {
        let ended = match operation.outcome {
            Outcome::Ok { completed } => Some(time(completed)),
            Outcome::Unknown { .. } => None,
        };
        let (read, wrote) = match *operation.op {
            Op::Read { value, .. } => (Some(value), None),
            Op::Write { value, .. } => (None, Some(value)),
            Op::Cas { .. } | Op::Call(_) => unreachable!("only reads and writes are drawn"),
        };
        let began = time(operation.invoked);
        let is_there = ended.is_some() || wrote.is_some();
        is_there.then_some(Deed {
            read,
            wrote,
            began,
            ended: ended.unwrap_or(i64::MAX),
        })
    };
    history.operations().iter().filter_map(deed).collect()
}

/// Whether there is an order in which reads return one of the `versions` newest, if they may look back.
fn is_explained(deeds: &[Deed], back: i64, versions: usize) -> bool {
    let all = (0..deeds.len()).filter(|i| deeds[*i].ended < i64::MAX);
    let all = all.fold(0_u32, |all, i| all | 1 << i);
    let mut seen = HashSet::new();
    let mut stack: Vec<(u32, Vec<Option<Value>>)> = vec![(0, vec![None])];
    while let Some((done, written)) = stack.pop() {
        if done & all == all {
            return true;
        }
        if !seen.insert((done, written.clone())) {
            continue;
        }
        let left = || (0..deeds.len()).filter(|i| done >> i & 1 == 0);
        let deadline = left()
            .map(|i| deeds[i].ended)
            .min()
            .expect("not all are done");
        for i in left() {
            let Deed {
                read, wrote, began, ..
            } = deeds[i];
            let began = if read.is_some() { began - back } else { began };
            if began > deadline {
                continue;
            }
            let mut newest = written.iter().rev().take(versions);
            match (read, wrote) {
                (Some(value), _) if newest.any(|held| *held == value) => {
                    stack.push((done | 1 << i, written.clone()));
                }
                (_, Some(value)) => {
                    let written = [&written[..], &[Some(value)]].concat();
                    stack.push((done | 1 << i, written));
                }
                _ => {}
            }
        }
    }
    false
}

/// The least number from `first` for which something holds.
fn least(first: i64, most: i64, holds: impl Fn(i64) -> bool) -> i64 {
    (first..=most)
        .find(|number| holds(*number))
        .expect("it holds in the end")
}

fn measure(history: &History) -> Option<Staleness> {
    staleness(history, &Budget::new(1 << 30)).ok()
}

/// The same events, at times that are not those of a clock which ticks evenly.
fn at_random_times(history: &History, rng: &mut Rng) -> History {
    let mut timed = History::default();
    for event in history.events() {
        let mut event = event.clone();
        event.time = event.time * 3 + rng.below(3);
        timed.push(event).expect("as well-formed as it was");
    }
    timed
}

#[test]
fn random_histories_agree_with_brute_force() {
    let mut rng = Rng(11);
    let (mut stale, mut exact, mut judged) = (0, 0, 0);
    for round in 0..super::rounds(220_000) {
        let shape = Shape {
            operations: 2 + rng.below(7) as usize,
            processes: 2 + rng.below(3) as usize,
            keys: 1,
            info: [0, 20][rng.below(2) as usize],
            swaps: 0,
            stale: [20, 60][rng.below(2) as usize],
        };
        let mut history = history(shape, &mut rng);
        if round % 3 == 0 {
            history = lie(&history, &mut rng);
        }
        let history = at_random_times(&history, &mut rng);
        let Some(measured) = measure(&history) else {
            continue;
        };
        judged += 1;
        let context = || format!("{measured:?} {:#?}", history.events());
        let by_events = deeds(&history, |position| position as i64);
        let most = 2 + history.events().len() as i64;
        let events = least(0, most, |back| is_explained(&by_events, back, 1));
        assert_eq!(measured.events, events as u64, "{}", context());
        let by_time = deeds(&history, |position| history.events()[position].time as i64);
        let back = measured.nanoseconds as i64;
        assert!(is_explained(&by_time, back, 1), "{}", context());
        assert!(
            back == 0 || !is_explained(&by_time, back - 1, 1),
            "{}",
            context()
        );
        let versions = least(1, most, |versions| {
            is_explained(&by_events, 0, versions as usize)
        });
        let bounds = measured.versions_min..=measured.versions_max;
        assert!(
            bounds.contains(&(versions as u64)),
            "{versions} of {}",
            context()
        );
        exact += u64::from(measured.versions_min == measured.versions_max);
        stale += u64::from(events > 0);
        check_judges(&history, measured);
    }
    println!("{judged} judged, {stale} stale, {exact} exact in versions");
    assert!(
        stale > 1_000 && exact * 10 > judged * 9,
        "{stale} {exact} {judged}"
    );
}

/// Verdicts on either side of what was measured, and witnesses that are as stale by themselves.
fn check_judges(history: &History, measured: Staleness) {
    let late = |nanoseconds| judge(&BoundedStaleness { nanoseconds }, history);
    assert!(matches!(
        late(measured.nanoseconds + 1),
        Verdict::Valid { .. }
    ));
    if measured.nanoseconds > 0 {
        assert!(matches!(late(measured.nanoseconds), Verdict::Valid { .. }));
        let Verdict::Invalid { anomalies, .. } = late(measured.nanoseconds - 1) else {
            panic!("acquitted: {measured:?}");
        };
        check_anomaly(history, &anomalies[0]);
        let kept: Vec<usize> = anomalies[0].witness.iter().map(|op| op.invoked).collect();
        assert!(kept.len() <= 6, "{anomalies:#?}");
        let alone = measure(&only(history, &kept)).expect("it can be told");
        assert_eq!(alone.nanoseconds, measured.nanoseconds, "{anomalies:#?}");
    }
    let old = |versions| judge(&KAtomic { versions }, history);
    assert!(matches!(old(measured.versions_max), Verdict::Valid { .. }));
    if measured.versions_min < measured.versions_max {
        assert!(matches!(
            old(measured.versions_min),
            Verdict::Unknown { .. }
        ));
    }
    if measured.versions_min > 1 {
        let bound = measured.versions_min - 1;
        let Verdict::Invalid { anomalies, .. } = old(bound) else {
            panic!("acquitted: {measured:?}");
        };
        check_anomaly(history, &anomalies[0]);
        let kept: Vec<usize> = anomalies[0].witness.iter().map(|op| op.invoked).collect();
        let alone = measure(&only(history, &kept)).expect("it can be told");
        assert!(alone.versions_min > bound, "{anomalies:#?}");
    }
}

#[test]
fn all_small_histories_agree_with_brute_force() {
    let mut count = 0;
    super::sessions::walk(&[(1, 1), (2, 1), (3, 1), (4, 1)], &mut |history| {
        let Some(measured) = measure(history) else {
            return;
        };
        count += 1;
        let deeds = deeds(history, |position| position as i64);
        let events = least(0, 10, |back| is_explained(&deeds, back, 1));
        assert_eq!(measured.events, events as u64, "{:#?}", history.events());
        let versions = least(1, 10, |versions| is_explained(&deeds, 0, versions as usize));
        assert!(
            measured.versions_min <= versions as u64,
            "{:#?}",
            history.events()
        );
        assert!(
            versions as u64 <= measured.versions_max,
            "{:#?}",
            history.events()
        );
    });
    assert!(count > 3_000, "{count}");
}

#[test]
fn it_is_told_in_versions_and_in_time() {
    let late = crate::sketch::history("|w 1| |w 2| |w 3|\n                     |r 1|");
    let measured = measure(&late).expect("it can be told");
    assert_eq!((measured.versions_min, measured.versions_max), (3, 3));
    assert_eq!(
        measured.to_string(),
        "the stalest read was 3 versions old (1 is the newest), and 11.0 ms or 3 events late"
    );
    let verdict = judge(
        &BoundedStaleness {
            nanoseconds: 10_000_000,
        },
        &late,
    );
    assert_eq!(
        told(&verdict),
        "Stale by 11.0 ms: no order explains what was read from key 0, unless reads of 1 or 2 look back so far."
    );
    assert_eq!(
        told(&judge(&KAtomic { versions: 2 }, &late)),
        "Process 1 read 1 from key 0, after 2 newer versions had replaced it."
    );
    let fresh = crate::sketch::history("|w 1| |w 2| |w 3|\n                     |r 3|");
    assert_eq!(
        measure(&fresh).expect("told").to_string(),
        "every read returned the newest version"
    );
    let swapped = crate::sketch::history("|w 1| |c 1>2| |r 2|");
    assert_eq!(measure(&swapped), None);
}
