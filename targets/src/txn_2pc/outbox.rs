//! What a node's state machine wants done: messages, writes, answers, and what waits until a write is on disk.
use super::messages::{Message, Record, TxnId};
use crate::service::answers::Refusal;
use crate::steps::Step;
use std::collections::{BTreeMap, VecDeque};

/// What the world has to do for the machine.
#[derive(Debug)]
pub(crate) enum Effect {
    Send(u64, Message),
    /// Together, after all that was asked for earlier. The n-th one is reported back as `Written(n)`.
    Write(Vec<Record>),
    /// To the client that asked with this ticket.
    Answer(u64, Outcome),
}

/// What a client is told: the steps with what was read, or why not.
pub(crate) type Outcome = Result<Vec<Step>, Refusal>;

/// What is left to do at this node itself.
#[derive(Debug)]
pub(crate) enum Turn {
    Hear(Message),
    /// The decision to commit is on disk.
    Decided(TxnId),
    /// What was committed here is on disk.
    Applied(TxnId),
}

/// Collects effects, and puts off what has to wait for the disk.
#[derive(Debug)]
pub(crate) struct Outbox {
    pub(crate) own: u64,
    /// Milliseconds since the node started.
    pub(crate) now: u64,
    effects: Vec<Effect>,
    turns: VecDeque<Turn>,
    queued: u64,
    durable: u64,
    waiting: BTreeMap<u64, Vec<Later>>,
    leisure: Vec<Record>,
    queued_at_last_tick: u64,
}

#[derive(Debug)]
enum Later {
    Send(u64, Message),
    Turn(Turn),
}

impl Outbox {
    pub(crate) fn new(own: u64) -> Outbox {
        Outbox {
            own,
            now: 0,
            effects: Vec::new(),
            turns: VecDeque::new(),
            queued: 0,
            durable: 0,
            waiting: BTreeMap::new(),
            leisure: Vec::new(),
            queued_at_last_tick: 0,
        }
    }

    pub(crate) fn send(&mut self, to: u64, message: Message) {
        if to == self.own {
            self.turns.push_back(Turn::Hear(message));
        } else {
            self.effects.push(Effect::Send(to, message));
        }
    }

    pub(crate) fn answer(&mut self, ticket: u64, outcome: Outcome) {
        self.effects.push(Effect::Answer(ticket, outcome));
    }

    /// Queues a write, and says which one it is.
    pub(crate) fn write(&mut self, records: Vec<Record>) -> u64 {
        let mut all = std::mem::take(&mut self.leisure);
        all.extend(records);
        self.effects.push(Effect::Write(all));
        self.queued += 1;
        self.queued
    }

    /// Writes with whatever is written next: nothing is wrong if this one is lost.
    pub(crate) fn write_at_leisure(&mut self, record: Record) {
        self.leisure.push(record);
    }

    /// Sends once the write numbered `write`, and all before it, are on disk.
    pub(crate) fn send_after(&mut self, write: u64, to: u64, message: Message) {
        if write <= self.durable {
            self.send(to, message);
        } else {
            self.later(write, Later::Send(to, message));
        }
    }

    /// Has something done here once the write numbered `write` is on disk.
    pub(crate) fn turn_after(&mut self, write: u64, turn: Turn) {
        self.later(write, Later::Turn(turn));
    }

    fn later(&mut self, write: u64, later: Later) {
        self.waiting.entry(write).or_default().push(later);
    }

    /// The disk has reached this write.
    pub(crate) fn written(&mut self, write: u64) {
        self.durable = self.durable.max(write);
        while let Some(first) = self.waiting.first_entry()
            && *first.key() <= self.durable
        {
            for later in first.remove() {
                match later {
                    Later::Send(to, message) => self.send(to, message),
                    Later::Turn(turn) => self.turns.push_back(turn),
                }
            }
        }
    }

    /// What waits for company is written by itself if nothing else came along for a whole tick.
    pub(crate) fn tick(&mut self) {
        let is_idle = self.queued == self.queued_at_last_tick;
        if is_idle && !self.leisure.is_empty() {
            self.write(Vec::new());
        }
        self.queued_at_last_tick = self.queued;
    }

    pub(crate) fn next_turn(&mut self) -> Option<Turn> {
        self.turns.pop_front()
    }

    pub(crate) fn take(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }
}
