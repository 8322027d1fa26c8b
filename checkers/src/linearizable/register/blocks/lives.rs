//! What became of each value: who wrote it, who found it, and what it was replaced by.
use super::Flaw;
use crate::linearizable::register::cell::{Act, NEVER, NIL, Register, RegisterOp, State};

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

    /// Whether anybody certainly found it, to look or to replace it.
    pub(super) fn is_found(&self) -> bool {
        self.is_read() || self.next != NONE
    }
}

/// The lives of all values of a register in which each is written once.
pub(super) struct Lives<'r> {
    pub(super) register: &'r Register,
    /// By state.
    pub(super) lives: Vec<Life>,
    /// How many compare-and-sets certainly took effect.
    pub(super) links: usize,
}

/// Why a register is not for this algorithm.
const REPEATED: &str = "values repeat";
const INITIAL: &str = "the initial value is written again";
const REFUSED: &str = "refusals do not say what they found";
const ITSELF: &str = "a value is replaced by itself";

impl<'r> Lives<'r> {
    /// Reads `register` once. The flaw is one that shows already here.
    pub(super) fn new(register: &'r Register) -> Result<(Lives<'r>, Option<Flaw>), &'static str> {
        let mut lives = vec![Life::BLANK; register.states()];
        let mut flaw = None;
        let mut links = 0;
        let mut unknown: Vec<u32> = Vec::new();
        for (index, op) in (0_u32..).zip(&register.ops) {
            match op.act {
                Act::Write(to) => write(&mut lives, to, index)?,
                Act::Swap { from, to } if from == to => return Err(ITSELF),
                Act::Swap { from, to } => {
                    write(&mut lives, to, index)?;
                    if !op.is_answered() {
                        unknown.push(index);
                        continue;
                    }
                    let next = &mut lives[from as usize].next;
                    if *next == NONE {
                        *next = to;
                        links += 1;
                    } else {
                        flaw.get_or_insert(Flaw::Double(from, *next, to));
                    }
                }
                Act::Observe(value) if op.is_answered() => {
                    let life = &mut lives[value as usize];
                    life.first_return = life.first_return.min(op.returned);
                    life.last_invoked = life.last_invoked.max(op.invoked);
                }
                Act::Observe(_) => {}
                Act::ObserveNot(_) => return Err(REFUSED),
            }
        }
        let mut lives = Lives {
            register,
            lives,
            links,
        };
        let found = lives.include(unknown);
        Ok((lives, flaw.or(found)))
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
    pub(super) fn is_root(&self, state: State) -> Result<bool, Flaw> {
        let life = &self.lives[state as usize];
        if state == NIL {
            return Ok(true);
        }
        if life.writer == NONE {
            let is_found = life.is_found();
            return if is_found {
                Err(Flaw::Nowhere(state))
            } else {
                Ok(false)
            };
        }
        let writer = self.op(life.writer);
        Ok(!writer.act.is_consumer() && (writer.is_answered() || life.is_found()))
    }
}

fn write(lives: &mut [Life], to: State, index: u32) -> Result<(), &'static str> {
    let life = &mut lives[to as usize];
    if to == NIL {
        return Err(INITIAL);
    }
    if life.writer != NONE {
        return Err(REPEATED);
    }
    life.writer = index;
    Ok(())
}
