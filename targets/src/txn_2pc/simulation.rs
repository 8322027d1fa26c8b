//! Random schedules of a small cluster: messages overtake each other and get lost, nodes crash and come back.
mod oracle;

use super::{
    bugs::Bugs,
    machine::{Input, Machine, Seat},
    messages::{Image, Message, Prepared, Record, TxnId},
    outbox::{Effect, Outcome},
};
use crate::steps::{Held, Txn};
use harness::{Key, Rng};
use oracle::Asked;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, VecDeque};

const NODES: u64 = 3;
const KEYS: u64 = 5;
const TXNS: usize = 14;
const SCHEDULES: u64 = 4000;

/// Turns until all faults end, and the most that the cluster may take to come to rest after that.
const TURNS: usize = 260;
const TURNS_TO_REST: usize = 20_000;

/// What a node's disk holds.
#[derive(Default)]
struct Disk {
    epoch: u64,
    keys: BTreeMap<Key, Held>,
    prepared: BTreeMap<TxnId, Prepared>,
    decided: BTreeMap<TxnId, Vec<u64>>,
}

impl Disk {
    fn write(&mut self, records: Vec<Record>) {
        for record in records {
            match record {
                Record::Key(key, held) => drop(self.keys.insert(key, held)),
                Record::Prepared(id, prepared) => drop(self.prepared.insert(id, prepared)),
                Record::Unprepared(id) => drop(self.prepared.remove(&id)),
                Record::Decided(id, nodes) => drop(self.decided.insert(id, nodes)),
                Record::Ended(id) => drop(self.decided.remove(&id)),
            }
        }
    }

    fn image(&self) -> Image {
        Image {
            keys: self.keys.clone().into_iter().collect(),
            prepared: self.prepared.clone().into_iter().collect(),
            decided: self.decided.clone().into_iter().collect(),
        }
    }
}

/// A node that runs, and the writes that its disk has not done yet.
struct Running {
    machine: Machine,
    started: u64,
    writes: VecDeque<Vec<Record>>,
    written: u64,
}

struct World {
    rng: Rng,
    bugs: Bugs,
    now: u64,
    turn: usize,
    disks: BTreeMap<u64, Disk>,
    running: BTreeMap<u64, Running>,
    messages: Vec<(u64, u64, Message)>,
    asked: Vec<Asked>,
}

impl World {
    fn new(seed: u64, bugs: Bugs) -> World {
        let mut world = World {
            rng: Rng::new(seed),
            bugs,
            now: 0,
            turn: 0,
            disks: (1..=NODES).map(|node| (node, Disk::default())).collect(),
            running: BTreeMap::new(),
            messages: Vec::new(),
            asked: Vec::new(),
        };
        (1..=NODES).for_each(|node| world.start(node));
        world
    }

    fn start(&mut self, node: u64) {
        let disk = self.disks.get_mut(&node).expect("every node has one");
        disk.epoch += 1;
        let seat = Seat {
            own: node,
            nodes: (1..=NODES).collect(),
            epoch: disk.epoch,
            bugs: self.bugs,
        };
        let running = Running {
            machine: Machine::recover(seat, &disk.image()),
            started: self.now,
            writes: VecDeque::new(),
            written: 0,
        };
        self.running.insert(node, running);
    }

    /// Some of what was on its way to the disk got there, and nobody was told.
    fn crash(&mut self, node: u64) {
        let Some(mut running) = self.running.remove(&node) else {
            return;
        };
        let kept = self.rng.below(running.writes.len() as u64 + 1);
        let disk = self.disks.get_mut(&node).expect("every node has one");
        for records in running.writes.drain(..kept as usize) {
            disk.write(records);
        }
        let waiting = self.asked.iter_mut().filter(|asked| asked.node == node);
        for asked in waiting.filter(|asked| asked.outcome.is_none()) {
            asked.is_lost = true;
        }
    }

    fn feed(&mut self, node: u64, input: Input) {
        let Some(running) = self.running.get_mut(&node) else {
            return;
        };
        for effect in running.machine.handle(self.now - running.started, input) {
            match effect {
                Effect::Send(to, message) => self.messages.push((node, to, message)),
                Effect::Write(records) => running.writes.push_back(records),
                Effect::Answer(ticket, outcome) => {
                    let asked = &mut self.asked[ticket as usize];
                    assert!(asked.outcome.is_none(), "answered twice");
                    asked.outcome = Some(outcome);
                    asked.answered = self.turn;
                }
            }
        }
    }

    fn ask(&mut self, node: u64, body: &Json) {
        let txn: Txn = serde_json::from_value(body.clone()).expect("it is well-formed");
        let ticket = self.asked.len() as u64;
        self.asked.push(Asked::new(node, body, self.turn));
        // Clocks differ by much more than a transaction takes.
        let clock = self.now * 1000 + node * 50_000;
        self.feed(node, Input::Begin { ticket, txn, clock });
    }

    /// A transaction of a few appends and reads, some with a step that cannot be done.
    fn draw(&mut self) -> Json {
        let count = self.rng.between(1, 4);
        let mut steps = Vec::new();
        for at in 0..count {
            let key = self.rng.below(KEYS);
            if self.rng.chance(50) {
                steps.push(json!(["r", key, null]));
            } else {
                let element = self.asked.len() as u64 * 10 + at;
                steps.push(json!(["append", key, element]));
            }
        }
        if self.rng.chance(8) {
            steps.push(json!(["add", KEYS + self.rng.below(NODES), -1]));
        }
        json!({ "steps": steps, "floor": 0 })
    }

