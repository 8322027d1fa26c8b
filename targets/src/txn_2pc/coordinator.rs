//! A coordinator: it splits a transaction by shard, gathers votes, decides, and tells until all have heard.
use super::{
    active::{Active, Asked, Phase, Promise},
    bugs::Bugs,
    messages::{Image, Message, Record, TxnId, Vote},
    outbox::{Outbox, Turn},
    participant::Participant,
};
use crate::service::answers::Refusal;
use crate::steps::Txn;
use harness::Key;
use std::collections::{BTreeMap, BTreeSet};

/// How long a transaction may stay undecided, in milliseconds.
const PATIENCE_MS: u64 = 2000;

/// How long between two times that a participant is told of a commit, in milliseconds.
const TELL_MS: u64 = 200;

/// An attempt that has no more time than this, in milliseconds, is not begun.
const ATTEMPT_MS: u64 = 500;

/// How often a transaction is tried anew that older ones push aside.
const ATTEMPTS_MAX: u64 = 50;

/// All transactions that were asked of one node.
#[derive(Debug)]
pub(crate) struct Coordinator {
    bugs: Bugs,
    nodes: Vec<u64>,
    epoch: u64,
    number: u64,
    /// The newest birth that this node knows of.
    clock: u64,
    active: BTreeMap<TxnId, Active>,
    /// Committed, and not all participants have said that they know.
    decided: BTreeMap<TxnId, Telling>,
    retries: u64,
}

#[derive(Debug)]
struct Telling {
    unaware: BTreeSet<u64>,
    told: u64,
}

impl Coordinator {
    /// `epoch` is one that no node of this name ever had before.
    pub(crate) fn recover(image: &Image, nodes: Vec<u64>, epoch: u64, bugs: Bugs) -> Coordinator {
        let decided = image.decided.iter().map(|(id, nodes)| {
            let unaware = nodes.iter().copied().collect();
            (*id, Telling { unaware, told: 0 })
        });
        Coordinator {
            bugs,
            nodes,
            epoch,
            number: 0,
            clock: 0,
            active: BTreeMap::new(),
            decided: decided.collect(),
            retries: 0,
        }
    }

    /// Whose shard a key is in.
    fn owner(&self, key: Key) -> u64 {
        self.nodes[(key % self.nodes.len() as u64) as usize]
    }

    /// Moves the clock ahead, so that whoever comes later is younger.
    pub(crate) fn hear_of(&mut self, id: TxnId) {
        self.clock = self.clock.max(id.born);
    }

    /// A client asks. `clock` is what the time is, in microseconds.
    pub(crate) fn begin(&mut self, ticket: u64, txn: Txn, clock: u64, out: &mut Outbox) {
        self.clock = clock.max(self.clock + 1);
        let asked = Asked {
            ticket,
            txn,
            deadline: out.now + PATIENCE_MS,
            attempts: 0,
        };
        self.attempt(self.clock, asked, out);
    }

    fn attempt(&mut self, born: u64, mut asked: Asked, out: &mut Outbox) {
        asked.attempts += 1;
        self.number += 1;
        let id = TxnId {
            born,
            coordinator: out.own,
            epoch: self.epoch,
            number: self.number,
        };
        let active = Active::new(asked, |step| self.owner(step.key()));
        if active.parts.is_empty() {
            out.answer(active.asked.ticket, Ok(Vec::new()));
            return;
        }
        for (node, part) in active.shares(id) {
            out.send(node, Message::Prepare(part));
        }
        self.active.insert(id, active);
    }

    pub(crate) fn vote(
        &mut self,
        from: u64,
        id: TxnId,
        vote: Vote,
        local: &mut Participant,
        out: &mut Outbox,
    ) {
        let Some(active) = self.active.get_mut(&id) else {
            return;
        };
        let Some(share) = active.parts.get_mut(&from) else {
            return;
        };
        if active.phase == Phase::Deciding {
            return;
        }
        let (is_writing, found) = match vote {
            Vote::Yes(found) => (true, found),
            Vote::ReadOnly(found) => (false, found),
            Vote::Committed(found) => {
                share.vote = Some(Promise {
                    is_writing: false,
                    found,
                });
                self.answer_committed(id, out);
                return;
            }
            Vote::Rejected(why) => {
                self.give_up(id, Refusal::Rejected(why), local, out);
                return;
            }
            Vote::Lost => {
                self.retry(id, local, out);
                return;
            }
        };
        share.vote = Some(Promise { is_writing, found });
        self.proceed(id, local, out);
    }

