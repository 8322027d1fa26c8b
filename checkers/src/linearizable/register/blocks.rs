//! Decides registers in which every value is written once, in linear time.
//!
//! Gibbons and Korach ("Testing shared memories", SIAM J. Comput. 1997, section 4) group the
//! operations by value: those that write or find one value form a *block*, and no other value can
//! come between them. We differ in three things. A compare-and-set from a to b has to come right
//! after the life of a, so that compare-and-sets join values to chains, and a whole chain is one
//! block. Operations of unknown outcome take part if and only if somebody found their value. And as
//! positions are small numbers, nothing is sorted.
//!
//! Block A has to come before block B if and only if some operation of A returned before some
//! operation of B began: `f(A) < s(B)`, where `f` is the first return and `s` the last invocation.
//!
//! *Blocks have an order if and only if no two each have to come before the other.* Take a cycle,
//! and in it the block A with the least `f`. A has to come before every block of the cycle, for
//! what comes before that one returned no earlier: and so before its own predecessor in the cycle.
//! Then `max(f, s)` is an order: if `f(A) < s(B)` and not `f(B) < s(A)`, both `f(A)` and `s(A)` are
//! at most `max(f(B), s(B))`.
//!
//! ```text
//! |w 1|       |r 1|      f(1) < s(1): between the two the register held 1 throughout,
//!      |w 2-|            and 2 must be written in between: f(2) < s(1), and f(1) < s(2)
//! ```
use super::cell::{Act, Register, State};
use super::projection::Projection;
use lives::{Lives, NONE};
use zones::conflict;

mod lives;
pub(super) mod order;
mod proof;
mod zones;

/// What is known of a register after its blocks were laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Some order of the operations explains every answer.
    Legal,
    /// None does, and none explains these few.
    Illegal(Projection),
    /// Not every value is written once; the text says in what way.
    Outside(&'static str),
}

/// What is wrong with a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    /// The value was found, and nobody wrote it.
    Nowhere(State),
    /// The first value was replaced both by the second and by the third.
    Double(State, State, State),
    /// The value was replaced by one that was replaced … by itself.
    Cycle(State),
    /// In the chain from this value, somebody was done with a later value before somebody began with
    /// an earlier one.
    Order {
        root: State,
        value: State,
        is_write: bool,
    },
    /// Two chains, by their first values, that each have to come before the other.
    Zones(State, State),
}

/// Decides `register`.
pub(super) fn blocks(register: &Register) -> Answer {
    let (lives, flaw) = match Lives::new(register) {
        Ok(read) => read,
        Err(why) => return Answer::Outside(why),
    };
    match flaw.or_else(|| flaw_of_blocks(&lives)) {
        None => Answer::Legal,
        Some(flaw) => Answer::Illegal(lives.proof(flaw)),
    }
}

fn flaw_of_blocks(lives: &Lives<'_>) -> Option<Flaw> {
    let blocks = match lay_out(lives) {
        Ok(blocks) => blocks,
        Err(flaw) => return Some(flaw),
    };
    conflict(&blocks, lives.events)
}

/// A chain of values, as time sees it. Positions are one higher than those of the register, so that
/// the initial value is written at 0.
#[derive(Clone, Copy, Debug)]
struct Block {
    root: State,
    first_return: u32,
    last_invoked: u32,
}

/// Walks along every chain, and looks whether it is in order within itself.
fn lay_out(lives: &Lives<'_>) -> Result<Vec<Block>, Flaw> {
    let mut blocks = Vec::new();
    let mut links = 0;
    for root in 0..lives.lives.len() as State {
        if lives.is_root(root)? {
            let mut block = Block {
                root,
                first_return: 0,
                last_invoked: 0,
            };
            if lives.lives[root as usize].writer != NONE {
                let writer = lives.op(lives.lives[root as usize].writer);
                block.first_return = writer.returned.saturating_add(1);
                block.last_invoked = writer.invoked + 1;
            }
            links += follow(lives, &mut block)?;
            blocks.push(block);
        }
    }
    if links < lives.links {
        return Err(Flaw::Cycle(first_in_cycle(lives, &blocks)));
    }
    Ok(blocks)
}

/// Adds everybody who found or wrote the values of a chain, but for the one who wrote the first; how
/// many compare-and-sets there were.
fn follow(lives: &Lives<'_>, block: &mut Block) -> Result<usize, Flaw> {
    let mut links = 0;
    let mut value = block.root;
    loop {
        let life = &lives.lives[value as usize];
        // If nobody looked and found it, this adds nothing.
        let is_write = false;
        block.add(life.first_return, life.begun(), value, is_write)?;
        if life.next == NONE {
            return Ok(links);
        }
        value = life.next;
        links += 1;
        let writer = lives.op(lives.lives[value as usize].writer);
        let is_write = true;
        block.add(writer.returned, writer.invoked + 1, value, is_write)?;
    }
}

impl Block {
    /// Adds the next group of operations: none of them may have returned before one of the earlier
    /// groups began.
    fn add(
        &mut self,
        first_return: u32,
        begun: u32,
        value: State,
        is_write: bool,
    ) -> Result<(), Flaw> {
        let first_return = first_return.saturating_add(1);
        if first_return < self.last_invoked {
            return Err(Flaw::Order {
                root: self.root,
                value,
                is_write,
            });
        }
        self.first_return = self.first_return.min(first_return);
        self.last_invoked = self.last_invoked.max(begun);
        Ok(())
    }
}

/// A value that replaced another, and is in no chain: it is in a cycle, since every value that was
/// replaced was written.
fn first_in_cycle(lives: &Lives<'_>, blocks: &[Block]) -> State {
    let mut is_in_chain = vec![false; lives.lives.len()];
    for block in blocks {
        for value in lives.chain(block.root) {
            is_in_chain[value as usize] = true;
        }
    }
    let in_cycle = (0..lives.lives.len()).find(|&value| {
        let life = &lives.lives[value];
        let is_linked = life.next != NONE;
        is_linked && !is_in_chain[value] && matches!(lives.op(life.writer).act, Act::Swap { .. })
    });
    in_cycle.expect("some links are in no chain") as State
}
