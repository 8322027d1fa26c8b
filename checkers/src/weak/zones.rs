//! How far reads have to look back: zones of versions, and the least shift that parts them.
//!
//! Gibbons and Korach ("Testing shared memories", SIAM J. Comput. 1997) judge a register whose values
//! are written once each by the zones of its versions: from `f`, the first return of an operation on
//! version `a`, to `s`, the last invocation of one. A history is linearizable if and only if no two
//! versions have `f_a < s_b` and `f_b < s_a`. Golab, Li and Shah ("Analyzing consistency properties
//! for fun and profit", PODC 2011) call a history Δ-atomic if it is linearizable once every read is
//! let begin Δ earlier. That moves `s` and leaves `f`, so more is explained the greater Δ is, and the
//! least Δ is found by bisection. It is the greatest, over all pairs, of the lesser of `s_b - f_a` and
//! `s_a - f_b`, of which one may not be had: a write does not begin earlier.

/// A version, in whatever unit time is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Zone {
    pub(super) version: u32,
    /// When somebody first knew of it.
    pub(super) known: u64,
    /// When its write began.
    pub(super) wrote: u64,
    /// When the last read of it began; zero if there is none.
    pub(super) read: u64,
}

impl Zone {
    /// When the last operation on it began, if reads look back so far.
    fn last(&self, back: u64) -> u64 {
        self.wrote.max(self.read.saturating_sub(back))
    }

    fn is_forward(&self, back: u64) -> bool {
        self.known < self.last(back)
    }
}

/// The least time that reads have to look back, and, if it is not zero, two versions that nothing
/// less explains. `zones` are in order of `known`.
pub(super) fn least(zones: &[Zone]) -> (u64, Option<(Zone, Zone)>) {
    assert!(zones.is_sorted_by_key(|zone| zone.known));
    if conflict(zones, 0).is_none() {
        return (0, None);
    }
    let most = zones.iter().map(|zone| zone.read).max().unwrap_or(0);
    let (mut too_little, mut enough) = (0, most);
    while enough - too_little > 1 {
        let middle = too_little + (enough - too_little) / 2;
        match conflict(zones, middle) {
            Some(_) => too_little = middle,
            None => enough = middle,
        }
    }
    (enough, conflict(zones, too_little))
}

/// Two versions each of which has to come before the other.
fn conflict(zones: &[Zone], back: u64) -> Option<(Zone, Zone)> {
    let forward: Vec<Zone> = zones
        .iter()
        .copied()
        .filter(|zone| zone.is_forward(back))
        .collect();
    let mut neighbours = forward.windows(2);
    if let Some(both) = neighbours.find(|both| both[1].known < both[0].last(back)) {
        return Some((both[0], both[1]));
    }
    // Forward zones do not overlap, so that the last one to begin before is the last one to end.
    zones
        .iter()
        .filter(|zone| !zone.is_forward(back))
        .find_map(|zone| {
            let before = forward.partition_point(|other| other.known < zone.last(back));
            let around = forward[..before].last()?;
            (zone.known < around.last(back)).then_some((*around, *zone))
        })
}
