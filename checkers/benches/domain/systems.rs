//! The systems that are measured, and what their clients ask.
use crate::Rng;
use checkers::{Call, Data, Verb};
use std::collections::VecDeque;

pub(crate) const CLIENTS: u64 = 10;
pub(crate) const ACCOUNTS: usize = 4;
/// How often one big set is read.
const READS: usize = 8;
/// Operations about each of many small sets, and how many of them add.
const ABOUT_ONE: usize = 20;
const ADDED_TO_ONE: usize = 16;
const LOGS: u64 = 100;

/// A system, and what its clients ask.
pub(crate) trait Workload {
    /// The request number `place`.
    fn ask(&mut self, place: usize, rng: &mut Rng) -> Call;

    /// The answer to a client; none if it is refused.
    fn answer(&mut self, client: u64, call: &Call) -> Option<Data>;

    /// What is asked when all else has been answered.
    fn last(&self) -> Option<Call> {
        None
    }
}

fn call(f: &str, input: impl Into<Data>) -> Call {
    Call::new(Verb::named(f), 0, input)
}

/// What is in an account at first.
pub(crate) const OPENED: i64 = 1_000;

pub(crate) struct Bank([i64; ACCOUNTS]);

impl Default for Bank {
    fn default() -> Bank {
        Bank([OPENED; ACCOUNTS])
    }
}

impl Workload for Bank {
    fn ask(&mut self, place: usize, rng: &mut Rng) -> Call {
        if place.is_multiple_of(2) {
            return call("read", Data::Nil);
        }
        let from = rng.below(ACCOUNTS as u64) as i64;
        let to = (from + 1) % ACCOUNTS as i64;
        call("transfer", vec![from, to, rng.below(5) as i64])
    }

    fn answer(&mut self, _: u64, call: &Call) -> Option<Data> {
        let told: Vec<i64> = call
            .input
            .list()
            .unwrap_or_default()
            .iter()
            .filter_map(Data::int)
            .collect();
        let [from, to, amount] = told[..] else {
            let pairs = (0..)
                .zip(&self.0)
                .map(|(account, held)| Data::from(vec![account, *held]));
            return Some(pairs.collect::<Vec<Data>>().into());
        };
        if self.0[from as usize] < amount {
            return None;
        }
        self.0[from as usize] -= amount;
        self.0[to as usize] += amount;
        Some(Data::Nil)
    }
}

/// Sets that are filled with numbers and read: after every so many operations a new one is begun.
struct Sets {
    f: &'static str,
    about_one: usize,
    /// Every so many operations is a read.
    every: usize,
    held: Vec<Vec<Data>>,
}

pub(crate) fn set(f: &'static str, size: usize) -> Box<dyn Workload> {
    Box::new(Sets {
        f,
        about_one: usize::MAX,
        every: size / READS,
        held: Vec::new(),
    })
}

pub(crate) fn sets(f: &'static str, _: usize) -> Box<dyn Workload> {
    let every = ABOUT_ONE / (ABOUT_ONE - ADDED_TO_ONE);
    Box::new(Sets {
        f,
        about_one: ABOUT_ONE,
        every,
        held: Vec::new(),
    })
}

impl Workload for Sets {
    fn ask(&mut self, place: usize, _: &mut Rng) -> Call {
        let key = place / self.about_one;
        self.held.resize(self.held.len().max(key + 1), Vec::new());
        match place % self.every + 1 == self.every {
            true => Call::new(Verb::Read, key as u64, Data::Nil),
            false => Call::new(Verb::named(self.f), key as u64, place as i64),
        }
    }

    fn answer(&mut self, _: u64, call: &Call) -> Option<Data> {
        let held = &mut self.held[call.key as usize];
        if call.f == Verb::Read {
            return Some(held.clone().into());
        }
        held.push(call.input.clone());
        Some(Data::Nil)
    }

    fn last(&self) -> Option<Call> {
        (self.held.len() == 1).then(|| call("read", Data::Nil))
    }
}

#[derive(Default)]
pub(crate) struct Queue(VecDeque<Data>);

impl Workload for Queue {
    fn ask(&mut self, place: usize, _: &mut Rng) -> Call {
        match place % 2 {
            0 => call("enqueue", place as i64),
            _ => call("dequeue", Data::Nil),
        }
    }

    fn answer(&mut self, _: u64, call: &Call) -> Option<Data> {
        match call.f.name() {
            "enqueue" => self.0.push_back(call.input.clone()),
            "drain" => return Some(self.0.drain(..).collect::<Vec<Data>>().into()),
            _ => return Some(self.0.pop_front().unwrap_or(Data::Nil)),
        }
        Some(Data::Nil)
    }

    fn last(&self) -> Option<Call> {
        Some(call("drain", Data::Nil))
    }
}

/// Groups of three keys: three writes and three reads each.
#[derive(Default)]
pub(crate) struct Forks(Vec<bool>);

