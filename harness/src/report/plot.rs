//! What we ask of plotters: scales with marks where we want them, and ink from the page's own style sheet.
use super::{axis, bands::Frame, load::Bin};
use plotters::{
    coord::{
        Shift,
        ranged1d::{DefaultFormatting, KeyPointHint, Ranged},
    },
    prelude::*,
};

// Plotters knows colours only. These stand for what the style sheet says, and are replaced in the finished drawing.
/// Ink of small print.
pub(super) const MUTED: RGBColor = RGBColor(1, 1, 1);
/// Ink of lines that help the eye.
pub(super) const GRID: RGBColor = RGBColor(1, 1, 2);
/// Inks of the lines, and their classes.
pub(super) const LINES: [(RGBColor, &str); 7] = [
    (RGBColor(2, 0, 1), "p50"),
    (RGBColor(2, 0, 2), "p95"),
    (RGBColor(2, 0, 3), "p99"),
    (RGBColor(2, 0, 4), "max"),
    (RGBColor(2, 0, 5), "ok"),
    (RGBColor(2, 0, 6), "fail"),
    (RGBColor(2, 0, 7), "info"),
];
/// What drawing comes to.
pub(super) type Drawn<T> = Result<T, Box<dyn std::error::Error>>;
/// A part of the canvas.
pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Runs plotters and returns what it drew, without the element around it.
pub(super) fn plotted(height: u32, draw: impl FnOnce(&Area) -> Drawn<String>) -> Drawn<String> {
    let mut svg = String::new();
    let points = {
        let root = SVGBackend::with_string(&mut svg, (Frame::WIDTH, height)).into_drawing_area();
        let points = draw(&root)?;
        root.present()?;
        points
    };
    let inside = svg.split_once('>').map_or("", |(_, inside)| inside);
    let mut inside = inside.trim_end().trim_end_matches("</svg>").to_owned();
    inside = inside.replace(&format!("fill=\"{}\"", hex(MUTED)), "class=\"small\"");
    inside = inside.replace(&hex(GRID), "var(--line)");
    for (ink, class) in LINES {
        let hex = hex(ink);
        inside = inside.replace(
            &format!("stroke=\"{hex}\""),
            &format!("class=\"line {class}\""),
        );
        inside = inside.replace(
            &format!("fill=\"{hex}\""),
            &format!("class=\"area {class}\""),
        );
    }
    Ok(points + &inside)
}

/// A colour as plotters writes it.
fn hex(RGBColor(r, g, b): RGBColor) -> String {
    format!("#{r:02X}{g:02X}{b:02X}")
}

/// The scale that all charts share.
pub(super) fn time_scale(frame: Frame) -> Scale {
    let marks = axis::round_ticks(frame.end).map(|ns| ns as f64).collect();
    Scale {
        from: 0.0,
        to: frame.end as f64,
        marks,
    }
}

/// A linear scale with marks where we want them.
pub(super) struct Scale {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) marks: Vec<f64>,
}

impl Ranged for Scale {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (start, end): (i32, i32)) -> i32 {
        let share = (value - self.from) / (self.to - self.from);
        start + (f64::from(end - start) * share).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.marks.clone()
    }

    fn range(&self) -> std::ops::Range<f64> {
        self.from..self.to
    }
}

/// The unbroken runs of a line: a bin without a value interrupts it, and one alone is drawn as wide as it is.
pub(super) fn runs(bins: &[Bin], value: impl Fn(&Bin) -> Option<f64>) -> Vec<Vec<(f64, f64)>> {
    let mut runs = Vec::new();
    for run in bins.chunk_by(|a, b| value(a).is_some() == value(b).is_some()) {
        let points = run
            .iter()
            .filter_map(|bin| Some((f64::midpoint(bin.from as f64, bin.to as f64), value(bin)?)));
        let mut points: Vec<(f64, f64)> = points.collect();
        if let [(_, y)] = points[..] {
            points = vec![(run[0].from as f64, y), (run[0].to as f64, y)];
        }
        if !points.is_empty() {
            runs.push(points);
        }
    }
    runs
}
