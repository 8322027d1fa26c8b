//! Long histories: clients of an object that does what its specification says, and lies about it.
use super::clients::Clients;
use super::{Asked, NEVER, Rng, close_gaps};
use crate::{Call, Data, Process, Spec};

/// What a history is like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    operations: usize,
    processes: usize,
    /// An idle process begins with so many of a hundred chances.
    eager: u64,
    /// So many of a million calls are never answered.
    lost: u64,
    /// So many of a hundred fail, and have no effect.
    failed: u64,
    /// Whether one process takes its time.
    is_one_slow: bool,
}

impl Shape {
    /// If it is hard, few calls are open at once, and few are lost.
    pub(super) fn draw(operations: usize, is_hard: bool, rng: &mut Rng) -> Shape {
        let processes = 2 + rng.below(7);
        let open = 1 + rng.below(if is_hard { 2 } else { 8 });
        // Of its turns, a process spends one to take effect and one to return.
        let resting = processes.saturating_sub(open).max(1);
        let lost_max = if is_hard { 3 } else { operations as u64 / 250 };
        let lost = [0, lost_max.div_ceil(4), lost_max][rng.below(3) as usize];
        Shape {
            operations,
            processes: processes as usize,
            eager: (50 * open / resting).min(100),
            lost: 1_000_000 * lost / operations as u64,
            failed: [0, 3][rng.below(2) as usize],
            is_one_slow: rng.percent(30),
        }
    }
}

/// There are never so many events, even if most calls fail.
const POSITIONS_MAX: usize = 1_000_000;

#[derive(Clone, Copy)]
enum Stage {
    Idle,
    Asked(usize),
    Done(usize),
}

/// Clients at work.
struct Simulation<'a, S: Spec> {
    spec: &'a S,
    clients: &'a Clients<S>,
    shape: Shape,
    state: S::State,
    /// None are those that failed.
    asked: Vec<Option<Asked>>,
    position: u32,
    /// Those of unknown outcome that may still take effect.
    late: Vec<usize>,
}

/// A legal history. Who waits for what is not possible yet is refused, gives up, or goes on waiting.
pub(super) fn history<S: Spec>(
    spec: &S,
    clients: &Clients<S>,
    shape: Shape,
    rng: &mut Rng,
) -> Vec<Asked> {
    let mut simulation = Simulation {
        spec,
        clients,
        shape,
        state: spec.init(),
        asked: Vec::new(),
        position: 0,
        late: Vec::new(),
    };
    let lanes = shape.processes;
    let mut stages = vec![Stage::Idle; lanes];
    let mut processes: Vec<u32> = (0..lanes as u32).collect();
    let (mut ended, mut failed) = (0, 0);
    while ended < shape.operations {
        assert!(
            (simulation.position as usize) < POSITIONS_MAX,
            "nothing is possible"
        );
        let is_over = simulation.asked.len() - failed == shape.operations;
        let lane = if shape.is_one_slow && rng.percent(95) {
            1 + rng.below(lanes as u64 - 1) as usize
        } else {
            rng.below(lanes as u64) as usize
        };
        simulation.catch_up(rng);
        stages[lane] = match stages[lane] {
            Stage::Idle if is_over || !rng.percent(shape.eager) => Stage::Idle,
            Stage::Idle => Stage::Asked(simulation.invoke(Process(processes[lane]), rng)),
            Stage::Asked(op) => match simulation.take_effect(op, rng) {
                Effect::Answered => Stage::Done(op),
                Effect::Waits => Stage::Asked(op),
                Effect::Failed => {
                    simulation.asked[op] = None;
                    failed += 1;
                    Stage::Idle
                }
                Effect::Lost => {
                    // A process that got no answer asks nothing else.
                    processes[lane] += lanes as u32;
                    ended += 1;
                    Stage::Idle
                }
            },
            Stage::Done(op) => {
                let asked = simulation.asked[op].as_mut().expect("it was answered");
                asked.returned = simulation.position;
                simulation.position += 1;
                ended += 1;
                Stage::Idle
            }
        };
    }
    let mut asked: Vec<Asked> = simulation.asked.into_iter().flatten().collect();
    close_gaps(&mut asked);
    asked
}