    /// Goes on once all have voted.
    fn proceed(&mut self, id: TxnId, local: &mut Participant, out: &mut Outbox) {
        let Some(active) = self.active.get_mut(&id) else {
            return;
        };
        if active.phase != Phase::Voting || !active.has_all_votes() {
            return;
        }
        active.phase = Phase::Confirming;
        for (node, share) in &mut active.parts {
            // What this node holds itself it would know to be lost.
            share.is_confirmed = *node == out.own || share.is_writing();
            if !share.is_confirmed {
                out.send(*node, Message::Confirm(id));
            }
        }
        self.decide_if_confirmed(id, local, out);
    }

    pub(crate) fn confirmed(
        &mut self,
        from: u64,
        id: TxnId,
        is_held: bool,
        local: &mut Participant,
        out: &mut Outbox,
    ) {
        let Some(active) = self.active.get_mut(&id) else {
            return;
        };
        if active.phase != Phase::Confirming {
            return;
        }
        if !is_held {
            self.retry(id, local, out);
            return;
        }
        if let Some(share) = active.parts.get_mut(&from) {
            share.is_confirmed = true;
        }
        self.decide_if_confirmed(id, local, out);
    }

    /// All locks were held at one moment: so it commits, and from here on nothing can stop it but
    /// a crash before the decision is on disk.
    fn decide_if_confirmed(&mut self, id: TxnId, local: &mut Participant, out: &mut Outbox) {
        let Some(active) = self.active.get_mut(&id) else {
            return;
        };
        if !active.parts.values().all(|share| share.is_confirmed) {
            return;
        }
        active.phase = Phase::Deciding;
        let writers = active.writers(out.own);
        let mut records = local.local_writes(id);
        if !writers.is_empty() {
            records.push(Record::Decided(id, writers));
        }
        if records.is_empty() {
            local.commit_local(id, 0, out);
            self.answer_committed(id, out);
            return;
        }
        let bug_tells_first = self.bugs.decides_before_logging;
        if bug_tells_first {
            self.decided(id, out);
            local.commit_local(id, 0, out);
            records.into_iter().for_each(|it| out.write_at_leisure(it));
            return;
        }
        let write = out.write(records);
        local.commit_local(id, write, out);
        out.turn_after(write, Turn::Decided(id));
    }

    /// The decision is on disk: now it may be told.
    pub(crate) fn decided(&mut self, id: TxnId, out: &mut Outbox) {
        let Some(active) = self.active.get(&id) else {
            return;
        };
        let writers = active.writers(out.own);
        self.answer_committed(id, out);
        if writers.is_empty() {
            return;
        }
        for node in &writers {
            out.send(*node, Message::Commit(id));
        }
        let unaware = writers.into_iter().collect();
        let told = out.now;
        self.decided.insert(id, Telling { unaware, told });
    }

    fn answer_committed(&mut self, id: TxnId, out: &mut Outbox) {
        if let Some(active) = self.active.remove(&id) {
            out.answer(active.asked.ticket, active.answer());
        }
    }

    /// A participant has what was committed on its disk.
    pub(crate) fn done(&mut self, from: u64, id: TxnId, out: &mut Outbox) {
        let Some(telling) = self.decided.get_mut(&id) else {
            return;
        };
        telling.unaware.remove(&from);
        if telling.unaware.is_empty() {
            self.decided.remove(&id);
            out.write_at_leisure(Record::Ended(id));
        }
    }

    /// A participant is in doubt. It is told what is decided; and if nothing is known here, then
    /// this was never committed (or all participants would not have to be told any more) and never
    /// will be, since no attempt is ever made twice: presumed abort (Mohan, Lindsay and Obermarck,
    /// *Transaction management in the R\* distributed database management system*, TODS 1986).
    pub(crate) fn inquire(&mut self, from: u64, id: TxnId, out: &mut Outbox) {
        if self.decided.contains_key(&id) {
            out.send(from, Message::Commit(id));
        } else if !self.active.contains_key(&id) {
            out.send(from, Message::Unknown(id));
        }
    }

