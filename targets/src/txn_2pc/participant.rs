//! A participant: it locks and does the steps on the keys of its shard, votes, and obeys the decision.
use super::{
    bugs::Bugs,
    locks::{LockSet, Locks, Mode},
    messages::{Image, Message, Part, Prepared, Record, TxnId, Vote},
    outbox::{Outbox, Turn},
    task::{InDoubt, State, Task, found, records},
};
use crate::steps::{Abort, Attempt, Held, Ran, Step};
use harness::Key;
use std::collections::BTreeMap;

/// How long a transaction waits for its locks here, in milliseconds: less than its coordinator
/// waits, so that what nobody began is not told as unknown.
const WAITING_MS: u64 = 1400;

/// How long it holds locks without a promise, in milliseconds: longer than any coordinator waits
/// that is well.
const READING_MS: u64 = 3000;

/// How long it waits for a decision before it asks, and between questions, in milliseconds.
const INQUIRE_MS: u64 = 300;

/// How long between two requests to abort the same younger one, in milliseconds.
const WOUND_MS: u64 = 100;

/// One shard: its data, its locks, and who is busy with them.
#[derive(Debug)]
pub(crate) struct Participant {
    bugs: Bugs,
    keys: BTreeMap<Key, Kept>,
    locks: Locks,
    tasks: BTreeMap<TxnId, Task>,
}

/// What a key holds, and the write that has to be on disk before anybody may be told. It is 0 where
/// the decision is already on disk, here or elsewhere.
#[derive(Debug)]
struct Kept {
    held: Held,
    write: u64,
}

impl Participant {
    /// With what was on disk. All locks of prepared transactions are held again when this returns.
    pub(crate) fn recover(image: &Image, bugs: Bugs) -> Participant {
        let kept = |held: &Held| Kept {
            held: held.clone(),
            write: 0,
        };
        let keys = image.keys.iter().map(|(key, held)| (*key, kept(held)));
        let mut participant = Participant {
            bugs,
            keys: keys.collect(),
            locks: Locks::default(),
            tasks: BTreeMap::new(),
        };
        for (id, Prepared { locks, writes }) in &image.prepared {
            participant.locks.retake(*id, locks.clone());
            let task = Task::new(State::Prepared(writes.clone()), 0);
            participant.tasks.insert(*id, task);
        }
        participant
    }

    /// The first phase: locks, then does the steps, then votes; for a single participant both phases.
    pub(crate) fn prepare(&mut self, part: Part, out: &mut Outbox) {
        let id = part.id;
        let mut set = LockSet::new();
        for step in &part.steps {
            let mode = match step {
                Step::Read(_, _) => Mode::Shared,
                Step::Append(_, _) | Step::Write(_, _) | Step::Add(_, _) => Mode::Exclusive,
            };
            let bug_skips = self.bugs.no_read_locks && mode == Mode::Shared;
            if !bug_skips {
                let strongest = set.entry(step.key()).or_insert(mode);
                *strongest = (*strongest).max(mode);
            }
        }
        self.locks.request(id, set);
        let task = Task::new(State::Waiting(part), out.now);
        self.tasks.insert(id, task);
        self.settle(out);
        self.wound(out);
    }

    /// Goes on with all that can have their locks now.
    fn settle(&mut self, out: &mut Outbox) {
        loop {
            let granted = self.locks.grant();
            if granted.is_empty() {
                return;
            }
            for id in granted {
                self.execute(id, out);
            }
        }
    }

