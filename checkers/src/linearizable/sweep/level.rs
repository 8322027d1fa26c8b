//! A level that goes up and down by one: the earliest-deadline sweep behind set elements, counters and locks.
//!
//! The level moves only when an operation returns that cannot have happened yet, and then by the
//! open move with the earliest return (an exchange argument, as in earliest-deadline scheduling):
//! moving later and keeping longer deadlines never takes away a choice. A read is done as soon as
//! the level has passed what it read since it was asked; moves of unknown outcome have no deadline
//! and are taken last.
//!
//! That is exact if the level has two values, if it only ever moves one way, or if nobody reads it
//! (checked against brute force in `tests`). It is not if a wide level goes both ways and is read,
//! because then it can pay to move before one has to: level 1 of 0..=2, a read of 2 asked, a fall
//! returns, a rise is open; rising first serves the read.
//!
//! `Put` moves if there is something to move, and says not whether it did. It is a read of where it
//! leaves the level, and beside that a move that need not happen but cannot happen after its return.
//! Without that deadline the sweep stays exact and allows too much; with it, it may give up too early.
mod blame;
mod order;

use crate::linearizable::asked::Asked;
use crate::linearizable::proof::Answer;
use crate::linearizable::timed::{NEVER, Timed};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

pub(super) use blame::Words;
use blame::blame;
pub(super) use order::order;

/// What one operation does to the level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// One up. Impossible at the highest level.
    Up,
    /// One up, and the one of this rank, counted from 0 without a gap, among all that have one.
    Nth(u32),
    /// One down. Impossible at the lowest level.
    Down,
    /// The level was this.
    Read(i32),
    /// The level, one of two, is this afterwards.
    Put(i32),
}

/// The levels that there are. It begins at 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Range {
    pub(crate) lowest: i32,
    pub(crate) highest: i32,
}

/// Whether a `Put` that has returned may still move the level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deadline {
    Kept,
    Waived,
}

/// An operation returned, and nothing that had begun leads to where it can have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stuck {
    pub(crate) op: usize,
    pub(crate) level: i32,
}

/// What is known after a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Legal(Deadline),
    Illegal(Stuck),
    Open,
}

/// Decides, and proves what is wrong; `open` answers what a sweep cannot.
pub(super) fn answer(
    asked: &[Asked],
    ops: &[Timed<Act>],
    range: Range,
    words: Words,
    open: impl FnOnce() -> Answer,
) -> Answer {
    match decide(ops, range) {
        Found::Legal(_) => Answer::Legal,
        Found::Illegal(stuck) => blame(asked, ops, range, stuck, words),
        Found::Open => open(),
    }
}

/// Decides, as far as sweeping can.
pub(super) fn decide(ops: &[Timed<Act>], range: Range) -> Found {
    let has = |wanted: fn(Act) -> bool| ops.iter().any(|op| wanted(op.act));
    let is_narrow = range.highest - range.lowest <= 1;
    let is_up = |act| matches!(act, Act::Up | Act::Nth(_));
    let is_one_way = !has(is_up) || !has(|act| act == Act::Down);
    let is_read = has(|act| matches!(act, Act::Read(_)));
    let is_exact = is_narrow || is_one_way || !is_read;
    let mut sweep = Sweep::default();
    if let Err(stuck) = sweep.run(ops, range, Deadline::Waived) {
        return if is_exact {
            Found::Illegal(stuck)
        } else {
            without_reads(ops, range)
        };
    }
    if !has(|act| matches!(act, Act::Put(_))) {
        return Found::Legal(Deadline::Waived);
    }
    match sweep.run(ops, range, Deadline::Kept) {
        Ok(()) => Found::Legal(Deadline::Kept),
        Err(_) => Found::Open,
    }
}

/// What is impossible even if nothing is read is impossible.
fn without_reads(ops: &[Timed<Act>], range: Range) -> Found {
    let is_move = |index: &usize| !matches!(ops[*index].act, Act::Read(_));
    let kept: Vec<usize> = (0..ops.len()).filter(is_move).collect();
    let moves: Vec<Timed<Act>> = kept.iter().map(|&index| ops[index]).collect();
    match Sweep::default().run(&moves, range, Deadline::Waived) {
        Ok(()) => Found::Open,
        Err(Stuck { op, level }) => Found::Illegal(Stuck {
            op: kept[op],
            level,
        }),
    }
}

