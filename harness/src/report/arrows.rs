//! The steps of a proof as numbered arrows: each passes through a free place between the lanes, where its number stands.
use super::{layout::Shape, text::px};
use checkers::{Anomaly, Edge};
use maud::{Markup, html};
use std::collections::BTreeMap;

const CHIP_HEIGHT: f64 = 20.0;
/// Arrows that share an edge of a box start this far apart.
const ANCHOR_PX: f64 = 14.0;
/// Arrows that pass through the same gap pass this far above or below its middle.
const ASIDE_PX: f64 = 7.0;

/// A step that joins two operations.
pub(super) struct Arrow {
    /// Index of the step.
    step: usize,
    edge: Edge,
    from: usize,
    to: usize,
    /// The lane above which the number stands.
    pub(super) gap: usize,
    chip: (f64, f64),
    start: Anchor,
    end: Anchor,
}

/// Where an arrow touches a box.
#[derive(Clone, Copy, Default)]
struct Anchor {
    shape: usize,
    x: f64,
    y: f64,
    is_top: bool,
}

/// The class and short name of an edge.
pub(crate) fn short(edge: Edge) -> &'static str {
    match edge {
        Edge::WriteRead => "wr",
        Edge::WriteWrite => "ww",
        Edge::ReadWrite => "rw",
        Edge::Order => "so",
        Edge::Process => "po",
        Edge::RealTime => "rt",
        Edge::None => "none",
    }
}

/// What an edge means, for the legend.
pub(super) fn meaning(edge: Edge) -> &'static str {
    match edge {
        Edge::WriteRead => "write → read: the second saw what the first wrote",
        Edge::WriteWrite => "write → write: the second overwrote the first",
        Edge::ReadWrite => "read → write: the second overwrote what the first read",
        Edge::Order => "so: the object leaves the first no time but before the second",
        Edge::Process => "process: one process did the first before the second",
        Edge::RealTime => "real time: the first had ended before the second began",
        Edge::None => "a remark: orders nothing by itself",
    }
}

/// `①`, `②`, …; plain numbers beyond ten, where common fonts have no such letter.
pub(super) fn circled(number: usize) -> String {
    match u32::try_from(number) {
        Ok(n @ 1..=10) => char::from_u32(0x245f + n)
            .expect("ten in a row")
            .to_string(),
        _ => number.to_string(),
    }
}

/// Chooses for each arrow the gap that it passes: the emptiest, and of those the one in the middle.
pub(super) fn plan(anomaly: &Anomaly, shapes: &[Shape], lanes: usize) -> Vec<Arrow> {
    let mut load = vec![0; lanes];
    let mut arrows = Vec::new();
    for (step, (from, to)) in joined(anomaly) {
        let (upper, lower) = sorted(shapes[from].lane, shapes[to].lane);
        // An arrow within one lane goes over the top.
        let gaps = if upper == lower {
            upper..=upper
        } else {
            upper + 1..=lower
        };
        let middle = (gaps.start() + gaps.end()) / 2;
        let gap = gaps
            .min_by_key(|gap| (load[*gap], gap.abs_diff(middle)))
            .expect("not empty");
        load[gap] += 1;
        arrows.push(Arrow {
            step,
            edge: anomaly.steps[step].edge,
            from,
            to,
            gap,
            chip: (0.0, 0.0),
            start: Anchor::default(),
            end: Anchor::default(),
        });
    }
    arrows
}

/// The steps that join two operations of the witness.
pub(super) fn joined(anomaly: &Anomaly) -> impl Iterator<Item = (usize, (usize, usize))> {
    let ops = anomaly.witness.len();
    let between = anomaly
        .steps
        .iter()
        .enumerate()
        .map(|(i, step)| (i, step.between));
    between
        .filter_map(move |(i, between)| Some((i, between?)))
        .filter(move |(_, (a, b))| a.max(b) < &ops)
}