    /// Does the steps of a transaction that has its locks, and votes.
    fn execute(&mut self, id: TxnId, out: &mut Outbox) {
        let Some(Task {
            state: State::Waiting(part),
            ..
        }) = self.tasks.remove(&id)
        else {
            return;
        };
        let mut seen = 0;
        let ran = match self.run(&part, &mut seen) {
            Ok(ran) => ran,
            Err(Abort(why)) => {
                self.locks.release(id);
                out.send(id.coordinator, Message::Vote(id, Vote::Rejected(why)));
                return;
            }
        };
        let found = ran.steps.into_iter().map(found).collect();
        let is_local = id.coordinator == out.own;
        let writes = ran.writes;
        let (vote, after, state) = match (part.is_alone, writes.is_empty()) {
            (true, is_reading) => {
                let after = if is_reading {
                    seen
                } else {
                    self.commit_alone(writes, out)
                };
                self.locks.release(id);
                (Vote::Committed(found), after, None)
            }
            (false, true) if is_local => (Vote::ReadOnly(found), seen, Some(State::Local(writes))),
            (false, true) => (Vote::ReadOnly(found), seen, Some(State::Reading)),
            // It is written together with the decision, which this node makes itself.
            (false, false) if is_local => (Vote::Yes(found), 0, Some(State::Local(writes))),
            (false, false) => {
                let after = self.promise(&part, &writes, out);
                (Vote::Yes(found), after, Some(State::Prepared(writes)))
            }
        };
        out.send_after(after, id.coordinator, Message::Vote(id, vote));
        if let Some(state) = state {
            self.tasks.insert(id, Task::new(state, out.now));
            let bug_lets_go = self.bugs.unlocks_at_prepare;
            if bug_lets_go {
                self.locks.release(id);
            }
        }
    }

    /// The steps on what the keys hold now. `seen` becomes the write that has to be on disk before
    /// anybody may be told.
    fn run(&self, part: &Part, seen: &mut u64) -> Result<Ran, Abort> {
        let mut attempt = Attempt::new(part.floor);
        for step in &part.steps {
            attempt.take(step, |key| match self.keys.get(&key) {
                None => (None, 0),
                Some(kept) => {
                    *seen = kept.write.max(*seen);
                    (Some(kept.held.clone()), 0)
                }
            })?;
        }
        attempt.finish()
    }

    /// Commits what concerns nobody else. The locks can go before the disk has it: whoever builds
    /// on this is written later into the same file, or waits for this write before it is told.
    /// (Group commit with early release: DeWitt et al., *Implementation techniques for main memory
    /// database systems*, SIGMOD 1984.)
    fn commit_alone(&mut self, writes: Vec<(Key, Held)>, out: &mut Outbox) -> u64 {
        let write = out.write(records(&writes));
        self.apply(writes, write);
        write
    }

    /// Puts on disk what makes a promise: after this write is done, the answer is yes.
    fn promise(&mut self, part: &Part, writes: &[(Key, Held)], out: &mut Outbox) -> u64 {
        let bug_keeps_nothing = self.bugs.forgets_vote;
        if bug_keeps_nothing {
            return 0;
        }
        let prepared = Prepared {
            locks: self.locks.held_by(part.id),
            writes: writes.to_vec(),
        };
        out.write(vec![Record::Prepared(part.id, prepared)])
    }

    fn apply(&mut self, writes: Vec<(Key, Held)>, write: u64) {
        for (key, held) in writes {
            self.keys.insert(key, Kept { held, write });
        }
    }

    /// Younger ones in the way of older ones go, if they may.
    fn wound(&mut self, out: &mut Outbox) {
        let mut is_any_gone = false;
        for id in self.locks.wounded() {
            let Some(task) = self.tasks.get_mut(&id) else {
                continue;
            };
            match task.state {
                State::Reading => {
                    self.lose(id, out);
                    is_any_gone = true;
                }
                State::Local(_) | State::Prepared(_) => {
                    if task.wounded.is_none_or(|at| at + WOUND_MS <= out.now) {
                        task.wounded = Some(out.now);
                        out.send(id.coordinator, Message::Wound(id));
                    }
                }
                State::Waiting(_) | State::Applied => {}
            }
        }
        if is_any_gone {
            self.settle(out);
        }
    }

    /// Gives up what was not promised, and says so.
    fn lose(&mut self, id: TxnId, out: &mut Outbox) {
        self.tasks.remove(&id);
        self.locks.release(id);
        out.send(id.coordinator, Message::Vote(id, Vote::Lost));
    }

    /// All have voted. If the locks that were read under are still held, then there was a moment at
    /// which all locks of the transaction were, and these can go.
    pub(crate) fn confirm(&mut self, id: TxnId, out: &mut Outbox) {
        let is_held = self.is_reading(id);
        if is_held {
            self.tasks.remove(&id);
            self.locks.release(id);
            self.settle(out);
        }
        out.send(id.coordinator, Message::Confirmed(id, is_held));
    }

    /// Whether it waits for its locks, and nothing of it has been done.
    pub(crate) fn is_waiting(&self, id: TxnId) -> bool {
        let task = self.tasks.get(&id);
        task.is_some_and(|task| matches!(task.state, State::Waiting(_)))
    }

