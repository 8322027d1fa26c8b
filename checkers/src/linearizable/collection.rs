//! Objects that values are put into and taken out of, each value once: queues, stacks, priority queues.
//!
//! A *gap* is a place between two events: gap `g` lies right before position `g`. An operation takes
//! effect in one of the gaps after its invocation, up to the one before its return.
use super::asked::Asked;
use super::proof::{Answer, Proof};
use super::timed::{NEVER, Timed};

mod condensed;
mod cover;
mod lower;
pub mod measured;
mod shrink;
mod telling;

#[cfg(test)]
pub(super) mod tests;

pub(super) use condensed::{condensed, without_left_over};
pub(super) use cover::{Free, cover};
pub(super) use lower::{Lowered, lower};
pub(super) use shrink::smallest;
pub(super) use telling::{Origin, Telling, Words, by_false_empty, by_flaw, origins, shown};

/// What an operation did. Values are numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// Put a value in.
    Put(u32),
    /// Took a value out.
    Take(u32),
    /// Took whatever there was, or nothing, or did not happen: its outcome is unknown.
    TakeSome,
    /// Found nothing to take.
    TakeNone,
}

/// From when to when an operation ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) invoked: u32,
    pub(super) returned: u32,
}

/// The span of what did not happen.
const NONE: Span = Span {
    invoked: NEVER,
    returned: NEVER,
};

/// What happened to one value.
///
/// Spans are cut to what is possible: it is put in before its taking returns, and taken after its
/// putting is invoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stay {
    pub(super) put: Span,
    /// Begins and ends at [`NEVER`] if nobody said that he took it.
    pub(super) taken: Span,
}

impl Stay {
    /// Whether it was put in and nobody said that he took it.
    pub(super) fn is_left_over(&self) -> bool {
        self.put.invoked != NEVER && !self.is_taken()
    }

    pub(super) fn is_taken(&self) -> bool {
        self.taken.invoked != NEVER
    }

    /// Whether there are gaps in which it was certainly inside: those after `put.returned`, up to
    /// `taken.invoked`.
    pub(super) fn is_certain(&self) -> bool {
        self.put.returned < self.taken.invoked
    }
}

/// What happened to all values.
#[derive(Clone, Debug, Default)]
pub(super) struct Stays {
    /// By value. Not in it, with both spans at [`NEVER`], are those that need not have been put in.
    pub(super) stays: Vec<Stay>,
    /// Who found nothing, in order of invocation.
    pub(super) empties: Vec<Span>,
    /// When those began that took nobody knows what, in order.
    pub(super) unknown: Vec<u32>,
    /// How many positions there are.
    pub(super) events: u32,
}

impl Stays {
    /// Whether it is not known which values were taken: some operation may have taken one that is left over.
    pub(super) fn is_open(&self) -> bool {
        !self.unknown.is_empty() && self.stays.iter().any(Stay::is_left_over)
    }
}

/// What is wrong with a value whatever the order in which the object gives them out. Operations are
/// called by their invocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    TakenTwice { put: u32, first: u32, second: u32 },
    NeverPut { take: u32 },
    TakenBeforePut { take: u32, put: u32 },
}

/// Why there are no [`Stays`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Odd {
    Flaw(Flaw),
    Outside(&'static str),
}

/// What is known of an object: with `W`, what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found<W> {
    Legal,
    Wrong(W),
    Outside(&'static str),
}

impl<W> Found<W> {
    /// None if that is not known.
    fn is_legal(&self) -> Option<bool> {
        match self {
            Found::Legal => Some(true),
            Found::Wrong(_) => Some(false),
            Found::Outside(_) => None,
        }
    }

    /// The answer of an engine; `tell` proves what is wrong.
    pub(super) fn answer(self, tell: impl FnOnce(&W) -> Box<Proof>) -> Answer {
        match self {
            Found::Legal => Answer::Legal,
            Found::Outside(why) => Answer::Outside(why),
            Found::Wrong(wrong) => Answer::Illegal(tell(&wrong)),
        }
    }
}

/// There may be this many times more positions than operations: two events of each, and holes where
/// others were taken out.
const POSITIONS_PER_OPERATION_MAX: usize = 16;

/// What happened to each of `values` values. Operations are in order of invocation.
pub(super) fn gather(ops: &[Timed<Act>], values: usize) -> Result<Stays, Odd> {
    let mut gathered = Stays {
        stays: vec![
            Stay {
                put: NONE,
                taken: NONE,
            };
            values
        ],
        ..Stays::default()
    };
    let mut flaw = None;
    let mut last = 0;
    for op in ops {
        let span = Span {
            invoked: op.invoked,
            returned: op.returned,
        };
        last = last.max(if op.is_answered() {
            op.returned
        } else {
            op.invoked
        });
        match op.act {
            Act::Put(value) => {
                let put = &mut gathered.stays[value as usize].put;
                if put.invoked != NEVER {
                    return Err(Odd::Outside("values repeat"));
                }
                *put = span;
            }
            Act::Take(value) => {
                let stay = &mut gathered.stays[value as usize];
                if stay.is_taken() && flaw.is_none() {
                    flaw = Some((value, stay.taken.invoked, op.invoked));
                }
                stay.taken = span;
            }
            Act::TakeSome => gathered.unknown.push(op.invoked),
            Act::TakeNone => gathered.empties.push(span),
        }
    }
    if last as usize
        >= ops
            .len()
            .saturating_mul(POSITIONS_PER_OPERATION_MAX)
            .max(64)
    {
        return Err(Odd::Outside("positions are far apart"));
    }
    gathered.events = last + 1;
    if let Some((value, first, second)) = flaw {
        let put = gathered.stays[value as usize].put.invoked;
        if put == NEVER {
            return Err(Odd::Flaw(Flaw::NeverPut { take: first }));
        }
        return Err(Odd::Flaw(Flaw::TakenTwice { put, first, second }));
    }
    cut(&mut gathered.stays).map_err(Odd::Flaw)?;
    Ok(gathered)
}

/// Cuts spans to what is possible. An unknown put of what nobody took is forgotten: without it, the
/// object holds less, and nobody who was answered could tell.
fn cut(stays: &mut [Stay]) -> Result<(), Flaw> {
    for stay in stays {
        let Stay { put, taken } = stay;
        if taken.invoked == NEVER {
            if put.returned == NEVER {
                *put = NONE;
            }
            continue;
        }
        let take = taken.invoked;
        if put.invoked == NEVER {
            return Err(Flaw::NeverPut { take });
        }
        if taken.returned < put.invoked {
            let put = put.invoked;
            return Err(Flaw::TakenBeforePut { take, put });
        }
        put.returned = put.returned.min(taken.returned);
        taken.invoked = taken.invoked.max(put.invoked);
    }
    Ok(())
}

/// The operation that was invoked there.
pub(super) fn at(asked: &[Asked], invoked: u32) -> u32 {
    let found = asked.binary_search_by_key(&invoked, |op| op.invoked);
    found.expect("a position of an invocation") as u32
}
