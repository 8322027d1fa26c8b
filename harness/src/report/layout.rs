//! Where everything of the counter-example stands: lanes, boxes, labels, arrows and bands, none upon another.
use super::{
    arrows::{self, Arrow},
    axis::Axis,
    bands, text,
};
use crate::result::Fault;
use checkers::{Anomaly, WitnessOp};

/// Larger witnesses are told in words.
const OPS_MAX: usize = 24;
/// See [`OPS_MAX`].
const LANES_MAX: usize = 12;

pub(super) const WIDTH: f64 = 1_080.0;
pub(super) const RIGHT: f64 = WIDTH - 14.0;
pub(super) const BOX_PX: f64 = 42.0;
/// A row of labels that found no room beside their boxes.
pub(super) const LABEL_PX: f64 = 36.0;
/// A row of names of faults above the lanes.
pub(super) const BAND_ROW_PX: f64 = 16.0;
/// Most letters of a label.
pub(super) const TEXT_MAX: usize = 44;
/// Space between lanes, without and with arrows that carry a number.
const GAPS_PX: (f64, f64) = (14.0, 46.0);
/// What an operation of unknown outcome needs to its right.
const TAIL_PX: f64 = 132.0;
const MONO_PX: f64 = 8.1;
const SANS_PX: f64 = 6.7;

/// The counter-example with all coordinates.
pub(super) struct Layout<'a> {
    pub(super) lanes: Vec<Lane>,
    /// One for each operation of the witness.
    pub(super) shapes: Vec<Shape>,
    pub(super) arrows: Vec<Arrow>,
    pub(super) bands: Vec<Band<'a>>,
    pub(super) axis: Axis,
    /// Where the lanes begin.
    pub(super) left: f64,
    /// Where the lanes begin, below the names of the faults.
    pub(super) top: f64,
    /// Where the lanes end, above the axis.
    pub(super) bottom: f64,
}

/// A fault behind the lanes, with its name above them.
pub(super) struct Band<'a> {
    pub(super) number: usize,
    pub(super) fault: &'a Fault,
    pub(super) x: f64,
    pub(super) x_end: f64,
    pub(super) name: String,
    pub(super) name_x: f64,
    pub(super) name_row: usize,
}

/// One process on one node.
pub(super) struct Lane {
    pub(super) name: String,
    /// Occupied stretches: of the row of boxes, then of each row of labels below.
    rows: Vec<Vec<(f64, f64)>>,
    /// The upper edge of its boxes.
    pub(super) y: f64,
}

/// An operation and where it is drawn.
pub(super) struct Shape {
    pub(super) lane: usize,
    pub(super) x: f64,
    pub(super) x_end: f64,
    /// The upper edge of the box.
    pub(super) y: f64,
    /// The lower edge of the box.
    pub(super) y_end: f64,
    /// The left edge of the label, and its row: 0 is that of the boxes.
    pub(super) label: (f64, usize),
}

/// Whether the witness is small enough to be drawn.
pub(super) fn fits(anomaly: &Anomaly) -> bool {
    let ops = anomaly.witness.len();
    (1..=OPS_MAX).contains(&ops) && lanes(&anomaly.witness).0.len() <= LANES_MAX
}