    /// An older one waits for it. One that has all of its votes waits for nobody, and ends soon.
    pub(crate) fn wound(&mut self, id: TxnId, local: &mut Participant, out: &mut Outbox) {
        let active = self.active.get(&id);
        if active.is_some_and(|active| active.phase == Phase::Voting) {
            self.retry(id, local, out);
        }
    }

    /// A message did not arrive; `may_be_heard` if that is not certain.
    pub(crate) fn lost(
        &mut self,
        to: u64,
        message: &Message,
        may_be_heard: bool,
        local: &mut Participant,
        out: &mut Outbox,
    ) {
        let (id, is_alone) = match message {
            Message::Prepare(part) => (part.id, part.is_alone),
            Message::Confirm(id) => (*id, false),
            // These are sent again, or whoever misses them asks.
            Message::Vote(_, _)
            | Message::Confirmed(_, _)
            | Message::Commit(_)
            | Message::Abort(_)
            | Message::Done(_)
            | Message::Inquire(_)
            | Message::Unknown(_)
            | Message::Wound(_) => return,
        };
        let why = format!("node {to} was not reached");
        let refusal = if is_alone && may_be_heard {
            Refusal::Unknown(why)
        } else {
            Refusal::Definite(why)
        };
        self.give_up(id, refusal, local, out);
    }

    /// Aborts it, and tries anew as one that is as old as it was.
    fn retry(&mut self, id: TxnId, local: &mut Participant, out: &mut Outbox) {
        let Some(active) = self.abort(id, local, out) else {
            return;
        };
        let is_late = active.asked.deadline < out.now + ATTEMPT_MS;
        if is_late || ATTEMPTS_MAX <= active.asked.attempts {
            let why = format!("others were in the way, {} times", active.asked.attempts);
            out.answer(active.asked.ticket, Err(Refusal::Definite(why)));
            return;
        }
        self.retries += 1;
        self.attempt(id.born, active.asked, out);
    }

    /// Aborts it, and says why. What only reads has no effect, whatever became of it.
    fn give_up(&mut self, id: TxnId, refusal: Refusal, local: &mut Participant, out: &mut Outbox) {
        let Some(active) = self.abort(id, local, out) else {
            return;
        };
        let refusal = match refusal {
            Refusal::Unknown(why) if active.asked.txn.is_read_only() => Refusal::Definite(why),
            refusal => refusal,
        };
        out.answer(active.asked.ticket, Err(refusal));
    }

    /// Forgets it, unless it is decided, and lets the participants know. Nothing is written: that
    /// nothing is known of it says all.
    fn abort(&mut self, id: TxnId, local: &mut Participant, out: &mut Outbox) -> Option<Active> {
        let active = self.active.get(&id)?;
        if active.phase == Phase::Deciding {
            return None;
        }
        let active = self.active.remove(&id)?;
        for node in active.parts.keys() {
            if *node == out.own {
                local.abort(id, out);
            } else {
                out.send(*node, Message::Abort(id));
            }
        }
        Some(active)
    }

    /// Gives up what takes too long, and tells again what was not heard.
    pub(crate) fn tick(&mut self, local: &mut Participant, out: &mut Outbox) {
        let is_late =
            |active: &Active| active.asked.deadline <= out.now && active.phase != Phase::Deciding;
        let late = self.active.iter().filter(|(_, active)| is_late(active));
        let late: Vec<TxnId> = late.map(|(id, _)| *id).collect();
        for id in late {
            let why = format!("not decided within {PATIENCE_MS} ms");
            let refusal = match self.active.get(&id) {
                // The only participant decides by itself, and may have.
                Some(active) if active.is_alone() && !local.is_waiting(id) => Refusal::Unknown(why),
                _ => Refusal::Definite(why),
            };
            self.give_up(id, refusal, local, out);
        }
        for (id, telling) in &mut self.decided {
            if telling.told + TELL_MS <= out.now {
                telling.told = out.now;
                for node in &telling.unaware {
                    out.send(*node, Message::Commit(*id));
                }
            }
        }
    }

    /// How many are not decided, how many committed ones have to be told still, and how many
    /// attempts were followed by another.
    pub(crate) fn counts(&self) -> (usize, usize, u64) {
        (self.active.len(), self.decided.len(), self.retries)
    }
}
