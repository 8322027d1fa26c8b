//! Which operations can have left the value that an operation found.
use super::cell::{NEVER, NIL, Register, State};

/// The writers of each value of a register, and what had certainly been overwritten when.
#[derive(Debug)]
pub(super) struct Sources<'r> {
    register: &'r Register,
    /// The writers of state `s`, in order of invocation, are `writers[starts[s]..starts[s + 1]]`.
    starts: Vec<u32>,
    writers: Vec<u32>,
    /// Beside each writer, the latest return among it and those before it in its group.
    latest: Vec<u32>,
    /// For each position: one more than the answered writer that returned before it and was invoked
    /// last, or 0.
    overwriter: Vec<u32>,
    /// For each operation: of the answered writers from there on, the one that returned first, or [`NONE`].
    first_done: Vec<u32>,
}

/// No operation.
const NONE: u32 = u32::MAX;

impl<'r> Sources<'r> {
    /// The sources of `register`.
    pub(super) fn new(register: &'r Register) -> Sources<'r> {
        let mut sources = Sources {
            register,
            starts: vec![0; register.states() + 1],
            writers: Vec::new(),
            latest: Vec::new(),
            overwriter: vec![0; register.events() + 1],
            first_done: vec![NONE; register.ops.len() + 1],
        };
        sources.group_writers();
        sources.find_overwriters();
        sources.find_first_done();
        sources
    }

    /// Whose sources they are.
    pub(super) fn register(&self) -> &'r Register {
        self.register
    }

    fn group_writers(&mut self) {
        for op in &self.register.ops {
            if let Some(state) = op.act.written() {
                self.starts[state as usize + 1] += 1;
            }
        }
        for i in 1..self.starts.len() {
            self.starts[i] += self.starts[i - 1];
        }
        let mut next = self.starts.clone();
        let count = self.starts.last().copied().unwrap_or(0) as usize;
        self.writers = vec![0; count];
        self.latest = vec![0; count];
        for (index, op) in (0_u32..).zip(&self.register.ops) {
            let Some(state) = op.act.written() else {
                continue;
            };
            let place = next[state as usize] as usize;
            next[state as usize] += 1;
            let is_first = place == self.starts[state as usize] as usize;
            let before = if is_first { 0 } else { self.latest[place - 1] };
            self.writers[place] = index;
            self.latest[place] = before.max(op.returned);
        }
    }

    fn find_overwriters(&mut self) {
        for (index, op) in (0_u32..).zip(&self.register.ops) {
            if op.is_answered() && !op.act.is_pure() {
                self.overwriter[op.returned as usize + 1] = index + 1;
            }
        }
        // Operations are numbered in order of invocation, so the one invoked last is the largest.
        for i in 1..self.overwriter.len() {
            self.overwriter[i] = self.overwriter[i].max(self.overwriter[i - 1]);
        }
    }

    fn find_first_done(&mut self) {
        let (mut first, mut first_return) = (NONE, NEVER);
        for (index, op) in self.register.ops.iter().enumerate().rev() {
            if !op.act.is_pure() && op.returned < first_return {
                let number = u32::try_from(index).expect("fewer than 2^32 operations");
                (first, first_return) = (number, op.returned);
            }
            self.first_done[index] = first;
        }
    }

    /// The first answered writer that certainly replaced `state` before `op` began: it began when
    /// all writers of `state` that can have come before `op` had returned.
    pub(super) fn first_overwriter(&self, op: u32, state: State) -> Option<u32> {
        let end = self.end_of_writers(state, op);
        let is_written = self.group(state).start < end;
        let after = if is_written {
            self.latest[end - 1].saturating_add(1)
        } else {
            0
        };
        let ops = &self.register.ops;
        let first = ops.partition_point(|writer| writer.invoked < after);
        let found = Some(self.first_done[first]).filter(|&writer| writer != NONE);
        found.filter(|&writer| ops[writer as usize].returned < ops[op as usize].invoked)
    }

    /// Of the answered writers that returned before `op` began, the one that began last.
    pub(super) fn overwriter(&self, op: u32) -> Option<u32> {
        self.overwriter[self.register.ops[op as usize].invoked as usize].checked_sub(1)
    }

    /// All operations that write `state`, in order of invocation.
    pub(super) fn writers(&self, state: State) -> &[u32] {
        let group = self.group(state);
        &self.writers[group]
    }

    /// In how many ways a register can have come to hold `state`.
    pub(super) fn origins(&self, state: State) -> usize {
        self.writers(state).len() + usize::from(state == NIL)
    }

    fn group(&self, state: State) -> std::ops::Range<usize> {
        if state as usize + 1 >= self.starts.len() {
            return 0..0;
        }
        self.starts[state as usize] as usize..self.starts[state as usize + 1] as usize
    }

    /// The end of the writers of `state` that began before `op` returned.
    fn end_of_writers(&self, state: State, op: u32) -> usize {
        let group = self.group(state);
        let returned = self.register.ops[op as usize].returned;
        let began = |&writer: &u32| self.register.ops[writer as usize].invoked < returned;
        group.start + self.writers[group].partition_point(began)
    }

    /// Whether `op` can have found `state`, in the light of what surely came between.
    pub(super) fn can_find(&self, op: u32, state: State) -> bool {
        let overwriter = self.overwriter(op);
        if state == NIL && overwriter.is_none() {
            return true;
        }
        let end = self.end_of_writers(state, op);
        if self.group(state).start == end {
            return false;
        }
        overwriter
            .is_none_or(|writer| self.latest[end - 1] >= self.register.ops[writer as usize].invoked)
    }

    /// The operations that can have left what `op` found: they began before it returned, and no
    /// answered writer lies wholly between them and `op`. Nothing if `op` found nothing out.
    ///
    /// Whatever legal order there is, the last writer before `op` in it is one of these, or there
    /// is none and `op` found the key absent.
    pub(super) fn of(&self, op: u32) -> Vec<u32> {
        let act = self.register.ops[op as usize].act;
        let mut found = Vec::new();
        if !act.is_consumer() {
            return found;
        }
        let cut = self.overwriter(op);
        let cut = cut.map_or(0, |writer| self.register.ops[writer as usize].invoked);
        let states = u32::try_from(self.starts.len() - 1).expect("as many as there are states");
        for state in (0..states).filter(|&state| act.accepts(state)) {
            let group = self.group(state);
            for place in (group.start..self.end_of_writers(state, op)).rev() {
                if self.latest[place] < cut {
                    break;
                }
                let writer = self.writers[place];
                let is_other = writer != op;
                if is_other && self.register.ops[writer as usize].returned >= cut {
                    found.push(writer);
                }
            }
        }
        found
    }

    /// The last of the writers of `state` that began before `op` returned.
    pub(super) fn last_writer(&self, op: u32, state: State) -> Option<u32> {
        let began = &self.writers[self.group(state).start..self.end_of_writers(state, op)];
        let returned = |&writer: &u32| self.register.ops[writer as usize].returned;
        began.iter().copied().max_by_key(returned)
    }
}