/// Places everything, from the time axis to the numbers of the arrows.
pub(super) fn lay_out<'a>(anomaly: &Anomaly, faults: &'a [Fault]) -> Layout<'a> {
    let witness = &anomaly.witness;
    assert!(fits(anomaly), "the caller tells larger witnesses in words");
    let (mut lanes, lane_of) = lanes(witness);
    let names = lanes.iter().map(|lane| text::width(&lane.name, SANS_PX));
    let left = names.fold(90.0, f64::max) + 18.0;
    let has_tails = witness.iter().any(|op| op.completed.is_none());
    let right = RIGHT - if has_tails { TAIL_PX } else { 0.0 };
    let times = times(witness);
    let (from, to) = extent(&times);
    let active = active(faults, from, to);
    let axis = Axis::new(instants(&times, &active), left + 10.0, right - 10.0);

    let mut shapes = shapes(&times, &lane_of, &axis);
    for (op, shape) in witness.iter().zip(&shapes) {
        let is_open = op.completed.is_none();
        let taken_to = if is_open { RIGHT } else { shape.x_end };
        lanes[shape.lane].rows[0].push((shape.x, taken_to));
    }
    for (op, shape) in witness.iter().zip(&mut shapes) {
        shape.label = place(&mut lanes[shape.lane], shape, label_px(op), left);
    }
    let mut arrows = arrows::plan(anomaly, &shapes, lanes.len());
    let bands = bands(&axis, &active, left, (from, to));
    let rows = bands.iter().map(|band| band.name_row + 1).max();
    let top = BAND_ROW_PX * rows.unwrap_or(0) as f64 + 6.0;
    let bottom = stack(&mut lanes, &arrows, top);
    for shape in &mut shapes {
        shape.y = lanes[shape.lane].y;
        shape.y_end = shape.y + BOX_PX;
    }
    let gap_y = |gap| gap_y(&lanes, gap, top);
    arrows::route(&mut arrows, &shapes, (left, RIGHT), gap_y);
    Layout {
        lanes,
        shapes,
        arrows,
        bands,
        axis,
        left,
        top,
        bottom,
    }
}

fn shapes(times: &[(u64, u64)], lane_of: &[usize], axis: &Axis) -> Vec<Shape> {
    let shape = |((start, end), lane): (&(u64, u64), &usize)| Shape {
        lane: *lane,
        x: axis.x(*start),
        x_end: axis.x(*end),
        y: 0.0,
        y_end: 0.0,
        label: (0.0, 0),
    };
    times.iter().zip(lane_of).map(shape).collect()
}

/// The lanes, in order of first use, and the lane of each operation.
fn lanes(witness: &[WitnessOp]) -> (Vec<Lane>, Vec<usize>) {
    let mut names: Vec<(u32, &Option<String>)> = Vec::new();
    let mut lane_of = Vec::new();
    for op in witness {
        let name = (op.process, &op.node);
        let lane = names
            .iter()
            .position(|known| *known == name)
            .unwrap_or(names.len());
        if lane == names.len() {
            names.push(name);
        }
        lane_of.push(lane);
    }
    let lane = |(process, node): (u32, &Option<String>)| Lane {
        name: match node {
            Some(node) => format!("process {process} → {}", text::label(node, 16)),
            None => format!("process {process}"),
        },
        rows: vec![Vec::new()],
        y: 0.0,
    };
    (names.into_iter().map(lane).collect(), lane_of)
}

/// From when to when each operation is drawn: one without an end lasts as long as the drawing.
fn times(witness: &[WitnessOp]) -> Vec<(u64, u64)> {
    let ends = witness
        .iter()
        .flat_map(|op| [Some(op.start), op.end])
        .flatten();
    let last = ends.max().unwrap_or(0);
    let time = |op: &WitnessOp| {
        // A box has a width even where the clock saw none.
        let end = op.end.unwrap_or(last).max(op.start.saturating_add(1));
        (op.start, end)
    };
    witness.iter().map(time).collect()
}

fn extent(times: &[(u64, u64)]) -> (u64, u64) {
    let from = times.iter().map(|time| time.0).min().unwrap_or(0);
    let to = times.iter().map(|time| time.1).max().unwrap_or(0);
    (from, to)
}

/// The faults in force between two instants, with their numbers.
pub(super) fn active(faults: &[Fault], from: u64, to: u64) -> Vec<(usize, &Fault)> {
    let numbered = faults.iter().enumerate().map(|(i, fault)| (i + 1, fault));
    numbered
        .filter(|(_, f)| f.from <= to && f.to.is_none_or(|end| from <= end))
        .collect()
}

