//! How much a verdict is worth: did the faults bite, was anybody there to notice, did every verb succeed?
use crate::catalog::NO_NEMESIS;
use crate::notes;
use crate::result::{Check, Fault, Outcomes, Strength};
use checkers::{Evidence, History, Kind, NodeId, Process};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How the operations of each verb ended. Those without an end count as unknown.
pub(crate) fn outcomes(history: &History) -> BTreeMap<String, Outcomes> {
    let mut outcomes: BTreeMap<String, Outcomes> = BTreeMap::new();
    for event in history.events() {
        let of_verb = outcomes.entry(event.op.f().to_owned()).or_default();
        match event.kind {
            Kind::Invoke => of_verb.info += 1,
            Kind::Info(_) => {}
            Kind::Ok => (of_verb.info, of_verb.ok) = (of_verb.info - 1, of_verb.ok + 1),
            Kind::Fail(_) => (of_verb.info, of_verb.fail) = (of_verb.info - 1, of_verb.fail + 1),
        }
    }
    outcomes
}

/// What was done to a system, as far as it decides what a verdict on it is worth.
pub(crate) struct Ordeal<'a> {
    pub(crate) nemesis: &'a str,
    pub(crate) nodes: u16,
    pub(crate) faults: &'a [Fault],
    pub(crate) operations: &'a BTreeMap<String, Outcomes>,
    /// Last reads that were asked and answered; none where nobody counted them.
    pub(crate) last_reads: (u64, u64),
}

/// What a verdict on `history` is worth, and why it may be worth nothing.
pub(crate) fn weigh(history: &History, ordeal: &Ordeal<'_>, checks: &[Check]) -> Strength {
    let (last_reads, last_reads_ok) = ordeal.last_reads;
    let mut strength = Strength {
        last_reads,
        last_reads_ok,
        ..of_history(history, ordeal.faults, ordeal.nodes, checks)
    };
    let fallen = notes::fallen(history);
    strength.lacking = lacking(&strength, ordeal.operations, ordeal.nemesis, &fallen);
    strength
}

/// What the history says of the faults and of those who lived under them. The last reads are the caller's.
fn of_history(history: &History, faults: &[Fault], nodes: u16, checks: &[Check]) -> Strength {
    let most = |count: fn(&Evidence) -> u64| {
        let counts = checks.iter().map(|check| count(check.evidence()));
        counts.max().unwrap_or(0)
    };
    let mut strength = Strength {
        keys: most(|evidence| evidence.keys),
        keys_contended: most(|evidence| evidence.keys_contended),
        faults: faults.len() as u64,
        faults_bit: faults.iter().filter(|fault| fault.bit).count() as u64,
        leader_changes: notes::leader_changes(history),
        ..Strength::default()
    };
    let minorities: Vec<BTreeSet<String>> =
        faults.iter().map(|fault| minority(fault, nodes)).collect();
    let mut open: HashMap<Process, (u64, Option<NodeId>)> = HashMap::new();
    let mut count = |from: u64, to: u64, node: Option<NodeId>, is_ok: bool| {
        let node = node.map(|node| node.to_string());
        let mut is_during = false;
        let mut is_on_minority = false;
        for (fault, minority) in faults.iter().zip(&minorities) {
            if from <= fault.to.unwrap_or(u64::MAX) && fault.from <= to {
                is_during = true;
                is_on_minority |= node.as_ref().is_some_and(|node| minority.contains(node));
            }
        }
        strength.during_faults += u64::from(is_during);
        strength.during_faults_ok += u64::from(is_during && is_ok);
        strength.on_minority += u64::from(is_on_minority);
        strength.on_minority_ok += u64::from(is_on_minority && is_ok);
    };
    for event in history.events() {
        if event.kind == Kind::Invoke {
            open.insert(event.process, (event.time, event.node));
        } else if let Some((from, node)) = open.remove(&event.process) {
            count(from, event.time, node, event.kind == Kind::Ok);
        }
    }
    for (from, node) in open.into_values() {
        count(from, u64::MAX, node, false);
    }
    strength
}

