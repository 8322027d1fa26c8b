//! All histories of a few operations.
use super::{Collection, Tally, asked, compare};
use crate::linearizable::asked::Asked;
use crate::linearizable::engine::Engine;
use crate::linearizable::timed::NEVER;
use crate::{Call, Data};

/// What an operation may be, and whether it was answered.
fn choices(collection: &Collection, values: i64) -> Vec<(Call, bool)> {
    let mut choices = Vec::new();
    let take = || Call::new(collection.take.clone(), 0, Data::Nil);
    for value in 1..=values {
        let put = Call::new(collection.put.clone(), 0, value);
        choices.push((put.clone(), false));
        choices.push((put.answered(Data::Nil), true));
        choices.push((take().answered(value), true));
    }
    choices.push((take(), false));
    choices.push((take().answered(Data::Nil), true));
    choices
}

/// Walks through all of them: at each point the next operation begins, or an open one ends.
struct Walk<'a> {
    engine: &'a Engine,
    collection: &'a Collection,
    choices: Vec<(Call, bool)>,
    operations: usize,
    asked: Vec<Asked>,
    open: Vec<usize>,
    position: u32,
    tally: Tally,
}

/// What the engine answers to all histories of so many operations and values.
pub(in crate::linearizable) fn every_history_of(
    operations: usize,
    values: i64,
    engine: &Engine,
    collection: &Collection,
) -> Tally {
    let mut walk = Walk {
        engine,
        collection,
        choices: choices(collection, values),
        operations,
        asked: Vec::new(),
        open: Vec::new(),
        position: 0,
        tally: Tally::default(),
    };
    walk.go();
    println!(
        "{operations} operations of {values} values: {:?}",
        walk.tally
    );
    walk.tally
}

impl Walk<'_> {
    fn go(&mut self) {
        if self.asked.len() == self.operations && self.open.is_empty() {
            let answer = compare(self.engine, self.collection, &self.asked);
            self.tally.count(&answer);
            return;
        }
        self.position += 1;
        for place in 0..self.open.len() {
            let op = self.open.remove(place);
            self.asked[op].returned = self.position - 1;
            self.go();
            self.open.insert(place, op);
        }
        if self.asked.len() < self.operations {
            for choice in 0..self.choices.len() {
                let (call, is_answered) = self.choices[choice].clone();
                if is_answered {
                    self.open.push(self.asked.len());
                }
                self.asked.push(asked(call, self.position - 1, NEVER));
                self.go();
                self.asked.pop();
                if is_answered {
                    self.open.pop();
                }
            }
        }
        self.position -= 1;
    }
}
