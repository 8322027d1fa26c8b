//! The report of a history that was judged by itself, without a run around it.
use crate::judge::{Judgement, Request};
use crate::result::{RunResult, SCHEMA, Strength};
use crate::{notes, report, strength};
use checkers::format::Recording;
use checkers::{Evidence, History, Kind};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The page. What nobody knows of the run is left out of it.
pub(crate) fn render(
    source: &Path,
    recording: &Recording,
    judgement: &Judgement,
    request: &Request,
    strength: Strength,
) -> String {
    let history = &recording.history;
    let header = recording.header.clone().unwrap_or_default();
    let name = source.display().to_string();
    let most = |count: fn(&Evidence) -> u64| {
        let counts = judgement.checks.iter().map(|check| count(check.evidence()));
        counts.max().unwrap_or(0)
    };
    let result = RunResult {
        schema: SCHEMA.to_owned(),
        run: name.clone(),
        verdict: judgement.verdict,
        sentence: judgement.sentence.clone(),
        target: header.target.unwrap_or_else(|| "history".to_owned()),
        target_version: String::new(),
        bugs: Vec::new(),
        workload: judgement.judged_as.clone(),
        nemesis: header
            .nemesis
            .unwrap_or_else(|| "faults not recorded".to_owned()),
        seed: header.seed.unwrap_or_default(),
        nodes: header.nodes.unwrap_or_else(|| nodes(history)),
        concurrency: concurrency(history),
        started: String::new(),
        phases: Vec::new(),
        stopped_early: None,
        error: None,
        operations: strength::outcomes(history),
        faults: notes::faults(history),
        checks: judgement.checks.clone(),
        strength: Strength {
            keys: most(|evidence| evidence.keys),
            keys_contended: most(|evidence| evidence.keys_contended),
            ..strength
        },
        again: String::new(),
        recheck: request.recheck.clone(),
        environment: BTreeMap::from([("format".to_owned(), judgement.format.clone())]),
        warnings: judgement.notes.clone(),
    };
    report::render(&result, history)
}

/// How many nodes were asked.
fn nodes(history: &History) -> u16 {
    let nodes: BTreeSet<_> = history
        .events()
        .iter()
        .filter_map(|event| event.node)
        .collect();
    nodes.len().try_into().unwrap_or(u16::MAX)
}

/// How many operations were open at the same time, at most.
fn concurrency(history: &History) -> u32 {
    let (mut open, mut most) = (0_u32, 0);
    for event in history.events() {
        match event.kind {
            Kind::Invoke => open += 1,
            Kind::Ok | Kind::Fail(_) | Kind::Info(_) => open -= 1,
        }
        most = most.max(open);
    }
    most
}
