//! Time on paper: round steps, and an axis that leaves out what would only push the rest together.
use super::text::{count, decimal};

const MS: u64 = 1_000_000;
const S: u64 = 1_000 * MS;
const MIN: u64 = 60 * S;

/// A stretch is left out if it fills more than this share of what is drawn …
const BREAK_SHARE: f64 = 0.45;
/// … and is this much longer than the next longest.
const BREAK_RATIO: f64 = 3.0;
/// How wide a break is drawn, in pixels, if there is room.
const BREAK_PX: f64 = 70.0;
/// No stretch is narrower than this, so that boxes stay apart and hold a letter.
const STRETCH_PX_MIN: f64 = 22.0;
/// Ticks with a label need this many pixels each.
const TICK_PX: f64 = 84.0;

/// The smallest round step that divides `span` into at most `steps` parts.
pub(super) fn round_step(span: u64, steps: u64) -> u64 {
    let wanted = span.div_ceil(steps.max(1)).max(1);
    let mut power = 1_000;
    while power <= S {
        for step in [power, 2 * power, 5 * power] {
            if wanted <= step {
                return step;
            }
        }
        power *= 10;
    }
    for step in [
        10 * S,
        15 * S,
        30 * S,
        MIN,
        2 * MIN,
        5 * MIN,
        10 * MIN,
        30 * MIN,
    ] {
        if wanted <= step {
            return step;
        }
    }
    wanted.div_ceil(60 * MIN) * 60 * MIN
}

/// Round places from 0 to `end` for the labels of a chart.
pub(super) fn round_ticks(end: u64) -> impl Iterator<Item = u64> {
    let step = round_step(end, 8);
    (0..=end / step).map(move |i| i * step)
}

/// A time axis through given instants. Between two neighbours it is to scale, unless marked as broken or too short.
pub(super) struct Axis {
    origin: u64,
    stretches: Vec<Stretch>,
    left: f64,
}

/// The time between two neighbouring instants.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    from: u64,
    to: u64,
    x: f64,
    width: f64,
    is_broken: bool,
}

/// A labelled place on the axis.
pub(super) struct Tick {
    pub(super) x: f64,
    pub(super) text: String,
}

impl Axis {
    /// An axis from the first to the last of `instants` between two coordinates.
    pub(super) fn new(mut instants: Vec<u64>, left: f64, right: f64) -> Axis {
        instants.sort_unstable();
        instants.dedup();
        let lengths: Vec<u64> = instants.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let broken = broken(&lengths);
        let widths = widths(&lengths, &broken, right - left);
        let mut x = left;
        let mut stretches = Vec::with_capacity(lengths.len());
        for (i, pair) in instants.windows(2).enumerate() {
            stretches.push(Stretch {
                from: pair[0],
                to: pair[1],
                x,
                width: widths[i],
                is_broken: broken[i],
            });
            x += widths[i];
        }
        Axis {
            origin: instants.first().copied().unwrap_or(0),
            stretches,
            left,
        }
    }

    /// Where an instant is drawn; those before and after the axis are drawn at its ends.
    pub(super) fn x(&self, time: u64) -> f64 {
        let i = self.stretches.partition_point(|stretch| stretch.to < time);
        let Some(stretch) = self.stretches.get(i) else {
            return self
                .stretches
                .last()
                .map_or(self.left, |last| last.x + last.width);
        };
        let share = time.saturating_sub(stretch.from) as f64 / (stretch.to - stretch.from) as f64;
        stretch.x + share * stretch.width
    }

    /// The middle and the length of what is left out.
    pub(super) fn breaks(&self) -> impl Iterator<Item = (f64, u64)> {
        let broken = self.stretches.iter().filter(|stretch| stretch.is_broken);
        broken.map(|stretch| (stretch.x + stretch.width / 2.0, stretch.to - stretch.from))
    }

    /// Round places with labels relative to the first instant: `+40 ms`.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        let to_scale = self.stretches.iter().filter(|stretch| !stretch.is_broken);
        let Some(widest) = to_scale.clone().max_by(|a, b| a.width.total_cmp(&b.width)) else {
            return Vec::new();
        };
        let ns_per_px = (widest.to - widest.from) as f64 / widest.width;
        let step = round_step((ns_per_px * TICK_PX) as u64, 1);
        // The origin comes first, then where the axis resumes after a break, then whatever finds room.
        let mut places = vec![self.origin];
        let resumed = self
            .stretches
            .windows(2)
            .filter(|pair| pair[0].is_broken && !pair[1].is_broken);
        places.extend(resumed.map(|pair| pair[1].from));
        for stretch in to_scale {
            let first = (stretch.from - self.origin).div_ceil(step);
            let last = (stretch.to - self.origin) / step;
            places.extend((first..=last).map(|k| self.origin + k * step));
        }
        let mut ticks: Vec<Tick> = Vec::new();
        for place in places {
            let x = self.x(place);
            if ticks.iter().all(|tick| (tick.x - x).abs() >= TICK_PX * 0.9) {
                let text = offset(place - self.origin, step);
                ticks.push(Tick { x, text });
            }
        }
        ticks
    }
}