/// The tables of a sweep, kept between objects so that many small ones cost no allocation.
#[derive(Default)]
pub(crate) struct Sweep {
    level: i32,
    lowest: i32,
    /// Whose turn it is to go up, if that is known.
    is_ranked: bool,
    rank: u32,
    /// Open moves down and up by deadline: return and index in one number.
    open: [BinaryHeap<Reverse<u64>>; 2],
    /// Moves down and up that have no deadline.
    spare: [Vec<u32>; 2],
    is_done: Vec<bool>,
    /// For each level, when it was last left, as 1 + position, and by which move.
    left: Vec<(u32, u32)>,
    /// The moves in the order in which they were made.
    moves: Vec<u32>,
    /// Reads, each with the number of moves that came before it. Kept if an order is asked for.
    reads: Vec<(u32, u32)>,
    is_order_kept: bool,
    ends: Vec<u32>,
}

impl Sweep {
    /// Sweeps over operations in order of invocation.
    pub(crate) fn run(
        &mut self,
        ops: &[Timed<Act>],
        range: Range,
        deadline: Deadline,
    ) -> Result<(), Stuck> {
        self.prepare(ops, range);
        let mut ends = std::mem::take(&mut self.ends);
        order_by_return(ops, &mut ends);
        let mut asked = 0;
        let mut result = Ok(());
        for &end in &ends {
            let end = end as usize;
            let now = ops[end].returned;
            while asked < ops.len() && ops[asked].invoked < now {
                self.invoke(asked, ops[asked], deadline);
                asked += 1;
            }
            if !self.is_done[end] && !self.end(end, ops, range) {
                let level = self.level;
                result = Err(Stuck { op: end, level });
                break;
            }
        }
        self.ends = ends;
        result
    }

    fn prepare(&mut self, ops: &[Timed<Act>], range: Range) {
        let count = |wanted: fn(Act) -> bool| ops.iter().filter(|op| wanted(op.act)).count() as i32;
        let ups = count(|act| matches!(act, Act::Up | Act::Nth(_) | Act::Put(1..)));
        let downs = count(|act| matches!(act, Act::Down | Act::Put(..=0)));
        self.is_ranked = ops.iter().any(|op| matches!(op.act, Act::Nth(_)));
        self.rank = 0;
        self.level = 0;
        self.lowest = range.lowest.max(-downs);
        let highest = range.highest.min(ups);
        self.left.clear();
        self.left
            .resize((highest - self.lowest + 1) as usize, (0, 0));
        self.is_done.clear();
        self.is_done.resize(ops.len(), false);
        self.open.iter_mut().for_each(BinaryHeap::clear);
        self.spare.iter_mut().for_each(Vec::clear);
        self.moves.clear();
        self.reads.clear();
    }

    fn invoke(&mut self, index: usize, op: Timed<Act>, deadline: Deadline) {
        let direction = match op.act {
            Act::Read(_) => return,
            Act::Nth(rank) => {
                let key = u64::from(rank) << 32 | index as u64;
                return self.open[1].push(Reverse(key));
            }
            Act::Up | Act::Put(1..) => 1,
            Act::Down | Act::Put(..=0) => 0,
        };
        let is_put = matches!(op.act, Act::Put(_));
        if op.returned == NEVER || (is_put && deadline == Deadline::Waived) {
            self.spare[direction].push(index as u32);
        } else {
            let key = u64::from(op.returned) << 32 | index as u64;
            self.open[direction].push(Reverse(key));
        }
    }

    /// Lets an operation happen that returns and has not happened yet.
    fn end(&mut self, index: usize, ops: &[Timed<Act>], range: Range) -> bool {
        let op = ops[index];
        let now = op.returned;
        match op.act {
            Act::Up => (self.level < range.highest || self.go(0, now)) && self.go(1, now),
            Act::Nth(_) => {
                let may_rise = |sweep: &mut Sweep| sweep.level < range.highest || sweep.go(0, now);
                while !self.is_done[index] {
                    if !may_rise(self) || !self.go(1, now) {
                        return false;
                    }
                }
                true
            }
            Act::Down => (range.lowest < self.level || self.go(1, now)) && self.go(0, now),
            Act::Read(wanted) | Act::Put(wanted) => {
                self.read(index, wanted, op.invoked)
                    || self.go_to(wanted, now) && (self.is_done[index] || self.read_now(index))
            }
        }
    }

