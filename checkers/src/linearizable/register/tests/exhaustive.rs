//! All histories of up to 4 operations over 2 values.
use super::generate::history;
use super::{compare, compare_decision};
use crate::{Event, Kind, Op, Process, Value};

/// What an operation may be: as asked, as answered; without an answer its outcome is unknown.
fn choices() -> Vec<(Op, Option<Op>)> {
    let key = 0;
    let held = [None, Some(1), Some(2)];
    let mut choices = Vec::new();
    for value in held {
        choices.push((Op::Read { key, value: None }, Some(Op::Read { key, value })));
    }
    for value in [1, 2] {
        let write = Op::Write { key, value };
        choices.push((write.clone(), Some(write.clone())));
        choices.push((write, None));
        for (from, to) in [(value, 3 - value), (value, value)] {
            let cas = |found| Op::Cas {
                key,
                from,
                to,
                found,
            };
            choices.push((cas(None), Some(cas(Some(from)))));
            if from != to {
                choices.push((cas(None), None));
            }
        }
    }
    choices
}

/// Walks through all of them: at each point the next operation begins, or an open one ends.
struct Walk {
    choices: Vec<(Op, Option<Op>)>,
    operations: usize,
    events: Vec<Event>,
    /// Process and answer of what is open.
    open: Vec<(Process, Op)>,
    asked: u32,
    count: usize,
    illegal: usize,
}

impl Walk {
    fn go(&mut self) {
        if self.asked as usize == self.operations && self.open.is_empty() {
            self.count += 1;
            let history = history(self.events.clone());
            // Of the many histories of 4 operations, every 8th is also shrunk and told.
            let is_told = self.operations < 4 || self.count.is_multiple_of(8);
            let is_legal = if is_told {
                compare(&history)
            } else {
                compare_decision(&history)
            };
            self.illegal += usize::from(!is_legal);
            return;
        }
        for i in 0..self.open.len() {
            let (process, answer) = self.open.swap_remove(i);
            self.push(process, Kind::Ok, answer.clone());
            self.go();
            self.events.pop();
            self.open.push((process, answer));
            let last = self.open.len() - 1;
            self.open.swap(i, last);
        }
        if self.asked as usize == self.operations {
            return;
        }
        let process = Process(self.asked);
        for choice in 0..self.choices.len() {
            let (asked, answer) = self.choices[choice].clone();
            if self.asked == 0 && mentions_2_first(&asked) {
                continue;
            }
            self.asked += 1;
            self.push(process, Kind::Invoke, asked);
            let is_answered = answer.is_some();
            self.open.extend(answer.map(|answer| (process, answer)));
            self.go();
            if is_answered {
                self.open.pop();
            }
            self.events.pop();
            self.asked -= 1;
        }
    }

    fn push(&mut self, process: Process, kind: Kind, op: Op) {
        self.events.push(Event {
            time: self.events.len() as u64,
            process,
            node: None,
            kind,
            op,
        });
    }
}

/// The two values are alike, so that it is enough to begin with 1.
fn mentions_2_first(op: &Op) -> bool {
    let two: Value = 2;
    match op {
        Op::Read { .. } => false,
        Op::Write { value, .. } => *value == two,
        Op::Cas { from, .. } => *from == two,
        Op::Call(_) => unreachable!("only registers are drawn"),
    }
}

#[test]
fn all_histories_of_up_to_4_operations_agree_with_brute_force() {
    for operations in 1..=4 {
        let mut walk = Walk {
            choices: choices(),
            operations,
            events: Vec::new(),
            open: Vec::new(),
            asked: 0,
            count: 0,
            illegal: 0,
        };
        walk.go();
        println!(
            "{operations} operations: {} histories, {} illegal",
            walk.count, walk.illegal
        );
        assert!(walk.illegal > 0 && walk.illegal < walk.count);
    }
}
