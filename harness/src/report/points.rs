//! A fair choice of operations to show as points: a page of a million would be read by nobody.
use super::load::{Bin, Load, Outcome, Sample};
use std::{collections::BTreeSet, fmt::Write};

/// Most points that a chart shows.
pub(super) const POINTS_MAX: usize = 2_000;
/// Of those, most that each of *fail* and *info* may take.
const RARE_MAX: usize = 600;

/// At most [`POINTS_MAX`] operations: as many as possible of those that went wrong, and the slowest of each bin.
pub(super) fn sampled(load: &Load, bins: &[Bin]) -> Vec<Sample> {
    let of = |outcome| {
        load.samples
            .iter()
            .filter(move |s: &&Sample| s.outcome == outcome)
            .copied()
    };
    let mut points = thinned(of(Outcome::Info).collect(), RARE_MAX);
    points.extend(thinned(of(Outcome::Fail).collect(), RARE_MAX));
    let mut slowest: Vec<Option<Sample>> = vec![None; bins.len()];
    for sample in of(Outcome::Ok) {
        let bin = bins
            .partition_point(|bin| bin.to <= sample.asked)
            .min(bins.len() - 1);
        if slowest[bin].is_none_or(|known| known.latency < sample.latency) {
            slowest[bin] = Some(sample);
        }
    }
    let slowest: BTreeSet<(u64, u64)> = slowest
        .iter()
        .flatten()
        .map(|s| (s.asked, s.latency))
        .collect();
    let (peaks, rest): (Vec<Sample>, Vec<Sample>) =
        of(Outcome::Ok).partition(|sample| slowest.contains(&(sample.asked, sample.latency)));
    points.extend(thinned(peaks, bins.len()));
    let room = POINTS_MAX - points.len();
    points.extend(thinned(rest, room));
    points
}

/// At most `samples_max`, evenly spread.
fn thinned(samples: Vec<Sample>, samples_max: usize) -> Vec<Sample> {
    let kept = samples.len().min(samples_max);
    (0..kept)
        .map(|i| samples[i * samples.len() / kept])
        .collect()
}

/// The points of each outcome as one path: a chart of circles would be ten times as large.
pub(super) fn dots(points: &[Sample], place: impl Fn(&Sample) -> (i32, i32)) -> String {
    let mut paths = String::new();
    for outcome in Outcome::ALL {
        let mut places: Vec<(i32, i32)> = points
            .iter()
            .filter(|point| point.outcome == outcome)
            .map(&place)
            .collect();
        places.sort_unstable();
        places.dedup();
        write!(paths, "<path class=\"dots {}\" d=\"", outcome.name())
            .expect("a String takes everything");
        for (x, y) in places {
            write!(paths, "M{x} {y}h0").expect("a String takes everything");
        }
        paths.push_str("\"/>");
    }
    paths
}
