//! A columnar file is judged where it lies as the history that it holds is.
use crate::format::columnar::{self, Columns, Writer};
use crate::testing::Rng;
use crate::transactional::{Level, Transactional, Workload};
use crate::{
    Anomaly, AnomalyKind, Budget, Call, Checker, Data, Event, Evidence, History, InColumns, Kind,
    NodeId, Op, Process, Verb, Verdict,
};

/// Transactions by three clients at a time, of which some read what is old.
fn drawn(rng: &mut Rng, workload: Workload) -> History {
    let mut history = History::default();
    let mut objects: [Vec<Data>; 3] = Default::default();
    let mut open: [Option<(Data, Data)>; 3] = Default::default();
    let (mut fresh, mut process) = (0, [0, 1, 2]);
    for time in 0..10 + rng.below(60) {
        let client = rng.below(3) as usize;
        let asks = process[client];
        let (kind, asked, answer) = match open[client].take() {
            Some((asked, answer)) => match rng.below(12) {
                0 => (Kind::Fail("refused".to_owned()), asked, None),
                1 => {
                    process[client] += 3;
                    (Kind::Info("lost".to_owned()), asked, None)
                }
                _ => (Kind::Ok, asked, Some(answer)),
            },
            None => {
                let mut pair = (Vec::new(), Vec::new());
                for _ in 0..1 + rng.below(3) {
                    let key = rng.below(3) as usize;
                    let object = &mut objects[key];
                    let (f, asked, answered) = if rng.percent(50) {
                        fresh += 1;
                        object.push(Data::Int(fresh));
                        (workload.verb(), Data::Int(fresh), Data::Int(fresh))
                    } else {
                        let old = if rng.percent(20) { rng.below(3) } else { 0 };
                        let seen = object.len().saturating_sub(old as usize);
                        let answered = match workload {
                            Workload::ListAppend => Data::from(object[..seen].to_vec()),
                            Workload::RwRegister => seen
                                .checked_sub(1)
                                .map_or(Data::Nil, |last| object[last].clone()),
                        };
                        ("r", Data::Nil, answered)
                    };
                    let step = |value| Data::from(vec![f.into(), Data::Int(key as i64), value]);
                    pair.0.push(step(asked));
                    pair.1.push(step(answered));
                }
                let (asked, answered) = (Data::from(pair.0), Data::from(pair.1));
                open[client] = Some((asked.clone(), answered));
                (Kind::Invoke, asked, None)
            }
        };
        let call = Call {
            output: answer,
            ..Call::new(Verb::Txn, 0, asked)
        };
        let event = Event {
            time: time * 1_000_000,
            process: Process(asks),
            node: rng.percent(50).then(|| NodeId(client as u16 + 1)),
            kind,
            op: Op::from(call),
        };
        history.push(event).unwrap();
    }
    history
}

impl Workload {
    fn verb(self) -> &'static str {
        match self {
            Workload::ListAppend => "append",
            Workload::RwRegister => "w",
        }
    }
}

#[test]
fn the_verdict_is_that_on_the_history() {
    let (mut refuted, mut shown) = (0, 0);
    for seed in 0..3_000 {
        let mut rng = Rng(seed);
        let workload = Workload::ALL[rng.below(2) as usize];
        let history = drawn(&mut rng, workload);
        let mut writer = Writer::new(Vec::new(), None).unwrap();
        for event in history.events() {
            writer.event(event).unwrap();
            if rng.percent(5) {
                writer.hand_on().unwrap();
            }
        }
        let bytes = writer.finish().unwrap();
        let columns = Columns::open(&bytes).unwrap();
        if let Some(found) = Workload::of_columns(&columns) {
            assert_eq!(Some(found), Workload::of(&history), "seed {seed}");
        }
        let judge = Transactional::new(workload, Level::StrictSerializable);
        let expected = judge.check(&history, &Budget::new(1 << 30));
        let found = judge.check_columns(&columns, &Budget::new(1 << 30));
        // Of several readers of one bad value, each may point at another.
        assert_eq!(told(&found), told(&expected), "seed {seed}");
        let (found, expected) = (anomalies(&found), anomalies(&expected));
        assert_eq!(kinds(found), kinds(expected), "seed {seed}");
        refuted += usize::from(!found.is_empty());
        for (one, other) in found.iter().zip(expected) {
            let who = |anomaly: &Anomaly| -> Vec<usize> {
                anomaly.witness.iter().map(|op| op.invoked).collect()
            };
            if who(one) == who(other) {
                assert_eq!(one, other, "seed {seed}");
                shown += 1;
            }
        }
        let outline = columnar::outline(&columns).unwrap().history;
        assert_eq!(outline.events().len(), history.events().len());
        for (outlined, event) in outline.events().iter().zip(history.events()) {
            let told = |event: &Event| {
                let (time, process, node) = (event.time, event.process, event.node);
                (
                    time,
                    process,
                    node,
                    event.kind.clone(),
                    event.op.f().to_owned(),
                )
            };
            assert_eq!(told(outlined), told(event), "seed {seed}");
        }
    }
    assert!(refuted > 500 && shown > 2_000, "{refuted} {shown}");
}

fn anomalies(verdict: &Verdict) -> &[Anomaly] {
    match verdict {
        Verdict::Invalid { anomalies, .. } => anomalies,
        Verdict::Valid { .. } | Verdict::Unknown { .. } => &[],
    }
}

/// What a verdict stands on, without the words.
fn told(verdict: &Verdict) -> Evidence {
    let (Verdict::Valid { evidence }
    | Verdict::Invalid { evidence, .. }
    | Verdict::Unknown { evidence, .. }) = verdict;
    let mut evidence = evidence.clone();
    for level in &mut evidence.levels {
        level.why.clear();
    }
    evidence
}

fn kinds(anomalies: &[Anomaly]) -> Vec<AnomalyKind> {
    anomalies.iter().map(|anomaly| anomaly.kind).collect()
}
