//! Takes a history apart, key by key: it is linearizable if and only if each key is.
//!
//! That is Herlihy and Wing's locality ("Linearizability", TOPLAS 1990, theorem 1); Horn and
//! Kroening ("Faster linearizability checking via P-compositionality", FORTE 2015) show what it saves.
use super::cell::{Act, NEVER, NIL, Register, RegisterOp};
use super::values::Values;
use crate::{Call, Data, Event, History, Key, Kind, Op, Operation, Outcome, Verb};
use rustc_hash::FxHashMap;

/// What happened to one key.
#[derive(Debug)]
pub(super) struct KeyHistory<'h> {
    /// The key.
    pub(super) key: Key,
    /// The operations that say anything, in order of invocation, as the judges read them.
    pub(super) register: Register,
    /// The value behind each state; what the register began with is the first.
    pub(super) values: Values,
    /// Operations on this key, those that say nothing included.
    pub(super) judged: u64,
    /// Operations that were answered.
    pub(super) answered: u64,
    /// Whether a change overlapped another operation: reads alone cannot get in each other's way.
    pub(super) is_contended: bool,
    /// A request that is none to a register.
    pub(super) foreign: Option<&'h Op>,
    events: &'h [Event],
    /// Where in the history each operation of the register stands.
    spans: Vec<Span>,
    /// Whether anything was asked that registers are asked.
    is_register: bool,
    positions: u32,
}

/// Positions in the history.
#[derive(Clone, Copy, Debug)]
struct Span {
    invoked: u32,
    /// Or [`NONE`].
    ended: u32,
    is_change: bool,
    is_failed: bool,
}

/// No end.
const NONE: u32 = u32::MAX;

/// Splits a history by key, in the order in which the keys appear. Each begins as `initial`. Keys
/// that were never asked anything that registers are asked are left out.
///
/// Every event is looked at once, in order: a history is larger than any cache.
pub(super) fn split<'h>(history: &'h History, initial: &Data) -> Vec<KeyHistory<'h>> {
    let events = history.events();
    assert!(events.len() < NONE as usize, "fewer than 2^32 events");
    let mut keys: Vec<KeyHistory<'h>> = Vec::new();
    let (mut places, mut lanes) = (Places::default(), Places::default());
    let mut open: Vec<(usize, usize)> = Vec::new();
    for (position, event) in (0_u32..).zip(events) {
        let lane = lanes.of(u64::from(event.process.0));
        if event.kind == Kind::Invoke {
            let place = places.of(event.op.key());
            if place == keys.len() {
                keys.push(KeyHistory::new(event.op.key(), events, initial));
            }
            let op = keys[place].begin(position, &event.op);
            if lane == open.len() {
                open.push((place, op));
            } else {
                open[lane] = (place, op);
            }
        } else {
            let (place, op) = open[lane];
            keys[place].end(position, event, op);
        }
    }
    for key in &mut keys {
        key.is_contended = is_contended(&key.spans);
        key.leave_out_what_says_nothing();
    }
    keys.retain(|key| key.is_register && key.judged > 0);
    keys
}

/// Small numbers for keys or processes, in the order in which they appear. Those that are small
/// already are found without a hash.
#[derive(Default)]
struct Places {
    small: Vec<u32>,
    large: FxHashMap<u64, u32>,
    count: u32,
}

/// Below this, a number is small.
const SMALL_MAX: u64 = 1 << 20;

impl Places {
    /// The place of `number`: a new one is one higher than all before.
    fn of(&mut self, number: u64) -> usize {
        let place = if number < SMALL_MAX {
            let index = number as usize;
            if self.small.len() <= index {
                self.small.resize((index + 1).next_power_of_two(), NONE);
            }
            &mut self.small[index]
        } else {
            self.large.entry(number).or_insert(NONE)
        };
        if *place == NONE {
            *place = self.count;
            self.count += 1;
        }
        *place as usize
    }
}

/// Whether a change overlapped another operation. What failed did not happen.
fn is_contended(spans: &[Span]) -> bool {
    let (mut end, mut end_of_change) = (0, 0);
    for span in spans.iter().filter(|span| !span.is_failed) {
        if span.invoked < end_of_change || (span.is_change && span.invoked < end) {
            return true;
        }
        end = end.max(span.ended);
        if span.is_change {
            end_of_change = end_of_change.max(span.ended);
        }
    }
    false
}

/// Whether the answer adds nothing to what was asked, but that it was done.
fn is_as_asked(op: &Op) -> bool {
    match op {
        Op::Read { .. } | Op::Call(_) => false,
        Op::Write { .. } => true,
        Op::Cas {
            from, to, found, ..
        } => from != to && *found == Some(*from),
    }
}

impl<'h> KeyHistory<'h> {
    fn new(key: Key, events: &'h [Event], initial: &Data) -> KeyHistory<'h> {
        KeyHistory {
            key,
            register: Register::default(),
            values: Values::beginning_as(initial),
            judged: 0,
            answered: 0,
            is_contended: false,
            foreign: None,
            events,
            spans: Vec::new(),
            is_register: false,
            positions: 0,
        }
    }

    /// An operation of the register, as it stands in the history.
    pub(super) fn operation(&self, op: u32) -> Operation<'h> {
        let Span { invoked, ended, .. } = self.spans[op as usize];
        let (invoked, completed) = (invoked as usize, ended as usize);
        let (event, end) = (&self.events[invoked], self.events.get(completed));
        let (outcome, said) = match end {
            Some(end) if end.kind == Kind::Ok => (Outcome::Ok { completed }, end),
            end => {
                let gave_up = end.map(|_| completed);
                (Outcome::Unknown { gave_up }, event)
            }
        };
        Operation {
            process: event.process,
            node: event.node,
            invoked,
            outcome,
            op: &said.op,
        }
    }

