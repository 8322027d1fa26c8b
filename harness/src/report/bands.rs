//! What a fault looks like, everywhere on the page: a pattern and a text, never a colour alone.
use super::text::{self, px};
use crate::result::Fault;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// How many bands one chart shows. The table below the lanes lists them all.
const BANDS_MAX: usize = 400;
/// The height of one row of names above a chart.
pub(super) const ROW_PX: f64 = 15.0;
/// Rows of names above a chart.
const ROWS_MAX: usize = 5;

/// Left and right end of every chart over the whole run, so that they can be read one below the other.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    /// The last instant, in nanoseconds since the run began; never 0.
    pub(super) end: u64,
}

impl Frame {
    pub(super) const WIDTH: u32 = 1_080;
    pub(super) const LEFT: u32 = 122;
    pub(super) const RIGHT: u32 = 1_062;

    /// Where an instant is drawn.
    pub(super) fn x(self, time: u64) -> f64 {
        let room = f64::from(Frame::RIGHT - Frame::LEFT);
        f64::from(Frame::LEFT) + room * time.min(self.end) as f64 / self.end as f64
    }
}

/// The class, and the name of the pattern, of a fault.
pub(super) fn look(fault: &Fault) -> &'static str {
    let is = |words: &[&str]| words.iter().any(|word| fault.nemesis.contains(word));
    if !fault.links.is_empty() || is(&["partition", "cut", "isolat", "bridge"]) {
        "f-cut"
    } else if is(&["kill", "crash"]) {
        "f-kill"
    } else if is(&["pause", "stop", "freeze"]) {
        "f-pause"
    } else if is(&["clock", "skew", "time"]) {
        "f-clock"
    } else {
        "f-other"
    }
}

/// What a fault is called in one line: `#2 partition n3 | n1 n2`.
pub(super) fn name(number: usize, fault: &Fault) -> String {
    let bit = if fault.bit { "" } else { " (did not bite)" };
    let nemesis = text::label(&fault.nemesis, 24);
    format!(
        "#{number} {nemesis} {}{bit}",
        text::label(&fault.description, 60)
    )
}

/// The patterns and arrow heads that all drawings of the page refer to.
pub(super) fn defs() -> Markup {
    html! {
        svg.defs width="0" height="0" aria-hidden="true" {
            defs {
                (pattern("f-cut", "M0 12L12 0M-2 2L2 -2M10 14L14 10"))
                (pattern("f-kill", "M0 0L12 12M12 0L0 12"))
                (pattern("f-pause", "M4 2v8M8 2v8"))
                (pattern("f-clock", "M0 0L12 12M-2 10L2 14M10 -2L14 2"))
                (pattern("f-other", "M0 6h12"))
                pattern id="no-bite" width="10" height="10" patternUnits="userSpaceOnUse" {
                    path d="M0 9.5h3" class="hatch" {}
                }
                @for edge in ["wr", "ww", "rw", "rt"] {
                    marker id={ "head-" (edge) } viewBox="0 0 8 8" refX="7" refY="4"
                        markerWidth="11" markerHeight="11" markerUnits="userSpaceOnUse" orient="auto" {
                        path class=(edge) d="M0 0L8 4L0 8z" {}
                    }
                }
            }
        }
    }
}

fn pattern(id: &str, strokes: &str) -> Markup {
    html! {
        pattern class=(id) id=(id) width="12" height="12" patternUnits="userSpaceOnUse" {
            rect class="tint" width="12" height="12" {}
            path class="hatch" d=(strokes) {}
        }
    }
}

/// One fault as a band from `x` to `x_end`.
pub(super) fn band(number: usize, fault: &Fault, from: (f64, f64), to: (f64, f64)) -> Markup {
    let (class, fill) = match fault.bit {
        true => (look(fault), look(fault)),
        false => (look(fault), "no-bite"),
    };
    html! {
        rect class={ "band " (class) } x=(px(from.0)) y=(px(from.1))
            width=(px((to.0 - from.0).max(1.5))) height=(px(to.1 - from.1)) fill={ "url(#" (fill) ")" } {
            title { (name(number, fault)) }
        }
    }
}

/// The bands behind a chart from `y` to `y_end`, with their names above it.
pub(super) fn behind(frame: Frame, faults: &[Fault], y_end: f64) -> Markup {
    let top = strip(faults);
    let mut rows: BTreeMap<usize, f64> = BTreeMap::new();
    let shown = || faults.iter().enumerate().take(BANDS_MAX);
    let row = |fault: &Fault| {
        looks(faults)
            .iter()
            .position(|l| *l == look(fault))
            .unwrap_or(0)
    };
    html! {
        @for (i, fault) in shown() {
            (band(i + 1, fault, (frame.x(fault.from), top), (frame.x(end(fault, frame)), y_end)))
        }
        @for (i, fault) in shown() {
            @let row = row(fault);
            @let room = faults[i + 1..].iter().find(|next| look(next) == look(fault)).map_or(
                f64::from(Frame::RIGHT), |next| frame.x(next.from));
            @let x = frame.x(fault.from).max(rows.get(&row).copied().unwrap_or(0.0));
            @if let Some(name) = fitting(i + 1, fault, room - x) {
                ({ rows.insert(row, x + text::width(&name, LETTER_PX) + 6.0); "" })
                text.small x=(px(x + 2.0)) y=(px(ROW_PX * row as f64 + 11.0)) { (name) }
            }
        }
    }
}

/// The height of the names above a chart.
pub(super) fn strip(faults: &[Fault]) -> f64 {
    // The topmost figure of the axis needs the room where no fault does.
    (ROW_PX * looks(faults).len() as f64 + 3.0).max(12.0)
}

/// When a fault ended; one that was never healed lasts to the end of the page.
pub(super) fn end(fault: &Fault, frame: Frame) -> u64 {
    fault.to.unwrap_or(frame.end).max(fault.from)
}

const LETTER_PX: f64 = 6.7;

/// Each kind of fault has a row of its own.
fn looks(faults: &[Fault]) -> Vec<&'static str> {
    let mut looks: Vec<&'static str> = Vec::new();
    for fault in faults {
        let look = look(fault);
        if !looks.contains(&look) && looks.len() < ROWS_MAX {
            looks.push(look);
        }
    }
    looks
}

/// The longest name of a fault that has room, if any.
fn fitting(number: usize, fault: &Fault, room: f64) -> Option<String> {
    let short = format!("#{number} {}", text::label(&fault.nemesis, 24));
    let names = [name(number, fault), short, format!("#{number}")];
    names
        .into_iter()
        .find(|name| text::width(name, LETTER_PX) + 6.0 <= room)
}