    fn is_reading(&self, id: TxnId) -> bool {
        let task = self.tasks.get(&id);
        task.is_some_and(|task| matches!(task.state, State::Reading))
    }

    /// The second phase, and it is on the coordinator's disk: so the locks can go at once.
    pub(crate) fn commit(&mut self, id: TxnId, out: &mut Outbox) {
        let Some(task) = self.tasks.get_mut(&id) else {
            // It was done before, and the coordinator has not heard so.
            out.send(id.coordinator, Message::Done(id));
            return;
        };
        let State::Prepared(writes) = &mut task.state else {
            return;
        };
        let writes = std::mem::take(writes);
        task.state = State::Applied;
        let mut records = records(&writes);
        records.push(Record::Unprepared(id));
        let write = out.write(records);
        out.turn_after(write, Turn::Applied(id));
        self.apply(writes, 0);
        self.locks.release(id);
        self.settle(out);
    }

    /// What was committed is on disk.
    pub(crate) fn applied(&mut self, id: TxnId, out: &mut Outbox) {
        self.tasks.remove(&id);
        out.send(id.coordinator, Message::Done(id));
    }

    /// The second phase if it came to nothing.
    pub(crate) fn abort(&mut self, id: TxnId, out: &mut Outbox) {
        match self.tasks.get(&id).map(|task| &task.state) {
            None | Some(State::Applied) => return,
            // If this is lost, the coordinator is asked again, and knows nothing of it.
            Some(State::Prepared(_)) => out.write_at_leisure(Record::Unprepared(id)),
            Some(State::Waiting(_) | State::Reading | State::Local(_)) => {}
        }
        self.tasks.remove(&id);
        self.locks.release(id);
        self.settle(out);
    }

    /// The coordinator knows nothing of it: it has not committed it and never will (presumed abort).
    pub(crate) fn presume(&mut self, id: TxnId, out: &mut Outbox) {
        let bug_commits = self.bugs.presumes_commit;
        if bug_commits && self.tasks.contains_key(&id) {
            self.commit(id, out);
        } else {
            self.abort(id, out);
        }
    }

    /// What the coordinator, who is this node, is to write with its decision.
    pub(crate) fn local_writes(&self, id: TxnId) -> Vec<Record> {
        match self.tasks.get(&id).map(|task| &task.state) {
            Some(State::Local(writes)) => records(writes),
            _ => Vec::new(),
        }
    }

    /// Does what this node has decided with the write numbered `write`.
    pub(crate) fn commit_local(&mut self, id: TxnId, write: u64, out: &mut Outbox) {
        if let Some(Task {
            state: State::Local(writes),
            ..
        }) = self.tasks.remove(&id)
        {
            self.apply(writes, write);
            self.locks.release(id);
            self.settle(out);
        }
    }

    /// Asks whoever has to be asked again, and lets go of what nobody seems to want any more.
    pub(crate) fn tick(&mut self, out: &mut Outbox) {
        let mut lost = Vec::new();
        for (id, task) in &mut self.tasks {
            match task.state {
                State::Waiting(_) if task.since + WAITING_MS <= out.now => lost.push(*id),
                State::Reading if task.since + READING_MS <= out.now => lost.push(*id),
                State::Prepared(_) => {
                    if task.asked + INQUIRE_MS <= out.now {
                        task.asked = out.now;
                        out.send(id.coordinator, Message::Inquire(*id));
                    }
                }
                State::Waiting(_) | State::Reading | State::Local(_) | State::Applied => {}
            }
        }
        for id in lost {
            self.lose(id, out);
        }
        self.settle(out);
        self.wound(out);
    }

    pub(crate) fn in_doubt(&self, now: u64) -> InDoubt {
        let prepared = self.tasks.values();
        let prepared = prepared.filter(|task| matches!(task.state, State::Prepared(_)));
        let since: Vec<u64> = prepared.map(|task| task.since).collect();
        InDoubt {
            count: since.len(),
            oldest_ms: since.iter().min().map_or(0, |since| now - since),
        }
    }

    /// How many transactions wait for locks here.
    pub(crate) fn waiting(&self) -> usize {
        self.locks.waiting()
    }
}
