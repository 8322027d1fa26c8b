//! Lists tell the order of their versions, so every level is a question about cycles.
use super::{Found, unseen};
use crate::transactional::events::Events;
use crate::transactional::explain::Storyteller;
use crate::transactional::inference::{Finding, Inference};
use crate::transactional::list_append::{ListAppend, Strict};
use crate::transactional::settle::Settled;
use crate::transactional::{Graph, Txn, Txns, cycles};
use crate::{Anomaly, AnomalyKind, Budget};

/// What lists tell.
pub(super) fn look(txns: &Txns, events: &dyn Events, budget: &Budget) -> Found {
    let lists = ListAppend::infer(txns);
    let strict = lists.strict(budget);
    let is_strict = match strict {
        // Without real time, an order that keeps it is more than anybody can ask for.
        Strict::Acyclic => Some(true).filter(|_| txns.has_real_time),
        Strict::Stuck(_) | Strict::Spent(_) => None,
    };
    let is_at_peace = is_strict == Some(true);
    let only = match &strict {
        Strict::Stuck(stuck) if txns.has_real_time => Some(marked(txns, stuck)),
        Strict::Acyclic | Strict::Stuck(_) | Strict::Spent(_) => None,
    };
    let (graph, choices) = match is_at_peace {
        true => (Ok(Graph::default()), Vec::new()),
        false => (lists.graph(only.as_deref()), lists.choices(only.as_deref())),
    };
    let graph = match graph {
        Ok(graph) => graph,
        Err(why) => return spent(&lists, &Storyteller { txns, events }, why),
    };
    let inference = Inference {
        is_included: lists.is_included().to_vec(),
        graph,
        choices,
        findings: lists.findings().to_vec(),
    };
    let decisions = cycles::decide(txns, &inference, budget, is_strict);
    let teller = Storyteller { txns, events };
    let mut anomalies = told(&lists, &teller);
    let cycles = decisions.cycles.iter().zip(&decisions.is_shortest);
    anomalies.extend(cycles.map(|(cycle, is_shortest)| {
        let mut anomaly = teller.cycle(cycle, &lists);
        anomaly.is_minimal = *is_shortest;
        anomaly
    }));
    let open = (&inference, only.as_deref(), decisions.answers);
    let mut settled = Settled::of(unseen::settled((txns, &lists), open, budget));
    if let Some(doubt) = lists.doubts() {
        settled.doubt(&doubt);
    }
    let is_torn = |finding: &Finding| finding.kind == AnomalyKind::IncompatibleOrder;
    if lists.findings().iter().any(is_torn) {
        settled.doubt("reads of one list contradict each other, so that the order of its versions is not known");
    }
    Found {
        settled,
        anomalies,
        method: match is_at_peace {
            true => "one order of all transactions that explains every answer (Kahn's algorithm over the versions of lists, with the frontier of real time)".to_owned(),
            false => "versions of lists in the order that reads show; levels by the cycles that they forbid".to_owned(),
        },
    }
}

/// Who is among `members`.
fn marked(txns: &Txns, members: &[Txn]) -> Vec<bool> {
    let mut is_member = vec![false; txns.len()];
    members
        .iter()
        .for_each(|txn| is_member[*txn as usize] = true);
    is_member
}

/// What is wrong without any cycle.
fn told(lists: &ListAppend<'_>, teller: &Storyteller<'_>) -> Vec<Anomaly> {
    let findings = lists.findings().iter();
    findings.map(|finding| teller.finding(finding)).collect()
}

/// Only what needs no cycle was found out.
fn spent(lists: &ListAppend<'_>, teller: &Storyteller<'_>, why: String) -> Found {
    let mut settled = Settled::new();
    for finding in lists.findings() {
        settled.accuse(finding);
    }
    settled.give_up(&why);
    Found {
        settled,
        anomalies: told(lists, teller),
        method: "versions of lists in the order that reads show".to_owned(),
    }
}
