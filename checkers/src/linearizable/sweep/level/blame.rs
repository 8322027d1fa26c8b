//! The operations by which a sweep that got stuck proves that it had to.
use super::{Act, Found, Range, Stuck, decide, rank_anew};
use crate::AnomalyKind;
use crate::linearizable::asked::Asked;
use crate::linearizable::proof::{Answer, ProofStep};
use crate::linearizable::sweep::lowered::{illegal, ordered, real_time, remark};
use crate::linearizable::timed::Timed;

/// How an object speaks of its level.
#[derive(Clone, Copy)]
pub(in super::super) struct Words {
    pub(in super::super) kind: fn(Act) -> AnomalyKind,
    /// What an operation did: `acquired the lock`.
    pub(in super::super) did: fn(&Asked) -> String,
    /// What a level means: `the lock was free`.
    pub(in super::super) was: fn(i32) -> String,
    /// What moves the level down and up: `release`, `acquire`.
    pub(in super::super) moves: [&'static str; 2],
}

/// So many operations are shrunk one by one.
const SHRUNK_MAX: usize = 128;

/// And so many make a proof that somebody can read.
const PROOF_MAX: usize = 12;

/// What proves that `stuck` cannot have happened.
pub(in super::super) fn blame(
    asked: &[Asked],
    ops: &[Timed<Act>],
    range: Range,
    stuck: Stuck,
    words: Words,
) -> Answer {
    let scene = Scene {
        asked,
        ops,
        range,
        stuck,
        words,
    };
    if let Some(first) = scene.witness() {
        return scene.of_two(first);
    }
    let kept = scene.shrunk();
    if let [only] = kept[..] {
        return scene.of_one(only);
    }
    scene.of_many(kept)
}

struct Scene<'a> {
    asked: &'a [Asked],
    ops: &'a [Timed<Act>],
    range: Range,
    stuck: Stuck,
    words: Words,
}

