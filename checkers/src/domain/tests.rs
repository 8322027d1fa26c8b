//! The judges of domains against drawings, direct definitions, simulations and recorded histories.
mod broken_logs;
mod consensus;
mod drawn;
mod drawn_order;
mod kafka;
mod oracle;
mod random;
mod random_logs;
mod random_more;
mod recorded;

use super::{DOMAINS, checker};
use crate::model::{Parameters, script};
use crate::testing::Rng;
use crate::{Anomaly, Budget, Call, Event, History, Kind, Op, Process, Verb, Verdict};
use std::collections::HashMap;

/// A history in one line. `0: add 1 → nil` is asked and answered at once; `0( add 1` is asked, and
/// `0) nil` answers it later. An answer `?` is an unknown outcome, `x` a failure.
pub(super) fn history(text: &str) -> History {
    let mut history = History::default();
    let mut open: HashMap<u32, Call> = HashMap::new();
    for step in text.split(';').map(str::trim) {
        let at = step
            .find([':', '(', ')'])
            .expect("a step names its process");
        let process: u32 = step[..at].parse().expect("a process is a number");
        let rest = step[at + 1..].trim();
        let (asked, answered) = match step.as_bytes()[at] {
            b':' => {
                let (asked, answered) = rest.split_once('→').unwrap_or((rest, "nil"));
                (Some(asked), Some(answered))
            }
            b'(' => (Some(rest), None),
            _ => (None, Some(rest)),
        };
        if let Some(asked) = asked {
            let (f, input) = asked
                .trim()
                .split_once(' ')
                .unwrap_or((asked.trim(), "nil"));
            let call = Call::new(Verb::named(f), 0, script::data(input));
            open.insert(process, call.clone());
            push(&mut history, process, Kind::Invoke, call);
        }
        if let Some(answered) = answered {
            let call = open.remove(&process).expect("it was asked");
            match answered.trim() {
                "?" => push(
                    &mut history,
                    process,
                    Kind::Info("timeout".to_owned()),
                    call,
                ),
                "x" => push(
                    &mut history,
                    process,
                    Kind::Fail("refused".to_owned()),
                    call,
                ),
                answer => {
                    let call = call.answered(script::data(answer));
                    push(&mut history, process, Kind::Ok, call);
                }
            }
        }
    }
    history
}

/// The next event, a millisecond after the last.
pub(super) fn push(history: &mut History, process: u32, kind: Kind, call: Call) {
    let event = Event {
        time: history.events().len() as u64 * 1_000_000,
        process: Process(process),
        node: None,
        kind,
        op: Op::from(call),
    };
    history
        .push(event)
        .expect("drawn or drawn at random, it is well-formed");
}

fn judge(name: &str, parameters: &str, history: &History) -> Verdict {
    let parameters: Parameters = parameters
        .split_whitespace()
        .map(|told| told.split_once('=').expect("name=value"))
        .map(|(name, value)| (name.to_owned(), script::data(&value.replace('_', " "))))
        .collect();
    let checker = checker(name, &parameters).expect("a domain of the table");
    let verdict = checker.check(history, &Budget::new(1 << 30));
    if let Verdict::Invalid { anomalies, .. } = &verdict {
        for anomaly in anomalies {
            check_anomaly(history, anomaly);
        }
    }
    verdict
}

/// `valid`, `unknown`, or the kinds that were found, each once.
fn told(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Valid { .. } => "valid".to_owned(),
        Verdict::Unknown { .. } => "unknown".to_owned(),
        Verdict::Invalid { anomalies, .. } => {
            let mut kinds: Vec<String> = anomalies
                .iter()
                .map(|anomaly| serde_json::to_value(anomaly.kind).expect("a kind has a name"))
                .map(|kind| kind.as_str().expect("a name is a text").to_owned())
                .collect();
            kinds.dedup();
            kinds.join(" ")
        }
    }
}

/// Whether the domain `name` says so; parameters stand behind its name.
#[track_caller]
fn check(domain: &str, text: &str, expected: &str) {
    let (name, parameters) = domain.split_once(' ').unwrap_or((domain, ""));
    let history = history(text);
    let verdict = judge(name, parameters, &history);
    assert_eq!(told(&verdict), expected, "{domain}: {text}\n{verdict:#?}");
    // The operations of a witness are by themselves a proof.
    if let Verdict::Invalid { anomalies, .. } = &verdict {
        for anomaly in anomalies {
            let kept: Vec<usize> = anomaly.witness.iter().map(|op| op.invoked).collect();
            let again = judge(name, parameters, &only(&history, &kept));
            // A history of reads alone tells nothing of garbage reads, and only one set-up is shown.
            let needs_more = anomaly.kind == crate::AnomalyKind::GarbageRead
                || (name == "bank" && text.matches("write").count() > 1);
            let is_proof = matches!(again, Verdict::Invalid { .. });
            assert!(
                is_proof || needs_more,
                "{anomaly:#?}\nis no proof: {again:#?}"
            );
        }
    }
}