    /// Whether the level has been `wanted` since the read was asked.
    fn read(&mut self, index: usize, wanted: i32, invoked: u32) -> bool {
        if self.level == wanted {
            return self.read_now(index);
        }
        let slot = (i64::from(wanted) - i64::from(self.lowest)) as usize;
        match self.left.get(slot) {
            Some(&(left, by)) if invoked + 1 < left => {
                if self.is_order_kept {
                    self.reads.push((by, index as u32));
                }
                true
            }
            Some(_) | None => false,
        }
    }

    fn read_now(&mut self, index: usize) -> bool {
        if self.is_order_kept {
            let before = self.moves.len() as u32;
            self.reads.push((before, index as u32));
        }
        true
    }

    fn go_to(&mut self, wanted: i32, now: u32) -> bool {
        while self.level < wanted {
            if !self.go(1, now) {
                return false;
            }
        }
        while wanted < self.level {
            if !self.go(0, now) {
                return false;
            }
        }
        true
    }

    /// One down (0) or up (1) by the open move that has to be over first.
    fn go(&mut self, direction: usize, now: u32) -> bool {
        let Some(by) = self.take(direction, now) else {
            return false;
        };
        self.is_done[by as usize] = true;
        let slot = (self.level - self.lowest) as usize;
        self.left[slot] = (now + 1, self.moves.len() as u32);
        self.moves.push(by);
        self.level += if direction == 1 { 1 } else { -1 };
        true
    }

    fn take(&mut self, direction: usize, now: u32) -> Option<u32> {
        if direction == 1 && self.is_ranked {
            return self.take_next();
        }
        while let Some(Reverse(key)) = self.open[direction].pop() {
            let (returned, index) = ((key >> 32) as u32, key as u32);
            if now <= returned && !self.is_done[index as usize] {
                return Some(index);
            }
        }
        self.spare[direction].pop()
    }

    /// The move up whose turn it is, if it is open; else one that has no rank.
    fn take_next(&mut self) -> Option<u32> {
        let open = self.open[1].peek();
        let next = open.filter(|Reverse(key)| (key >> 32) as u32 == self.rank);
        let Some(Reverse(key)) = next.copied() else {
            return self.spare[1].pop();
        };
        self.open[1].pop();
        self.rank += 1;
        Some(key as u32)
    }
}

/// Gives ranks without a gap to a part of what had ranks.
fn rank_anew(ops: &mut [Timed<Act>]) {
    let rank = |op: &Timed<Act>| match op.act {
        Act::Nth(rank) => Some(rank),
        Act::Up | Act::Down | Act::Read(_) | Act::Put(_) => None,
    };
    let mut ranks: Vec<u32> = ops.iter().filter_map(rank).collect();
    ranks.sort_unstable();
    for op in ops {
        if let Some(rank) = rank(op) {
            op.act = Act::Nth(ranks.partition_point(|&other| other < rank) as u32);
        }
    }
}

/// The answered operations in order of return: by a table if positions are dense, and sorted else.
fn order_by_return(ops: &[Timed<Act>], ends: &mut Vec<u32>) {
    const NONE: u32 = u32::MAX;
    ends.clear();
    let answered = || ops.iter().enumerate().filter(|(_, op)| op.is_answered());
    let first = ops.first().map_or(0, |op| op.invoked);
    let last = answered().map(|(_, op)| op.returned).max().unwrap_or(first);
    let span = (last - first) as usize + 1;
    if span <= 4 * ops.len() + 16 {
        ends.resize(span, NONE);
        for (index, op) in answered() {
            ends[(op.returned - first) as usize] = index as u32;
        }
        ends.retain(|&index| index != NONE);
    } else {
        ends.extend(answered().map(|(index, _)| index as u32));
        ends.sort_unstable_by_key(|&index| ops[index as usize].returned);
    }
}
