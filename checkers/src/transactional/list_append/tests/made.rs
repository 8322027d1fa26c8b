//! Transactions put together by hand.
use crate::Process;
use crate::transactional::{F, NEVER, Status, Txns, ValueId};

/// One step: an element that is appended, or a list that is read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Do {
    Append(u32, u32),
    Read(u32, Vec<u32>),
}

#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) process: u32,
    pub(super) invoked: u32,
    pub(super) completed: u32,
    pub(super) status: Status,
    pub(super) steps: Vec<Do>,
}

/// In order of invocation. Lists share their places where one goes on from the last one.
pub(super) fn txns(made: &[Made], keys: u32) -> Txns {
    let mut txns = Txns {
        starts: vec![0],
        keys: (0..keys).map(|key| i64::from(key).into()).collect(),
        has_real_time: true,
        ..Txns::default()
    };
    let mut known: Vec<Option<(u32, u32)>> = vec![None; keys as usize];
    for one in made {
        txns.status.push(one.status);
        txns.process.push(Process(one.process));
        txns.invoked.push(one.invoked);
        let is_ok = one.status == Status::Ok;
        txns.completed
            .push(if is_ok { one.completed } else { NEVER });
        for step in &one.steps {
            let (f, key, value) = match step {
                Do::Append(key, element) => (F::Append, *key, ValueId(*element)),
                Do::Read(key, _) if !is_ok => (F::Read, *key, ValueId::NOT_TOLD),
                Do::Read(key, list) => {
                    let list: Vec<ValueId> = list.iter().map(|element| ValueId(*element)).collect();
                    let known = &mut known[*key as usize];
                    let is_prefix = |(start, length): &(u32, u32)| {
                        txns.elements[*start as usize..][..*length as usize].starts_with(&list)
                    };
                    let start = match known.filter(is_prefix) {
                        Some((start, _)) => start,
                        None => {
                            let start = txns.elements.len() as u32;
                            txns.elements.extend(&list);
                            *known = Some((start, list.len() as u32));
                            start
                        }
                    };
                    txns.lists.push((start, list.len() as u32));
                    (F::ReadList, *key, ValueId(txns.lists.len() as u32 - 1))
                }
            };
            txns.f.push(f);
            txns.key.push(key);
            txns.value.push(value);
        }
        txns.starts.push(txns.f.len() as u32);
    }
    txns
}

/// So many appends to one key, one after the other, which nobody reads.
pub(super) fn appends(count: u32) -> Txns {
    let made = (0..count).map(|at| Made {
        process: 0,
        invoked: 2 * at,
        completed: 2 * at + 1,
        status: Status::Ok,
        steps: vec![Do::Append(0, at)],
    });
    txns(&made.collect::<Vec<_>>(), 1)
}