/// `+1,040 ms`, as fine as the step asks for.
fn offset(ns: u64, step: u64) -> String {
    let places = match step {
        0..10_000 => 3,
        10_000..100_000 => 2,
        100_000..MS => 1,
        _ => 0,
    };
    let per_ms = 10_u64.pow(places);
    let rounded = ns / MS * per_ms + (ns % MS * per_ms + MS / 2) / MS;
    let fraction = decimal((rounded % per_ms) as f64 / per_ms as f64, places as usize);
    format!(
        "+{}{} ms",
        count(rounded / per_ms),
        fraction.trim_start_matches('0')
    )
}

/// Leaves out the longest stretch, then the next, while each alone would fill the drawing.
fn broken(lengths: &[u64]) -> Vec<bool> {
    let mut broken = vec![false; lengths.len()];
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(lengths[*i]));
    let mut rest: f64 = lengths.iter().map(|length| *length as f64).sum();
    for pair in order.windows(3) {
        // Of the three longest that are left, two must remain: one alone has nothing to be compared with.
        let (longest, next) = (lengths[pair[0]] as f64, lengths[pair[1]] as f64);
        if longest < BREAK_SHARE * rest || longest < BREAK_RATIO * next {
            break;
        }
        broken[pair[0]] = true;
        rest -= longest;
    }
    broken
}

/// One scale for all stretches that are drawn to scale; the narrowest are widened at the cost of the others.
fn widths(lengths: &[u64], broken: &[bool], room: f64) -> Vec<f64> {
    let breaks = broken.iter().filter(|is_broken| **is_broken).count();
    let break_px = BREAK_PX.min(0.4 * room / breaks.max(1) as f64);
    let narrowest = STRETCH_PX_MIN.min(0.8 * room / lengths.len().max(1) as f64);
    let mut widths: Vec<Option<f64>> = broken.iter().map(|b| b.then_some(break_px)).collect();
    loop {
        let taken: f64 = widths.iter().flatten().sum();
        let free = lengths
            .iter()
            .zip(&widths)
            .filter(|(_, width)| width.is_none());
        let total: f64 = free.map(|(length, _)| *length as f64).sum();
        let scale = (room - taken) / total;
        let too_narrow = |i: &usize| widths[*i].is_none() && lengths[*i] as f64 * scale < narrowest;
        let Some(i) = (0..lengths.len()).find(too_narrow) else {
            let to_scale =
                |(width, length): (&Option<f64>, &u64)| width.unwrap_or(*length as f64 * scale);
            return widths.iter().zip(lengths).map(to_scale).collect();
        };
        widths[i] = Some(narrowest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(ms: &[u64]) -> Axis {
        Axis::new(ms.iter().map(|ms| ms * MS).collect(), 100.0, 1_000.0)
    }

    #[test]
    fn a_long_wait_is_left_out_and_its_length_told() {
        let axis = axis(&[0, 24, 30, 61, 402, 429]);
        let breaks: Vec<u64> = axis.breaks().map(|(_, ns)| ns / MS).collect();
        assert_eq!(breaks, [341]);
        assert!(axis.ticks().iter().any(|tick| tick.text == "+402 ms"));
    }

    #[test]
    fn what_is_not_left_out_is_to_scale() {
        let axis = axis(&[0, 100, 300, 1_000, 9_000, 9_400]);
        let (first, second) = (
            axis.x(100 * MS) - axis.x(0),
            axis.x(300 * MS) - axis.x(100 * MS),
        );
        assert!((second - 2.0 * first).abs() < 1e-6);
        assert_eq!(axis.x(u64::MAX), 1_000.0);
        assert_eq!(axis.x(0), 100.0);
    }

    #[test]
    fn a_millisecond_beside_two_seconds_can_be_seen() {
        let axis = axis(&[0, 500, 501, 900, 901, 2_000, 2_100, 2_101]);
        assert!(axis.x(501 * MS) - axis.x(500 * MS) >= STRETCH_PX_MIN - 1e-6);
    }

    #[test]
    fn steps_are_round() {
        assert_eq!(round_step(60 * S, 20), 5 * S);
        assert_eq!(round_step(60 * S, 7), 10 * S);
        assert_eq!(round_step(60 * MIN, 7), 10 * MIN);
        assert_eq!(round_step(0, 7), 1_000);
        assert!(round_step(u64::MAX, 7) >= u64::MAX / 7);
    }

    #[test]
    fn labels_are_as_fine_as_their_step() {
        assert_eq!(offset(1_040 * MS, 20 * MS), "+1,040 ms");
        assert_eq!(offset(1_040_500_000, 500_000), "+1,040.5 ms");
        assert_eq!(offset(999_999_999, MS), "+1,000 ms");
    }

    #[test]
    fn an_axis_of_nothing_holds() {
        assert_eq!(axis(&[]).x(5), 100.0);
        assert!(axis(&[7]).ticks().is_empty());
    }
}