fn sorted(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

/// Places the ends and the number of each arrow, once the boxes have their places.
pub(super) fn route(
    arrows: &mut [Arrow],
    shapes: &[Shape],
    sides: (f64, f64),
    gap_y: impl Fn(usize) -> f64,
) {
    for arrow in arrows.iter_mut() {
        let (from, to) = (&shapes[arrow.from], &shapes[arrow.to]);
        let is_rightward = from.x + from.x_end <= to.x + to.x_end;
        // Who points back in time leaves from the middle, which leads it around what lies between.
        let leaves = if is_rightward {
            Side::Right
        } else {
            Side::Middle
        };
        let enters = if is_rightward {
            Side::Left
        } else {
            Side::Right
        };
        arrow.start = anchor(arrow.from, from, to.lane <= from.lane, leaves);
        arrow.end = anchor(arrow.to, to, from.lane <= to.lane, enters);
    }
    spread(arrows, shapes);
    let mut load: BTreeMap<usize, usize> = BTreeMap::new();
    for arrow in arrows.iter() {
        *load.entry(arrow.gap).or_default() += 1;
    }
    let mut taken: Vec<(usize, f64, f64)> = Vec::new();
    for arrow in arrows.iter_mut() {
        let (start, end) = (arrow.start, arrow.end);
        let before = taken.iter().filter(|(gap, ..)| *gap == arrow.gap).count();
        // There and back would else lie on each other for the whole way.
        let aside = match (load[&arrow.gap], before % 2) {
            (1, _) => 0.0,
            (_, 0) => -ASIDE_PX,
            (_, _) => ASIDE_PX,
        };
        let y = gap_y(arrow.gap) + aside;
        let share = if start.y == end.y {
            0.5
        } else {
            (y - start.y) / (end.y - start.y)
        };
        let straight = start.x + share * (end.x - start.x);
        let half = arrow.chip_px() / 2.0;
        let x = free(straight, half + 4.0, sides, |from, to| {
            taken
                .iter()
                .all(|(gap, a, b)| *gap != arrow.gap || to <= *a || *b <= from)
        });
        taken.push((arrow.gap, x - half, x + half));
        arrow.chip = (x, y);
    }
}

/// A part of the upper or lower edge of a box.
enum Side {
    Left,
    Middle,
    Right,
}

fn anchor(i: usize, shape: &Shape, is_top: bool, side: Side) -> Anchor {
    let middle = f64::midpoint(shape.x, shape.x_end);
    let inset = (middle - shape.x).min(16.0);
    Anchor {
        shape: i,
        x: match side {
            Side::Left => shape.x + inset,
            Side::Middle => middle,
            Side::Right => shape.x_end - inset,
        },
        y: if is_top { shape.y } else { shape.y_end },
        is_top,
    }
}

/// Moves anchors on the same edge of a box apart.
fn spread(arrows: &mut [Arrow], shapes: &[Shape]) {
    let others: Vec<(f64, f64)> = arrows
        .iter()
        .map(|arrow| (arrow.end.x, arrow.start.x))
        .collect();
    let mut anchors: Vec<(f64, &mut Anchor)> = Vec::new();
    for (arrow, (of_start, of_end)) in arrows.iter_mut().zip(others) {
        anchors.push((of_start, &mut arrow.start));
        anchors.push((of_end, &mut arrow.end));
    }
    anchors.sort_by(|(a_other, a), (b_other, b)| {
        (a.shape, a.is_top)
            .cmp(&(b.shape, b.is_top))
            .then(a.x.total_cmp(&b.x))
            .then(a_other.total_cmp(b_other))
    });
    for group in anchors.chunk_by_mut(|(_, a), (_, b)| (a.shape, a.is_top) == (b.shape, b.is_top)) {
        let shape = &shapes[group[0].1.shape];
        let room = shape.x_end - shape.x - 8.0;
        let apart = ANCHOR_PX.min(room / group.len() as f64);
        for i in 1..group.len() {
            group[i].1.x = group[i].1.x.max(group[i - 1].1.x + apart);
        }
        // What was pushed out on the right comes back, and pushes the others to the left.
        let mut limit = shape.x_end - 4.0;
        for (_, anchor) in group.iter_mut().rev() {
            anchor.x = anchor.x.min(limit);
            limit = anchor.x - apart;
        }
    }
}

/// The place nearest to `wanted` that is free for something that reaches `half` to both sides.
fn free(wanted: f64, half: f64, sides: (f64, f64), is_free: impl Fn(f64, f64) -> bool) -> f64 {
    let offsets = (0..200).flat_map(|i| [f64::from(i) * 8.0, f64::from(i) * -8.0]);
    let mut places = offsets.map(|offset| wanted + offset);
    places
        .find(|x| sides.0 <= x - half && x + half <= sides.1 && is_free(x - half, x + half))
        .unwrap_or(wanted)
}

impl Arrow {
    fn chip_px(&self) -> f64 {
        match self.edge {
            Edge::None => 26.0,
            Edge::WriteRead
            | Edge::WriteWrite
            | Edge::ReadWrite
            | Edge::Order
            | Edge::Process
            | Edge::RealTime => 48.0,
        }
    }

    /// The arrow without its number.
    pub(super) fn line(&self) -> Markup {
        let (start, end, (x, y)) = (self.start, self.end, self.chip);
        let class = short(self.edge);
        // The curve passes the number in the direction of the whole arrow.
        let (run, rise) = (end.x - start.x, end.y - start.y);
        let reach = (run.hypot(rise) / 5.0).min(60.0) / run.hypot(rise).max(1.0);
        let (pull_x, pull_y) = (run * reach, rise * reach);
        let curve = format!(
            "M{} {}C{} {} {} {} {} {}S{} {} {} {}",
            px(start.x),
            px(start.y),
            px(start.x),
            px(f64::midpoint(start.y, y)),
            px(x - pull_x),
            px(y - pull_y),
            px(x),
            px(y),
            px(end.x),
            px(f64::midpoint(end.y, y)),
            px(end.x),
            px(end.y),
        );
        html! {
            g class={ "edge " (class) } data-step=(self.step) {
                @if self.edge == Edge::None { path d=(curve) {} }
                @else { path d=(curve) marker-end={ "url(#head-" (class) ")" } {} }
            }
        }
    }

    /// The number of the step and the kind of its edge.
    pub(super) fn chip(&self) -> Markup {
        let (x, y) = self.chip;
        let class = short(self.edge);
        html! {
            g class={ "chip " (class) } data-step=(self.step) {
                rect x=(px(x - self.chip_px() / 2.0)) y=(px(y - CHIP_HEIGHT / 2.0)) width=(px(self.chip_px()))
                    height=(px(CHIP_HEIGHT)) rx="10" {}
                text x=(px(x)) y=(px(y + 4.0)) text-anchor="middle" {
                    (circled(self.step + 1))
                    @if self.edge != Edge::None { " " (class) }
                }
            }
        }
    }
}
