//! Random histories: what clients of a real register might record, and small lies about it.
use crate::{Event, History, Kind, Op, Process, Value};

/// A generator of numbers: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
pub(super) struct Rng(pub(super) u64);

impl Rng {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(super) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }
}

/// How a random history looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub(super) operations: usize,
    pub(super) processes: usize,
    /// How many different values are written; none means that each is written once.
    pub(super) values: Option<u64>,
    /// Chances in percent.
    pub(super) info: u64,
    pub(super) fail: u64,
    /// That a process dawdles when it could move, so that its operation stays open for long.
    pub(super) slow: u64,
}

enum Stage {
    Idle,
    Asked { op: Op, process: Process },
    Done { op: Op, process: Process },
}

/// A history of a register that does what it should.
pub(super) fn legal(shape: Shape, rng: &mut Rng) -> Vec<Event> {
    let mut simulation = Simulation {
        shape,
        held: None,
        fresh: 0,
        names: shape.processes as u32,
        events: Vec::new(),
    };
    let mut stages: Vec<Stage> = (0..shape.processes).map(|_| Stage::Idle).collect();
    let mut names: Vec<Process> = (0..shape.processes as u32).map(Process).collect();
    let mut asked = 0;
    loop {
        let is_over = asked == shape.operations;
        if is_over && stages.iter().all(|stage| matches!(stage, Stage::Idle)) {
            return simulation.events;
        }
        let lane = rng.below(shape.processes as u64) as usize;
        if lane == 0 && rng.percent(shape.slow) {
            continue;
        }
        let stage = std::mem::replace(&mut stages[lane], Stage::Idle);
        stages[lane] = match stage {
            Stage::Idle if is_over => Stage::Idle,
            Stage::Idle => {
                asked += 1;
                simulation.ask(names[lane], rng)
            }
            Stage::Asked { op, process } => simulation.act(op, process, &mut names[lane], rng),
            Stage::Done { op, process } => {
                simulation.push(process, Kind::Ok, op);
                Stage::Idle
            }
        };
    }
}

struct Simulation {
    shape: Shape,
    held: Option<Value>,
    fresh: Value,
    names: u32,
    events: Vec<Event>,
}

impl Simulation {
    fn push(&mut self, process: Process, kind: Kind, op: Op) {
        let event = Event {
            time: self.events.len() as u64 * 1_000_000,
            process,
            node: None,
            kind,
            op,
        };
        self.events.push(event);
    }

    fn written(&mut self, rng: &mut Rng) -> Value {
        self.fresh += 1;
        self.shape
            .values
            .map_or(self.fresh, |values| rng.below(values) as Value + 1)
    }

    fn ask(&mut self, process: Process, rng: &mut Rng) -> Stage {
        let key = 0;
        let op = match rng.below(3) {
            0 => Op::Read { key, value: None },
            1 => Op::Write {
                key,
                value: self.written(rng),
            },
            _ => {
                let guess =
                    Value::try_from(rng.below(self.shape.values.unwrap_or(3))).unwrap_or(0) + 1;
                let from = if rng.percent(60) {
                    self.held.unwrap_or(1)
                } else {
                    guess
                };
                let to = self.written(rng);
                let found = None;
                Op::Cas {
                    key,
                    from,
                    to,
                    found,
                }
            }
        };
        self.push(process, Kind::Invoke, op.clone());
        Stage::Asked { op, process }
    }

    fn act(&mut self, mut op: Op, process: Process, name: &mut Process, rng: &mut Rng) -> Stage {
        if rng.percent(self.shape.fail) {
            self.push(process, Kind::Fail("refused".to_owned()), op);
            return Stage::Idle;
        }
        let asked = op.clone();
        let is_info = rng.percent(self.shape.info);
        if !is_info || rng.percent(50) {
            self.apply(&mut op);
        }
        if is_info {
            *name = Process(self.names);
            self.names += 1;
            if rng.percent(70) {
                self.push(process, Kind::Info("timed out".to_owned()), asked);
            }
            return Stage::Idle;
        }
        Stage::Done { op, process }
    }

    fn apply(&mut self, op: &mut Op) {
        match op {
            Op::Read { value, .. } => *value = self.held,
            Op::Write { value, .. } => self.held = Some(*value),
            Op::Call(_) => unreachable!("only registers are asked"),
            Op::Cas {
                from, to, found, ..
            } => {
                *found = self.held;
                if self.held == Some(*from) {
                    self.held = Some(*to);
                }
            }
        }
    }
}

/// Changes up to `lies` answers.
pub(super) fn lie(events: &mut [Event], lies: usize, rng: &mut Rng) {
    let largest = events.iter().map(|event| match event.op {
        Op::Write { value, .. } | Op::Cas { to: value, .. } => value,
        Op::Read { .. } | Op::Call(_) => 0,
    });
    let largest = largest.max().unwrap_or(1) as u64;
    let answers: Vec<usize> = (0..events.len())
        .filter(|&i| events[i].kind == Kind::Ok)
        .collect();
    for _ in 0..lies.min(answers.len()) {
        let answer = &mut events[answers[rng.below(answers.len() as u64) as usize]];
        let lie = Value::try_from(rng.below(largest + 2)).unwrap_or(0);
        let lie = (lie > 0).then_some(lie);
        match &mut answer.op {
            Op::Read { value, .. } => *value = lie,
            Op::Cas { found, .. } => *found = lie,
            Op::Write { .. } | Op::Call(_) => {}
        }
    }
}

/// The history of these events.
pub(super) fn history(events: Vec<Event>) -> History {
    let mut history = History::default();
    for event in events {
        history.push(event).expect("generated well-formed");
    }
    history
}