    fn deliver(&mut self) {
        if self.messages.is_empty() {
            return;
        }
        let at = self.rng.below(self.messages.len() as u64) as usize;
        let (from, to, message) = self.messages.swap_remove(at);
        // What is only ever sent once is never heard twice.
        let is_once = matches!(message, Message::Prepare(_));
        if !is_once && self.turn < TURNS && self.rng.chance(5) {
            self.messages.push((from, to, message.clone()));
        }
        if self.running.contains_key(&to) {
            self.feed(to, Input::Hear { from, message });
        } else {
            self.lose(from, to, message, false);
        }
    }

    fn lose(&mut self, from: u64, to: u64, message: Message, may_be_heard: bool) {
        let lost = Input::Lost {
            to,
            message,
            may_be_heard,
        };
        self.feed(from, lost);
    }

    fn lose_any(&mut self) {
        if self.messages.is_empty() {
            return;
        }
        let at = self.rng.below(self.messages.len() as u64) as usize;
        let (from, to, message) = self.messages.swap_remove(at);
        let is_heard = self.rng.chance(30);
        if is_heard {
            self.messages.push((from, to, message.clone()));
        }
        self.lose(from, to, message, true);
    }

    fn write(&mut self, node: u64) {
        let Some(running) = self.running.get_mut(&node) else {
            return;
        };
        let disk = self.disks.get_mut(&node).expect("every node has one");
        let count = self.rng.below(running.writes.len() as u64 + 1);
        if count == 0 {
            return;
        }
        for records in running.writes.drain(..count as usize) {
            disk.write(records);
        }
        running.written += count;
        let written = Input::Written(running.written);
        self.feed(node, written);
    }

    fn pass_time(&mut self, most: u64) {
        self.now += self.rng.between(1, most);
        for node in 1..=NODES {
            self.feed(node, Input::Tick);
        }
    }

    /// One random thing happens.
    fn step(&mut self) {
        self.turn += 1;
        let node = self.rng.between(1, NODES);
        match self.rng.below(100) {
            0..12 if self.asked.len() < TXNS && self.running.contains_key(&node) => {
                let body = self.draw();
                self.ask(node, &body);
            }
            0..64 => self.deliver(),
            64..68 => self.lose_any(),
            68..88 => self.write(node),
            88..91 if self.running.contains_key(&node) => self.crash(node),
            88..96 if !self.running.contains_key(&node) => self.start(node),
            96..98 => self.pass_time(400),
            _ => self.pass_time(30),
        }
    }

    /// Without any more faults everything comes to an end: all locks go, all doubts are resolved.
    fn rest(&mut self) {
        for node in 1..=NODES {
            if !self.running.contains_key(&node) {
                self.start(node);
            }
        }
        let end = self.turn + TURNS_TO_REST;
        while !self.is_at_rest() {
            assert!(self.turn < end, "the cluster does not come to rest");
            self.turn += 1;
            self.deliver();
            if self.messages.is_empty() {
                self.pass_time(50);
            }
            for node in 1..=NODES {
                self.write(node);
            }
        }
    }

    fn is_at_rest(&self) -> bool {
        let nodes = self.running.iter();
        let is_idle = nodes.map(|(node, running)| {
            let disk = &self.disks[node];
            running.machine.status(self.now - running.started).is_idle()
                && running.writes.is_empty()
                && disk.prepared.is_empty()
                && disk.decided.is_empty()
        });
        self.messages.is_empty() && is_idle.into_iter().all(|is_idle| is_idle)
    }

    /// All lists, as a transaction reads them in the end.
    fn read_all(&mut self) -> BTreeMap<Key, Vec<i64>> {
        let steps: Vec<Json> = (0..KEYS).map(|key| json!(["r", key, null])).collect();
        self.ask(1, &json!({ "steps": steps }));
        self.rest();
        let last = self.asked.last().and_then(|asked| asked.outcome.as_ref());
        let Some(Ok(steps)) = last else {
            panic!("at rest, but {last:?}");
        };
        steps.iter().map(oracle::read).collect()
    }
}

/// Runs one schedule, and says what was wrong with it.
fn run(seed: u64, bugs: Bugs) -> Result<Vec<Outcome>, String> {
    let mut world = World::new(seed, bugs);
    while world.turn < TURNS {
        world.step();
    }
    world.rest();
    let lists = world.read_all();
    oracle::check(&world.asked, &lists)?;
    let outcomes = world.asked.into_iter().filter_map(|asked| asked.outcome);
    Ok(outcomes.collect())
}

#[test]
fn whatever_happens_transactions_are_atomic_and_strictly_serializable() {
    let (mut committed, mut refused) = (0, 0);
    for seed in 0..SCHEDULES {
        let outcomes =
            run(seed, Bugs::default()).unwrap_or_else(|why| panic!("seed {seed}: {why}"));
        committed += outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        refused += outcomes.iter().filter(|outcome| outcome.is_err()).count();
    }
    // Else nothing was tested.
    assert!(5000 < committed, "{committed}");
    assert!(1000 < refused, "{refused}");
}

#[test]
fn every_planted_bug_shows() {
    let all = Bugs::default();
    for bugs in [
        Bugs {
            no_read_locks: true,
            ..all
        },
        Bugs {
            unlocks_at_prepare: true,
            ..all
        },
        Bugs {
            presumes_commit: true,
            ..all
        },
        Bugs {
            forgets_vote: true,
            ..all
        },
        Bugs {
            decides_before_logging: true,
            ..all
        },
    ] {
        let is_found = (0..SCHEDULES).any(|seed| run(seed, bugs).is_err());
        assert!(is_found, "{bugs:?}");
    }
}
