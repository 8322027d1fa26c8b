//! Logs that are sent to and polled from, by key, as Kafka and what resembles it keep them.
//!
//! After Jepsen's `tests/kafka`. Each message has a value of its own and is given an offset, which
//! senders and pollers are told. What is polled was sent, and did not fail (*aborted read*); nobody
//! disagrees about an offset (*inconsistent offsets*); a message has one offset (*duplicate*); a
//! transaction does not poll what it sends itself (*precommitted read*); a process that sends one
//! message after another gets growing offsets (*nonmonotonic send*); a consumer goes forward
//! (*nonmonotonic poll*) and passes nothing over (*poll skip*); and what was acknowledged below
//! the highest offset that anybody polled was polled by somebody (*lost write*).
//!
//! A consumer's position is followed within one answer always; from one answer to the next only as
//! long as nothing was assigned anew, and not at all while it is subscribed, because then the system
//! may take its partitions away in between. Consumers are taken to begin where the log does. Where a
//! poll of unknown outcome may have been the one that got a message, nobody is accused of losing it.
//! Jepsen also seeks cycles among the transactions, which is not done here.
use super::deed::Deeds;
use super::finding::{Finding, before, count, remark, shown};
use super::judge::{Judge, Ruling};
use super::set::{early, nowhere};
use crate::{AnomalyKind, Budget, Data};

mod position;
mod story;

use story::{Message, Story};

pub(super) struct Kafka;

impl Judge for Kafka {
    fn splits(&self) -> bool {
        false
    }

    fn judge(&self, deeds: &Deeds<'_>, budget: &Budget) -> Result<Ruling, String> {
        let story = Story::of(deeds);
        if let Some(reason) = budget.spent() {
            return Err(reason);
        }
        let mut ruling = Ruling::default();
        let mut add = |findings: Vec<Finding>| {
            ruling
                .findings
                .extend(findings.into_iter().take(FINDINGS_MAX));
        };
        add(story
            .messages
            .iter()
            .filter_map(|m| unsent(deeds, &story, m))
            .take(FINDINGS_MAX)
            .collect());
        add(disagreements(deeds, &story));
        add(duplicates(&story));
        add(precommitted(deeds, &story));
        add(position::sends(deeds, &story));
        add(position::polls(deeds, &story));
        if let Some(reason) = budget.spent() {
            return Err(reason);
        }
        let (lost, unseen) = missing(&story);
        match story.open_poll {
            None => add(lost
                .iter()
                .take(FINDINGS_MAX)
                .map(|(m, most)| gone(deeds, &story, m, *most))
                .collect()),
            Some(_) if lost.is_empty() => {}
            Some(_) => {
                let messages = count(lost.len(), "message");
                ruling.undecided = Some(format!(
                    "{messages} below the highest offset were never polled, but a poll of unknown outcome may have got them"
                ));
            }
        }
        if unseen > 0 {
            let why = format!("{} acknowledged and never polled", count(unseen, "message"));
            ruling.undecided.get_or_insert(why);
        }
        if story.acknowledged == 0 {
            ruling.undecided = Some("no message was acknowledged".to_owned());
        } else if story.polled == 0 {
            ruling.undecided = Some("no message was ever polled".to_owned());
        }
        ruling.noted = Some(format!(
            "{} of {} polled",
            story.polled,
            count(story.messages.len(), "message")
        ));
        Ok(ruling)
    }
}

/// At most so many of each kind are written out.
const FINDINGS_MAX: usize = 20;

/// How a message is called: `7 of key 3`.
fn name(story: &Story<'_>, message: &Message<'_>) -> String {
    let key = shown(story.keys[message.key as usize]);
    format!("{} of key {key}", shown(message.value))
}

/// A message that was polled and cannot be there.
fn unsent(deeds: &Deeds<'_>, story: &Story<'_>, message: &Message<'_>) -> Option<Finding> {
    let (_, poll) = message.polled?;
    let called = Data::from(name(story, message).as_str());
    let finding = match message.attempted {
        None => nowhere(deeds, &called, message.failed, poll, &["sent", "send"]),
        Some(send) if deeds.is_before(poll, send) => early(deeds, &called, send, poll),
        Some(_) => return None,
    };
    Some(finding)
}

/// Two messages at one offset.
fn disagreements(deeds: &Deeds<'_>, story: &Story<'_>) -> Vec<Finding> {
    let apart = story.told.windows(2).filter(|two| {
        (two[0].key, two[0].offset) == (two[1].key, two[1].offset)
            && two[0].message != two[1].message
    });
    let tell = |two: &[story::Told]| {
        let (offset, key) = (two[0].offset, shown(story.keys[two[0].key as usize]));
        let value = |told: &story::Told| shown(story.messages[told.message as usize].value);
        let (one, other) = (value(&two[0]), value(&two[1]));
        let (by, and) = (two[0].by, two[1].by);
        Finding {
            kind: AnomalyKind::IncompatibleOrder,
            sentence: format!(
                "offset {offset} of key {key} is {one} for {}, and {other} for {}",
                deeds.who(by),
                deeds.who(and)
            ),
            cast: vec![(by, "was told one message"), (and, "was told another")],
            steps: vec![
                remark(format!(
                    "{{0}} was told that {one} is at offset {offset} of key {key}"
                )),
                remark(format!(
                    "{{1}} was told that {other} is there, and an offset holds one message"
                )),
            ],
        }
    };
    apart.take(FINDINGS_MAX).map(tell).collect()
}