/// Nodes that talk both ways with fewer than a majority, themselves included.
fn minority(fault: &Fault, nodes: u16) -> BTreeSet<String> {
    let name = |id: u16| format!("n{id}");
    let is_cut = |from: &str, to: &str| fault.links.iter().any(|(a, b)| a == from && b == to);
    let mut minority = BTreeSet::new();
    for node in (1..=nodes).map(name) {
        let peers = (1..=nodes).map(name);
        let talks = peers
            .filter(|peer| !is_cut(&node, peer) && !is_cut(peer, &node))
            .count();
        if talks <= usize::from(nodes / 2) {
            minority.insert(node);
        }
    }
    minority
}

/// With fewer answers than one in so many operations, a run says little about a system that works.
const ANSWERED_SHARE: u64 = 4;

/// Why a run means nothing, and what to do about it; empty if it does mean something.
fn lacking(
    strength: &Strength,
    operations: &BTreeMap<String, Outcomes>,
    nemesis: &str,
    fallen: &[String],
) -> Vec<String> {
    let mut lacking = Vec::new();
    let mut lack = |text: String| lacking.push(text);
    let asked: u64 = operations.values().map(|o| o.ok + o.fail + o.info).sum();
    let answered: u64 = operations.values().map(|o| o.ok).sum();
    if asked == 0 {
        lack("no operation was asked: give it more time with --time-limit".to_owned());
    } else if answered * ANSWERED_SHARE < asked {
        lack(format!(
            "only {answered} of {asked} operations were answered: ask less with --rate or --concurrency"
        ));
    }
    for (verb, outcomes) in operations {
        if outcomes.ok == 0 {
            lack(format!("no {verb} was ever answered"));
        }
    }
    if nemesis != NO_NEMESIS {
        match (strength.faults, strength.faults_bit) {
            (0, _) => lack("no fault was injected: give it more time with --time-limit".to_owned()),
            (_, 0) => lack(format!(
                "no {nemesis} ever took effect on the target's traffic"
            )),
            (_, _) if strength.during_faults_ok == 0 => {
                lack("no operation was answered during a fault".to_owned());
            }
            (_, _) => {}
        }
    }
    if 0 < asked && strength.keys_contended == 0 {
        lack(
            "no write ever overlapped another operation on its key: give more --concurrency"
                .to_owned(),
        );
    }
    if strength.last_reads_ok == 0 && 0 < strength.last_reads {
        lack("no last read was answered".to_owned());
    }
    lacking.extend(fallen.iter().cloned());
    lacking
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(links: &[(u16, u16)]) -> Fault {
        let name = |id: &u16| format!("n{id}");
        Fault {
            nemesis: "partition".to_owned(),
            description: String::new(),
            from: 0,
            to: None,
            links: links.iter().map(|(a, b)| (name(a), name(b))).collect(),
            bit: false,
            evidence: String::new(),
        }
    }

    #[test]
    fn the_minority_is_whoever_cannot_talk_with_most() {
        let one_way = cut(&[(1, 2), (1, 3)]);
        assert_eq!(minority(&one_way, 3), BTreeSet::from(["n1".to_owned()]));
        let ring = cut(&[
            (1, 3),
            (3, 1),
            (1, 4),
            (4, 1),
            (2, 4),
            (4, 2),
            (2, 5),
            (5, 2),
            (3, 5),
            (5, 3),
        ]);
        assert_eq!(minority(&ring, 5), BTreeSet::new());
    }

    #[test]
    fn a_run_in_which_nothing_bit_is_too_weak() {
        let strength = Strength {
            faults: 3,
            keys_contended: 1,
            ..Strength::default()
        };
        let answered = Outcomes {
            ok: 1,
            fail: 0,
            info: 0,
        };
        let operations = BTreeMap::from([("read".to_owned(), answered)]);
        assert_eq!(
            lacking(&strength, &operations, "partition", &[]),
            ["no partition ever took effect on the target's traffic"]
        );
        assert_eq!(lacking(&strength, &operations, "none", &[]), [""; 0]);
    }
}
