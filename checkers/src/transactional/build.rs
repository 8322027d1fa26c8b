//! Transactions out of a history.
mod chains;
mod columns;
mod draft;

#[cfg(test)]
mod tests;

use self::draft::{Draft, Lists, Micro, micro_op_why};
use super::{Odd, Txns, ValueId};
use crate::{Data, History, Kind, Op, Process, Verb};

impl Txns {
    /// All transactions of a history.
    ///
    /// A history that appends to lists reads lists, and `nil` is the empty one; any other reads
    /// registers. Lists that go on from what was last read from their key share its place.
    ///
    /// # Errors
    /// At the first event that is no transaction of appends and reads, or of writes and reads, or
    /// whose answer is to something else than was asked.
    pub fn of(history: &History) -> Result<Txns, Odd> {
        let mut draft = Draft::new(has_lists(history));
        for (position, event) in history.events().iter().enumerate() {
            let taken = take(&mut draft, position, event.process, &event.kind, &event.op);
            taken.map_err(|why| Odd { position, why })?;
        }
        let position = history.events().len().saturating_sub(1);
        let mut txns = draft.finish().map_err(|why| Odd { position, why })?;
        txns.has_real_time = history.has_real_time();
        Ok(txns)
    }
}

/// The first change says it; without any, an answer that is a list does.
fn has_lists(history: &History) -> Lists {
    let mut lists = Lists::Undecided;
    for event in history.events() {
        let Op::Call(call) = &event.op else {
            continue;
        };
        let told = [Some(&call.input), call.output.as_ref()];
        for step in told.into_iter().flatten().filter_map(Data::list).flatten() {
            if let Ok((micro, _, value)) = micro_op(0, step) {
                lists.see(
                    micro,
                    matches!(value, Data::List(_)) && micro == Micro::Read,
                );
            }
            if lists.is_settled() {
                return lists;
            }
        }
    }
    lists
}

fn take(
    draft: &mut Draft,
    position: usize,
    process: Process,
    kind: &Kind,
    op: &Op,
) -> Result<(), String> {
    let call = match op {
        Op::Call(call) if call.f == Verb::Txn => call,
        Op::Read { .. } | Op::Write { .. } | Op::Cas { .. } | Op::Call(_) => {
            return Err(draft::not_a_txn(op.f()));
        }
    };
    match kind {
        Kind::Invoke => {
            draft.begin(process, position)?;
            for (number, step) in steps(&call.input)?.iter().enumerate() {
                let (micro, key, value) = micro_op(number, step)?;
                let key = draft.key(key);
                let value = match micro {
                    Micro::Read => ValueId::NOT_TOLD,
                    Micro::Append | Micro::Write => draft.value(value),
                };
                draft.step(micro, key, value)?;
            }
            draft.begun()
        }
        Kind::Fail(_) => draft.abort(process),
        Kind::Info(_) => draft.give_up(process),
        Kind::Ok => {
            let answered = call.output.as_ref().unwrap_or(&Data::Nil);
            let answered = steps(answered)?;
            let first = draft.commit(process, position, answered.len())?;
            for (number, step) in answered.iter().enumerate() {
                let (micro, key, value) = micro_op(number, step)?;
                let key = draft.key(key);
                let told = match (micro, value) {
                    (Micro::Append | Micro::Write, _) => draft.value(value),
                    (Micro::Read, _) if !draft.reads_lists() => draft.value(value),
                    (Micro::Read, Data::Nil) => draft.list(key, 0, |_, _| ValueId::NIL),
                    (Micro::Read, Data::List(list)) => {
                        draft.list(key, list.len(), |draft, i| draft.value(&list[i]))
                    }
                    (Micro::Read, Data::Bool(_) | Data::Int(_) | Data::Text(_)) => {
                        return Err(draft::not_a_list(number, value));
                    }
                };
                draft.answer(first + number, number, micro, key, told)?;
            }
            Ok(())
        }
    }
}

/// Nothing at all is a transaction without steps.
fn steps(data: &Data) -> Result<&[Data], String> {
    match data {
        Data::Nil => Ok(&[]),
        Data::List(steps) => Ok(steps),
        Data::Bool(_) | Data::Int(_) | Data::Text(_) => Err(draft::not_steps(data)),
    }
}

fn micro_op(number: usize, step: &Data) -> Result<(Micro, &Data, &Data), String> {
    let known = match step.list() {
        Some([Data::Text(name), key, value]) => Micro::named(name).map(|micro| (micro, key, value)),
        _ => None,
    };
    known.ok_or_else(|| micro_op_why(number, step))
}