/// Messages at more offsets than they were sent.
fn duplicates(story: &Story<'_>) -> Vec<Finding> {
    let mut places: Vec<&story::Told> = story.told.iter().collect();
    places.sort_unstable_by_key(|told| (told.message, told.offset));
    places.dedup_by_key(|told| (told.message, told.offset));
    let mut findings = Vec::new();
    for places in places.chunk_by(|one, other| one.message == other.message) {
        let message = &story.messages[places[0].message as usize];
        let is_many = message.attempts > 0 && places.len() > message.attempts;
        if !is_many || findings.len() >= FINDINGS_MAX {
            continue;
        }
        let (one, other) = (places[0], places[message.attempts]);
        let called = name(story, message);
        let send = message.attempted.expect("it was attempted");
        let times = count(message.attempts, "time");
        findings.push(Finding {
            kind: AnomalyKind::DuplicateElements,
            sentence: format!(
                "message {called} stands at offsets {} and {}, and was sent {times} at most",
                one.offset, other.offset
            ),
            cast: vec![
                (send, "sends it"),
                (one.by, "is told one offset"),
                (other.by, "is told another"),
            ],
            steps: vec![
                remark(format!(
                    "{{0}} sends {called}, which was done {times} at most"
                )),
                remark(format!(
                    "{{1}} was told that it is at offset {}",
                    one.offset
                )),
                remark(format!(
                    "{{2}} was told that it is at offset {}",
                    other.offset
                )),
            ],
        });
    }
    findings
}

/// Transactions that polled what they sent.
fn precommitted(deeds: &Deeds<'_>, story: &Story<'_>) -> Vec<Finding> {
    let own = story.polls.iter().filter(|poll| {
        let message = &story.messages[poll.message as usize];
        message.attempted == Some(poll.by) && message.attempted_last == Some(poll.by)
    });
    let tell = |poll: &story::Poll| {
        let called = name(story, &story.messages[poll.message as usize]);
        Finding {
            kind: AnomalyKind::Internal,
            sentence: format!(
                "the transaction of {} polled {called}, which it was only about to send itself",
                deeds.who(poll.by)
            ),
            cast: vec![(poll.by, "polls what it sends")],
            steps: vec![remark(format!(
                "{{0}} sent {called} and polled it, but nobody gets it before the transaction is over"
            ))],
        }
    };
    own.take(FINDINGS_MAX).map(tell).collect()
}

/// Messages that were acknowledged and never polled: those below the highest offset of their key
/// that anybody polled, with the poll that shows it, and the number of others.
fn missing<'s, 'd>(story: &'s Story<'d>) -> (Vec<(&'s Message<'d>, story::Told)>, usize) {
    let mut highest: Vec<Option<story::Told>> = vec![None; story.keys.len()];
    for poll in &story.polls {
        let slot = &mut highest[poll.key as usize];
        if let Some(offset) = poll.offset
            && slot.is_none_or(|most| most.offset < offset)
        {
            *slot = Some(story::Told {
                key: poll.key,
                offset,
                message: poll.message,
                by: poll.by,
            });
        }
    }
    let (mut lost, mut unseen) = (Vec::new(), 0);
    for message in story
        .messages
        .iter()
        .filter(|message| message.polled.is_none())
    {
        let Some((_, offset)) = message.acknowledged else {
            continue;
        };
        let most = highest[message.key as usize];
        match (most, offset) {
            (Some(most), Some(offset)) if offset < most.offset => lost.push((message, most)),
            // Another message took its place, which is told elsewhere.
            (Some(most), Some(offset)) if offset == most.offset => {}
            _ => unseen += 1,
        }
    }
    (lost, unseen)
}

fn gone(deeds: &Deeds<'_>, story: &Story<'_>, message: &Message<'_>, most: story::Told) -> Finding {
    let (send, offset) = message.acknowledged.expect("what is lost was acknowledged");
    let offset = offset.map_or(0, |offset| offset);
    let called = name(story, message);
    let mut steps = vec![
        remark(format!("{{0}} sent {called}, and was told offset {offset}")),
        remark(format!(
            "{{1}} polled offset {} of the same key, so it was passed",
            most.offset
        )),
        remark("nobody's poll ever had it, and no poll is of unknown outcome"),
    ];
    if deeds.is_before(send, most.by) {
        steps.insert(1, before(0, 1, "{0} was answered before {1} began"));
    }
    Finding {
        kind: AnomalyKind::LostWrite,
        sentence: format!(
            "{} sent {called} and was told offset {offset}; it was never polled, but offset {} was",
            deeds.who(send),
            most.offset
        ),
        cast: vec![(send, "sends it"), (most.by, "polls a later one")],
        steps,
    }
}
