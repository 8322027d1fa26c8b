//! Engines for collections, each against brute force, on every small history and on many random ones.
use crate::linearizable::asked::Asked;
use crate::linearizable::engine::Engine;
use crate::linearizable::proof::{Answer, Proof};
use crate::linearizable::timed::NEVER;
use crate::testing::{Rng, is_legal, schedule};
use crate::{AnomalyKind, Call, Data, Process, Spec, Verb};
use std::collections::BTreeMap;

mod every;
mod random;

pub(in crate::linearizable) use every::every_history_of;
pub(in crate::linearizable) use random::{agree_on_random, agree_on_tangled};

/// A collection by its definition.
#[derive(Clone, Debug)]
pub(in crate::linearizable) struct Collection {
    pub(in crate::linearizable) put: Verb,
    pub(in crate::linearizable) take: Verb,
    pub(in crate::linearizable) gives: Gives,
}

/// What it gives out.
#[derive(Clone, Copy, Debug)]
pub(in crate::linearizable) enum Gives {
    First,
    Last,
    Least,
}

impl Collection {
    fn next(&self, held: &[Data]) -> Option<usize> {
        match self.gives {
            Gives::First => (!held.is_empty()).then_some(0),
            Gives::Last => held.len().checked_sub(1),
            Gives::Least => (0..held.len()).min_by_key(|&place| &held[place]),
        }
    }
}

impl Spec for Collection {
    type State = Vec<Data>;

    fn init(&self) -> Vec<Data> {
        Vec::new()
    }

    fn step(
        &self,
        held: &Vec<Data>,
        _: Process,
        call: &Call,
    ) -> impl IntoIterator<Item = Vec<Data>> {
        let mut held = held.clone();
        if call.f == self.put {
            held.push(call.input.clone());
            return Some(held);
        }
        assert_eq!(call.f, self.take);
        let taken = self.next(&held).map(|place| held.remove(place));
        let is_so = call
            .output
            .as_ref()
            .is_none_or(|said| *said == taken.unwrap_or(Data::Nil));
        is_so.then_some(held)
    }
}

/// How often an engine gave which answer.
#[derive(Clone, Debug, Default)]
pub(in crate::linearizable) struct Tally {
    pub(in crate::linearizable) legal: usize,
    pub(in crate::linearizable) kinds: BTreeMap<AnomalyKind, usize>,
    pub(in crate::linearizable) outside: BTreeMap<&'static str, usize>,
    /// The operations of the largest proof.
    pub(in crate::linearizable) proof_max: usize,
}

impl Tally {
    pub(in crate::linearizable) fn count(&mut self, answer: &Answer) {
        match answer {
            Answer::Legal => self.legal += 1,
            Answer::Illegal(proof) => {
                *self.kinds.entry(proof.kind).or_default() += 1;
                self.proof_max = self.proof_max.max(proof.ops.len());
            }
            Answer::Outside(why) => *self.outside.entry(why).or_default() += 1,
        }
    }
}

/// Asks the engine, and holds it to brute force, its proof to being one, and its order to the
/// specification.
pub(in crate::linearizable) fn compare(
    engine: &Engine,
    collection: &Collection,
    asked: &[Asked],
) -> Answer {
    let answer = (engine.check)(asked);
    match &answer {
        Answer::Legal => {
            assert!(is_legal(collection, asked), "not legal: {asked:#?}");
            let order = (engine.order)(asked).unwrap_or_else(|| panic!("no order of {asked:#?}"));
            check_order(collection, asked, &order);
        }
        Answer::Illegal(proof) => {
            assert!(!is_legal(collection, asked), "legal: {asked:#?} {proof:#?}");
            check_proof(collection, asked, proof);
            assert_eq!((engine.order)(asked), None);
        }
        Answer::Outside(_) => {}
    }
    answer
}

fn check_order(collection: &Collection, asked: &[Asked], order: &[u32]) {
    let mut is_done = vec![false; asked.len()];
    let mut held = collection.init();
    let mut latest = 0;
    for &op in order {
        let op = op as usize;
        assert!(!is_done[op], "{op} is twice in {order:?} of {asked:#?}");
        is_done[op] = true;
        latest = latest.max(asked[op].invoked);
        assert!(
            latest < asked[op].returned,
            "{op} is too late in {order:?} of {asked:#?}"
        );
        let after = collection.step(&held, asked[op].process, &asked[op].call);
        let next = after.into_iter().next();
        held = next.unwrap_or_else(|| panic!("{op} is wrong in {order:?} of {asked:#?}"));
    }
    let all = asked.iter().zip(&is_done);
    let mut missing = all.filter(|(op, is_done)| op.is_answered() && !**is_done);
    assert!(
        missing.next().is_none(),
        "{order:?} is not all of {asked:#?}"
    );
}

fn check_proof(collection: &Collection, asked: &[Asked], proof: &Proof) {
    let ops: Vec<Asked> = proof
        .ops
        .iter()
        .map(|&(op, _)| asked[op as usize].clone())
        .collect();
    assert!(proof.ops.is_sorted_by_key(|part| part.0), "{proof:#?}");
    assert!(
        ops.len() > 64 || !is_legal(collection, &ops),
        "{proof:#?} is none in {asked:#?}"
    );
    let mut sentence = proof.sentence.clone();
    for place in 0..proof.ops.len() {
        sentence = sentence.replace(&format!("{{{place}}}"), "process 12 (n3)");
    }
    assert!(!sentence.contains('{'), "{sentence}");
    assert!(sentence.chars().count() <= 160, "{sentence}");
    let last = &proof.steps.last().expect("there is a step").text;
    assert!(last.ends_with(" — a contradiction."), "{last}");
    for step in &proof.steps {
        let places = step
            .between
            .map_or([0, 0], |(first, second)| [first, second]);
        assert!(places.iter().all(|&place| place < proof.ops.len()));
    }
}

/// An operation, for tests: `put` of a value, or what was taken.
pub(in crate::linearizable) fn asked(call: Call, invoked: u32, returned: u32) -> Asked {
    Asked {
        process: Process(invoked),
        call,
        invoked,
        returned,
    }
}

/// What was put in, or taken out, and when: value, whether it was put in, invocation and return.
pub(in crate::linearizable) type Moved = (i64, bool, u32, u32);

impl Collection {
    pub(in crate::linearizable) fn moved(
        &self,
        (value, is_put, invoked, returned): Moved,
    ) -> Asked {
        let call = if is_put {
            Call::new(self.put.clone(), 0, value).answered(Data::Nil)
        } else {
            Call::new(self.take.clone(), 0, Data::Nil).answered(value)
        };
        asked(call, invoked, returned)
    }

    /// The proof that these operations are wrong.
    #[track_caller]
    pub(in crate::linearizable) fn accused(&self, engine: &Engine, ops: &[Moved]) -> Proof {
        let history: Vec<Asked> = ops.iter().map(|&op| self.moved(op)).collect();
        match compare(engine, self, &history) {
            Answer::Illegal(proof) => *proof,
            found => panic!("{found:?}"),
        }
    }
}

/// The steps of a proof as they are told.
pub(in crate::linearizable) fn steps(proof: &Proof) -> Vec<&str> {
    proof.steps.iter().map(|step| &*step.text).collect()
}
