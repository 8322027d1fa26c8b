//! FIFO queues whose values are all different, judged by the order of the values.
//!
//! P. A. Abdulla, S. Grahn, B. Jonsson, S. Krishna, O. S. Mishra, "Efficient linearizability monitoring",
//! PLDI 2025, section 5; T. A. Henzinger, A. Sezgin, V. Vafeiadis, "Aspect-oriented linearizability
//! proofs", CONCUR 2013, for the patterns. Values are in one order, in which they are put in and taken
//! out. `a` comes before `b` if it was put in before (one operation had returned before the other
//! began), or taken out before. Both are interval orders, so that the shortest cycle of the two has two
//! values: of the four `a` put before `b`, `b` taken before `c`, `c` put before `d`, `d` taken before
//! `a`, whichever of `a` and `c` was first put in entirely also comes before the successor of the other.
//! So it is enough to look for two values of which one was put in before and taken out after the other.
//! An empty answer in a gap is like a value that is put in and taken out right there.
//!
//! We differ in sorting nothing: positions are dense, so that everything is looked up by position. And
//! we know of unknown outcomes: see [`starved`].
use super::asked::Asked;
use super::collection::{self, Act, Flaw, Free, Lowered, Odd, Span, Stay, Stays};
use super::engine::Engine;
use super::proof::Answer;
use super::timed::{NEVER, Timed};
use crate::Verb;

mod order;
mod told;

#[cfg(test)]
mod tests;

/// Judges FIFO queues.
pub(crate) const ENGINE: Engine = Engine {
    name: "FIFO queue by the order of its values",
    check,
    order: order::order,
};

/// What is known of a queue.
pub(super) type Found = collection::Found<Wrong>;

/// What is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Flaw(Flaw),
    /// The value `second` was put in after `first` and taken out before it.
    Overtaken {
        first: u32,
        second: u32,
    },
    Starved(Starved),
    /// Somebody found nothing, though there was something; of values left over it is known whether
    /// they count.
    FalseEmpty {
        empty: Span,
        is_without_left_over: bool,
    },
}

/// The values `left` had to be taken out before `overtaker` was, and all of them by unknown dequeues,
/// of which too few had begun by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Starved {
    left: Vec<u32>,
    overtaker: u32,
    /// By their invocations.
    unknown: Vec<u32>,
}

fn lower(asked: &[Asked]) -> Result<Lowered<'_>, &'static str> {
    collection::lower(asked, &Verb::Enqueue, &Verb::Dequeue)
}

fn check(asked: &[Asked]) -> Answer {
    let lowered = match lower(asked) {
        Ok(lowered) => lowered,
        Err(why) => return Answer::Outside(why),
    };
    let found = decide(&lowered.ops, lowered.values.len());
    found.answer(|wrong| told::tell(asked, &lowered, wrong))
}

/// Decides a queue of the values up to `values`, in linear time.
pub(super) fn decide(ops: &[Timed<Act>], values: usize) -> Found {
    match collection::gather(ops, values) {
        Ok(gathered) => judge(&gathered),
        Err(Odd::Outside(why)) => Found::Outside(why),
        Err(Odd::Flaw(flaw)) => Found::Wrong(Wrong::Flaw(flaw)),
    }
}

fn judge(gathered: &Stays) -> Found {
    let is_open = gathered.is_open();
    if let Some((first, second)) = overtaken(gathered, !is_open) {
        return Found::Wrong(Wrong::Overtaken { first, second });
    }
    if !is_open {
        return match false_empty(gathered) {
            None => Found::Legal,
            Some(empty) => Found::Wrong(Wrong::FalseEmpty {
                empty,
                is_without_left_over: false,
            }),
        };
    }
    if let Err(starved) = starved(gathered) {
        return Found::Wrong(Wrong::Starved(starved));
    }
    if gathered.empties.is_empty() {
        return Found::Legal;
    }
    judge_open(gathered)
}

/// Unknown dequeues beside empty answers: which values were taken, and when, depends on both. Two
/// questions that bound the answer are asked instead.
fn judge_open(gathered: &Stays) -> Found {
    // Without the values left over, and so without who may have taken them, everything legal stays so.
    if let Some(empty) = false_empty(&collection::without_left_over(gathered)) {
        return Found::Wrong(Wrong::FalseEmpty {
            empty,
            is_without_left_over: true,
        });
    }
    // And the unknown dequeues need not have happened.
    if overtaken(gathered, true).is_none() && false_empty(gathered).is_none() {
        return Found::Legal;
    }
    Found::Outside("it depends on what unknown dequeues took beside empty answers")
}