enum Effect {
    Answered,
    Waits,
    Failed,
    Lost,
}

impl<S: Spec> Simulation<'_, S> {
    fn invoke(&mut self, process: Process, rng: &mut Rng) -> usize {
        let call = (self.clients.ask)(&self.state, process, rng);
        self.asked.push(Some(Asked {
            process,
            call,
            invoked: self.position,
            returned: NEVER,
        }));
        self.position += 1;
        self.asked.len() - 1
    }

    fn take_effect(&mut self, op: usize, rng: &mut Rng) -> Effect {
        if rng.percent(self.shape.failed) {
            return Effect::Failed;
        }
        let Asked { process, call, .. } = self.asked[op].clone().expect("it has not failed");
        let may_be_lost = (self.clients.loses)(&call) && !self.spec.is_read_only(&call);
        if may_be_lost && rng.below(1_000_000) < self.shape.lost {
            let holds = |state: &S::State| (self.clients.holds)(state, process);
            let is_held = holds(&self.state);
            // Nobody gives back what is held by who is gone, and little would happen after that.
            let let_go = self.after(process, &call).filter(|after| !holds(after));
            if let_go.is_some() || !is_held {
                match (rng.below(3), let_go) {
                    (0, Some(after)) => self.state = after,
                    (1, _) if !is_held => {}
                    _ => self.late.push(op),
                }
                return Effect::Lost;
            }
        }
        for answer in (self.clients.answers)(&self.state, &call, rng) {
            let answered = call.clone().answered(answer);
            if let Some(after) = self.after(process, &answered) {
                self.state = after;
                self.asked[op].as_mut().expect("as above").call = answered;
                return Effect::Answered;
            }
        }
        if rng.percent(5) {
            Effect::Failed
        } else {
            Effect::Waits
        }
    }

    /// Where a call leads, if it is possible.
    fn after(&self, process: Process, call: &Call) -> Option<S::State> {
        let mut after = self.spec.step(&self.state, process, call).into_iter();
        after.next()
    }

    /// Now and then one of those that were lost takes effect after all.
    fn catch_up(&mut self, rng: &mut Rng) {
        if self.late.is_empty() || !rng.percent(2) {
            return;
        }
        let place = rng.below(self.late.len() as u64) as usize;
        let op = self.late.swap_remove(place);
        let asked = self.asked[op].as_ref().expect("it has not failed");
        let after = self.after(asked.process, &asked.call);
        let does_let_go = |after: &S::State| !(self.clients.holds)(after, asked.process);
        if let Some(after) = after.filter(does_let_go) {
            self.state = after;
        }
    }
}

/// A lie is told about an operation that is no further away than this.
const NEAR: usize = 20;

/// Gives an operation the answer of another, lets two change their answers, or loses one.
pub(super) fn corrupt(asked: &mut Vec<Asked>, rng: &mut Rng) {
    let does_lose = rng.percent(20);
    for _ in 0..200 {
        let first = rng.below(asked.len() as u64) as usize;
        let second = (first + 1 + rng.below(NEAR as u64) as usize) % asked.len();
        let (one, other) = (asked[first].clone(), asked[second].clone());
        let is_same = one.call.f == other.call.f && one.call.output != other.call.output;
        if does_lose || !one.is_answered() || !other.is_answered() || !is_same {
            continue;
        }
        asked[first].call.output = other.call.output;
        if rng.percent(50) {
            asked[second].call.output = one.call.output;
        }
        return;
    }
    let answered: Vec<usize> = (0..asked.len())
        .filter(|&op| asked[op].is_answered() && asked[op].call.output != Some(Data::Bool(false)))
        .collect();
    let lost = answered[rng.below(answered.len() as u64) as usize];
    asked.remove(lost);
    close_gaps(asked);
}
