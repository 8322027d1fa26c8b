//! The first guess at when transactions happened.
use super::model::Model;
use crate::transactional::NEVER;

/// When each transaction may have read and committed: its own interval, or, where positions mean
/// nothing, how far its process had come.
pub(super) fn guessed_times(model: &Model<'_>) -> (Vec<u32>, Vec<u32>) {
    let txns = model.txns;
    if txns.has_real_time {
        let ends = txns.completed.iter().zip(&txns.invoked);
        let ends = ends.map(|(&end, &start)| if end == NEVER { start + 1 } else { end });
        return (txns.invoked.clone(), ends.collect());
    }
    let mut turns = rustc_hash::FxHashMap::default();
    let mut starts = Vec::with_capacity(txns.len());
    for process in &txns.process {
        let turn = turns.entry(*process).or_insert(0);
        starts.push(2 * *turn);
        *turn += 1;
    }
    let ends = starts.iter().map(|start| start + 1).collect();
    (starts, ends)
}
