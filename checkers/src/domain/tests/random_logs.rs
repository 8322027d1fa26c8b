//! Logs drawn at random against the definitions of what may go wrong with them.
use super::broken_logs::draw;
use super::oracle::{Deed, deeds};
use super::random::{all_occur, compare};
use super::rounds;
use crate::Data;
use crate::testing::Rng;

/// A message that an operation sends, with the offset that it was told.
struct Send<'d> {
    by: &'d Deed,
    message: (Data, Data),
    offset: Option<i64>,
}

/// A message that an operation polled; answers are numbered within the history.
struct Poll<'d> {
    by: &'d Deed,
    answer: usize,
    message: (Data, Data),
    offset: Option<i64>,
}

fn sends(all: &[Deed]) -> Vec<Send<'_>> {
    let mut sends = Vec::new();
    for by in all {
        if by.f == "send" {
            let (key, value) = by.input.pair().expect("as drawn");
            let message = (key.clone(), value.clone());
            let offset = by.output.as_ref().and_then(Data::int);
            sends.push(Send {
                by,
                message,
                offset,
            });
        }
        for (place, step) in by.input.list().unwrap_or_default().iter().enumerate() {
            let Some([_, key, value]) = step.list().filter(|_| by.f == "txn") else {
                continue;
            };
            let told = by
                .members()
                .get(place)
                .and_then(Data::list)
                .map(<[_]>::to_vec);
            let offset = told.and_then(|told| told[2].pair()?.0.int());
            let message = (key.clone(), value.clone());
            sends.push(Send {
                by,
                message,
                offset,
            });
        }
    }
    sends
}

fn polls(all: &[Deed]) -> Vec<Poll<'_>> {
    let (mut polls, mut answer) = (Vec::new(), 0);
    for by in all {
        let answers: Vec<Data> = match by.f.as_str() {
            "poll" => by.output.clone().into_iter().collect(),
            "txn" => {
                let steps = by.members();
                let polls = steps.iter().filter_map(|step| Some(step.pair()?.1.clone()));
                polls.collect()
            }
            _ => Vec::new(),
        };
        for polled in answers {
            answer += 1;
            for (key, messages) in polled
                .list()
                .unwrap_or_default()
                .iter()
                .filter_map(Data::pair)
            {
                for (offset, value) in messages
                    .list()
                    .unwrap_or_default()
                    .iter()
                    .filter_map(Data::pair)
                {
                    let message = (key.clone(), value.clone());
                    let offset = offset.int();
                    polls.push(Poll {
                        by,
                        answer,
                        message,
                        offset,
                    });
                }
            }
        }
    }
    polls
}

/// Whether the second of two answers goes on from where the first one ended.
fn goes_on(all: &[Deed], first: &Poll<'_>, second: &Poll<'_>) -> bool {
    let is_placing = |deed: &&Deed| matches!(deed.f.as_str(), "assign" | "subscribe");
    let of_process = |deed: &&Deed| deed.process == first.by.process && !deed.is_failed;
    let placed = |until: usize| {
        let mut before = all.iter().filter(is_placing).filter(of_process);
        before.rfind(|deed| deed.invoked < until)
    };
    let is_same = first.answer == second.answer;
    match (placed(first.by.invoked), placed(second.by.invoked)) {
        _ if first.by.process != second.by.process => false,
        (None, None) => is_same || !all.iter().any(|deed| is_placing(&deed)),
        (Some(one), Some(other)) if one.invoked == other.invoked => is_same || one.f == "assign",
        _ => false,
    }
}