/// All that the axis has to tell apart: where boxes and bands begin and end.
fn instants(times: &[(u64, u64)], active: &[(usize, &Fault)]) -> Vec<u64> {
    let (from, to) = extent(times);
    let mut instants: Vec<u64> = times
        .iter()
        .flat_map(|(start, end)| [*start, *end])
        .collect();
    let edges = active
        .iter()
        .flat_map(|(_, fault)| [Some(fault.from), fault.to])
        .flatten();
    instants.extend(edges.filter(|edge| from < *edge && *edge < to));
    instants
}

/// What the steps call an operation.
pub(super) fn letter(op: &WitnessOp) -> String {
    text::label(&op.label, 4)
}

fn label_px(op: &WitnessOp) -> f64 {
    let head = text::width(&letter(op), MONO_PX) + MONO_PX;
    let body = text::width(&text::label(&op.text, TEXT_MAX), MONO_PX);
    let role = text::width(&text::label(&op.role, TEXT_MAX), SANS_PX);
    (head + body).max(role) + 14.0
}

/// Where the label of an operation stands: in its box, right of it, left of it, or in the first row below with room.
fn place(lane: &mut Lane, shape: &Shape, width: f64, left: f64) -> (f64, usize) {
    if width <= shape.x_end - shape.x {
        return (shape.x, 0);
    }
    let is_free = |row: &[(f64, f64)], x: f64| {
        left <= x
            && x + width <= RIGHT
            && row.iter().all(|(from, to)| x + width <= *from || *to <= x)
    };
    for x in [shape.x_end + 1.0, shape.x - width - 1.0] {
        if is_free(&lane.rows[0], x) {
            lane.rows[0].push((x, x + width));
            return (x, 0);
        }
    }
    let x = shape.x.min(RIGHT - width);
    let row = (1..lane.rows.len())
        .find(|row| is_free(&lane.rows[*row], x))
        .unwrap_or(lane.rows.len());
    if row == lane.rows.len() {
        lane.rows.push(Vec::new());
    }
    lane.rows[row].push((x, x + width));
    (x, row)
}

/// Gives each lane its place, from top to bottom, and tells where the last one ends.
fn stack(lanes: &mut [Lane], arrows: &[Arrow], top: f64) -> f64 {
    let mut y = top;
    for (i, lane) in lanes.iter_mut().enumerate() {
        let is_crossed = arrows.iter().any(|arrow| arrow.gap == i);
        y += if is_crossed { GAPS_PX.1 } else { GAPS_PX.0 };
        lane.y = y;
        y += BOX_PX + LABEL_PX * (lane.rows.len() - 1) as f64;
    }
    y + GAPS_PX.0
}

/// The middle of the gap above a lane.
fn gap_y(lanes: &[Lane], gap: usize, top: f64) -> f64 {
    let above = match gap {
        0 => top,
        _ => lanes[gap - 1].y + BOX_PX + LABEL_PX * (lanes[gap - 1].rows.len() - 1) as f64,
    };
    (above + lanes[gap].y) / 2.0
}

/// The faults behind the lanes; their names share a row where there is room.
fn bands<'a>(
    axis: &Axis,
    active: &[(usize, &'a Fault)],
    left: f64,
    (from, to): (u64, u64),
) -> Vec<Band<'a>> {
    let mut rows: Vec<f64> = Vec::new();
    let mut bands = Vec::new();
    for &(number, fault) in active {
        let x = if fault.from <= from {
            left
        } else {
            axis.x(fault.from)
        };
        let end = fault.to.filter(|end| *end < to);
        let is_throughout = fault.from <= from && end.is_none();
        let when = if is_throughout {
            ", active throughout"
        } else {
            ""
        };
        let name = bands::name(number, fault) + when;
        let width = text::width(&name, SANS_PX) + 12.0;
        let name_x = x.min(RIGHT - width).max(left) + 2.0;
        let name_row = rows
            .iter()
            .position(|end| *end <= name_x)
            .unwrap_or(rows.len());
        if name_row == rows.len() {
            rows.push(0.0);
        }
        rows[name_row] = name_x + width;
        let x_end = end.map_or(RIGHT, |end| axis.x(end));
        bands.push(Band {
            number,
            fault,
            x,
            x_end,
            name,
            name_x,
            name_row,
        });
    }
    bands
}
