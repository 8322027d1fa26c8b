//! Makes the judge of a model.
use super::{
    Bag, Bank, Counter, FencedMutex, Kv, Log, MODELS, MonotoneIds, MultiRegister, Mutex,
    OwnerMutex, PriorityQueue, Queue, ReentrantMutex, Register, RwLock, Semaphore, Set, Stack,
    UniqueIds, guarded::Guarded,
};
use crate::linearizable::{
    Engine, Linearizable, Object, SequentiallyConsistent, priority, queue, stack, sweep,
};
use crate::{Checker, Data, Spec};
use std::collections::BTreeMap;

/// What a model is told beforehand, by name: `permits` 3.
pub type Parameters = BTreeMap<String, Data>;

/// What is asked of the order in which operations take effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Consistency {
    /// Each takes effect between its invocation and its return.
    #[default]
    Linearizable,
    /// Each process keeps its own order, and real time means nothing.
    Sequential,
}

/// The judge of the model that is called so.
///
/// # Errors
/// If there is no such model, or a parameter is not one of its own; the text says what there is.
pub fn checker(
    name: &str,
    parameters: &Parameters,
    consistency: Consistency,
) -> Result<Box<dyn Checker>, String> {
    let Some(model) = MODELS.iter().find(|model| model.name == name) else {
        let names: Vec<&str> = MODELS.iter().map(|model| model.name).collect();
        return Err(format!("no model `{name}`; there are {}", names.join(", ")));
    };
    let is_known = |name: &str| model.parameters.iter().any(|(known, _)| *known == name);
    if let Some(name) = parameters.keys().find(|name| !is_known(name)) {
        let known: Vec<&str> = model.parameters.iter().map(|known| known.0).collect();
        let known = if known.is_empty() {
            "none".to_owned()
        } else {
            known.join(", ")
        };
        return Err(format!(
            "{} has no parameter `{name}`; it has {known}",
            model.name
        ));
    }
    let judge = judge(model.name, parameters, consistency)?;
    Ok(Box::new(Guarded { model, judge }))
}

fn judge(
    name: &'static str,
    parameters: &Parameters,
    consistency: Consistency,
) -> Result<Box<dyn Checker>, String> {
    let new = New { name, consistency };
    let initial = parameters.get("initial");
    Ok(match name {
        "register" | "cas-register" | "map" => {
            let initial = initial.cloned().unwrap_or_default();
            match consistency {
                Consistency::Linearizable => Box::new(Linearizable::starting_at(initial)),
                Consistency::Sequential => new.object(Register { initial }, &[]),
            }
        }
        "kv" => new.object(Kv, &[]),
        "multi-register" => {
            let initial = initial.map(pairs).unwrap_or(Some(BTreeMap::new()));
            let initial = initial.ok_or("initial is a list of [register value]")?;
            new.object(MultiRegister { initial }, &[])
        }
        "set" => new.object(Set, &[sweep::element::ENGINE, sweep::grow_set::ENGINE]),
        "grow-only-set" => new.object(Set, &[sweep::grow_set::ENGINE, sweep::element::ENGINE]),
        "bag" => new.object(Bag, &[]),
        "counter" => new.object(Counter, &[sweep::counter::ENGINE]),
        "queue" => new.object(Queue, &[queue::ENGINE]),
        "stack" => new.object(Stack, &[stack::ENGINE]),
        "priority-queue" => new.object(PriorityQueue, &[priority::ENGINE]),
        "mutex" => new.object(Mutex, &[sweep::mutex::ENGINE]),
        "owner-mutex" => new.object(OwnerMutex, &[sweep::owned::MUTEX]),
        "reentrant-mutex" => new.object(ReentrantMutex, &[sweep::owned::REENTRANT]),
        "fenced-mutex" => new.object(FencedMutex, &[sweep::fenced::ENGINE]),
        "rw-lock" => new.object(RwLock, &[sweep::owned::RW_LOCK]),
        "semaphore" => {
            let permits = permits(parameters)?;
            let engine = u32::try_from(permits).ok();
            let engine = engine.and_then(sweep::semaphore::engine);
            new.object(Semaphore { permits }, engine.as_slice())
        }
        "log" => new.object(Log, &[]),
        "bank" => {
            let initial = balances(initial)?;
            new.object(Bank { initial }, &[])
        }
        "unique-ids" => new.object(UniqueIds, &[sweep::ids::UNIQUE]),
        "monotone-ids" => new.object(MonotoneIds, &[sweep::ids::MONOTONE]),
        _ => unreachable!("every model of the table has an arm"),
    })
}

/// Makes the judge of a specification.
struct New {
    name: &'static str,
    consistency: Consistency,
}

impl New {
    fn object<S: Spec + 'static>(&self, spec: S, engines: &[Engine]) -> Box<dyn Checker> {
        let object = Object::new(self.name, spec).with_engines(engines);
        match self.consistency {
            Consistency::Linearizable => Box::new(object),
            Consistency::Sequential => Box::new(SequentiallyConsistent::new(object)),
        }
    }
}

fn pairs(list: &Data) -> Option<BTreeMap<Data, Data>> {
    let pair = |pair: &Data| pair.pair().map(|(a, b)| (a.clone(), b.clone()));
    list.list()?.iter().map(pair).collect()
}

fn permits(parameters: &Parameters) -> Result<i64, String> {
    let permits = parameters.get("permits").map_or(Some(1), Data::int);
    let permits = permits.filter(|permits| 1 <= *permits);
    permits.ok_or_else(|| "permits is a number from 1".to_owned())
}

fn balances(initial: Option<&Data>) -> Result<BTreeMap<i64, i64>, String> {
    let told = initial.and_then(pairs).and_then(|pairs| {
        let balance = |(account, balance): (Data, Data)| {
            let balance = balance.int().filter(|balance| 0 <= *balance);
            Some((account.int()?, balance?))
        };
        pairs.into_iter().map(balance).collect::<Option<_>>()
    });
    told.ok_or_else(|| {
        "a bank needs its balances at first: initial, a list of [account balance]".to_owned()
    })
}