impl Scene<'_> {
    fn now(&self) -> u32 {
        self.ops[self.stuck.op].returned
    }

    /// Whether the sweep lacked a move up.
    fn lacks_up(&self) -> bool {
        match self.ops[self.stuck.op].act {
            Act::Up | Act::Nth(_) => false,
            Act::Down => true,
            Act::Read(wanted) | Act::Put(wanted) => self.stuck.level < wanted,
        }
    }

    /// What left a narrow level where the stuck operation cannot use it, if everything that could
    /// have moved it away was over by then.
    fn witness(&self) -> Option<usize> {
        if self.range.highest - self.range.lowest != 1 {
            return None;
        }
        let (is_up, level) = (self.lacks_up(), self.stuck.level);
        let moves_away = |act| match act {
            Act::Up | Act::Nth(_) => is_up,
            Act::Down => !is_up,
            Act::Put(to) => to != level,
            Act::Read(_) => false,
        };
        let begun = || self.ops.iter().take_while(|op| op.invoked < self.now());
        let away = begun().filter(|op| moves_away(op.act));
        let over = away.map(|op| i64::from(op.returned)).max().unwrap_or(-1);
        let stuck = self.ops[self.stuck.op];
        let shows = |op: &Timed<Act>| {
            let is_after = over < i64::from(op.invoked);
            let is_before = op.returned < stuck.invoked;
            match op.act {
                Act::Read(read) | Act::Put(read) => is_after && is_before && read == level,
                // Two moves to one level, and nothing between them: their order does not matter.
                Act::Up | Act::Down if op.act == stuck.act => {
                    let is_alone = over < i64::from(stuck.invoked);
                    is_after && op.is_answered() && (is_before || is_alone)
                }
                Act::Up | Act::Nth(_) => is_after && is_before && !is_up,
                Act::Down => is_after && is_before && is_up,
            }
        };
        let shown = |index: &usize| *index != self.stuck.op && shows(&self.ops[*index]);
        (0..begun().count()).rev().find(shown)
    }

    /// A part of what had begun that is illegal by itself.
    fn shrunk(&self) -> Vec<usize> {
        if self.is_illegal(&[self.stuck.op]) {
            return vec![self.stuck.op];
        }
        let begun = self.ops.iter().take_while(|op| op.invoked < self.now());
        let mut kept: Vec<usize> = (0..begun.count()).collect();
        if SHRUNK_MAX < kept.len() {
            let recent: Vec<usize> = kept[kept.len() - SHRUNK_MAX..].to_vec();
            // Rises alone are too many for any level that has a highest.
            let risen = |index: &&usize| self.is_risen(**index);
            let shorter = [
                recent.clone(),
                recent.iter().filter(risen).copied().collect(),
            ];
            let shorter = shorter.into_iter().find(|part| self.is_illegal(part));
            match shorter {
                Some(part) => kept = part,
                None => return kept,
            }
        }
        // Reads first: to leave them out is to know less, and nothing else.
        let is_read = |index: usize| matches!(self.ops[index].act, Act::Read(_));
        self.drop_each(&mut kept, is_read);
        if PROOF_MAX < kept.len() {
            self.drop_each(&mut kept, |_| true);
        }
        kept
    }

    fn is_risen(&self, index: usize) -> bool {
        let op = self.ops[index];
        matches!(op.act, Act::Up | Act::Nth(_)) && op.is_answered()
    }

    fn drop_each(&self, kept: &mut Vec<usize>, may_go: impl Fn(usize) -> bool) {
        let mut place = 0;
        while place < kept.len() {
            let index = kept[place];
            if index != self.stuck.op && may_go(index) {
                kept.remove(place);
                if self.is_illegal(kept) {
                    continue;
                }
                kept.insert(place, index);
            }
            place += 1;
        }
    }

    fn is_illegal(&self, part: &[usize]) -> bool {
        let mut ops: Vec<Timed<Act>> = part.iter().map(|&index| self.ops[index]).collect();
        rank_anew(&mut ops);
        matches!(decide(&ops, self.range), Found::Illegal(_))
    }

    fn did(&self, index: usize) -> String {
        (self.words.did)(&self.asked[index])
    }

    /// What the stuck operation needs.
    fn needed(&self) -> String {
        let level = match self.ops[self.stuck.op].act {
            Act::Up | Act::Nth(_) => self.range.highest - 1,
            Act::Down => self.range.lowest + 1,
            Act::Read(wanted) | Act::Put(wanted) => wanted,
        };
        (self.words.was)(level)
    }

    fn kind(&self) -> AnomalyKind {
        (self.words.kind)(self.ops[self.stuck.op].act)
    }

    fn missing(&self) -> &'static str {
        self.words.moves[usize::from(self.lacks_up())]
    }

    fn of_one(&self, op: usize) -> Answer {
        let (did, missing) = (self.did(op), self.missing());
        let needed = self.needed();
        let sentence =
            format!("{{0}} {did}, though too few of the {missing}s that takes had begun");
        let step = format!(
            "{{0}} {did}, so {needed}, and no {missing} that can have brought that about had begun — a contradiction."
        );
        let ops = vec![(op as u32, did)];
        illegal(self.kind(), ops, sentence, vec![remark(step)])
    }

    fn of_two(&self, first: usize) -> Answer {
        let (op, missing) = (self.stuck.op, self.missing());
        let (before, after) = (self.did(first), self.did(op));
        let was = (self.words.was)(self.stuck.level);
        let needed = self.needed();
        let sentence =
            format!("{{1}} {after}, though {{0}} {before} and no {missing} came between");
        let is_before = self.ops[first].returned < self.ops[op].invoked;
        let order: ProofStep = if is_before {
            real_time(0, 1)
        } else {
            remark("Whichever of {0} and {1} comes first, nothing undid it.".to_owned())
        };
        let last = format!(
            "{{0}} {before}: {was}; {{1}} {after}, so {needed}, and no {missing} can lie between — a contradiction."
        );
        let last = ordered(1, 0, crate::Edge::Order, last);
        let ops = vec![(first as u32, before), (op as u32, after)];
        illegal(self.kind(), ops, sentence, vec![order, last])
    }

    fn of_many(&self, kept: Vec<usize>) -> Answer {
        let did = self.did(self.stuck.op);
        let place = kept.iter().position(|&index| index == self.stuck.op);
        // A part in which another operation is the first to be stuck is told by its last one.
        let place = place.unwrap_or(kept.len() - 1);
        let missing = self.missing();
        let downs = kept.iter().filter(|&&op| self.ops[op].act == Act::Down);
        let downs = downs.count();
        let is_up = |op: &usize| matches!(self.ops[*op].act, Act::Up | Act::Nth(_));
        let ups = kept.iter().filter(|op| is_up(op)).count();
        let [down, up] = self.words.moves;
        let begun = format!("{} and {}", counted(ups, up), counted(downs, down));
        let sentence =
            format!("{{{place}}} {did}, with {begun} begun by then: no order of them allows that");
        let begun = format!("When {{{place}}} returned, {begun} had begun.");
        let needed = self.needed();
        let last = format!(
            "{{{place}}} {did}, so {needed}, and the answers leave no {missing} for that — a contradiction."
        );
        let ops = kept.iter().map(|&op| (op as u32, self.did(op))).collect();
        illegal(
            self.kind(),
            ops,
            sentence,
            vec![remark(begun), remark(last)],
        )
    }
}

/// `3 acquires`.
fn counted(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
