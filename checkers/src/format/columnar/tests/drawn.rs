//! Histories drawn at random, with everything in them that a history may have.
use super::header;
use crate::format::{Format, Recording};
use crate::testing::Rng;
use crate::{Call, Data, Event, History, Key, Kind, NodeId, Op, Process, Verb};
use std::collections::HashMap;

/// Draws events of few processes and keys, odd ones among them.
pub(super) struct Drawn<'r> {
    rng: &'r mut Rng,
    is_only_registers: bool,
    time: u64,
    fresh: u32,
    open: Vec<(u32, Option<Event>)>,
    logs: HashMap<Key, Vec<Data>>,
}

const KEYS: [Key; 4] = [0, 7, 1 << 40, u64::MAX];
const TEXTS: [&str; 6] = [
    "",
    "timeout",
    "änderung ≤ 5",
    "\"quoted\"\n",
    "refused",
    "\u{1F980}",
];

impl<'r> Drawn<'r> {
    pub(super) fn new(rng: &'r mut Rng) -> Drawn<'r> {
        let processes = 1 + rng.below(6) as u32;
        let open = (0..processes).map(|process| (process, None)).collect();
        Drawn {
            rng,
            is_only_registers: false,
            time: 0,
            fresh: processes,
            open,
            logs: HashMap::new(),
        }
    }

    pub(super) fn registers(rng: &'r mut Rng) -> Drawn<'r> {
        Drawn {
            is_only_registers: true,
            ..Drawn::new(rng)
        }
    }

    pub(super) fn recording(mut self, events: usize) -> Recording {
        let mut history = History::default();
        while history.events().len() < events {
            if self.rng.percent(4) {
                self.note(&mut history);
            }
            let event = self.event();
            history.push(event).expect("drawn well-formed");
        }
        if self.rng.percent(50) {
            self.note(&mut history);
        }
        Recording {
            header: self.rng.percent(80).then(header),
            ..Recording::new(Format::Columnar, history)
        }
    }

    fn note(&mut self, history: &mut History) {
        let values = [
            serde_json::Value::Null,
            serde_json::json!({ "cut": [["n1", "n2"]], "share": self.rng.next() as f64 / 3e15 }),
            serde_json::json!(self.text()),
        ];
        let value = values[self.rng.below(3) as usize].clone();
        let who = ["nemesis", "harness", "ich"][self.rng.below(3) as usize];
        let (time, f) = (self.tick(), self.text());
        history.note_by(time, who, f, value);
    }

    fn event(&mut self) -> Event {
        let lane = self.rng.below(self.open.len() as u64) as usize;
        let time = self.tick();
        let process = self.open[lane].0;
        let Some(asked) = self.open[lane].1.take() else {
            let event = Event {
                time,
                process: Process(process),
                node: self.node(),
                kind: Kind::Invoke,
                op: self.op(),
            };
            self.open[lane].1 = Some(event.clone());
            return event;
        };
        let kind = match self.rng.below(10) {
            0 => Kind::Fail(self.text().to_owned()),
            1 => {
                self.fresh += 1;
                self.open[lane].0 = self.fresh;
                Kind::Info(self.text().to_owned())
            }
            _ => Kind::Ok,
        };
        let node = if self.rng.percent(95) {
            asked.node
        } else {
            self.node()
        };
        let is_answer = kind == Kind::Ok || self.rng.percent(5);
        let op = if is_answer {
            self.answer(asked.op)
        } else {
            asked.op
        };
        Event {
            time,
            process: Process(process),
            node,
            kind,
            op,
        }
    }

    /// Mostly a little later; sometimes much, sometimes even earlier.
    fn tick(&mut self) -> u64 {
        self.time = match self.rng.below(40) {
            0 => self.rng.next(),
            1 => self
                .time
                .saturating_add(u64::from(u32::MAX) - 1 + self.rng.below(3)),
            2 => self.time.saturating_sub(5),
            _ => self.time.saturating_add(self.rng.below(5000)),
        };
        self.time
    }

    fn node(&mut self) -> Option<NodeId> {
        let nodes = [None, Some(0), Some(1), Some(5), Some(u16::MAX)];
        nodes[self.rng.below(5) as usize].map(NodeId)
    }

    fn text(&mut self) -> &'static str {
        TEXTS[self.rng.below(6) as usize]
    }

    fn number(&mut self) -> i64 {
        match self.rng.below(8) {
            0 => self.rng.next().cast_signed(),
            1 => i64::MIN + self.rng.below(2) as i64,
            2 => (1 << 29) - 2 + self.rng.below(4) as i64,
            _ => self.rng.below(20) as i64 - 5,
        }
    }

    fn key(&mut self) -> Key {
        KEYS[self.rng.below(4) as usize]
    }

    fn op(&mut self) -> Op {
        let key = self.key();
        let kinds = if self.is_only_registers { 3 } else { 6 };
        let mut op = match self.rng.below(kinds) {
            0 => Op::Read { key, value: None },
            1 => Op::Write {
                key,
                value: self.number(),
            },
            2 => Op::Cas {
                key,
                from: self.number(),
                to: self.number(),
                found: None,
            },
            3 => Call::new(Verb::Read, key, Data::Nil).into(),
            4 => {
                let verbs = [Verb::Append, Verb::Txn, Verb::Other("sing".into())];
                let verb = verbs[self.rng.below(3) as usize].clone();
                Call::new(verb, key, self.data(3)).into()
            }
            _ => Call::new(Verb::Enqueue, key, self.data(0)).into(),
        };
        // An invocation with an answer in it is odd, and is kept as it is.
        if self.rng.percent(3) {
            op = self.answer(op);
        }
        op
    }

    fn answer(&mut self, op: Op) -> Op {
        let number = self.rng.percent(80).then(|| self.number());
        match op {
            Op::Read { key, .. } => Op::Read { key, value: number },
            Op::Write { .. } => op,
            Op::Cas { key, from, to, .. } => Op::Cas {
                key,
                from,
                to,
                found: number,
            },
            Op::Call(call) => {
                let output = match call.f {
                    Verb::Read => self.log(call.key),
                    _ => self.data(2),
                };
                let is_told = self.rng.percent(95);
                Op::from(Call {
                    output: is_told.then_some(output),
                    ..*call
                })
            }
        }
    }

    /// What a log holds: mostly more than last time, sometimes less, sometimes something else.
    fn log(&mut self, key: Key) -> Data {
        for _ in 0..self.rng.below(4) {
            let member = self.data(1);
            self.logs.entry(key).or_default().push(member);
        }
        let log = self.logs.entry(key).or_default();
        if self.rng.percent(10) {
            log.clear();
        }
        let mut seen = log.clone();
        if self.rng.percent(30) {
            seen.truncate(self.rng.below(seen.len() as u64 + 1) as usize);
        }
        if self.rng.percent(10) && !seen.is_empty() {
            let place = self.rng.below(seen.len() as u64) as usize;
            seen[place] = self.data(0);
        }
        Data::from(seen)
    }

    fn data(&mut self, depth: u64) -> Data {
        match self.rng.below(if depth > 0 { 7 } else { 5 }) {
            0 => Data::Nil,
            1 => Data::Bool(self.rng.percent(50)),
            2 => Data::from(self.text()),
            3 | 4 => Data::Int(self.number()),
            _ => {
                let members = (0..self.rng.below(4)).map(|_| self.data(depth - 1));
                Data::List(members.collect())
            }
        }
    }
}
