//! What the history says of speed and success, gathered in one pass.
use super::{axis, bands::Frame};
use crate::result::Fault;
use checkers::{History, Kind, Process};
use std::collections::HashMap;

/// A page lasts at least this long, in nanoseconds: something has to divide by it.
const END_MIN: u64 = 1_000_000;
/// A clock that says more, in nanoseconds, is broken: this is a century.
const END_MAX: u64 = 100 * 365 * 24 * 3_600 * 1_000_000_000;

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Outcome {
    Ok,
    Fail,
    Info,
}

impl Outcome {
    pub(super) const ALL: [Outcome; 3] = [Outcome::Ok, Outcome::Fail, Outcome::Info];

    /// As it stands in a history.
    pub(super) fn name(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Fail => "fail",
            Outcome::Info => "info",
        }
    }
}

/// One operation that ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    pub(super) asked: u64,
    pub(super) latency: u64,
    pub(super) outcome: Outcome,
}

impl Sample {
    /// When it ended.
    pub(super) fn ended(self) -> u64 {
        self.asked + self.latency
    }
}

/// An explanation that clients gave for an operation that was not answered.
pub(super) struct Message<'h> {
    pub(super) text: &'h str,
    pub(super) outcome: Outcome,
    pub(super) count: u64,
    pub(super) first: u64,
}

/// The load of a whole run.
pub(super) struct Load<'h> {
    /// In the order in which they ended.
    pub(super) samples: Vec<Sample>,
    /// Operations that had not ended when the history did.
    pub(super) unended: u64,
    /// The most frequent first.
    pub(super) messages: Vec<Message<'h>>,
    end: u64,
}

/// A stretch of time. Operations count where they ended; their latency counts where they were asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Bin {
    pub(super) from: u64,
    pub(super) to: u64,
    /// How many ended, by outcome.
    pub(super) ended: [u64; 3],
    /// Latencies of those that were answered, sorted.
    pub(super) latencies: Vec<u64>,
}

impl<'h> Load<'h> {
    /// Reads the history once. The page lasts until the last event or the end of the last fault.
    pub(super) fn of(history: &'h History, faults: &[Fault]) -> Load<'h> {
        let mut open: HashMap<Process, u64> = HashMap::new();
        let mut samples = Vec::with_capacity(history.events().len() / 2);
        let mut messages: HashMap<(&str, Outcome), (u64, u64)> = HashMap::new();
        for event in history.events() {
            let (outcome, text) = match &event.kind {
                Kind::Invoke => {
                    open.insert(event.process, event.time);
                    continue;
                }
                Kind::Ok => (Outcome::Ok, None),
                Kind::Fail(text) => (Outcome::Fail, Some(text)),
                Kind::Info(text) => (Outcome::Info, Some(text)),
            };
            let asked = open.remove(&event.process).unwrap_or(event.time);
            let latency = event.time.saturating_sub(asked);
            samples.push(Sample {
                asked,
                latency,
                outcome,
            });
            if let Some(text) = text {
                messages.entry((text, outcome)).or_insert((0, event.time)).0 += 1;
            }
        }
        let last = history.events().iter().map(|event| event.time).max();
        let healed = faults
            .iter()
            .flat_map(|fault| [Some(fault.from), fault.to])
            .flatten()
            .max();
        Load {
            samples,
            unended: open.len() as u64,
            messages: sorted(messages),
            end: last.max(healed).unwrap_or(0).clamp(END_MIN, END_MAX),
        }
    }

    /// The one time scale of all charts.
    pub(super) fn frame(&self) -> Frame {
        Frame { end: self.end }
    }

    /// How many operations ended, by outcome.
    pub(super) fn totals(&self) -> [u64; 3] {
        let mut totals = [0; 3];
        for sample in &self.samples {
            totals[sample.outcome as usize] += 1;
        }
        totals
    }

    /// The run in at most `bins_max` bins of a round width; the last one takes what is left over.
    pub(super) fn bins(&self, bins_max: u64) -> Vec<Bin> {
        let width = axis::round_step(self.end, bins_max);
        let bins = ((self.end + width / 2) / width).max(1);
        let mut bins: Vec<Bin> = (0..bins)
            .map(|i| Bin {
                from: i * width,
                to: (i + 1) * width,
                ..Bin::default()
            })
            .collect();
        let last = bins.len() - 1;
        bins[last].to = self.end;
        for sample in &self.samples {
            let bin_of = |time: u64| last.min((time / width) as usize);
            bins[bin_of(sample.ended())].ended[sample.outcome as usize] += 1;
            if sample.outcome == Outcome::Ok {
                bins[bin_of(sample.asked)].latencies.push(sample.latency);
            }
        }
        for bin in &mut bins {
            bin.latencies.sort_unstable();
        }
        bins
    }
}

fn sorted<'h>(messages: HashMap<(&'h str, Outcome), (u64, u64)>) -> Vec<Message<'h>> {
    let message = |((text, outcome), (count, first))| Message {
        text,
        outcome,
        count,
        first,
    };
    let mut messages: Vec<Message<'h>> = messages.into_iter().map(message).collect();
    messages.sort_by(|a, b| {
        b.count
            .cmp(&a.count)
            .then_with(|| (a.text, a.outcome).cmp(&(b.text, b.outcome)))
    });
    messages
}

impl Bin {
    /// How many ended in a second.
    pub(super) fn rate(&self, outcome: Outcome) -> f64 {
        let seconds = self.to.saturating_sub(self.from).max(1) as f64 / 1e9;
        self.ended[outcome as usize] as f64 / seconds
    }

    /// The latency that so many per mille of the answered operations did not exceed.
    pub(super) fn quantile(&self, per_mille: usize) -> Option<u64> {
        let rank = (self.latencies.len() * per_mille).div_ceil(1_000).max(1);
        self.latencies.get(rank - 1).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_occurred() {
        let bin = |n: u64| Bin {
            latencies: (1..=n).collect(),
            ..Bin::default()
        };
        assert_eq!(bin(100).quantile(500), Some(50));
        assert_eq!(bin(100).quantile(990), Some(99));
        assert_eq!(bin(100).quantile(1_000), Some(100));
        assert_eq!(bin(1).quantile(500), Some(1));
        assert_eq!(bin(0).quantile(500), None);
    }

    #[test]
    fn an_empty_history_has_empty_bins() {
        let history = History::default();
        let bins = Load::of(&history, &[]).bins(20);
        assert!(!bins.is_empty() && bins.iter().all(|bin| bin.ended == [0; 3]));
    }

    #[test]
    fn a_short_rest_belongs_to_the_last_bin() {
        let load = Load {
            samples: Vec::new(),
            unended: 0,
            messages: Vec::new(),
            end: 10_100_000_000,
        };
        let bins = load.bins(11);
        assert_eq!((bins.len(), bins[9].to), (10, 10_100_000_000));
    }
}
