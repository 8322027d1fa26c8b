//! The history of a stack, with only those gaps that matter.
use crate::linearizable::collection::Stays;
use crate::linearizable::timed::NEVER;

/// One of the two operations on a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Half {
    /// The value, as numbered in [`Columns`].
    pub(super) value: u32,
    pub(super) is_pop: bool,
}

/// Values that had certain stays, and the gaps between their events.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// What the values are called outside.
    pub(super) values: Vec<u32>,
    /// By value: the first and the last gap in which it was certainly inside, if there are any.
    pub(super) stays: Vec<Option<(u32, u32)>>,
    /// In order of invocation, pops of values left over at the end.
    pub(super) ops: Vec<Half>,
    /// By operation: the last gap in which it can take effect.
    pub(super) last: Vec<u32>,
    /// By gap: how many operations have begun.
    pub(super) begun: Vec<u32>,
    /// By gap: the position that it lies before.
    pub(super) positions: Vec<u32>,
}

/// What happens at a position: twice the number of an operation, and one more if it returns. Of the two
/// operations of value `v`, the push is number `2 v`.
const NOTHING: u32 = NEVER;

impl Columns {
    pub(super) fn new(gathered: &Stays) -> Columns {
        let numbered = gathered.stays.iter().enumerate();
        let values = numbered.filter(|(_, stay)| stay.is_certain());
        let values: Vec<u32> = values.map(|(value, _)| value as u32).collect();
        let events = events(gathered, &values);
        let mut columns = Columns {
            stays: vec![None; values.len()],
            ops: Vec::with_capacity(values.len() * 2),
            last: Vec::with_capacity(values.len() * 2),
            values,
            ..Columns::default()
        };
        columns.walk(&events);
        columns.pop_left_over(gathered);
        columns
    }

    /// Goes through the events in order. A gap counts right before a return that follows an invocation.
    fn walk(&mut self, events: &[u32]) {
        let mut place = vec![0; self.values.len() * 2];
        let mut first = vec![0; self.values.len()];
        let mut is_after_invocation = false;
        for (position, &event) in events.iter().enumerate() {
            if event == NOTHING {
                continue;
            }
            let (op, is_return) = ((event / 2) as usize, event % 2 == 1);
            let (value, is_pop) = (op / 2, op % 2 == 1);
            if is_return {
                if is_after_invocation {
                    self.add_gap(position as u32);
                }
                let gaps = self.positions.len() as u32;
                self.last[place[op] as usize] = gaps - 1;
                if !is_pop {
                    first[value] = gaps;
                }
            } else {
                place[op] = self.ops.len() as u32;
                self.ops.push(Half {
                    value: value as u32,
                    is_pop,
                });
                self.last.push(NEVER);
                let gaps = self.positions.len() as u32;
                if is_pop && first[value] < gaps {
                    self.stays[value] = Some((first[value], gaps - 1));
                }
            }
            is_after_invocation = !is_return;
        }
        for (value, stay) in self.stays.iter_mut().enumerate() {
            // Only values left over have a push and no pop; they stay up to the last gap.
            let gaps = self.positions.len() as u32;
            if stay.is_none() && place[value * 2 + 1] == 0 && first[value] < gaps {
                *stay = Some((first[value], gaps - 1));
            }
        }
    }

    /// In a gap behind the end, all values left over are popped.
    fn pop_left_over(&mut self, gathered: &Stays) {
        let end = self.positions.len() as u32;
        for (value, &name) in self.values.iter().enumerate() {
            if gathered.stays[name as usize].is_left_over() {
                self.ops.push(Half {
                    value: value as u32,
                    is_pop: true,
                });
                self.last.push(end);
            }
        }
        self.add_gap(gathered.events);
    }

    fn add_gap(&mut self, position: u32) {
        self.begun.push(self.ops.len() as u32);
        self.positions.push(position);
    }
}

/// By position: what happens there.
fn events(gathered: &Stays, values: &[u32]) -> Vec<u32> {
    let mut events = vec![NOTHING; gathered.events as usize];
    for (value, &name) in values.iter().enumerate() {
        let stay = gathered.stays[name as usize];
        for (half, span) in [stay.put, stay.taken].into_iter().enumerate() {
            if span.invoked != NEVER {
                let op = (value * 2 + half) as u32;
                events[span.invoked as usize] = op * 2;
                events[span.returned as usize] = op * 2 + 1;
            }
        }
    }
    events
}