impl Workload for Forks {
    fn ask(&mut self, place: usize, _: &mut Rng) -> Call {
        let (first, which) = (place / 6 * 3, place % 6);
        self.0.resize(self.0.len().max(first + 3), false);
        if which % 2 == 0 {
            return call("write", vec![(first + which / 2) as i64, 1]);
        }
        let step = |key: usize| Data::from(vec!["r".into(), Data::Int(key as i64), Data::Nil]);
        call("read", (first..first + 3).map(step).collect::<Vec<Data>>())
    }

    fn answer(&mut self, _: u64, call: &Call) -> Option<Data> {
        if let Some((key, _)) = call.input.pair() {
            self.0[key.int()? as usize] = true;
            return Some(Data::Nil);
        }
        let found = |step: &Data| {
            let [f, key, _] = step.list()? else {
                return None;
            };
            let value = if self.0[key.int()? as usize] {
                Data::Int(1)
            } else {
                Data::Nil
            };
            Some(Data::from(vec![f.clone(), key.clone(), value]))
        };
        let found: Option<Vec<Data>> = call.input.list()?.iter().map(found).collect();
        found.map(Data::from)
    }
}

/// Two inserts under each key, of which the second to end is refused.
#[derive(Default)]
pub(crate) struct Inserts(Vec<bool>);

impl Workload for Inserts {
    fn ask(&mut self, place: usize, _: &mut Rng) -> Call {
        let key = place / 2;
        self.0.resize(self.0.len().max(key + 1), false);
        let ids = [
            vec![Data::Int(place as i64), Data::Nil],
            vec![Data::Nil, Data::Int(place as i64)],
        ];
        call(
            "insert",
            vec![Data::Int(key as i64), Data::from(ids[place % 2].clone())],
        )
    }

    fn answer(&mut self, _: u64, call: &Call) -> Option<Data> {
        let key = call.input.pair()?.0.int()? as usize;
        let is_there = std::mem::replace(&mut self.0[key], true);
        (!is_there).then_some(Data::Nil)
    }
}

/// Rows with the time of their addition.
#[derive(Default)]
pub(crate) struct Rows(Vec<Data>);

impl Workload for Rows {
    fn ask(&mut self, place: usize, _: &mut Rng) -> Call {
        call("add", place as i64)
    }

    fn answer(&mut self, _: u64, call: &Call) -> Option<Data> {
        if call.f == Verb::Read {
            return Some(std::mem::take(&mut self.0).into());
        }
        let row = vec![call.input.clone(), Data::Int(self.0.len() as i64)];
        self.0.push(row.into());
        Some(Data::Nil)
    }

    fn last(&self) -> Option<Call> {
        Some(call("read", Data::Nil))
    }
}

/// Logs, and where each client stands in them. A poll asks for one log; the last one for all.
pub(crate) struct Logs {
    logs: Vec<Vec<Data>>,
    positions: Vec<Vec<usize>>,
    turn: usize,
}

impl Default for Logs {
    fn default() -> Logs {
        let logs = vec![Vec::new(); LOGS as usize];
        let positions = vec![vec![0; LOGS as usize]; CLIENTS as usize + 1];
        Logs {
            logs,
            positions,
            turn: 0,
        }
    }
}

/// Messages of one answer.
const POLLED_MAX: usize = 4;

impl Logs {
    fn poll(&mut self, client: u64, log: usize, most: usize) -> Data {
        let position = &mut self.positions[client as usize][log];
        let found = self.logs[log][*position..].iter().take(most);
        let messages = (*position as i64..).zip(found);
        let messages: Vec<Data> = messages
            .map(|(offset, value)| Data::from(vec![Data::Int(offset), value.clone()]))
            .collect();
        *position += messages.len();
        vec![Data::Int(log as i64), Data::from(messages)].into()
    }
}

impl Workload for Logs {
    fn ask(&mut self, place: usize, rng: &mut Rng) -> Call {
        match place % 2 {
            0 => call("send", vec![rng.below(LOGS) as i64, place as i64]),
            _ => call("poll", Data::Nil),
        }
    }

    fn answer(&mut self, client: u64, call: &Call) -> Option<Data> {
        if let Some((log, value)) = call.input.pair() {
            let log = &mut self.logs[log.int()? as usize];
            log.push(value.clone());
            return Some(Data::Int(log.len() as i64 - 1));
        }
        if client == CLIENTS {
            let all = 0..self.logs.len();
            let polled = all.map(|log| self.poll(client, log, usize::MAX));
            return Some(polled.collect::<Vec<Data>>().into());
        }
        self.turn = (self.turn + 1) % self.logs.len();
        Some(vec![self.poll(client, self.turn, POLLED_MAX)].into())
    }

    fn last(&self) -> Option<Call> {
        Some(call("poll", Data::Nil))
    }
}
