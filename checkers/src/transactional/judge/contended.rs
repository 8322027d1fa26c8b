//! On how many keys transactions got into each other's way: without that, little is shown.
use crate::transactional::{F, NEVER, Txns};

/// Keys on which a transaction that changes them overlapped another one that touches them.
pub(super) fn keys(txns: &Txns) -> u64 {
    let mut held = vec![Held::default(); txns.keys.len()];
    for txn in 0..txns.len() as u32 {
        let (invoked, end) = span(txns, txn);
        for step in txns.steps(txn) {
            let held = &mut held[step.key as usize];
            let is_change = matches!(step.f, F::Append | F::Write);
            let meets_any = held.last != Some(txn) && invoked < held.touched_until;
            let meets_change = held.last_change != Some(txn) && invoked < held.changed_until;
            held.is_contended |= (is_change && meets_any) || meets_change;
        }
        for step in txns.steps(txn) {
            let held = &mut held[step.key as usize];
            if held.touched_until <= end {
                (held.touched_until, held.last) = (end, Some(txn));
            }
            if matches!(step.f, F::Append | F::Write) && held.changed_until <= end {
                (held.changed_until, held.last_change) = (end, Some(txn));
            }
        }
    }
    held.iter().filter(|held| held.is_contended).count() as u64
}

/// What is known of a key so far.
#[derive(Clone, Copy, Default)]
struct Held {
    touched_until: u32,
    last: Option<u32>,
    changed_until: u32,
    last_change: Option<u32>,
    is_contended: bool,
}

/// Where a transaction begins and ends. One that aborted ended at some time that is not kept, and
/// counts for a moment only.
fn span(txns: &Txns, txn: u32) -> (u32, u32) {
    use crate::transactional::Status;
    let invoked = txns.invoked[txn as usize];
    match txns.status[txn as usize] {
        Status::Ok => (invoked, txns.completed[txn as usize]),
        Status::Unknown => (invoked, NEVER),
        Status::Aborted => (invoked, invoked),
    }
}