/// What is wrong with the logs, and whether they may be called right.
fn wrong(all: &[Deed]) -> (Vec<&'static str>, bool) {
    let (sends, polls) = (sends(all), polls(all));
    let mut expected = Vec::new();
    let tried = |message: &(Data, Data)| -> Vec<&Send<'_>> {
        let tried = sends
            .iter()
            .filter(|s| s.message == *message && !s.by.is_failed);
        tried.collect()
    };
    for poll in &polls {
        let tried = tried(&poll.message);
        if !sends.iter().any(|send| send.message == poll.message) {
            expected.push("garbage-read");
        } else if tried.iter().all(|send| poll.by.returned < send.by.invoked) {
            expected.push("aborted-read");
        } else if tried.iter().all(|send| send.by.invoked == poll.by.invoked) {
            expected.push("internal");
        }
    }
    // Everything that anybody was told about offsets.
    let mut told: Vec<(&(Data, Data), i64)> = Vec::new();
    told.extend(
        sends
            .iter()
            .filter_map(|send| Some((&send.message, send.offset?))),
    );
    told.extend(
        polls
            .iter()
            .filter_map(|poll| Some((&poll.message, poll.offset?))),
    );
    told.sort_unstable();
    told.dedup();
    for (one, offset) in &told {
        let is_other = |(other, at): &(&(Data, Data), i64)| {
            other.0 == one.0 && at == offset && other.1 != one.1
        };
        if told.iter().any(is_other) {
            expected.push("incompatible-order");
        }
        let places = told.iter().filter(|(other, _)| other == one).count();
        let times = tried(one).len();
        if 0 < times && times < places {
            expected.push("duplicate-elements");
        }
    }
    for (place, later) in sends.iter().enumerate() {
        let is_behind = |earlier: &Send<'_>| {
            let is_same =
                earlier.by.process == later.by.process && earlier.message.0 == later.message.0;
            is_same
                && earlier.offset.is_some()
                && later.offset.is_some()
                && later.offset <= earlier.offset
        };
        if sends[..place].iter().any(is_behind) {
            expected.push("out-of-order");
        }
    }
    for (place, later) in polls.iter().enumerate() {
        let of_key = |poll: &&Poll<'_>| {
            let is_same = poll.by.process == later.by.process && poll.message.0 == later.message.0;
            is_same && poll.offset.is_some()
        };
        let Some(earlier) = polls[..place].iter().rfind(of_key) else {
            continue;
        };
        let (Some(stood), Some(offset)) = (earlier.offset, later.offset) else {
            continue;
        };
        if !goes_on(all, earlier, later) {
            continue;
        }
        if offset <= stood {
            expected.push("out-of-order");
        }
        // What the poller's own transaction sends, it need not see.
        let is_passed = told.iter().any(|(message, at)| {
            let own = || {
                tried(message)
                    .iter()
                    .any(|s| s.by.invoked == later.by.invoked)
            };
            message.0 == later.message.0 && stood < *at && *at < offset && !own()
        });
        if is_passed {
            expected.push("skipped-element");
        }
    }
    let is_poll = |deed: &Deed| {
        let steps = deed.input.list().unwrap_or_default();
        deed.f == "poll"
            || (deed.f == "txn"
                && steps
                    .iter()
                    .any(|step| step.list().map(<[_]>::len) == Some(1)))
    };
    let is_open = all
        .iter()
        .any(|deed| is_poll(deed) && !deed.is_ok() && !deed.is_failed);
    let is_polled = |message: &(Data, Data)| polls.iter().any(|poll| poll.message == *message);
    let mut is_right = !polls.is_empty() && sends.iter().any(|send| send.by.is_ok());
    for send in sends
        .iter()
        .filter(|send| send.by.is_ok() && !is_polled(&send.message))
    {
        is_right = false;
        let is_later =
            |poll: &Poll<'_>| poll.message.0 == send.message.0 && poll.offset > send.offset;
        if send.offset.is_some() && polls.iter().any(is_later) && !is_open {
            expected.push("lost-write");
        }
    }
    (expected, is_right)
}

#[test]
fn logs_are_judged_by_their_definition() {
    let mut rng = Rng(8);
    let mut answers = Vec::new();
    for _ in 0..rounds(30_000) {
        let history = draw(&mut rng);
        let all = deeds(&history);
        let (mut expected, is_right) = wrong(&all);
        let answer = compare("kafka", &history, &mut expected);
        let is_legal = expected.is_empty() && is_right;
        assert_eq!(answer == "valid", is_legal, "{:#?}", history.events());
        answers.push(answer);
    }
    let wanted = "valid unknown garbage-read aborted-read internal incompatible-order duplicate-elements out-of-order skipped-element lost-write";
    all_occur(&answers, &wanted.split(' ').collect::<Vec<_>>());
}
