//! Which links were cut when: a lane for each link or node that was ever impaired, a bar for each fault.
use super::{
    bands::{self, Frame},
    text,
    text::px,
};
use crate::result::Fault;
use maud::{Markup, html};
use std::collections::{BTreeMap, HashSet};

/// More lanes than this are drawn a fault each instead of a link each.
const LANES_MAX: usize = 24;
const LANE_PX: f64 = 20.0;
const BAR_PX: f64 = 14.0;
/// Most bars on the page.
const BARS_MAX: usize = 2_000;

/// The impairments of one link or node: indexes of faults.
struct Lane {
    name: String,
    faults: Vec<usize>,
}

/// The lanes as a drawing, and what had to be left out.
pub(super) fn draw(faults: &[Fault], frame: Frame, anomalies: &[u64]) -> (Markup, Option<String>) {
    let (lanes, note) = lanes(faults);
    let bottom = LANE_PX * lanes.len() as f64 + 2.0;
    let tops = (0..lanes.len()).map(|i| LANE_PX * i as f64 + 3.0);
    let lanes: Vec<(Lane, f64)> = lanes.into_iter().zip(tops).collect();
    let height = bottom + 40.0;
    let drawing = html! {
        svg.chart id="topo-svg" viewBox={ "0 0 " (Frame::WIDTH) " " (px(height)) } role="img" aria-labelledby="topo-title" {
            title id="topo-title" { "Which links and nodes were impaired when; the table below says the same" }
            @for (lane, y) in &lanes { (bars(lane, *y, faults, frame)) }
            (scale(frame, bottom))
            @for (i, time) in anomalies.iter().enumerate() {
                line class={ "anomaly" @if i > 0 { " further" } } x1=(px(frame.x(*time))) x2=(px(frame.x(*time))) y1="0" y2=(px(bottom)) {}
            }
            @for (lane, y) in &lanes { (bar_names(lane, *y, faults, frame)) }
            @if let Some(time) = anomalies.first() {
                @let x = frame.x(*time);
                @let anchor = if x < f64::from(Frame::WIDTH) / 2.0 { "start" } else { "end" };
                path.anomaly-mark d={ "M" (px(x)) " " (px(bottom)) "l5 9h-10z" } {}
                text.anomaly-name x=(px(x + if anchor == "start" { 9.0 } else { -9.0 })) y=(px(bottom + 34.0))
                    text-anchor=(anchor) { "▲ anomaly at " (text::moment(*time)) }
            }
        }
    };
    (drawing, note)
}

fn lanes(faults: &[Fault]) -> (Vec<Lane>, Option<String>) {
    let mut by_link: BTreeMap<(bool, Vec<u64>, String), Vec<usize>> = BTreeMap::new();
    for (i, fault) in faults.iter().enumerate() {
        for (is_node, name) in names(fault) {
            let lane = by_link.entry((is_node, numbers(&name), name)).or_default();
            if lane.last() != Some(&i) {
                lane.push(i);
            }
        }
    }
    let links = by_link.len();
    if links <= LANES_MAX {
        let lane = |((_, _, name), faults)| Lane { name, faults };
        return (by_link.into_iter().map(lane).collect(), None);
    }
    // A link each would be a wall: the same cut, however often, shares a lane.
    let mut by_fault: Vec<Lane> = Vec::new();
    for (i, fault) in faults.iter().enumerate() {
        let name = text::label(&format!("{} {}", fault.nemesis, fault.description), 60);
        match by_fault.iter_mut().find(|lane| lane.name == name) {
            Some(lane) => lane.faults.push(i),
            None => by_fault.push(Lane {
                name,
                faults: vec![i],
            }),
        }
    }
    let kinds = by_fault.len();
    by_fault.truncate(LANES_MAX);
    let note = format!(
        "{} links and nodes were impaired, too many for a lane each: here each lane is a fault{}.",
        text::count(links as u64),
        if LANES_MAX < kinds {
            format!(
                ", the first {LANES_MAX} of {} different ones",
                text::count(kinds as u64)
            )
        } else {
            String::new()
        },
    );
    (by_fault, Some(note))
}

/// What a fault impaired: links, or whatever its description names. Both directions of a link are one lane.
fn names(fault: &Fault) -> Vec<(bool, String)> {
    if fault.links.is_empty() {
        return vec![(
            true,
            text::label(&format!("{} {}", fault.nemesis, fault.description), 60),
        )];
    }
    let links: HashSet<(&str, &str)> = fault.links.iter().map(|(a, b)| (&**a, &**b)).collect();
    let mut names = Vec::new();
    for (from, to) in &fault.links {
        let (a, b) = (text::label(from, 12), text::label(to, 12));
        let is_both = links.contains(&(&**to, &**from));
        if !is_both {
            names.push((false, format!("{a} → {b}")));
        } else if (numbers(from), from) <= (numbers(to), to) {
            names.push((false, format!("{a} ⇄ {b}")));
        }
    }
    names
}

/// The numbers in a name, so that n10 comes after n2.
fn numbers(name: &str) -> Vec<u64> {
    name.split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

/// The faults of a lane that are drawn.
fn drawn(lane: &Lane) -> impl Iterator<Item = usize> {
    lane.faults.iter().copied().take(BARS_MAX / LANES_MAX)
}

fn bars(lane: &Lane, y: f64, faults: &[Fault], frame: Frame) -> Markup {
    let middle = px(y + BAR_PX / 2.0);
    html! {
        text.small x=(Frame::LEFT - 8) y=(px(y + 11.0)) text-anchor="end" {
            title { (lane.name) }
            (text::label(&lane.name, 17))
        }
        line.lane x1=(Frame::LEFT) x2=(Frame::RIGHT) y1=(middle) y2=(middle) {}
        @for i in drawn(lane) {
            @let (x, x_end) = (frame.x(faults[i].from), frame.x(bands::end(&faults[i], frame)));
            rect class=(class(&faults[i])) x=(px(x)) y=(px(y)) width=(px((x_end - x).max(2.0))) height=(px(BAR_PX)) rx="2" {
                title { (bands::name(i + 1, &faults[i])) }
            }
        }
    }
}

fn class(fault: &Fault) -> String {
    let bit = if fault.bit { "" } else { " no-bite" };
    format!("cut {}{bit}", bands::look(fault))
}

/// What stands in the bars; it is drawn last, so that no line crosses it.
fn bar_names(lane: &Lane, y: f64, faults: &[Fault], frame: Frame) -> Markup {
    let word = |i: usize| {
        let fault = &faults[i];
        let (x, x_end) = (frame.x(fault.from), frame.x(bands::end(fault, frame)));
        let what = if fault.links.is_empty() {
            text::label(&fault.nemesis, 20)
        } else {
            "cut".to_owned()
        };
        let words = [format!("#{} {what}", i + 1), format!("#{}", i + 1)];
        let fitting = words
            .into_iter()
            .find(|word| text::width(word, 6.7) + 8.0 <= x_end - x);
        fitting.map(|word| (i, x, word))
    };
    html! {
        @for (i, x, word) in drawn(lane).filter_map(word) {
            text class=(class(&faults[i])) x=(px(x + 5.0)) y=(px(y + 11.0)) { (word) }
        }
    }
}

fn scale(frame: Frame, y: f64) -> Markup {
    html! {
        line.axis x1=(Frame::LEFT) x2=(Frame::RIGHT) y1=(px(y)) y2=(px(y)) {}
        @for time in super::axis::round_ticks(frame.end) {
            text.small x=(px(frame.x(time))) y=(px(y + 17.0)) text-anchor="middle" { (text::span(time)) }
        }
    }
}
