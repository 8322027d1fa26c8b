//! The sweeps against brute force: all small histories, and many random ones.
mod counted;
mod fenced;
mod large;
mod ordered;
mod owned;
mod two_valued;

use super::lowered::is_in_order;
use crate::linearizable::engine::Engine;
use crate::linearizable::proof::{Answer, Proof};
use crate::linearizable::timed::NEVER;
use crate::testing::{Rng, is_legal, schedule};
use crate::{Call, Data, Process, Spec, Verb};
use std::fmt::Debug;
use std::hash::Hash;

type Asked = crate::linearizable::Asked;

/// A specification in one function: the state after a call, if the call is possible.
#[derive(Clone, Copy)]
struct Model<S, F> {
    init: S,
    step: F,
}

impl<S, F> Spec for Model<S, F>
where
    S: Clone + Eq + Hash + Debug + Send + Sync,
    F: Fn(&S, u32, &Call) -> Option<S> + Send + Sync,
{
    type State = S;

    fn init(&self) -> S {
        self.init.clone()
    }

    fn step(
        &self,
        state: &S,
        Process(process): Process,
        call: &Call,
    ) -> impl IntoIterator<Item = S> {
        (self.step)(state, process, call)
    }
}

/// How many histories were what.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    legal: usize,
    illegal: usize,
    outside: usize,
}

impl Tally {
    fn all(self) -> usize {
        self.legal + self.illegal + self.outside
    }
}

/// Compares an engine with brute force: the verdict, the order, and that the proof is one by itself.
fn compare(spec: &impl Spec, engine: Engine, asked: &[Asked], tally: &mut Tally) {
    assert!(is_in_order(asked));
    match (engine.check)(asked) {
        Answer::Outside(why) => {
            assert!(!why.is_empty());
            tally.outside += 1;
        }
        Answer::Legal => {
            tally.legal += 1;
            assert!(is_legal(spec, asked), "acquitted: {asked:#?}");
            let order = (engine.order)(asked).expect("a legal history has an order");
            assert_order(spec, asked, &order);
        }
        Answer::Illegal(proof) => {
            tally.illegal += 1;
            assert!(!is_legal(spec, asked), "accused: {asked:#?}\n{proof:#?}");
            assert_proof(spec, asked, &proof);
        }
    }
}

/// Whether `order` is in time, holds every answered operation once, and gives every answer.
fn assert_order<S: Spec>(spec: &S, asked: &[Asked], order: &[u32]) {
    let story = || format!("{order:?} {asked:#?}");
    let mut is_used = vec![false; asked.len()];
    let mut state = spec.init();
    let mut latest = 0;
    for &op in order {
        let op = op as usize;
        assert!(!is_used[op], "twice: {}", story());
        is_used[op] = true;
        assert!(latest <= asked[op].returned, "too late: {}", story());
        latest = latest.max(asked[op].invoked);
        let next = spec.step(&state, asked[op].process, &asked[op].call);
        let next = next.into_iter().next();
        state = next.unwrap_or_else(|| panic!("impossible: {}", story()));
    }
    let is_missing = |op: usize| asked[op].is_answered() && !is_used[op];
    assert!(!(0..asked.len()).any(is_missing), "missing: {}", story());
}

fn assert_proof(spec: &impl Spec, asked: &[Asked], proof: &Proof) {
    let story = || format!("{proof:#?} {asked:#?}");
    let mut kept: Vec<usize> = proof.ops.iter().map(|(op, _)| *op as usize).collect();
    kept.sort_unstable();
    kept.dedup();
    assert_eq!(kept.len(), proof.ops.len(), "twice: {}", story());
    let part: Vec<Asked> = kept.iter().map(|&op| asked[op].clone()).collect();
    assert!(!is_legal(spec, &part), "no crime by itself: {}", story());
    let mut sentence = proof.sentence.clone();
    let mut steps: Vec<String> = proof.steps.iter().map(|step| step.text.clone()).collect();
    for place in 0..proof.ops.len() {
        sentence = sentence.replace(&format!("{{{place}}}"), "process 12 (n3)");
        for step in &mut steps {
            *step = step.replace(&format!("{{{place}}}"), "A");
        }
    }
    let length = sentence.chars().count();
    assert!((20..=160).contains(&length), "{length}: {}", story());
    assert!(
        !sentence.contains('{') && !sentence.ends_with('.'),
        "{}",
        story()
    );
    assert!(steps.iter().all(|step| !step.contains('{')), "{}", story());
    let last = steps.last().expect("a proof has steps");
    assert!(last.ends_with("— a contradiction."), "{}", story());
    for (first, second) in proof.steps.iter().filter_map(|step| step.between) {
        assert!(first != second && first.max(second) < proof.ops.len());
    }
}

/// All histories of so many operations: each call asked by each idle process at each point.
struct Walk<'a> {
    choices: &'a [Call],
    processes: u32,
    operations: usize,
    asked: Vec<Asked>,
    now: u32,
    judge: &'a mut dyn FnMut(&[Asked]),
}

/// Hands every history of 1 to `operations` operations to `judge`. A call without an output never
/// returns, and its process asks no more. With no processes each call has its own.
fn all_histories(
    choices: &[Call],
    processes: u32,
    operations: usize,
    judge: &mut dyn FnMut(&[Asked]),
) {
    for operations in 1..=operations {
        let mut walk = Walk {
            choices,
            processes,
            operations,
            asked: Vec::new(),
            now: 0,
            judge: &mut *judge,
        };
        walk.go();
    }
}