    /// Takes in an operation that begins; its number in the register. Until it is answered, one that
    /// only looks stands there as a look without a return.
    fn begin(&mut self, position: u32, op: &'h Op) -> usize {
        self.judged += 1;
        self.spans.push(Span {
            invoked: position,
            ended: NONE,
            is_change: !op.is_pure_read(),
            is_failed: false,
        });
        let said = self.act(op, false);
        let act = said.map_or(Act::Observe(NIL), |(act, _)| act);
        let (invoked, returned) = (self.positions, NEVER);
        self.positions += 1;
        self.register.ops.push(RegisterOp {
            act,
            invoked,
            returned,
        });
        self.spans.len() - 1
    }

    /// Takes in the end of the operation `op` of the register.
    fn end(&mut self, position: u32, event: &'h Event, op: usize) {
        self.spans[op].ended = position;
        match event.kind {
            Kind::Invoke => unreachable!("no end"),
            Kind::Info(_) => {}
            Kind::Fail(_) => {
                self.judged -= 1;
                self.spans[op].is_failed = true;
                self.register.ops[op].act = Act::Observe(NIL);
            }
            Kind::Ok => {
                self.answered += 1;
                if !is_as_asked(&event.op) {
                    let Some((act, is_answered)) = self.act(&event.op, true) else {
                        return;
                    };
                    self.register.ops[op].act = act;
                    if !is_answered {
                        return;
                    }
                }
                self.register.ops[op].returned = self.positions;
                self.positions += 1;
            }
        }
    }

    /// Leaves out what failed, and what only looks and was never answered.
    fn leave_out_what_says_nothing(&mut self) {
        let is_silent = |op: &RegisterOp| !op.is_answered() && op.act.is_pure();
        let silent = self.register.ops.iter().filter(|op| is_silent(op));
        let silent: Vec<u32> = silent.map(|op| op.invoked).collect();
        if silent.is_empty() {
            return;
        }
        let mut places = self.register.ops.iter();
        let mut says = || places.next().is_some_and(|op| !is_silent(op));
        self.spans.retain(|_| says());
        self.register.ops.retain(|op| !is_silent(op));
        let before = |position: u32| silent.partition_point(|&other| other < position) as u32;
        for op in &mut self.register.ops {
            op.invoked -= before(op.invoked);
            if op.is_answered() {
                op.returned -= before(op.returned);
            }
        }
    }

    /// What an operation says, and whether it certainly took effect; nothing if it may have had no
    /// effect and has no answer.
    fn act(&mut self, op: &'h Op, is_answered: bool) -> Option<(Act, bool)> {
        self.is_register |= !matches!(op, Op::Call(_));
        match op {
            Op::Call(call) => self.act_of_call(op, call, is_answered),
            Op::Read { value, .. } => {
                is_answered.then(|| (Act::Observe(self.values.state_of(*value)), true))
            }
            Op::Write { value, .. } => {
                let value = self.values.state_of(Some(*value));
                Some((Act::Write(value), is_answered))
            }
            Op::Cas {
                from, to, found, ..
            } => {
                let is_swap = !is_answered || *found == Some(*from);
                match (is_swap, from == to) {
                    (true, false) => {
                        let from = self.values.state_of(Some(*from));
                        let to = self.values.state_of(Some(*to));
                        Some((Act::Swap { from, to }, is_answered))
                    }
                    // Replacing a value by itself is looking at it, and looking without an answer is nothing.
                    (true, true) | (false, _) => {
                        is_answered.then(|| (Act::Observe(self.values.state_of(*found)), true))
                    }
                }
            }
        }
    }

    /// An answer that is none of those that the verb knows is taken as no answer at all.
    fn act_of_call(&mut self, op: &'h Op, call: &Call, is_answered: bool) -> Option<(Act, bool)> {
        let output = call.output.as_ref().filter(|_| is_answered);
        self.is_register |= matches!(call.f, Verb::Read | Verb::Write | Verb::Cas);
        match (&call.f, call.input.pair()) {
            (Verb::Read, _) => {
                let value = self.values.state(output?);
                Some((Act::Observe(value), true))
            }
            (Verb::Write, _) => {
                let value = self.values.state(&call.input);
                Some((Act::Write(value), is_answered))
            }
            (Verb::Cas, Some((from, to))) => {
                let is_same = from == to;
                let (from, to) = (self.values.state(from), self.values.state(to));
                match output {
                    Some(Data::Bool(false)) => Some((Act::ObserveNot(from), true)),
                    Some(Data::Bool(true)) if is_same => Some((Act::Observe(from), true)),
                    _ if is_same => None,
                    output => {
                        let is_answered = output == Some(&Data::Bool(true));
                        Some((Act::Swap { from, to }, is_answered))
                    }
                }
            }
            _ => {
                self.foreign.get_or_insert(op);
                None
            }
        }
    }
}
