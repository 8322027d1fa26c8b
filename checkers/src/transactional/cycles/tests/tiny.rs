//! Small histories whose order of versions is given, drawn by hand or at random.
use crate::Data;
use crate::Process;
use crate::testing::Rng;
use crate::transactional::{Arc, F, Graph, Inference, NEVER, Status, Txn, Txns, ValueId, Via};

/// One step: a write of a key, or a read of the version that some transaction made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tep {
    W(u32),
    R(u32, Option<Txn>),
}

/// A small history.
#[derive(Clone, Debug, Default)]
pub(super) struct Tiny {
    pub(super) steps: Vec<Vec<Tep>>,
    pub(super) process: Vec<u32>,
    pub(super) invoked: Vec<u32>,
    pub(super) completed: Vec<u32>,
    /// For each key its writers in the order of their versions.
    pub(super) versions: Vec<Vec<Txn>>,
    /// Whether it is told with lists, or else with registers.
    pub(super) is_list: bool,
}

impl Tiny {
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    /// The place of a version of `key`; 0 is the initial one.
    pub(super) fn place(&self, key: u32, writer: Option<Txn>) -> usize {
        let order = &self.versions[key as usize];
        writer.map_or(0, |writer| {
            1 + order
                .iter()
                .position(|&txn| txn == writer)
                .expect("it wrote")
        })
    }

    /// What is read of others, as (step, key, place).
    pub(super) fn reads(&self, txn: Txn) -> Vec<(usize, u32, usize)> {
        let reads = self.steps[txn as usize].iter().enumerate();
        let reads = reads.filter_map(|(at, step)| match *step {
            Tep::R(key, writer) if self.completed[txn as usize] != NEVER => {
                Some((at, key, self.place(key, writer)))
            }
            Tep::R(..) | Tep::W(_) => None,
        });
        reads.collect()
    }

    /// The same in columns.
    pub(super) fn txns(&self) -> Txns {
        let mut txns = Txns {
            has_real_time: true,
            starts: vec![0],
            keys: (0..self.versions.len() as i64).map(Data::Int).collect(),
            ..Txns::default()
        };
        for txn in 0..self.len() {
            let is_ok = self.completed[txn] != NEVER;
            txns.status
                .push(if is_ok { Status::Ok } else { Status::Unknown });
            txns.process.push(Process(self.process[txn]));
            txns.invoked.push(self.invoked[txn]);
            txns.completed.push(self.completed[txn]);
            for step in &self.steps[txn] {
                let (f, key, value) = match *step {
                    Tep::W(key) if self.is_list => (F::Append, key, ValueId(txn as u32)),
                    Tep::W(key) => (F::Write, key, ValueId(txn as u32)),
                    Tep::R(key, _) if !is_ok => (F::Read, key, ValueId::NOT_TOLD),
                    Tep::R(key, writer) if self.is_list => {
                        let list = &self.versions[key as usize][..self.place(key, writer)];
                        let start = txns.elements.len() as u32;
                        txns.elements.extend(list.iter().map(|&txn| ValueId(txn)));
                        txns.lists.push((start, list.len() as u32));
                        (F::ReadList, key, ValueId(txns.lists.len() as u32 - 1))
                    }
                    Tep::R(key, writer) => (F::Read, key, writer.map_or(ValueId::NIL, ValueId)),
                };
                txns.f.push(f);
                txns.key.push(key);
                txns.value.push(value);
            }
            txns.starts.push(txns.f.len() as u32);
        }
        txns
    }

    /// What follows from the reads and the order of versions.
    pub(super) fn inference(&self) -> Inference {
        let mut arcs = Vec::new();
        for (key, order) in self.versions.iter().enumerate() {
            let pairs = order.windows(2);
            arcs.extend(pairs.map(|pair| Arc {
                from: pair[0],
                to: pair[1],
                via: Via::Ww,
                key: key as u32,
            }));
        }
        for txn in 0..self.len() as Txn {
            for (_, key, place) in self.reads(txn) {
                let order = &self.versions[key as usize];
                if place > 0 {
                    arcs.push(Arc {
                        from: order[place - 1],
                        to: txn,
                        via: Via::Wr,
                        key,
                    });
                }
                // Who overwrites what it read itself does not overtake itself; the next one does.
                if let Some(&to) = order.get(place) {
                    arcs.push(Arc {
                        from: txn,
                        to,
                        via: Via::Rw,
                        key,
                    });
                }
            }
        }
        Inference {
            is_included: vec![true; self.len()],
            graph: Graph::new(self.len(), arcs),
            ..Inference::default()
        }
    }

