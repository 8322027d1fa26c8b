//! The counter-example as a drawing: a lane for each process, a box for each operation, real time to the right.
use super::{
    axis::Axis,
    bands,
    layout::{self, BAND_ROW_PX, BOX_PX, Band, LABEL_PX, Layout, RIGHT, Shape, TEXT_MAX, WIDTH},
    text,
    text::px,
};
use crate::result::Fault;
use checkers::{Anomaly, WitnessOp};
use maud::{Markup, html};

/// The axis with its two rows of labels.
const AXIS_PX: f64 = 46.0;

/// Draws the witness of `anomaly` with the faults that were active behind it.
pub(super) fn draw(anomaly: &Anomaly, faults: &[Fault]) -> Markup {
    let layout = layout::lay_out(anomaly, faults);
    let Layout {
        left, top, bottom, ..
    } = layout;
    let operations = anomaly.witness.iter().zip(&layout.shapes);
    html! {
        svg id="cex-svg" viewBox={ "0 0 " (px(WIDTH)) " " (px(bottom + AXIS_PX)) } role="img"
            aria-labelledby="cex-title cex-desc" {
            title id="cex-title" { "Counter-example: " (anomaly.kind.title()) }
            desc id="cex-desc" { (text::clean(&anomaly.sentence, text::SHOWN_MAX)) " The steps stand below the drawing." }
            rect.ground x=(px(left)) y=(px(top)) width=(px(RIGHT - left)) height=(px(bottom - top)) {}
            @for band in &layout.bands { (fault(band, top, bottom)) }
            @for lane in &layout.lanes {
                @let middle = lane.y + BOX_PX / 2.0;
                line.lane x1=(px(left)) x2=(px(RIGHT)) y1=(px(middle)) y2=(px(middle)) {}
                text.lane-name x=(px(left - 12.0)) y=(px(middle + 4.0)) text-anchor="end" { (lane.name) }
            }
            (scale(&layout.axis, bottom, left))
            @for arrow in &layout.arrows { (arrow.line()) }
            @for (i, (op, shape)) in operations.enumerate() { (operation(op, shape, i)) }
            @for arrow in &layout.arrows { (arrow.chip()) }
        }
    }
}

fn fault(band: &Band, top: f64, bottom: f64) -> Markup {
    let y = BAND_ROW_PX * band.name_row as f64 + 12.0;
    html! {
        (bands::band(band.number, band.fault, (band.x, top), (band.x_end, bottom)))
        text.small.halo x=(px(band.name_x)) y=(px(y)) { (band.name) }
    }
}

fn scale(axis: &Axis, y: f64, left: f64) -> Markup {
    html! {
        line.axis x1=(px(left)) x2=(px(RIGHT)) y1=(px(y)) y2=(px(y)) {}
        @for tick in axis.ticks() {
            line.axis x1=(px(tick.x)) x2=(px(tick.x)) y1=(px(y)) y2=(px(y + 5.0)) {}
            text.small x=(px(tick.x)) y=(px(y + 18.0)) text-anchor="middle" { (tick.text) }
        }
        @for (x, ns) in axis.breaks() {
            path.axis-break d={ "M" (px(x - 7.0)) " " (px(y + 7.0)) "l6 -14M" (px(x + 1.0)) " " (px(y + 7.0)) "l6 -14" } {}
            text.small x=(px(x)) y=(px(y + 36.0)) text-anchor="middle" { "// " (text::span(ns)) }
        }
    }
}

fn operation(op: &WitnessOp, shape: &Shape, i: usize) -> Markup {
    let (x, row) = shape.label;
    let is_inside = row == 0 && x == shape.x;
    let y = shape.y
        + if row == 0 {
            0.0
        } else {
            BOX_PX + LABEL_PX * (row - 1) as f64
        };
    let class = if op.completed.is_some() { "ok" } else { "info" };
    let (width, height) = (shape.x_end - shape.x, shape.y_end - shape.y);
    html! {
        g class={ "cexop " (class) } data-op=(i) {
            title { (text::clean(&format!("{} {}: {}", op.label, op.text, op.role), text::SHOWN_MAX)) }
            @if op.completed.is_none() { (tail(shape)) }
            rect.box x=(px(shape.x)) y=(px(shape.y)) width=(px(width)) height=(px(height)) rx="4" {}
            @if !is_inside {
                text.letter x=(px(shape.x + width / 2.0)) y=(px(shape.y + 25.0)) text-anchor="middle" { (layout::letter(op)) }
            }
            text.halo[!is_inside] x=(px(x + 7.0)) y=(px(y + 18.0)) {
                tspan.letter { (layout::letter(op)) } " "
                tspan.mono { (text::label(&op.text, TEXT_MAX)) }
            }
            text.small.halo[!is_inside] x=(px(x + 7.0)) y=(px(y + 34.0)) { (text::label(&op.role, TEXT_MAX)) }
        }
    }
}

/// An operation of unknown outcome may take effect at any later time.
fn tail(shape: &Shape) -> Markup {
    let (x, y) = (shape.x_end, (shape.y + shape.y_end) / 2.0);
    html! {
        path.tail d={ "M" (px(x)) " " (px(shape.y + 1.0)) "H" (px(RIGHT)) "M" (px(x)) " " (px(shape.y_end - 1.0)) "H" (px(RIGHT)) } {}
        text.small.halo x=(px(RIGHT - 6.0)) y=(px(y + 4.0)) text-anchor="end" { "may still happen →" }
    }
}
