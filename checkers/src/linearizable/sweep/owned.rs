//! Locks that know who holds them: a mutex, one that can be acquired again, readers and writers.
use super::holds::{self, Act, Again, Mode};
use super::lowered::{FOREIGN, Outside, Reply, UNORDERED, is_in_order, timed};
use crate::linearizable::asked::Asked;
use crate::linearizable::engine::Engine;
use crate::linearizable::proof::Answer;
use crate::linearizable::timed::Timed;
use crate::{Data, Process, Verb};

/// Only the process that holds it releases it.
pub(crate) const MUTEX: Engine = Engine {
    name: "lock by the cores of its holds",
    check: |asked| check(asked, Again::Never),
    order: |asked| order(asked, Again::Never),
};

/// Whoever holds it may acquire it again, and releases it as often.
pub(crate) const REENTRANT: Engine = Engine {
    name: "reentrant lock by the cores of its holds",
    check: |asked| check(asked, Again::Exclusive),
    order: |asked| order(asked, Again::Exclusive),
};

/// One writer, or many readers, each as often as it likes.
pub(crate) const RW_LOCK: Engine = Engine {
    name: "readers and writers by the cores of their holds",
    check: |asked| check(asked, Again::Shared),
    order: |asked| order(asked, Again::Shared),
};

fn check(asked: &[Asked], again: Again) -> Answer {
    let found = lower(asked, again);
    let found = found.and_then(|(ops, processes)| holds::find(&ops, &processes, again, false));
    match found {
        Ok(Ok(_)) => Answer::Legal,
        Ok(Err(wrong)) => holds::told(asked, again, &wrong),
        Err(why) => Answer::Outside(why),
    }
}

fn order(asked: &[Asked], again: Again) -> Option<Vec<u32>> {
    let (ops, processes) = lower(asked, again).ok()?;
    let order = holds::find(&ops, &processes, again, true).ok()?.ok()?;
    Some(order.into_iter().map(|(_, _, op)| op).collect())
}

type Lowered = (Vec<Timed<Act>>, Vec<u32>);

fn lower(asked: &[Asked], again: Again) -> Result<Lowered, Outside> {
    if !is_in_order(asked) {
        return Err(UNORDERED);
    }
    let ops: Result<Vec<Timed<Act>>, Outside> = asked
        .iter()
        .map(|asked| Ok(timed(asked, act(asked, again)?)))
        .collect();
    let processes = asked.iter().map(|asked| {
        let Process(process) = asked.process;
        process
    });
    Ok((ops?, processes.collect()))
}

fn act(asked: &Asked, again: Again) -> Result<Act, Outside> {
    if asked.call.input != Data::Nil {
        return Err(FOREIGN);
    }
    let is_rw = again == Again::Shared;
    let mode = match asked.call.f {
        Verb::Acquire if !is_rw => Some(Mode::Exclusive),
        Verb::AcquireWrite if is_rw => Some(Mode::Exclusive),
        Verb::AcquireRead if is_rw => Some(Mode::Shared),
        Verb::Release => None,
        _ => return Err(FOREIGN),
    };
    match (mode, Reply::of(asked)?) {
        (Some(mode), Reply::No) => Ok(Act::Refused(mode)),
        (Some(mode), Reply::Done | Reply::Yes | Reply::Unknown) => Ok(Act::Acquire(mode)),
        (None, Reply::No) => Err(FOREIGN),
        (None, Reply::Done | Reply::Yes | Reply::Unknown) => Ok(Act::Release),
    }
}
