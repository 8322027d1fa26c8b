//! Random histories of registers, from stores that keep more or less.
use crate::testing::Rng;
use crate::transactional::{F, NEVER, Status, Txns, ValueId};
use crate::{Data, Process};

/// What a random history looks like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) txns: usize,
    pub(super) keys: u64,
    pub(super) steps_max: u64,
    pub(super) processes: u64,
    /// How likely an outcome is unknown, in percent; and how likely a transaction fails.
    pub(super) unknown: u64,
    pub(super) aborted: u64,
    /// How likely a transaction reads an older state, and how likely each key is of another one.
    pub(super) old: u64,
    pub(super) torn: u64,
    /// How likely a read is given another value in the end.
    pub(super) corrupted: u64,
    /// How likely a write reads its key first.
    pub(super) update: u64,
}

/// Puts steps together.
#[derive(Default)]
pub(super) struct Build {
    pub(super) txns: Txns,
}

impl Build {
    pub(super) fn new(keys: u64, has_real_time: bool) -> Build {
        let mut txns = Txns {
            has_real_time,
            ..Txns::default()
        };
        txns.keys = (0..keys as i64).map(Data::Int).collect();
        txns.starts.push(0);
        Build { txns }
    }

    pub(super) fn step(&mut self, f: F, key: u32, value: ValueId) {
        self.txns.f.push(f);
        self.txns.key.push(key);
        self.txns.value.push(value);
    }

    pub(super) fn end(&mut self, process: u32, status: Status, invoked: u32, completed: u32) {
        self.txns.status.push(status);
        self.txns.process.push(Process(process));
        self.txns.invoked.push(invoked);
        let is_ok = status == Status::Ok;
        self.txns
            .completed
            .push(if is_ok { completed } else { NEVER });
        self.txns.starts.push(self.txns.f.len() as u32);
    }
}

/// A transaction that runs.
struct Running {
    slot: u64,
    process: u32,
    invoked: u32,
    snapshot: usize,
}

/// Its process, where it began and ended, what became of it, and its steps.
type Done = (u32, u32, u32, Status, Vec<(F, u32, ValueId)>);

/// A history: processes begin and end at random, each transaction takes effect when it ends.
pub(super) fn history(rng: &mut Rng, plan: Plan) -> Txns {
    let mut states: Vec<Vec<ValueId>> = vec![vec![ValueId::NIL; plan.keys as usize]];
    let mut running: Vec<Running> = Vec::new();
    let mut done: Vec<Done> = Vec::new();
    let (mut position, mut value, mut started) = (0, 0, 0);
    let mut process_of: Vec<u32> = (0..plan.processes as u32).collect();
    while done.len() < plan.txns {
        let is_start = started < plan.txns
            && (running.is_empty() || ((running.len() as u64) < plan.processes && rng.percent(60)));
        position += 1;
        if is_start {
            started += 1;
            let is_free = |slot: &u64| running.iter().all(|other| other.slot != *slot);
            let free: Vec<u64> = (0..plan.processes).filter(is_free).collect();
            let slot = free[rng.below(free.len() as u64) as usize];
            running.push(Running {
                slot,
                process: process_of[slot as usize],
                invoked: position,
                snapshot: states.len() - 1,
            });
            continue;
        }
        let at = rng.below(running.len() as u64) as usize;
        let one = running.swap_remove(at);
        let status = match rng.below(100) {
            chance if chance < plan.unknown => Status::Unknown,
            chance if chance < plan.unknown + plan.aborted => Status::Aborted,
            _ => Status::Ok,
        };
        if status == Status::Unknown {
            process_of[one.slot as usize] += plan.processes as u32;
        }
        let base = match rng.percent(plan.old) {
            true => one.snapshot.saturating_sub(rng.below(2) as usize),
            false => states.len() - 1,
        };
        let mut own: Vec<Option<ValueId>> = vec![None; plan.keys as usize];
        let mut steps = Vec::new();
        for _ in 0..=rng.below(plan.steps_max) {
            let key = rng.below(plan.keys) as u32;
            let torn = if rng.percent(plan.torn) {
                rng.below(states.len() as u64) as usize
            } else {
                base
            };
            let seen = own[key as usize].unwrap_or(states[torn][key as usize]);
            let is_write = rng.percent(50);
            if !is_write || rng.percent(plan.update) {
                let told = if status == Status::Ok {
                    seen
                } else {
                    ValueId::NOT_TOLD
                };
                let is_again = steps.iter().any(|step: &(F, u32, ValueId)| step.1 == key);
                if !is_again {
                    steps.push((F::Read, key, told));
                }
            }
            if is_write {
                value += 1;
                steps.push((F::Write, key, ValueId(value)));
                own[key as usize] = Some(ValueId(value));
            }
        }
        let takes_effect = match status {
            Status::Ok => true,
            Status::Aborted => false,
            Status::Unknown => rng.percent(50),
        };
        if takes_effect {
            let mut state = states[states.len() - 1].clone();
            for (key, value) in own.iter().enumerate() {
                state[key] = value.unwrap_or(state[key]);
            }
            states.push(state);
        }
        done.push((one.process, one.invoked, position, status, steps));
    }
    done.sort_by_key(|one| one.1);
    let writes: Vec<(u32, ValueId)> = done
        .iter()
        .flat_map(|one| {
            one.4
                .iter()
                .filter(|step| step.0 == F::Write)
                .map(|step| (step.1, step.2))
        })
        .collect();
    let mut build = Build::new(plan.keys, true);
    for (process, invoked, completed, status, steps) in done {
        for (f, key, mut value) in steps {
            if f == F::Read && status == Status::Ok && rng.percent(plan.corrupted) {
                let others: Vec<ValueId> = writes
                    .iter()
                    .filter(|write| write.0 == key)
                    .map(|write| write.1)
                    .collect();
                value = match rng.below(others.len() as u64 + 1) as usize {
                    0 => ValueId::NIL,
                    at => others[at - 1],
                };
            }
            build.step(f, key, value);
        }
        build.end(process, status, invoked, completed);
    }
    build.txns
}

/// Many kinds of small histories.
pub(super) fn small(rng: &mut Rng, txns_max: u64) -> Txns {
    let plan = Plan {
        txns: 1 + rng.below(txns_max) as usize,
        keys: 1 + rng.below(3),
        steps_max: 1 + rng.below(3),
        processes: 1 + rng.below(4),
        unknown: rng.below(2) * 20,
        aborted: rng.below(2) * 10,
        old: rng.below(3) * 40,
        torn: rng.below(3) * 20,
        corrupted: rng.below(3) * 15,
        update: rng.below(3) * 50,
    };
    history(rng, plan)
}
