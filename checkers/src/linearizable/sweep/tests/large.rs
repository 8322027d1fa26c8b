//! Long histories: a legal one is never accused, and a proof stays small.
use super::{Asked, Model, Shape, assert_order, assert_proof, random_history};
use crate::linearizable::engine::Engine;
use crate::linearizable::proof::Answer;
use crate::linearizable::sweep::{
    counter, element, fenced, grow_set, ids, mutex, owned, semaphore,
};
use crate::linearizable::timed::NEVER;
use crate::testing::Rng;
use crate::{Call, Data, Spec, Verb};

/// Operations in a proof that somebody can read.
const PROOF_MAX: usize = 64;

/// What an object of one number does when it is asked: enough for every object here.
#[derive(Clone, Copy)]
enum Object {
    Element,
    Counter,
    Tickets,
    Mutex,
    Semaphore,
    Fenced,
    Ids,
    GrowSet,
}

type State = (i64, i64);

impl Object {
    fn engine(self) -> Engine {
        match self {
            Object::Element => element::ENGINE,
            Object::Counter | Object::Tickets => counter::ENGINE,
            Object::Mutex => mutex::ENGINE,
            Object::Semaphore => semaphore::engine(3).expect("there is one"),
            Object::Fenced => fenced::ENGINE,
            Object::Ids => ids::MONOTONE,
            Object::GrowSet => grow_set::ENGINE,
        }
    }

    /// What `f` leads to, and what it answers.
    fn answer(self, (level, token): State, f: &Verb) -> Option<(State, Data)> {
        let most = if matches!(self, Object::Semaphore) {
            3
        } else {
            1
        };
        let told = match (self, f) {
            (Object::Element, Verb::Add) => ((1, 0), (level == 0).into()),
            (Object::Element, Verb::Remove) => ((0, 0), (level == 1).into()),
            (Object::Element, _) => ((level, 0), (level == 1).into()),
            (Object::Counter, Verb::Add) => ((level + 1, 0), Data::Nil),
            (Object::Tickets, Verb::Add) => ((level + 1, 0), Data::Int(level + 1)),
            (Object::Counter | Object::Tickets, _) => ((level, 0), Data::Int(level)),
            (Object::GrowSet, Verb::Add) => ((level + 1, 0), Data::Nil),
            (Object::GrowSet, _) => ((level, 0), (0..level).collect::<Vec<i64>>().into()),
            (Object::Ids, _) => ((level, token + 1), Data::Int(token + 1)),
            (_, Verb::Release) if level > 0 => ((level - 1, token), Data::Nil),
            (Object::Semaphore, _) if level == most => return None,
            (_, Verb::Acquire) if level == most => ((level, token), false.into()),
            (Object::Fenced, Verb::Acquire) => ((1, token + 1), Data::Int(token + 1)),
            (_, Verb::Acquire) => ((level + 1, token), Data::Nil),
            _ => return None,
        };
        Some(told)
    }

    fn ask(self, state: &mut State, rng: &mut Rng) -> Call {
        let verbs: &[Verb] = match self {
            Object::Element => &[Verb::Add, Verb::Remove, Verb::Contains],
            Object::Counter | Object::Tickets | Object::GrowSet => &[Verb::Add, Verb::Read],
            Object::Mutex | Object::Semaphore | Object::Fenced => &[Verb::Acquire, Verb::Release],
            Object::Ids => &[Verb::Generate],
        };
        loop {
            let f = verbs[rng.below(verbs.len() as u64) as usize].clone();
            let Some((next, output)) = self.answer(*state, &f) else {
                continue;
            };
            let input = match (self, &f) {
                (Object::GrowSet, Verb::Add) => Data::Int(state.0),
                (Object::Element, _) | (_, Verb::Add) => Data::Int(1),
                _ => Data::Nil,
            };
            *state = next;
            return Call::new(f, 0, input).answered(output);
        }
    }

    fn spec(self) -> impl Spec<State = (i64, i64, Vec<Data>)> {
        let step = move |state: &(i64, i64, Vec<Data>), _: u32, call: &Call| {
            let (level, token, held) = state;
            // The set is what was added, in whatever order.
            if let Object::GrowSet = self {
                let mut held = held.clone();
                if call.f == Verb::Add {
                    let place = held.binary_search(&call.input).err()?;
                    held.insert(place, call.input.clone());
                    return Some((0, 0, held));
                }
                let seen = call
                    .output
                    .as_ref()
                    .is_none_or(|seen| seen.list() == Some(&held));
                return seen.then_some((0, 0, held));
            }
            // Tokens and ids may leave gaps.
            if let (Verb::Acquire | Verb::Generate, Some(Data::Int(told))) = (&call.f, &call.output)
            {
                let rises = i64::from(call.f == Verb::Acquire);
                let is_possible = token < told && level + rises <= 1;
                return is_possible.then_some((level + rises, *told, Vec::new()));
            }
            let (next, output) = match self.answer((*level, *token), &call.f) {
                None if call.output.is_none() => return Some(state.clone()),
                told => told?,
            };
            // A token that was not told may have been any.
            let next = (
                next.0,
                if call.output.is_none() {
                    *token
                } else {
                    next.1
                },
            );
            let is_silent = matches!(&call.output, None | Some(Data::Nil));
            let is_told = is_silent || call.output.as_ref() == Some(&output);
            let is_refused = output == Data::Bool(false) && call.output == Some(Data::Nil);
            (is_told && !is_refused).then_some((next.0, next.1, Vec::new()))
        };
        let init = (0, 0, Vec::new());
        Model { init, step }
    }
}