fn check_anomaly(history: &History, anomaly: &Anomaly) {
    let story = format!("{anomaly:#?}\n{:#?}", history.events());
    let length = anomaly.sentence.chars().count();
    assert!((20..=160).contains(&length), "{length} characters: {story}");
    assert!(!anomaly.sentence.contains('{'), "{story}");
    let last = anomaly.steps.last().expect("a proof has steps");
    assert!(last.text.ends_with("— a contradiction."), "{story}");
    for step in &anomaly.steps {
        assert!(!step.text.contains('{'), "{story}");
        let Some((first, second)) = step.between else {
            continue;
        };
        assert!(
            first != second && first.max(second) < anomaly.witness.len(),
            "{story}"
        );
        if step.edge == crate::Edge::RealTime {
            let [first, second] = [first, second].map(|place| &anomaly.witness[place]);
            assert!(
                first.completed.is_some_and(|end| end < second.invoked),
                "{story}"
            );
        }
    }
    let places: Vec<usize> = anomaly.witness.iter().map(|op| op.invoked).collect();
    assert!(places.is_sorted() && !places.is_empty(), "{story}");
}

/// The operations that were invoked at those positions, with all of their events.
fn only(history: &History, kept: &[usize]) -> History {
    let mut only = History::default();
    let mut open: HashMap<Process, bool> = HashMap::new();
    for (position, event) in history.events().iter().enumerate() {
        if event.kind == Kind::Invoke {
            open.insert(event.process, kept.contains(&position));
        }
        if open[&event.process] {
            only.push(event.clone()).expect("whole operations are kept");
        }
    }
    only
}

/// What a client of a random history may be told.
enum Said {
    Ok(crate::Data),
    Fail,
    Unknown,
}

/// Up to `operations` operations of three clients, overlapping at random. `ask` makes a request,
/// `answer` its answer; after an unknown outcome a client goes on under a new number.
fn scattered(
    rng: &mut Rng,
    operations: u64,
    mut ask: impl FnMut(&mut Rng) -> Call,
    mut answer: impl FnMut(&mut Rng, &Call) -> Said,
) -> History {
    let mut history = History::default();
    let mut lanes: Vec<(u32, Option<Call>)> = (0..3).map(|process| (process, None)).collect();
    let mut asked = 0;
    for _ in 0..operations * 3 {
        let lane = rng.below(3) as usize;
        let (process, open) = &mut lanes[lane];
        match open.take() {
            None if asked == operations => {}
            None => {
                let call = ask(rng);
                push(&mut history, *process, Kind::Invoke, call.clone());
                *open = Some(call);
                asked += 1;
            }
            Some(call) => match answer(rng, &call) {
                Said::Ok(output) => push(&mut history, *process, Kind::Ok, call.answered(output)),
                Said::Fail => push(&mut history, *process, Kind::Fail("no".to_owned()), call),
                Said::Unknown => {
                    push(&mut history, *process, Kind::Info("?".to_owned()), call);
                    *process += 3;
                }
            },
        }
    }
    history
}

/// More than usual if the environment says so, for a long run by hand.
fn rounds(usual: u64) -> u64 {
    let rounds = std::env::var("ROUNDS").ok();
    rounds.map_or(usual, |rounds| rounds.parse().expect("a number"))
}

#[test]
fn every_domain_leads_to_its_judge() {
    for domain in &DOMAINS {
        let judge = checker(domain.name, &Parameters::new()).expect("a judge");
        assert_eq!(judge.name(), format!("workload {}", domain.name));
        let strange = Parameters::from([("strange".to_owned(), 3.into())]);
        assert!(checker(domain.name, &strange).is_err());
        for (name, _) in domain.parameters {
            let wrong = Parameters::from([((*name).to_owned(), "wrong".into())]);
            assert!(
                checker(domain.name, &wrong).is_err(),
                "{} {name}",
                domain.name
            );
        }
        let empty = judge.check(&History::default(), &Budget::new(1 << 20));
        assert!(matches!(empty, Verdict::Unknown { .. }), "{}", domain.name);
        let foreign = judge.check(&history("0: juggle 3 → nil"), &Budget::new(1 << 20));
        assert!(
            matches!(foreign, Verdict::Unknown { .. }),
            "{}",
            domain.name
        );
    }
    assert!(checker("banks", &Parameters::new()).is_err());
}
