//! Histories of logs, most of which lose, reorder, repeat or pass over messages now and then.
use super::{Said, push};
use crate::testing::Rng;
use crate::{Call, Data, History, Kind, Verb};
use std::collections::BTreeMap;

/// Keys of a random history.
const KEYS: i64 = 2;

/// Logs that do, in a few of a hundred times, what no log may.
struct Broken {
    /// For each key, what stands at each offset.
    logs: BTreeMap<i64, Vec<Option<i64>>>,
    /// For each process and key, the next offset.
    positions: BTreeMap<(u32, i64), usize>,
    /// How often, in percent, something goes wrong.
    percent: u64,
}

fn ints(members: &[i64]) -> Data {
    Data::from(members.to_vec())
}

impl Broken {
    /// What the sender is told.
    fn send(&mut self, rng: &mut Rng, key: i64, value: i64) -> Option<i64> {
        let is_wrong = rng.percent(self.percent);
        let log = self.logs.entry(key).or_default();
        let offset = log.len() as i64;
        match rng.below(if is_wrong { 6 } else { 1 }) {
            0 => log.push(Some(value)),
            // Lost, with a hole or without one.
            1 => log.push(None),
            2 => {}
            // Twice.
            3 => log.extend([Some(value), Some(value)]),
            // The sender is told nothing, or something else.
            4 => {
                log.push(Some(value));
                return None;
            }
            _ => {
                log.push(Some(value));
                return Some(rng.below(4) as i64);
            }
        }
        Some(offset)
    }

    /// `[[key [[offset value] …]] …]`
    fn poll(&mut self, rng: &mut Rng, process: u32) -> Data {
        let mut polled = Vec::new();
        for key in 0..KEYS {
            let log = self.logs.entry(key).or_default();
            let position = self.positions.entry((process, key)).or_insert(0);
            let mut messages = Vec::new();
            for _ in 0..rng.below(4) {
                let is_wrong = rng.percent(self.percent);
                match rng.below(if is_wrong { 5 } else { 1 }) {
                    1 => *position += 1,
                    2 => *position = position.saturating_sub(1),
                    3 => messages.push(ints(&[*position as i64, 1 + rng.below(9) as i64])),
                    _ => {}
                }
                let Some(found) = log.get(*position) else {
                    break;
                };
                if let Some(value) = found {
                    let offset = match rng.percent(self.percent / 4) {
                        true => Data::Nil,
                        false => Data::Int(*position as i64),
                    };
                    messages.push(Data::from(vec![offset, Data::Int(*value)]));
                }
                *position += 1;
            }
            if messages.len() > 1 && rng.percent(self.percent / 4) {
                let last = messages.len() - 1;
                messages.swap(0, last);
            }
            if !messages.is_empty() {
                polled.push(Data::from(vec![Data::Int(key), Data::from(messages)]));
            }
        }
        Data::from(polled)
    }

    fn answer(&mut self, rng: &mut Rng, process: u32, call: &Call) -> Said {
        let ending = rng.below(20);
        let is_done = 2 < ending || rng.percent(self.percent);
        let mut steps = Vec::new();
        let output = match call.f.name() {
            "send" => {
                let (key, value) = call.input.pair().expect("as drawn");
                let (key, value) = (key.int().expect("a key"), value.int().expect("a value"));
                let offset = is_done.then(|| self.send(rng, key, value)).flatten();
                offset.map_or(Data::Nil, Data::Int)
            }
            "poll" => self.poll(rng, process),
            "txn" => {
                for step in call.input.list().unwrap_or_default() {
                    let Some([f, key, value]) = step.list() else {
                        steps.push(Data::from(vec!["poll".into(), self.poll(rng, process)]));
                        continue;
                    };
                    let (key, value) = (key.int().expect("a key"), value.int().expect("a value"));
                    let offset = is_done.then(|| self.send(rng, key, value)).flatten();
                    let offset = offset.map_or(Data::Nil, Data::Int);
                    let message = Data::from(vec![offset, Data::Int(value)]);
                    steps.push(Data::from(vec![f.clone(), Data::Int(key), message]));
                }
                Data::from(steps)
            }
            _ => {
                // Whoever is assigned anew may begin anywhere.
                for key in 0..KEYS {
                    let offset = rng.below(3) as usize;
                    self.positions.insert((process, key), offset);
                }
                Data::Nil
            }
        };
        match ending {
            0 => Said::Fail,
            1 => Said::Unknown,
            _ => Said::Ok(output),
        }
    }
}

pub(super) fn draw(rng: &mut Rng) -> History {
    let percent = [0, 5, 30][rng.below(3) as usize];
    let mut broken = Broken {
        logs: BTreeMap::new(),
        positions: BTreeMap::new(),
        percent,
    };
    let is_assigned = rng.percent(40);
    let mut next = 0;
    let mut ask = |rng: &mut Rng| {
        let mut message = |rng: &mut Rng| {
            next += i64::from(rng.percent(95) || next == 0);
            [rng.below(KEYS as u64) as i64, next]
        };
        match rng.below(16) {
            0..7 => Call::new(Verb::named("send"), 0, ints(&message(rng))),
            7..12 => Call::new(Verb::named("poll"), 0, Data::Nil),
            12..14 => {
                let mut steps: Vec<Data> = Vec::new();
                for _ in 0..1 + rng.below(3) {
                    let [key, value] = message(rng);
                    steps.push(match rng.percent(50) {
                        true => Data::from(vec![Data::from("poll")]),
                        false => Data::from(vec!["send".into(), Data::Int(key), Data::Int(value)]),
                    });
                }
                Call::new(Verb::Txn, 0, Data::from(steps))
            }
            place if is_assigned => {
                let f = if place == 14 { "assign" } else { "subscribe" };
                Call::new(Verb::named(f), 0, ints(&[0, 1]))
            }
            _ => Call::new(Verb::named("poll"), 0, Data::Nil),
        }
    };
    let mut history = History::default();
    let mut lanes: Vec<(u32, Option<Call>)> = (0..3).map(|process| (process, None)).collect();
    for _ in 0..6 + rng.below(22) {
        let (process, open) = &mut lanes[rng.below(3) as usize];
        let Some(call) = open.take() else {
            let call = ask(rng);
            push(&mut history, *process, Kind::Invoke, call.clone());
            *open = Some(call);
            continue;
        };
        match broken.answer(rng, *process, &call) {
            Said::Ok(output) => push(&mut history, *process, Kind::Ok, call.answered(output)),
            Said::Fail => push(&mut history, *process, Kind::Fail("no".to_owned()), call),
            Said::Unknown => {
                push(&mut history, *process, Kind::Info("?".to_owned()), call);
                *process += 3;
            }
        }
    }
    history
}
