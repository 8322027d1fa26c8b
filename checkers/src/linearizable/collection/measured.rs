//! What the benchmark of collections measures: histories as columns, and the decisions on them.
use super::Act;
use crate::linearizable::timed::Timed;
use crate::linearizable::{priority, queue, stack};

/// A history of one collection, its values numbered from 0.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    ops: Vec<Timed<Act>>,
    values: usize,
}

impl Columns {
    /// Adds that a value was put in.
    pub fn put(&mut self, value: u32, invoked: u32, returned: u32) {
        self.push(Act::Put(value), invoked, returned);
    }

    /// Adds that a value was taken out, or that there was none.
    pub fn take(&mut self, value: Option<u32>, invoked: u32, returned: u32) {
        self.push(value.map_or(Act::TakeNone, Act::Take), invoked, returned);
    }

    /// Adds that something may have been taken out.
    pub fn take_unknown(&mut self, invoked: u32) {
        self.push(Act::TakeSome, invoked, crate::linearizable::timed::NEVER);
    }

    fn push(&mut self, act: Act, invoked: u32, returned: u32) {
        if let Act::Put(value) | Act::Take(value) = act {
            self.values = self.values.max(value as usize + 1);
        }
        self.ops.push(Timed {
            act,
            invoked,
            returned,
        });
    }

    /// Whether it is that of a queue; none if that is not known.
    pub fn is_queue(&self) -> Option<bool> {
        queue::decide(&self.ops, self.values).is_legal()
    }

    /// Whether it is that of a stack; none if that is not known.
    pub fn is_stack(&self) -> Option<bool> {
        stack::decide(&self.ops, self.values).is_legal()
    }

    /// Whether it is that of a priority queue, the least first; none if that is not known.
    pub fn is_priority_queue(&self) -> Option<bool> {
        priority::decide(&self.ops, self.values).is_legal()
    }
}
