//! The gaps in which an object may have been empty, as far as the certain stays of values tell.
use super::{Span, Stay, Stays};
use crate::linearizable::timed::NEVER;

/// The gaps that no value's certain stay covers.
///
/// An empty answer needs one, and that is enough for queues and stacks: every value can be put in and
/// taken out entirely before such a gap, or entirely after it, whatever the others do.
pub(in crate::linearizable) struct Free {
    /// By gap: the last free one up to it, or [`NEVER`].
    last: Vec<u32>,
}

impl Free {
    /// Of the stays of `gathered`.
    pub(in crate::linearizable) fn new(gathered: &Stays) -> Free {
        // Gaps go up to the one behind the last event.
        let gaps = gathered.events as usize + 1;
        let mut change = vec![0_u32; gaps + 1];
        for stay in gathered.stays.iter().filter(|stay| stay.is_certain()) {
            let from = stay.put.returned as usize + 1;
            let to = (stay.taken.invoked as usize).min(gaps - 1);
            change[from] = change[from].wrapping_add(1);
            change[to + 1] = change[to + 1].wrapping_sub(1);
        }
        change.pop();
        let (mut depth, mut last) = (0_u32, NEVER);
        for (gap, slot) in change.iter_mut().enumerate() {
            depth = depth.wrapping_add(*slot);
            if depth == 0 {
                last = gap as u32;
            }
            *slot = last;
        }
        Free { last: change }
    }

    /// A free gap in which an operation can have taken effect.
    pub(in crate::linearizable) fn within(&self, span: Span) -> Option<u32> {
        let end = (span.returned as usize).min(self.last.len() - 1);
        let last = self.last[end];
        (last != NEVER && last > span.invoked).then_some(last)
    }
}

/// The fewest values of which one was certainly inside at every moment of `span`; nothing if there
/// are none such.
pub(in crate::linearizable) fn cover(stays: &[Stay], span: Span) -> Vec<u32> {
    let reaches = |stay: &&(u32, &Stay)| {
        let Stay { put, taken } = stay.1;
        stay.1.is_certain() && put.returned < span.returned && taken.invoked > span.invoked
    };
    let numbered = stays.iter().enumerate();
    let numbered: Vec<(u32, &Stay)> = numbered.map(|(value, stay)| (value as u32, stay)).collect();
    let mut reaching: Vec<(u32, &Stay)> = numbered.iter().filter(reaches).copied().collect();
    reaching.sort_unstable_by_key(|(_, stay)| stay.put.returned);
    let mut chosen = Vec::new();
    let mut gap = span.invoked + 1;
    let mut next = 0;
    let mut best: Option<(u32, &Stay)> = None;
    while gap <= span.returned {
        while let Some(&(value, stay)) = reaching.get(next)
            && stay.put.returned < gap
        {
            if best.is_none_or(|(_, best)| best.taken.invoked < stay.taken.invoked) {
                best = Some((value, stay));
            }
            next += 1;
        }
        match best {
            Some((value, stay)) if stay.taken.invoked >= gap => {
                chosen.push(value);
                gap = stay.taken.invoked.saturating_add(1);
                if stay.taken.invoked == NEVER {
                    break;
                }
            }
            Some(_) | None => return Vec::new(),
        }
    }
    chosen
}
