//! Where producers and consumers stand: both go forward, and consumers pass nothing over.
use super::story::{Poll, Story, Told};
use super::{FINDINGS_MAX, name};
use crate::domain::deed::{Deeds, End};
use crate::domain::finding::{Finding, remark, shown};
use crate::{AnomalyKind, Process};
use rustc_hash::{FxHashMap, FxHashSet};

/// Sends of one process to one key whose offsets do not grow.
pub(super) fn sends(deeds: &Deeds<'_>, story: &Story<'_>) -> Vec<Finding> {
    let mut last: FxHashMap<(Process, u32), Told> = FxHashMap::default();
    let mut findings = Vec::new();
    for &send in &story.sends {
        let process = deeds.all[send.by].process;
        let earlier = last.insert((process, send.key), send);
        let Some(earlier) = earlier.filter(|earlier| send.offset <= earlier.offset) else {
            continue;
        };
        if findings.len() < FINDINGS_MAX {
            let text = |told: &Told| {
                let called = name(story, &story.messages[told.message as usize]);
                format!("{called} and was told offset {}", told.offset)
            };
            findings.push(Finding {
                kind: AnomalyKind::OutOfOrder,
                sentence: format!(
                    "{} sent {}, and then {}",
                    deeds.who(send.by),
                    text(&earlier),
                    text(&send)
                ),
                cast: vec![(earlier.by, "sends first"), (send.by, "sends later")],
                steps: vec![
                    remark(format!("{{0}} sent {}", text(&earlier))),
                    remark(format!(
                        "after that the same process, in {{1}}, sent {}",
                        text(&send)
                    )),
                ],
            });
        }
    }
    findings
}

/// How a process came by what it polls.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Consumer {
    /// It goes on from where it was.
    Assigned,
    /// The system may move it at any time.
    Subscribed,
}

/// Where a consumer stands on each key.
struct Positions<'s, 'd> {
    story: &'s Story<'d>,
    consumers: FxHashMap<Process, Consumer>,
    last: FxHashMap<Process, FxHashMap<u32, Poll>>,
    /// For each key, the messages that anybody may have to see by offset.
    log: Vec<Vec<Told>>,
    findings: Vec<Finding>,
    /// Pairs of messages that were told already, by what is wrong with them.
    is_told: FxHashSet<(AnomalyKind, u32, u32)>,
}

/// Polls that go back, or pass over what is there.
pub(super) fn polls(deeds: &Deeds<'_>, story: &Story<'_>) -> Vec<Finding> {
    let mut log: Vec<Vec<Told>> = vec![Vec::new(); story.keys.len()];
    for told in &story.told {
        log[told.key as usize].push(*told);
    }
    let mut positions = Positions {
        story,
        consumers: FxHashMap::default(),
        last: FxHashMap::default(),
        log,
        findings: Vec::new(),
        is_told: FxHashSet::default(),
    };
    let mut polls = story.polls.iter().peekable();
    for (at, deed) in deeds.all.iter().enumerate() {
        let consumer = match deed.f().name() {
            "assign" => Some(Consumer::Assigned),
            "subscribe" => Some(Consumer::Subscribed),
            "crash" => Some(Consumer::Subscribed),
            _ => None,
        };
        if let Some(consumer) = consumer.filter(|_| !matches!(deed.end, End::Failed(_))) {
            positions.consumers.insert(deed.process, consumer);
            positions.last.remove(&deed.process);
        }
        while let Some(poll) = polls.next_if(|poll| poll.by == at) {
            positions.step(deeds, deed.process, *poll);
        }
    }
    positions.findings
}

impl Positions<'_, '_> {
    fn step(&mut self, deeds: &Deeds<'_>, process: Process, poll: Poll) {
        let Some(offset) = poll.offset else {
            return;
        };
        let last = self.last.entry(process).or_default();
        let Some(earlier) = last.insert(poll.key, poll) else {
            return;
        };
        // Nobody assigns anything in a history of sends and polls alone: positions stay.
        let consumer = self.consumers.get(&process).copied();
        let is_kept = match consumer {
            Some(consumer) => consumer == Consumer::Assigned,
            None => !self.story.is_assigned,
        };
        let stood = earlier.offset.expect("only those with an offset are kept");
        if (earlier.batch != poll.batch && !is_kept) || self.findings.len() >= FINDINGS_MAX {
            return;
        }
        if offset <= stood {
            if self.told(AnomalyKind::OutOfOrder, poll, earlier.message) {
                let finding = back(deeds, self.story, earlier, poll);
                self.findings.push(finding);
            }
            return;
        }
        let log = &self.log[poll.key as usize];
        let from = log.partition_point(|told| told.offset <= stood);
        let mut between = log[from..].iter().take_while(|told| told.offset < offset);
        // What its own transaction sent, it need not see.
        let skipped = between.find(|told| !self.story.is_own(told.message, poll.by));
        if let Some(skipped) = skipped.copied()
            && self.told(AnomalyKind::SkippedElement, poll, skipped.message)
        {
            let finding = over(deeds, self.story, earlier, poll, skipped);
            self.findings.push(finding);
        }
    }

    /// Whether this is the first time that it is told.
    fn told(&mut self, kind: AnomalyKind, poll: Poll, other: u32) -> bool {
        self.is_told.insert((kind, poll.message, other))
    }
}

fn back(deeds: &Deeds<'_>, story: &Story<'_>, earlier: Poll, poll: Poll) -> Finding {
    let key = shown(story.keys[poll.key as usize]);
    let (stood, offset) = (earlier.offset.unwrap_or(0), poll.offset.unwrap_or(0));
    Finding {
        kind: AnomalyKind::OutOfOrder,
        sentence: format!(
            "{} polled offset {offset} of key {key} after offset {stood}",
            deeds.who(poll.by)
        ),
        cast: vec![(earlier.by, "polls first"), (poll.by, "polls later")],
        steps: vec![
            remark(format!("{{0}} polled offset {stood} of key {key}")),
            remark(format!(
                "after that the same consumer, in {{1}}, polled offset {offset}, and nothing sent it back"
            )),
        ],
    }
}

fn over(deeds: &Deeds<'_>, story: &Story<'_>, earlier: Poll, poll: Poll, skipped: Told) -> Finding {
    let key = shown(story.keys[poll.key as usize]);
    let message = name(story, &story.messages[skipped.message as usize]);
    let (stood, offset) = (earlier.offset.unwrap_or(0), poll.offset.unwrap_or(0));
    let at = skipped.offset;
    Finding {
        kind: AnomalyKind::SkippedElement,
        sentence: format!(
            "{} polled offset {offset} of key {key} right after {stood}, and passed over {at}",
            deeds.who(poll.by)
        ),
        cast: vec![
            (earlier.by, "polls before it"),
            (poll.by, "polls behind it"),
            (skipped.by, "shows that it is there"),
        ],
        steps: vec![
            remark(format!(
                "{{2}} was told that {message} stands at offset {at}"
            )),
            remark(format!("{{0}} polled offset {stood}")),
            remark(format!(
                "the same consumer, in {{1}}, next polled offset {offset}"
            )),
        ],
    }
}