/// Two values of which the first was put in before and taken out after the second. With `is_final`,
/// values left over stay inside for ever.
fn overtaken(gathered: &Stays, is_final: bool) -> Option<(u32, u32)> {
    // By the position of a put's return, and then up to it: when the last taking began.
    let mut latest = vec![0; gathered.events as usize];
    for stay in &gathered.stays {
        if stay.is_taken() || (is_final && stay.is_left_over()) {
            latest[stay.put.returned as usize] = stay.taken.invoked;
        }
    }
    let mut last = 0;
    for latest in &mut latest {
        last = last.max(*latest);
        *latest = last;
    }
    let is_late =
        |stay: &&Stay| stay.is_taken() && latest[stay.put.invoked as usize] > stay.taken.returned;
    let second = gathered.stays.iter().find(is_late)?;
    let is_first = |stay: &Stay| {
        let counts = stay.is_taken() || (is_final && stay.is_left_over());
        counts
            && stay.put.returned < second.put.invoked
            && stay.taken.invoked > second.taken.returned
    };
    let first = gathered.stays.iter().position(is_first)?;
    let second = gathered.stays.iter().position(|stay| stay == second)?;
    Some((first as u32, second as u32))
}

/// A value left over that others overtook, and by when it has to have been taken out.
#[derive(Clone, Copy)]
struct Due {
    value: u32,
    before: u32,
}

/// The values left over that others overtook, in the order in which their puts returned: those have
/// to have been taken out by unknown dequeues, and are due in that order.
fn due(gathered: &Stays) -> Vec<Due> {
    // By the position of a put's invocation, and then from it on: when the first taking returned.
    let mut soonest = vec![NEVER; gathered.events as usize];
    for stay in gathered.stays.iter().filter(|stay| stay.is_taken()) {
        soonest[stay.put.invoked as usize] = stay.taken.returned;
    }
    let mut first = NEVER;
    for soonest in soonest.iter_mut().rev() {
        first = first.min(*soonest);
        *soonest = first;
    }
    let left = gathered.stays.iter().enumerate();
    let left = left.filter(|(_, stay)| stay.is_left_over());
    let mut left: Vec<(u32, u32)> = left
        .map(|(value, stay)| (stay.put.returned, value as u32))
        .collect();
    left.sort_unstable();
    let due = left.into_iter().map(|(returned, value)| Due {
        value,
        before: soonest[returned as usize],
    });
    due.take_while(|due| due.before != NEVER).collect()
}

/// Gives each value that is due an unknown dequeue that had begun by then.
///
/// Who may take a value that is due later may be any who may take one due before, and more: so the
/// first to come are the first to be given, and if that fails, everything does. Nothing else can go
/// wrong: if `b` overtook `a`, and `x` was put in before `a`, then `b` overtook `x` as well, so that
/// `x` is not due later than `a`, and was not taken later if it was taken by a known dequeue.
fn starved(gathered: &Stays) -> Result<Vec<Due>, Starved> {
    let due = due(gathered);
    for (given, Due { before, .. }) in due.iter().enumerate() {
        let is_given = gathered
            .unknown
            .get(given)
            .is_some_and(|begun| begun < before);
        if !is_given {
            let is_overtaker = |stay: &Stay| stay.is_taken() && stay.taken.returned == *before;
            let overtaker = gathered.stays.iter().position(is_overtaker);
            return Err(Starved {
                left: due[..=given].iter().map(|due| due.value).collect(),
                overtaker: overtaker.expect("whose taking returned then") as u32,
                unknown: gathered.unknown[..given].to_vec(),
            });
        }
    }
    Ok(due)
}

/// Who found nothing, though at each moment there was something.
fn false_empty(gathered: &Stays) -> Option<Span> {
    if gathered.empties.is_empty() {
        return None;
    }
    let free = Free::new(gathered);
    let mut empties = gathered.empties.iter().copied();
    empties.find(|&empty| free.within(empty).is_none())
}