impl Walk<'_> {
    fn go(&mut self) {
        let is_open = |asked: &Asked| asked.returned == NEVER && asked.call.output.is_some();
        let open: Vec<usize> = (0..self.asked.len())
            .filter(|&op| is_open(&self.asked[op]))
            .collect();
        if self.asked.len() == self.operations && open.is_empty() {
            return (self.judge)(&self.asked);
        }
        for op in open {
            self.asked[op].returned = self.now;
            self.now += 1;
            self.go();
            self.now -= 1;
            self.asked[op].returned = NEVER;
        }
        if self.asked.len() == self.operations {
            return;
        }
        for process in self.idle() {
            for choice in 0..self.choices.len() {
                let call = self.choices[choice].clone();
                self.asked.push(Asked {
                    process: Process(process),
                    call,
                    invoked: self.now,
                    returned: NEVER,
                });
                self.now += 1;
                self.go();
                self.now -= 1;
                self.asked.pop();
            }
        }
    }

    /// Who may ask next. Of processes that asked nothing yet, the first one stands for all.
    fn idle(&self) -> Vec<u32> {
        if self.processes == 0 {
            return vec![self.asked.len() as u32];
        }
        let asked = |process: u32| self.asked.iter().any(|op| op.process.0 == process);
        let is_busy = |process: u32| {
            let mut own = self.asked.iter().filter(|op| op.process.0 == process);
            own.any(|op| op.returned == NEVER)
        };
        let fresh = (0..self.processes).find(|&process| !asked(process));
        let seasoned = (0..self.processes).filter(|&p| asked(p) && !is_busy(p));
        seasoned.chain(fresh).collect()
    }
}

/// What a random history is made of.
struct Shape<'a, S> {
    operations: usize,
    processes: usize,
    /// In percent: last calls of a process that are not answered, and answers that are replaced.
    unknown: u64,
    lies: u64,
    /// Whether every call has a process of its own.
    is_nobody: bool,
    /// Asks something in a state, and answers it.
    ask: &'a dyn Fn(&mut S, u32, &mut Rng) -> Call,
    /// Another answer, or another call.
    lie: &'a dyn Fn(&Call, &mut Rng) -> Call,
}

fn random_history<S>(mut state: S, shape: &Shape<'_, S>, rng: &mut Rng) -> Vec<Asked> {
    let (plan, effects) = schedule(shape.operations, shape.processes, rng);
    let mut calls: Vec<Option<Call>> = vec![None; plan.len()];
    for op in effects {
        calls[op] = Some((shape.ask)(&mut state, plan[op].process, rng));
    }
    let mut last = vec![usize::MAX; shape.processes];
    for (op, planned) in plan.iter().enumerate() {
        last[planned.process as usize] = op;
    }
    let mut asked: Vec<Asked> = Vec::new();
    for (op, planned) in plan.iter().enumerate() {
        let mut call = calls[op].take().expect("every operation took effect");
        if rng.percent(shape.lies) {
            call = (shape.lie)(&call, rng);
        }
        let mut returned = planned.returned;
        let is_last = last[planned.process as usize] == op;
        if (is_last || shape.is_nobody) && rng.percent(shape.unknown) {
            (call.output, returned) = (None, NEVER);
        }
        asked.push(Asked {
            process: Process(if shape.is_nobody {
                op as u32
            } else {
                planned.process
            }),
            call,
            invoked: planned.invoked,
            returned,
        });
    }
    asked
}

/// How many random histories a suite looks at, unless told otherwise.
fn rounds(suite: usize) -> usize {
    let told = std::env::var("SWEEP_ROUNDS").ok();
    told.and_then(|told| told.parse().ok()).unwrap_or(suite)
}

/// Compares `count` random histories.
fn compare_random<P: Spec>(
    spec: &P,
    engine: Engine,
    count: usize,
    shape: impl Fn(&mut Rng) -> (usize, usize, u64, u64),
    is_nobody: bool,
    ask: &dyn Fn(&mut P::State, u32, &mut Rng) -> Call,
    lie: &dyn Fn(&Call, &mut Rng) -> Call,
) -> Tally {
    let mut rng = Rng(11);
    let mut tally = Tally::default();
    for _ in 0..rounds(count) {
        let (operations, processes, unknown, lies) = shape(&mut rng);
        let shape = Shape {
            operations,
            processes,
            unknown,
            lies,
            is_nobody,
            ask,
            lie,
        };
        let asked = random_history(spec.init(), &shape, &mut rng);
        compare(spec, engine, &asked, &mut tally);
    }
    println!("seed 11, {} random histories: {tally:?}", tally.all());
    tally
}

/// Small, with up to 9 operations.
fn small(rng: &mut Rng) -> (usize, usize, u64, u64) {
    let operations = 2 + rng.below(8) as usize;
    let processes = 1 + rng.below(5) as usize;
    (operations, processes, rng.below(3) * 20, rng.below(3) * 8)
}

fn calls(f: Verb, input: &Data, outputs: &[Option<Data>]) -> Vec<Call> {
    let answered = |output: &Option<Data>| Call {
        output: output.clone(),
        ..Call::new(f.clone(), 0, input.clone())
    };
    outputs.iter().map(answered).collect()
}

const YES: Option<Data> = Some(Data::Bool(true));
const NO: Option<Data> = Some(Data::Bool(false));
const DONE: Option<Data> = Some(Data::Nil);
