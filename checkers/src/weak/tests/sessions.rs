//! The session guarantees against brute force.
use super::generate::{Shape, history, lie};
use super::oracle::Definition;
use super::{check_anomaly, judge, only, rounds};
use crate::testing::Rng;
use crate::weak::Guarantee;
use crate::{Event, History, Kind, Op, Process, Value, Verdict};

/// Compares with the definition, on histories that can be judged.
fn compare(history: &History, oracle: &Definition, guarantee: Guarantee) -> Option<bool> {
    let is_broken = oracle.is_broken(guarantee);
    match judge(&guarantee, history) {
        Verdict::Unknown { reason, .. } if reason.starts_with("no read") => assert!(!is_broken),
        Verdict::Unknown { .. } => return None,
        Verdict::Valid { .. } => assert!(!is_broken, "{guarantee:?}: {:#?}", history.events()),
        Verdict::Invalid { anomalies, .. } => {
            for anomaly in &anomalies {
                check_anomaly(history, anomaly);
                assert_eq!(anomaly.kind, guarantee.kind());
                check_witness(history, guarantee, anomaly);
            }
            assert!(is_broken, "{guarantee:?}: {:#?}", history.events());
        }
    }
    Some(is_broken)
}

/// A witness is a violation by itself, and no longer one without any of its operations.
fn check_witness(history: &History, guarantee: Guarantee, anomaly: &crate::Anomaly) {
    let kept: Vec<usize> = anomaly.witness.iter().map(|op| op.invoked).collect();
    let has_swaps = kept
        .iter()
        .any(|at| matches!(history.events()[*at].op, Op::Cas { .. }));
    if has_swaps {
        return; // What a compare-and-set replaced was written by somebody else.
    }
    let alone = only(history, &kept);
    let verdict = judge(&guarantee, &alone);
    assert!(
        matches!(verdict, Verdict::Invalid { .. }),
        "{verdict:?} {anomaly:#?}"
    );
    assert!(Definition::new(&alone).is_broken(guarantee), "{anomaly:#?}");
    for dropped in &kept {
        let rest: Vec<usize> = kept.iter().copied().filter(|at| at != dropped).collect();
        let verdict = judge(&guarantee, &only(history, &rest));
        assert!(
            !matches!(verdict, Verdict::Invalid { .. }),
            "{dropped} in {anomaly:#?}"
        );
    }
}

#[test]
fn random_histories_agree_with_brute_force() {
    let mut rng = Rng(7);
    let (mut judged, mut broken) = (0, [0; 4]);
    for round in 0..rounds(60_000) {
        let shape = Shape {
            operations: 3 + rng.below(10) as usize,
            processes: 2 + rng.below(3) as usize,
            keys: 1 + rng.below(2),
            info: [0, 20][rng.below(2) as usize],
            swaps: [0, 0, 40][rng.below(3) as usize],
            stale: [30, 70][rng.below(2) as usize],
        };
        let mut history = history(shape, &mut rng);
        if round % 3 == 0 {
            history = lie(&history, &mut rng);
        }
        let oracle = Definition::new(&history);
        for (i, guarantee) in Guarantee::ALL.into_iter().enumerate() {
            let is_broken = compare(&history, &oracle, guarantee);
            judged += u64::from(is_broken.is_some());
            broken[i] += u64::from(is_broken == Some(true));
        }
    }
    println!("{judged} judged, broken: {broken:?}");
    assert!(broken.iter().all(|count| *count > 50), "{broken:?}");
}

#[test]
fn replicas_that_do_not_lag_keep_every_guarantee() {
    let mut rng = Rng(8);
    for _ in 0..2_000 {
        let shape = Shape {
            operations: 60,
            processes: 5,
            keys: 3,
            info: 10,
            swaps: 30,
            stale: 0,
        };
        let history = history(shape, &mut rng);
        for guarantee in Guarantee::ALL {
            let verdict = judge(&guarantee, &history);
            assert!(matches!(verdict, Verdict::Valid { .. }), "{verdict:?}");
        }
    }
}

/// All histories of so many operations of two processes: at each point one begins or ends.
struct Walk<'v> {
    visit: &'v mut dyn FnMut(&History),
    operations: usize,
    keys: u64,
    events: Vec<Event>,
    open: [Option<Op>; 2],
    asked: usize,
    fresh: Value,
}

impl Walk<'_> {
    fn go(&mut self) {
        if self.asked == self.operations && self.open.iter().all(Option::is_none) {
            self.compare();
            return;
        }
        for process in 0..2 {
            if let Some(answer) = self.open[process].take() {
                self.push(process, Kind::Ok, answer.clone());
                self.go();
                self.events.pop();
                self.open[process] = Some(answer);
            } else if self.asked < self.operations {
                self.ask(process);
            }
        }
    }

    fn ask(&mut self, process: usize) {
        self.asked += 1;
        for key in 0..self.keys {
            self.fresh += 1;
            let value = self.fresh;
            self.with(process, Op::Write { key, value }, Op::Write { key, value });
            self.fresh -= 1;
            for value in 0..=self.fresh + 1 {
                let value = (value > 0).then_some(value);
                self.with(
                    process,
                    Op::Read { key, value: None },
                    Op::Read { key, value },
                );
            }
        }
        self.asked -= 1;
    }

    fn with(&mut self, process: usize, asked: Op, answer: Op) {
        self.push(process, Kind::Invoke, asked);
        self.open[process] = Some(answer);
        self.go();
        self.open[process] = None;
        self.events.pop();
    }

    fn push(&mut self, process: usize, kind: Kind, op: Op) {
        let (time, process, node) = (self.events.len() as u64, Process(process as u32), None);
        let event = Event {
            time,
            process,
            node,
            kind,
            op,
        };
        self.events.push(event);
    }

    fn compare(&mut self) {
        let mut history = History::default();
        for event in &self.events {
            history.push(event.clone()).expect("one at a time");
        }
        (self.visit)(&history);
    }
}

/// Visits all histories of so many operations on so many keys.
pub(super) fn walk(sizes: &[(usize, u64)], visit: &mut dyn FnMut(&History)) {
    for &(operations, keys) in sizes {
        let mut walk = Walk {
            visit: &mut *visit,
            operations,
            keys,
            events: Vec::new(),
            open: [None, None],
            asked: 0,
            fresh: 0,
        };
        walk.go();
    }
}

#[test]
fn all_histories_of_up_to_4_operations_agree_with_brute_force() {
    let (mut judged, mut broken) = (0, 0);
    walk(&[(1, 2), (2, 2), (3, 2), (4, 1)], &mut |history| {
        let oracle = Definition::new(history);
        for guarantee in Guarantee::ALL {
            let is_broken = compare(history, &oracle, guarantee);
            judged += u64::from(is_broken.is_some());
            broken += u64::from(is_broken == Some(true));
        }
    });
    println!("{judged} judged, {broken} broken");
    assert!(judged > 10_000 && broken > 1_000);
}
