//! What became of each value: who wrote it, who found it, and what it was replaced by.
use super::Flaw;
use crate::linearizable::register::cell::{Act, NEVER, NIL, Register, RegisterOp, State};
use std::hint::select_unpredictable;

/// No operation, and no value.
pub(super) const NONE: u32 = u32::MAX;

/// The life of one value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Life {
    /// The only operation that writes it.
    pub(super) writer: u32,
    /// The first return of those that only looked and found it; [`NEVER`] if nobody did.
    pub(super) first_return: u32,
    /// The last invocation of those.
    pub(super) last_invoked: u32,
    /// What certainly replaced it, by a compare-and-set.
    pub(super) next: State,
}

impl Life {
    const BLANK: Life = Life {
        writer: NONE,
        first_return: NEVER,
        last_invoked: 0,
        next: NONE,
    };

    /// Whether anybody looked and found it.
    pub(super) fn is_read(&self) -> bool {
        self.first_return != NEVER
    }

    /// One more than the last invocation of those who looked and found it; 0 if nobody did.
    pub(super) fn begun(&self) -> u32 {
        self.last_invoked + u32::from(self.is_read())
    }

    /// Whether anybody certainly found it, to look or to replace it.
    pub(super) fn is_found(&self) -> bool {
        self.is_read() | (self.next != NONE)
    }
}

/// The lives of all values of a register in which each is written once.
pub(super) struct Lives<'r> {
    pub(super) register: &'r Register,
    /// By state.
    pub(super) lives: Vec<Life>,
    /// How many compare-and-sets certainly took effect.
    pub(super) links: usize,
    /// How many events there are.
    pub(super) events: usize,
}

/// For how many more states room is made at a time, at most.
const ROOM: usize = 1024;

/// Why a register is not for this algorithm.
const REPEATED: &str = "values repeat";
const INITIAL: &str = "the initial value is written again";
const REFUSED: &str = "refusals do not say what they found";
const ITSELF: &str = "a value is replaced by itself";

impl<'r> Lives<'r> {
    /// Reads `register` once. The flaw is one that shows already here.
    pub(super) fn new(register: &'r Register) -> Result<(Lives<'r>, Option<Flaw>), &'static str> {
        let mut lives = vec![Life::BLANK];
        let mut seen = Seen::default();
        let mut read = 0;
        while let Some(op) = register.ops.get(read) {
            // Most states come in the order of their numbers, and few operations name two.
            let more = register.ops.len().min(ROOM);
            let said = Said::of(op);
            let enough = said.found.max(said.written) as usize + more;
            lives.resize(enough, Life::BLANK);
            read = seen.read(&register.ops, read, &mut lives)?;
        }
        let mut lives = Lives {
            register,
            lives,
            links: seen.links,
            events: register.ops.len() + seen.answered,
        };
        let found = lives.include(seen.unknown);
        Ok((lives, seen.flaw.or(found)))
    }

    /// A compare-and-set of unknown outcome took effect if and only if its value was found by
    /// somebody who certainly did: nobody else is touched by leaving it out. And then it found a
    /// value too.
    fn include(&mut self, mut unknown: Vec<u32>) -> Option<Flaw> {
        let mut flaw = None;
        while let Some(op) = unknown.pop() {
            let Act::Swap { from, to } = self.op(op).act else {
                continue;
            };
            let next = self.lives[from as usize].next;
            if !self.lives[to as usize].is_found() || next == to {
                continue;
            }
            if next != NONE {
                flaw.get_or_insert(Flaw::Double(from, next, to));
                continue;
            }
            self.lives[from as usize].next = to;
            self.links += 1;
            let writer = self.lives[from as usize].writer;
            if writer != NONE && !self.op(writer).is_answered() {
                unknown.push(writer);
            }
        }
        flaw
    }

    pub(super) fn op(&self, op: u32) -> &'r RegisterOp {
        &self.register.ops[op as usize]
    }

    /// The values of the chain that begins with `root`, in order. It has an end.
    pub(super) fn chain(&self, root: State) -> impl Iterator<Item = State> {
        let next = |&state: &State| {
            let next = self.lives[state as usize].next;
            (next != NONE).then_some(next)
        };
        std::iter::successors(Some(root), next)
    }

    /// Whether a chain begins with `state`; the error is that it was found and nobody wrote it.
    #[inline]
    pub(super) fn is_root(&self, state: State) -> Result<bool, Flaw> {
        if state == NIL {
            return Ok(true);
        }
        let life = &self.lives[state as usize];
        let is_written = life.writer != NONE;
        if life.is_found() & !is_written {
            return Err(Flaw::Nowhere(state));
        }
        // Of all branches here, the caller's is to be the only one that cannot be foreseen.
        let any = select_unpredictable(is_written, life.writer, 0);
        let writer = self.op(any);
        let is_included = writer.is_answered() | life.is_found();
        Ok(is_written & is_included & matches!(writer.act, Act::Write(_)))
    }
}

