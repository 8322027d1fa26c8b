//! Runs as they might have been: a result and its history, built by hand and the same every time.
use checkers::{
    Anomaly, AnomalyKind, Edge, Event, Evidence, History, Kind, NodeId, Op, Process, Step, Verdict,
    WitnessOp,
};
use harness::result::{Check, Fault, Outcomes, Phase, RunResult, SCHEMA, Strength, Word};
use std::collections::BTreeMap;

pub(crate) const MS: u64 = 1_000_000;
pub(crate) const S: u64 = 1_000 * MS;

/// A run of a minute without anything remarkable: the base of the others.
pub(crate) fn pass() -> (RunResult, History) {
    let history = traffic(60 * S, 12_000);
    let result = RunResult {
        schema: SCHEMA.to_owned(),
        run: "20261120T031244Z-demo-kv-register-7f3a".to_owned(),
        verdict: Word::Pass,
        sentence: "12,000 operations on 40 keys are linearizable, and 2 of 2 faults took effect.".to_owned(),
        target: "demo-kv".to_owned(),
        target_version: "0.3.1".to_owned(),
        bugs: vec![],
        workload: "register".to_owned(),
        nemesis: "partition,kill".to_owned(),
        seed: 1_884_462_107,
        nodes: 5,
        concurrency: 10,
        started: "2026-11-20T03:12:44Z".to_owned(),
        phases: phases(),
        stopped_early: None,
        error: None,
        operations: operations(&history),
        faults: faults(),
        checks: vec![check(Verdict::Valid { evidence: evidence() })],
        strength: Strength {
            faults_bit: 2,
            faults: 2,
            during_faults: 3_420,
            during_faults_ok: 9,
            on_minority: 811,
            on_minority_ok: 3,
            keys_contended: 31,
            keys: 40,
            last_reads_ok: 200,
            last_reads: 200,
            leader_changes: 3,
            lacking: vec![],
        },
        again: "assay test demo-kv -w register --nemesis partition,kill --seed 1884462107 --nodes 5 --time-limit 60".to_owned(),
        recheck: "assay check results/runs/20261120T031244Z-demo-kv-register-7f3a/history.jsonl".to_owned(),
        environment: [("assay", "0.1.0 (a1b2c3d)"), ("kernel", "Linux 6.12.9"), ("memory", "16 GB"), ("cpus", "2")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        warnings: vec![],
    };
    (result, history)
}

/// A stale read: three operations, seen during a partition.
pub(crate) fn stale_read() -> (RunResult, History) {
    let anomaly = Anomaly {
        also: Vec::new(),
        kind: AnomalyKind::StaleRead,
        sentence: "Stale read: process 5 read key 9 as nil, 341 ms after process 3 had already read 2 from it.".to_owned(),
        key: Some(9),
        witness: vec![
            op("A", 0, "n1", (10_810, Some(10_834)), "write 9 := 2", "writes the new value"),
            op("B", 3, "n2", (10_840, Some(10_871)), "read 9 → 2", "reads the new value"),
            op("C", 5, "n4", (11_212, Some(11_239)), "read 9 → nil", "reads the old value"),
        ],
        steps: vec![
            step(Some((0, 1)), Edge::WriteRead, "B read 2, and only A wrote 2. So A took effect before B."),
            step(Some((1, 2)), Edge::RealTime, "B had ended 341 ms before C began. So B took effect before C."),
            step(Some((2, 0)), Edge::ReadWrite, "C read nil, which A had overwritten. So C took effect before A: a contradiction."),
        ],
        is_minimal: true,
    };
    failed(vec![anomaly, further(12), further(31)])
}

/// Six operations on five processes, one of unknown outcome, one of 2 s among some of 1 ms.
pub(crate) fn lost_update() -> (RunResult, History) {
    let mut anomaly = Anomaly {
        also: Vec::new(),
        kind: AnomalyKind::LostUpdate,
        sentence: "Lost update: processes 2 and 7 both replaced 4 in key 17, and nobody had written 4 again in between.".to_owned(),
        key: Some(17),
        witness: vec![
            op("A", 1, "n1", (25_000, Some(25_001)), "write 17 := 4", "writes the value"),
            op("B", 2, "n2", (25_003, Some(25_004)), "cas 17: 4→8", "replaces it"),
            op("C", 2, "n2", (25_005, Some(25_006)), "read 17 → 8", "sees its own value"),
            op("D", 9, "n5", (25_004, Some(27_004)), "read 17 → 8", "sees it too"),
            op("E", 4, "n3", (25_500, Some(26_500)), "write 17 := 5 ?", "may have happened"),
            op("F", 7, "n4", (27_100, Some(27_101)), "cas 17: 4→6", "replaces it once more"),
        ],
        steps: vec![
            step(Some((0, 1)), Edge::WriteRead, "B replaced 4, which only A wrote."),
            step(Some((1, 2)), Edge::RealTime, "B had ended before C began."),
            step(Some((1, 3)), Edge::WriteRead, "D read 8, which only B wrote."),
            step(Some((3, 5)), Edge::RealTime, "D had ended before F began."),
            step(None, Edge::None, "E writes 5, so it cannot restore 4, whenever it happens."),
            step(Some((1, 5)), Edge::WriteWrite, "F overwrote what B had written."),
            step(Some((5, 1)), Edge::ReadWrite, "F found 4, which B had replaced: a contradiction."),
        ],
        is_minimal: false,
    };
    anomaly.witness[4].completed = None;
    failed(vec![anomaly])
}

/// Undecided, and too weak.
pub(crate) fn unknown() -> (RunResult, History) {
    let (mut result, history) = pass();
    result.verdict = Word::Unknown;
    result.sentence = "Not decided: the judge ran out of memory on key 42, and the partition never dropped a packet.".to_owned();
    result.faults[0].bit = false;
    result.faults[0].evidence = "0 packets dropped on 6 of 6 links".to_owned();
    result.strength.faults_bit = 1;
    result.strength.lacking = vec![
        "partition never dropped a packet".to_owned(),
        "no read was answered on n4".to_owned(),
    ];
    result.checks[0].verdict = Verdict::Unknown {
        reason: "out of memory after 8,192 MB on key 42".to_owned(),
        evidence: evidence(),
    };
    (result, history)
}

/// The cluster never came up: there is nothing to draw.
pub(crate) fn error() -> (RunResult, History) {
    let (mut result, _) = pass();
    result.verdict = Word::Error;
    result.sentence = "Nothing was tested: n3 did not become ready within 30 s.".to_owned();
    result.faults.clear();
    result.checks.clear();
    result.operations.clear();
    result.phases.truncate(1);
    result.strength = Strength::default();
    result.warnings = vec!["n3: bind: address already in use (127.0.0.1:22381)".to_owned()];
    (result, History::default())
}

/// A run with these anomalies, worst first.
pub(crate) fn failed(anomalies: Vec<Anomaly>) -> (RunResult, History) {
    let (mut result, history) = pass();
    result.verdict = Word::Fail;
    result.bugs = vec!["local-reads".to_owned()];
    result.sentence = anomalies[0].sentence.clone();
    result.checks = vec![check(Verdict::Invalid {
        anomalies,
        evidence: evidence(),
    })];
    (result, history)
}

/// A witness of `ops` operations on `lanes` processes, each ordered before the next.
pub(crate) fn chain(kind: AnomalyKind, ops: usize, lanes: usize) -> Anomaly {
    let edges = [
        Edge::WriteRead,
        Edge::RealTime,
        Edge::WriteWrite,
        Edge::ReadWrite,
        Edge::None,
    ];
    let lengths = [1, 40, 7, 2_000, 3];
    let mut start = 9_000;
    let witness = (0..ops)
        .map(|i| {
            let label = char::from(b'A' + (i % 26) as u8).to_string();
            let end = start + lengths[i % 5];
            let op = op(
                &label,
                (i % lanes) as u32,
                &format!("n{}", i % lanes + 1),
                (start, Some(end)),
                "read 9 → 2",
                "reads the old value",
            );
            start = end + 2;
            op
        })
        .collect();
    let steps = (0..ops)
        .map(|i| {
            step(
                Some((i, (i + 1) % ops)),
                edges[i % 5],
                "One comes before the other.",
            )
        })
        .collect();
    Anomaly {
        also: Vec::new(),
        kind,
        sentence: format!("A {} shown by {ops} operations.", kind.title()),
        key: Some(9),
        witness,
        steps,
        is_minimal: true,
    }
}

fn further(key: u64) -> Anomaly {
    let mut anomaly = chain(AnomalyKind::StaleRead, 2, 2);
    anomaly.key = Some(key);
    anomaly.sentence =
        format!("Stale read: process 1 read key {key} as 2, 12 ms after process 0 had written 3.");
    anomaly
}

/// An operation that was answered, with its times in milliseconds.
pub(crate) fn op(
    label: &str,
    process: u32,
    node: &str,
    (start, end): (u64, Option<u64>),
    text: &str,
    role: &str,
) -> WitnessOp {
    WitnessOp {
        label: label.to_owned(),
        process,
        node: Some(node.to_owned()),
        invoked: 0,
        completed: Some(1),
        start: start * MS,
        end: end.map(|end| end * MS),
        text: text.to_owned(),
        role: role.to_owned(),
    }
}

pub(crate) fn step(between: Option<(usize, usize)>, edge: Edge, text: &str) -> Step {
    Step {
        between,
        edge,
        text: text.to_owned(),
    }
}

fn check(verdict: Verdict) -> Check {
    Check {
        name: "linearizable".to_owned(),
        milliseconds: 4_100,
        verdict,
    }
}

fn evidence() -> Evidence {
    Evidence {
        levels: Vec::new(),
        method: "WGL search over compressed configurations".to_owned(),
        operations: 213_404,
        keys: 40,
        keys_valid: 39,
        keys_invalid: 1,
        keys_contended: 31,
        configurations: 1_204_311,
    }
}

fn phases() -> Vec<Phase> {
    let phase = |name: &str, from, to| Phase {
        name: name.to_owned(),
        from: from * MS,
        to: to * MS,
    };
    vec![
        phase("boot", 0, 1_800),
        phase("traffic", 1_800, 57_000),
        phase("heal", 57_000, 58_200),
        phase("last reads", 58_200, 60_000),
        phase("check", 60_000, 64_100),
    ]
}

pub(crate) fn faults() -> Vec<Fault> {
    let links = |pairs: &[(u16, u16)]| {
        pairs
            .iter()
            .map(|(a, b)| (format!("n{a}"), format!("n{b}")))
            .collect()
    };
    vec![
        Fault {
            nemesis: "partition".to_owned(),
            description: "n1 n2 | n3 n4 n5".to_owned(),
            from: 7_800 * MS,
            to: Some(16_200 * MS),
            links: links(&[
                (1, 3),
                (3, 1),
                (1, 4),
                (4, 1),
                (1, 5),
                (5, 1),
                (2, 3),
                (3, 2),
                (2, 4),
                (4, 2),
                (2, 5),
            ]),
            bit: true,
            evidence: "18,222 packets dropped on 11 of 11 links".to_owned(),
        },
        Fault {
            nemesis: "kill".to_owned(),
            description: "n2".to_owned(),
            from: 24_000 * MS,
            to: Some(29_500 * MS),
            links: vec![],
            bit: true,
            evidence: "process 4112 ended by signal 9; restarted as 4388".to_owned(),
        },
    ]
}

/// Operations over `end` nanoseconds: slower, failing and unknown while a fault is in force.
pub(crate) fn traffic(end: u64, operations: u64) -> History {
    let mut history = History::default();
    let mut dice = 7_u64;
    let mut roll = |sides: u64| {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % sides
    };
    let mut events: Vec<Event> = Vec::new();
    let lanes = 10;
    let mut next_process = lanes as u32;
    let mut process: Vec<u32> = (0..lanes as u32).collect();
    for i in 0..operations {
        let lane = (i % lanes) as usize;
        let asked = end / operations.max(1) * i;
        let gap = end / operations.max(1) * lanes;
        let troubled = faults()
            .iter()
            .any(|fault| fault.from < asked && asked < fault.to.unwrap_or(end));
        let slow = if troubled && roll(3) == 0 { 40 } else { 1 };
        let latency = ((MS + roll(4 * MS) + roll(4 * MS)) * slow).min(gap.saturating_sub(1));
        let op = match roll(3) {
            0 => Op::Write {
                key: roll(40),
                value: i as i64,
            },
            _ => Op::Read {
                key: roll(40),
                value: None,
            },
        };
        let kind = match roll(200) {
            0..=3 => Kind::Fail("refused: not the leader".to_owned()),
            4..=9 if troubled => Kind::Info("no answer within 5 s".to_owned()),
            _ => Kind::Ok,
        };
        let event = |time, kind| Event {
            time,
            process: Process(process[lane]),
            node: Some(NodeId(lane as u16 % 5 + 1)),
            kind,
            op: op.clone(),
        };
        events.push(event(asked, Kind::Invoke));
        events.push(event(asked + latency, kind.clone()));
        if matches!(kind, Kind::Info(_)) {
            process[lane] = next_process;
            next_process += 1;
        }
    }
    events.sort_by_key(|event| event.time);
    for event in events {
        history
            .push(event)
            .expect("each process waits for its answer");
    }
    history
}

fn operations(history: &History) -> BTreeMap<String, Outcomes> {
    let mut operations: BTreeMap<String, Outcomes> = BTreeMap::new();
    for event in history.events() {
        let outcomes = operations.entry(event.op.f().to_owned()).or_default();
        match event.kind {
            Kind::Invoke => {}
            Kind::Ok => outcomes.ok += 1,
            Kind::Fail(_) => outcomes.fail += 1,
            Kind::Info(_) => outcomes.info += 1,
        }
    }
    operations
}
