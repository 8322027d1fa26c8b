//! An order that explains a history, looked through by replaying it.
use super::model::{Model, NONE};
use super::rules::{Rules, Shape};
use super::{Moment, Source};
use crate::transactional::{Family, NEVER, Txn};

/// Replays the moments one by one and compares every read with what was written last. It shares no
/// code with what found them.
pub(super) fn replay(model: &Model<'_>, rules: Rules, moments: &[Moment]) -> Result<(), String> {
    complete(model, moments)?;
    match rules.family {
        Family::Plain => {}
        Family::Session => sessions(model, moments)?,
        Family::Strong => real_time(model, moments)?,
    }
    match rules.shape {
        Shape::Whole | Shape::Snapshot | Shape::Prefix => states(model, rules, moments),
        // The order is one of the versions there: nobody reads from the state that it makes. That
        // the soft arcs agree with it was asked of the finished order, not of the search.
        Shape::Parallel | Shape::Updates => Ok(()),
    }
}

/// Each included transaction starts and commits once, in this order, and nobody else does.
fn complete(model: &Model<'_>, moments: &[Moment]) -> Result<(), String> {
    let mut stage = vec![0_u8; model.txns.len()];
    for &moment in moments {
        let (txn, needed, next) = match moment {
            Moment::Whole(txn) => (txn, 0, 2),
            Moment::Start(txn) => (txn, 0, 1),
            Moment::Commit(txn) => (txn, 1, 2),
        };
        if stage[txn as usize] != needed {
            return Err(format!("{moment:?} is out of place"));
        }
        stage[txn as usize] = next;
    }
    for (txn, &stage) in stage.iter().enumerate() {
        if (stage == 2) != model.is_included(txn as Txn) {
            return Err(format!(
                "transaction {txn} is missing, or should not be there"
            ));
        }
    }
    Ok(())
}

/// Each process starts a transaction after it has committed the one before.
fn sessions(model: &Model<'_>, moments: &[Moment]) -> Result<(), String> {
    let mut committed: rustc_hash::FxHashMap<_, Txn> = Default::default();
    let mut before = vec![NONE; model.txns.len()];
    for txn in (0..model.txns.len() as Txn).filter(|&txn| model.is_included(txn)) {
        if let Some(last) = committed.insert(model.txns.process[txn as usize], txn) {
            before[txn as usize] = last;
        }
    }
    let mut is_done = vec![false; model.txns.len()];
    for &moment in moments {
        if let Moment::Whole(txn) | Moment::Start(txn) = moment {
            let before = before[txn as usize];
            if before != NONE && !is_done[before as usize] {
                return Err(format!(
                    "transaction {txn} starts before {before} of its process"
                ));
            }
        }
        if let Moment::Whole(txn) | Moment::Commit(txn) = moment {
            is_done[txn as usize] = true;
        }
    }
    Ok(())
}

/// Whoever had ended before a transaction began has committed before it starts.
fn real_time(model: &Model<'_>, moments: &[Moment]) -> Result<(), String> {
    let mut first_end = NEVER;
    for &moment in moments.iter().rev() {
        let end_of = |txn: Txn| model.txns.completed[txn as usize];
        if let Moment::Commit(txn) = moment {
            first_end = first_end.min(end_of(txn));
        }
        if let Moment::Whole(txn) | Moment::Start(txn) = moment
            && first_end < model.txns.invoked[txn as usize]
        {
            return Err(format!(
                "transaction {txn} starts before one that had ended commits"
            ));
        }
        if let Moment::Whole(txn) = moment {
            first_end = first_end.min(end_of(txn));
        }
    }
    Ok(())
}

/// Everybody reads the last version that was committed before it starts; and under snapshot isolation
/// nobody commits over what was committed since it started.
fn states(model: &Model<'_>, rules: Rules, moments: &[Moment]) -> Result<(), String> {
    let registers = model.registers;
    let mut state = vec![NONE; registers.keys()];
    let mut seen: Vec<u32> = match rules.shape {
        Shape::Snapshot => vec![NONE; registers.writes.len()],
        _ => Vec::new(),
    };
    let range = |txn: Txn| {
        registers.write_starts[txn as usize] as usize
            ..registers.write_starts[txn as usize + 1] as usize
    };
    for &moment in moments {
        if let Moment::Whole(txn) | Moment::Start(txn) = moment {
            for read in registers.reads_of(txn) {
                let expected = match read.source {
                    Source::INITIAL => NONE,
                    source => source.version().ok_or("a read without a source")?,
                };
                if state[read.key as usize] != expected {
                    return Err(format!("transaction {txn} reads something else"));
                }
            }
            if rules.shape == Shape::Snapshot {
                for at in range(txn) {
                    seen[at] = state[registers.write_keys[at] as usize];
                }
            }
        }
        if let Moment::Whole(txn) | Moment::Commit(txn) = moment {
            for at in range(txn) {
                let key = registers.write_keys[at] as usize;
                if rules.shape == Shape::Snapshot && state[key] != seen[at] {
                    return Err(format!("transaction {txn} commits over a newer version"));
                }
                state[key] = registers.writes[at];
            }
        }
    }
    Ok(())
}