    /// `0:wx ry- / 1:wy rxA // 0:rxB`: processes and their transactions A, B, …; `/` between
    /// overlapping ones, `//` where all before have ended; `; x=BA` gives the versions of x, which
    /// otherwise are in the order of their writers. `!` after a process: its outcome is unknown.
    pub(super) fn drawn(text: &str) -> Tiny {
        let (body, orders) = text.split_once(';').unwrap_or((text, ""));
        let mut tiny = Tiny {
            versions: vec![Vec::new(); 3],
            ..Tiny::default()
        };
        let mut now = 0;
        for group in body.split("//") {
            let first = tiny.len();
            for one in group.split('/') {
                let (process, steps) = one.trim().split_once(':').expect("a process and its steps");
                let txn = tiny.len() as Txn;
                tiny.process
                    .push(process.trim_end_matches('!').parse().expect("a number"));
                tiny.invoked.push(now);
                now += 1;
                let steps: Vec<Tep> = steps.split_whitespace().map(step).collect();
                for step in &steps {
                    if let Tep::W(key) = step {
                        tiny.versions[*key as usize].push(txn);
                    }
                }
                tiny.steps.push(steps);
                tiny.completed
                    .push(if process.ends_with('!') { NEVER } else { 0 });
            }
            for txn in first..tiny.len() {
                if tiny.completed[txn] == 0 {
                    tiny.completed[txn] = now;
                    now += 1;
                }
            }
        }
        for order in orders.split_whitespace() {
            let (key, txns) = order.split_once('=').expect("a key and its versions");
            tiny.versions[key_of(key) as usize] =
                txns.bytes().map(|txn| u32::from(txn - b'A')).collect();
        }
        tiny
    }

    /// A random history: mostly in order, with stale reads, versions out of order, unknown outcomes.
    pub(super) fn random(count: usize, rng: &mut Rng) -> Tiny {
        let keys = 1 + rng.below(3) as u32;
        let processes = 1 + rng.below(3);
        let (stale, swapped) = (rng.below(60), rng.below(30));
        let mut tiny = Tiny {
            versions: vec![Vec::new(); keys as usize],
            is_list: rng.percent(50),
            ..Tiny::default()
        };
        tiny.schedule(count, processes, rng);
        for txn in 0..count as Txn {
            let mut steps: Vec<Tep> = Vec::new();
            for _ in 0..1 + rng.below(4) {
                let key = rng.below(u64::from(keys)) as u32;
                let is_written = steps.contains(&Tep::W(key));
                if rng.percent(45) && !is_written {
                    steps.push(Tep::W(key));
                    tiny.versions[key as usize].push(txn);
                } else if !is_written {
                    steps.push(Tep::R(key, None));
                }
            }
            tiny.steps.push(steps);
        }
        for key in 0..keys as usize {
            let order = &mut tiny.versions[key];
            if order.len() > 1 && rng.percent(swapped) {
                let at = rng.below(order.len() as u64 - 1) as usize;
                order.swap(at, at + 1);
            }
        }
        for txn in 0..count {
            tiny.read(txn, stale, rng);
        }
        tiny
    }

    /// Chooses what a transaction read.
    fn read(&mut self, txn: usize, stale: u64, rng: &mut Rng) {
        let mut before: Vec<(u32, Option<Txn>)> = Vec::new();
        for at in 0..self.steps[txn].len() {
            let Tep::R(key, _) = self.steps[txn][at] else {
                continue;
            };
            let order: Vec<Txn> = self.versions[key as usize].clone();
            let others: Vec<Txn> = order
                .iter()
                .copied()
                .filter(|&by| by != txn as Txn)
                .collect();
            let known = before.iter().find(|(other, _)| *other == key);
            let last = others.iter().copied().rfind(|&by| by < txn as Txn);
            let read = match known {
                Some(&(_, read)) if rng.percent(97) => read,
                _ if !rng.percent(stale) => last,
                _ if others.is_empty() || rng.percent(30) => None,
                _ => Some(others[rng.below(others.len() as u64) as usize]),
            };
            before.push((key, read));
            self.steps[txn][at] = Tep::R(key, read);
        }
    }

    fn schedule(&mut self, count: usize, processes: u64, rng: &mut Rng) {
        let mut open: Vec<Option<usize>> = vec![None; processes as usize];
        let mut names: Vec<u32> = (0..processes as u32).collect();
        let (mut now, mut fresh) = (0, processes as u32);
        while self.invoked.len() < count || open.iter().any(Option::is_some) {
            let lane = rng.below(processes) as usize;
            match open[lane].take() {
                Some(txn) if rng.percent(8) => {
                    let _unknown = txn;
                    names[lane] = fresh;
                    fresh += 1;
                }
                Some(txn) => {
                    self.completed[txn] = now;
                    now += 1;
                }
                None if self.invoked.len() < count => {
                    open[lane] = Some(self.invoked.len());
                    self.process.push(names[lane]);
                    self.invoked.push(now);
                    self.completed.push(NEVER);
                    now += 1;
                }
                None => {}
            }
        }
    }
}

fn step(text: &str) -> Tep {
    let key = key_of(&text[1..2]);
    match (&text[..1], text.as_bytes().get(2)) {
        ("w", None) => Tep::W(key),
        ("r", Some(b'-')) => Tep::R(key, None),
        ("r", Some(by)) => Tep::R(key, Some(u32::from(by - b'A'))),
        _ => panic!("{text}: wx, rx- or rxA"),
    }
}

fn key_of(text: &str) -> u32 {
    u32::from(text.as_bytes()[0] - b'x')
}