/// What else a register is found to hold as it is read.
#[derive(Default)]
struct Seen {
    links: usize,
    answered: usize,
    flaw: Option<Flaw>,
    /// The compare-and-sets of unknown outcome.
    unknown: Vec<u32>,
}

impl Seen {
    // As part of its caller, the loop would have too few registers of the processor.
    /// Reads the operations from `start` on into `lives`, until one needs more room; the place of it.
    #[inline(never)]
    fn read(
        &mut self,
        ops: &[RegisterOp],
        start: usize,
        lives: &mut [Life],
    ) -> Result<usize, &'static str> {
        for (index, op) in (start..).zip(&ops[start..]) {
            let said = Said::of(op);
            let (found, written) = (said.found as usize, said.written as usize);
            if (found >= lives.len()) | (written >= lives.len()) {
                return Ok(index);
            }
            self.answered += usize::from(said.is_answered);
            if said.is_swap & !said.is_answered {
                self.unknown.push(index as u32);
            }
            if said.is_outside | !lives[written].write(index as u32, said) {
                return Err(why_outside(op.act));
            }
            lives[found].look(op, said);
            if let Err(next) = lives[found].replace(said) {
                self.flaw
                    .get_or_insert(Flaw::Double(said.found, next, said.written));
                continue;
            }
            self.links += usize::from(said.is_swap & said.is_answered);
        }
        Ok(ops.len())
    }
}

#[cold]
fn why_outside(act: Act) -> &'static str {
    match act {
        Act::ObserveNot(_) => REFUSED,
        Act::Swap { from, to } if from == to => ITSELF,
        Act::Swap { to: NIL, .. } | Act::Write(NIL) => INITIAL,
        Act::Swap { .. } | Act::Write(_) | Act::Observe(_) => REPEATED,
    }
}

/// What an operation says, in one shape for all kinds of them: which kind comes next no processor can
/// guess, and a wrong guess takes longer than all the rest of the work on an operation. What does not
/// apply to one is done all the same, and changes nothing.
#[derive(Clone, Copy)]
struct Said {
    /// The value that it found; what only writes stands here for what it wrote.
    found: State,
    /// The value that it wrote; what only looks stands here for what it found.
    written: State,
    is_look: bool,
    is_swap: bool,
    is_answered: bool,
    /// This algorithm does not know what to make of it.
    is_outside: bool,
}

impl Said {
    #[inline]
    fn of(op: &RegisterOp) -> Said {
        let (Act::Write(found)
        | Act::Observe(found)
        | Act::ObserveNot(found)
        | Act::Swap { from: found, .. }) = op.act;
        let to = if let Act::Swap { to, .. } = op.act {
            to
        } else {
            found
        };
        let is_swap = matches!(op.act, Act::Swap { .. });
        let is_refusal = matches!(op.act, Act::ObserveNot(_));
        let is_look = matches!(op.act, Act::Observe(_)) | is_refusal;
        let written = select_unpredictable(is_swap, to, found);
        Said {
            found,
            written,
            is_look,
            is_swap,
            is_answered: op.is_answered(),
            is_outside: is_refusal | (is_swap & (found == to)) | (!is_look & (written == NIL)),
        }
    }
}

impl Life {
    /// The operation `index` wrote this value, unless it only looked; whether nobody else had.
    #[inline]
    fn write(&mut self, index: u32, said: Said) -> bool {
        let earlier = select_unpredictable(said.is_look, NONE, self.writer);
        self.writer = select_unpredictable(said.is_look, self.writer, index);
        earlier == NONE
    }

    /// This value was found, if somebody looked.
    #[inline]
    fn look(&mut self, op: &RegisterOp, said: Said) {
        let is_look = said.is_look & said.is_answered;
        let returned = select_unpredictable(is_look, op.returned, NEVER);
        let invoked = select_unpredictable(is_look, op.invoked, 0);
        self.first_return = self.first_return.min(returned);
        self.last_invoked = self.last_invoked.max(invoked);
    }

    /// This value was replaced, by a compare-and-set that was answered; the error is by what it had
    /// been replaced already.
    #[inline]
    fn replace(&mut self, said: Said) -> Result<(), State> {
        let is_link = said.is_swap & said.is_answered;
        let next = select_unpredictable(is_link, self.next, NONE);
        if next != NONE {
            return Err(next);
        }
        self.next = select_unpredictable(is_link, said.written, self.next);
        Ok(())
    }
}
