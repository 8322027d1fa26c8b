//! The charts over the whole run: lines by plotters, coloured by the page's own style sheet.
use super::{
    axis, bands,
    bands::Frame,
    load::{Bin, Load, Outcome, Sample},
    plot::{Area, Drawn, GRID, LINES, MUTED, Scale, plotted, runs, time_scale},
    points, text,
};
use crate::result::Fault;
use maud::{Markup, PreEscaped, html};
use plotters::prelude::*;

/// Bins of the lines: about one for each eight pixels.
pub(super) const BINS_MAX: u64 = 130;

const LATENCY_PX: u32 = 210;
const RATE_PX: u32 = 120;
const REST_PX: u32 = 80;
const AXIS_PX: u32 = 24;

/// What the lines of the latency chart show, in per mille.
const QUANTILES: [usize; 4] = [500, 950, 990, 1_000];

/// Latency over time on a logarithmic scale, and how many points of each outcome it shows.
pub(super) fn latency(load: &Load, faults: &[Fault]) -> (Markup, [usize; 3]) {
    let (bins, frame) = (load.bins(BINS_MAX), load.frame());
    let points = points::sampled(load, &bins);
    let shown = Outcome::ALL.map(|outcome| points.iter().filter(|p| p.outcome == outcome).count());
    let top = bands::strip(faults);
    let height = top as u32 + LATENCY_PX + AXIS_PX;
    let chart = plotted(height, |root| {
        latency_lines(root, top as u32, frame, &bins, &points)
    });
    let name = "Latency over time, logarithmic, with the faults behind it";
    (
        framed("latency-svg", name, height, frame, faults, chart),
        shown,
    )
}

/// What ended in each second: answers above, the rest on a scale of its own below.
pub(super) fn throughput(load: &Load, faults: &[Fault]) -> Markup {
    let (bins, frame) = (load.bins(BINS_MAX), load.frame());
    let top = bands::strip(faults) as u32;
    let [_, fail, info] = load.totals();
    let rest_px = if fail + info == 0 { 0 } else { REST_PX + 14 };
    let height = top + RATE_PX + rest_px + AXIS_PX;
    let chart = plotted(height, |root| {
        if rest_px == 0 {
            return rate_lines(root, (top, AXIS_PX), frame, &bins, &[Outcome::Ok]);
        }
        let (upper, lower) = root.split_vertically(top + RATE_PX);
        rate_lines(&upper, (top, 0), frame, &bins, &[Outcome::Ok])?;
        rate_lines(
            &lower,
            (14, AXIS_PX),
            frame,
            &bins,
            &[Outcome::Fail, Outcome::Info],
        )
    });
    let name = "Operations that ended in each second, by outcome, with the faults behind them";
    framed("throughput-svg", name, height, frame, faults, chart)
}

/// A sample of a line of a chart, for its legend.
pub(super) fn key(line: &str) -> Markup {
    html! { svg.key viewBox="0 0 36 10" aria-hidden="true" { path class={ "line " (line) } d="M1 5H35" {} } }
}

/// A finished chart with the faults behind it. A chart that fails is a note, and no reason to lose the page.
fn framed(
    id: &str,
    name: &str,
    height: u32,
    frame: Frame,
    faults: &[Fault],
    chart: Drawn<String>,
) -> Markup {
    html! {
        @match chart {
            Err(error) => p.note { "This chart could not be drawn: " (error) },
            Ok(chart) => {
                svg.chart id=(id) viewBox={ "0 0 " (Frame::WIDTH) " " (height) } role="img" aria-labelledby={ (id) "-title" } {
                    title id={ (id) "-title" } { (name) }
                    (bands::behind(frame, faults, f64::from(height - AXIS_PX)))
                    (PreEscaped(chart))
                }
            }
        }
    }
}

/// A chart that holds nothing yet: time below, in steps that all charts share, and `scale` at its side.
fn axes<'a>(
    root: &Area<'a>,
    (top, bottom): (u32, u32),
    frame: Frame,
    scale: Scale,
    named: &dyn Fn(&f64) -> String,
) -> Drawn<ChartContext<'a, SVGBackend<'a>, Cartesian2d<Scale, Scale>>> {
    let mut chart = ChartBuilder::on(root)
        .margin_top(top)
        .margin_right(Frame::WIDTH - Frame::RIGHT)
        .set_label_area_size(LabelAreaPosition::Left, Frame::LEFT)
        .set_label_area_size(LabelAreaPosition::Bottom, bottom)
        .build_cartesian_2d(time_scale(frame), scale)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .axis_style(GRID)
        .label_style(("sans-serif", 12, &MUTED))
        .x_label_formatter(&|ns| text::span(*ns as u64))
        .y_label_formatter(named)
        .draw()?;
    Ok(chart)
}

fn latency_lines(
    root: &Area,
    top: u32,
    frame: Frame,
    bins: &[Bin],
    points: &[Sample],
) -> Drawn<String> {
    // A latency of nothing has no place on a logarithmic scale; a microsecond is as good as nothing.
    let seen = || points.iter().map(|point| log(point.latency));
    let low = seen().fold(f64::INFINITY, f64::min).min(6.0).floor();
    let high = seen().fold(6.5, f64::max).ceil().max(low + 1.0);
    let decades = (low as i32..=high as i32).map(f64::from).collect();
    let scale = Scale {
        from: low,
        to: high,
        marks: decades,
    };
    let named = |decade: &f64| text::span(10_f64.powf(*decade).round() as u64);
    let mut chart = axes(root, (top, AXIS_PX), frame, scale, &named)?;
    for (line, per_mille) in LINES.iter().zip(QUANTILES) {
        for run in runs(bins, |bin| bin.quantile(per_mille).map(log)) {
            chart.draw_series(LineSeries::new(run, line.0.stroke_width(2)))?;
        }
    }
    let area = chart.plotting_area();
    Ok(points::dots(points, |point| {
        area.map_coordinate(&(point.asked.min(frame.end) as f64, log(point.latency)))
    }))
}

fn rate_lines(
    root: &Area,
    (top, bottom): (u32, u32),
    frame: Frame,
    bins: &[Bin],
    outcomes: &[Outcome],
) -> Drawn<String> {
    let rates = outcomes
        .iter()
        .flat_map(|outcome| bins.iter().map(|bin| bin.rate(*outcome)));
    let highest = rates.fold(1.0, f64::max);
    let step = axis::round_step((highest * 1e6) as u64, 3) as f64 / 1e6;
    let steps = (highest / step).ceil();
    let scale = Scale {
        from: 0.0,
        to: steps * step,
        marks: (0..=steps as u32).map(|i| f64::from(i) * step).collect(),
    };
    let named = |rate: &f64| format!("{}/s", rate_text(*rate));
    let mut chart = axes(root, (top, bottom), frame, scale, &named)?;
    for outcome in outcomes {
        let ink = LINES[4 + *outcome as usize].0;
        for run in runs(bins, |bin| Some(bin.rate(*outcome))) {
            if *outcome == Outcome::Ok {
                chart.draw_series(AreaSeries::new(run.clone(), 0.0, ink))?;
            }
            chart.draw_series(LineSeries::new(run, ink.stroke_width(2)))?;
        }
    }
    Ok(String::new())
}

/// A number per second, as exact as it is large.
pub(super) fn rate_text(rate: f64) -> String {
    if rate < 10.0 {
        text::decimal(rate, 1)
    } else {
        text::count(rate.round() as u64)
    }
}

fn log(latency: u64) -> f64 {
    (latency.max(1_000) as f64).log10()
}
