//! The judge of any object against brute force, by objects of four sorts.
mod agreement;
mod hostile;
mod sequential;
mod specs;
mod told;

use super::split::{Part, split};
use super::verify::verify;
use crate::linearizable::asked::Asked;
use crate::linearizable::search::{End, Question, search};
use crate::linearizable::timed::NEVER;
use crate::testing::{Rng, is_legal, schedule};
use crate::{Budget, Call, Data, Event, History, Kind, Op, Process, Spec};

/// Compares the search with brute force: the verdict, the order, and what is told of the states.
fn compare<S: Spec>(spec: &S, asked: &[Asked]) -> bool {
    let expected = is_legal(spec, asked);
    let question = Question {
        is_order_wanted: true,
        ..Question::new(spec, asked)
    };
    match search(question, &Budget::new(1 << 30), u64::MAX).end {
        End::Legal { order } => {
            assert!(expected, "acquitted: {asked:#?}");
            let verified = verify(spec, asked, &order);
            assert_eq!(verified, Ok(()), "{order:?} {asked:#?}");
        }
        End::Illegal(stuck) => {
            assert!(!expected, "falsely accused: {asked:#?}");
            let end = asked[stuck.op as usize].returned;
            assert!(end != NEVER && !stuck.corners.is_empty(), "{asked:#?}");
            assert!(!is_legal(spec, &until(asked, end)), "{asked:#?}");
        }
        End::GaveUp { why } => panic!("{why}"),
    }
    expected
}

/// What had happened up to a position.
fn until(asked: &[Asked], end: u32) -> Vec<Asked> {
    let begun = asked.iter().filter(|asked| asked.invoked < end).cloned();
    let mut begun: Vec<Asked> = begun.collect();
    for asked in &mut begun {
        if end < asked.returned {
            asked.returned = NEVER;
        }
    }
    begun
}

/// The history of which `asked` is the only object.
fn history(asked: &[Asked]) -> History {
    let mut events: Vec<(u32, Event)> = Vec::new();
    let mut fresh = 1_000_000;
    for asked in asked {
        // A process that never got an answer asks nothing else.
        let process = if asked.is_answered() {
            asked.process
        } else {
            fresh += 1;
            Process(fresh)
        };
        let event = |position: u32, kind, call: Call| {
            let event = Event {
                time: u64::from(position) * 1_000_000,
                process,
                node: None,
                kind,
                op: Op::from(call),
            };
            (position, event)
        };
        let mut question = asked.call.clone();
        question.output = None;
        events.push(event(asked.invoked, Kind::Invoke, question));
        if asked.is_answered() {
            events.push(event(asked.returned, Kind::Ok, asked.call.clone()));
        }
    }
    events.sort_by_key(|event| event.0);
    let mut history = History::default();
    for (_, event) in events {
        history.push(event).expect("well-formed");
    }
    history
}

/// A history of which some order is legal, drawn at random: `draw` makes calls, and some of their
/// answers are lost.
fn drawn<S: Spec>(
    spec: &S,
    operations: usize,
    processes: usize,
    lost_percent: u64,
    rng: &mut Rng,
    mut draw: impl FnMut(&mut Rng) -> Call,
    answer: impl Fn(&S::State, Process, &Call, &mut Rng) -> Data,
) -> Vec<Asked> {
    let (plan, order) = schedule(operations, processes, rng);
    let mut asked: Vec<Asked> = plan
        .iter()
        .map(|planned| Asked {
            process: Process(planned.process),
            call: draw(rng),
            invoked: planned.invoked,
            returned: planned.returned,
        })
        .collect();
    let mut state = spec.init();
    for op in order {
        let asked = &mut asked[op];
        let is_lost = rng.percent(lost_percent);
        if is_lost {
            asked.returned = NEVER;
        }
        if is_lost && rng.percent(50) {
            continue;
        }
        let output = answer(&state, asked.process, &asked.call, rng);
        let answered = asked.call.clone().answered(output);
        let next = spec.step(&state, asked.process, &answered);
        let mut next: Vec<S::State> = next.into_iter().collect();
        if next.is_empty() {
            // What cannot be done now was never answered.
            asked.returned = NEVER;
            continue;
        }
        state = next.swap_remove(rng.below(next.len() as u64) as usize);
        if !is_lost {
            asked.call = answered;
        }
    }
    super::decide::renumber(&mut asked);
    asked
}