const OBJECTS: [Object; 8] = [
    Object::Element,
    Object::Counter,
    Object::Tickets,
    Object::Mutex,
    Object::Semaphore,
    Object::Fenced,
    Object::Ids,
    Object::GrowSet,
];

fn long_history(object: Object, rng: &mut Rng) -> Vec<Asked> {
    let shape = Shape {
        operations: 50 + rng.below(1_000) as usize,
        processes: 2 + rng.below(15) as usize,
        unknown: rng.below(2),
        lies: 0,
        is_nobody: true,
        ask: &|state: &mut State, _, rng: &mut Rng| object.ask(state, rng),
        lie: &|call, _| call.clone(),
    };
    random_history((0, 0), &shape, rng)
}

#[test]
fn an_object_that_does_what_it_should_is_never_accused() {
    let mut rng = Rng(21);
    for object in OBJECTS {
        for _ in 0..40 {
            let asked = long_history(object, &mut rng);
            let engine = object.engine();
            match (engine.check)(&asked) {
                Answer::Legal => {}
                // A semaphore never refuses here.
                other => panic!("{other:?}"),
            }
            let order = (engine.order)(&asked).expect("it is legal");
            assert_order(&object.spec(), &asked, &order);
        }
    }
}

#[test]
fn an_operation_that_goes_missing_is_told_by_few() {
    let mut rng = Rng(22);
    for object in OBJECTS {
        let (mut illegal, mut longest, mut pairs) = (0, 0, 0);
        for _ in 0..60 {
            let mut asked = long_history(object, &mut rng);
            let lost = rng.below(asked.len() as u64) as usize;
            asked.remove(lost);
            let Answer::Illegal(proof) = (object.engine().check)(&asked) else {
                continue;
            };
            illegal += 1;
            longest = longest.max(proof.ops.len());
            pairs += usize::from(proof.ops.len() <= 2);
            if proof.ops.len() <= PROOF_MAX {
                assert_proof(&object.spec(), &asked, &proof);
            }
        }
        println!(
            "{}: {illegal} illegal, {pairs} told by two, longest {longest}",
            object.engine().name
        );
        assert!(longest <= PROOF_MAX);
        assert!(matches!(object, Object::Ids | Object::Tickets) || illegal > 5);
    }
}

#[test]
fn holds_of_many_processes_are_followed() {
    let mut rng = Rng(23);
    for _ in 0..40 {
        let shape = Shape {
            operations: 1_000,
            processes: 2 + rng.below(15) as usize,
            unknown: 20,
            lies: 0,
            is_nobody: false,
            ask: &|holder: &mut Option<u32>, process, _: &mut Rng| {
                let f =
                    [Verb::Acquire, Verb::Release][usize::from(*holder == Some(process))].clone();
                let is_refused = f == Verb::Acquire && holder.is_some();
                if !is_refused {
                    *holder = (f == Verb::Acquire).then_some(process);
                }
                Call::new(f, 0, Data::Nil).answered(!is_refused)
            },
            lie: &|call, _| call.clone(),
        };
        let mut asked = random_history(None, &shape, &mut rng);
        let spec = Model {
            init: None::<u32>,
            step: |holder: &Option<u32>, process, call: &Call| match &call.f {
                Verb::Release => (*holder == Some(process)).then_some(None),
                _ if call.output == super::NO => holder.is_some().then_some(*holder),
                _ => holder.is_none().then_some(Some(process)),
            },
        };
        assert_eq!((owned::MUTEX.check)(&asked), Answer::Legal);
        let order = (owned::MUTEX.order)(&asked).expect("it is legal");
        assert_order(&spec, &asked, &order);
        let lost = rng.below(asked.len() as u64) as usize;
        asked.remove(lost);
        if let Answer::Illegal(proof) = (owned::MUTEX.check)(&asked) {
            assert!(proof.ops.len() <= 5);
            assert_proof(&spec, &asked, &proof);
        }
    }
}

#[test]
fn odd_data_is_left_to_others() {
    let odd = [
        Data::Nil,
        Data::Int(i64::MIN),
        Data::from("x"),
        Data::from(vec![1]),
    ];
    let verbs = [
        Verb::Add,
        Verb::Remove,
        Verb::Read,
        Verb::Contains,
        Verb::Acquire,
        Verb::Release,
        Verb::AcquireRead,
        Verb::Generate,
        Verb::Txn,
    ];
    let mut engines = OBJECTS.map(Object::engine).to_vec();
    engines.extend([owned::MUTEX, owned::REENTRANT, owned::RW_LOCK, ids::UNIQUE]);
    for engine in engines {
        assert_eq!((engine.check)(&[]), Answer::Legal);
        for f in &verbs {
            for (input, output) in odd.iter().flat_map(|a| odd.iter().map(move |b| (a, b))) {
                let call = Call::new(f.clone(), 0, input.clone()).answered(output.clone());
                let asked = |invoked, returned| Asked {
                    process: crate::Process(1),
                    call: call.clone(),
                    invoked,
                    returned,
                };
                (engine.check)(&[asked(0, 1), asked(2, 3)]);
                (engine.check)(&[asked(0, 1), asked(1 << 31, NEVER - 1)]);
                (engine.order)(&[asked(0, NEVER), asked(1, 2)]);
                let disorder = (engine.check)(&[asked(2, 3), asked(0, 1)]);
                assert!(matches!(disorder, Answer::Outside(_)));
            }
        }
    }
}
