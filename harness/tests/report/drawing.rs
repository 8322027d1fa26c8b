//! The counter-example: every kind is drawn, every arrow has its step, and no text lies on another.
use crate::{
    count,
    fixtures::{chain, failed, lost_update, op, stale_read, step},
};
use checkers::{Anomaly, AnomalyKind, Edge, History};
use harness::report::render;

/// The page of a run that found `anomaly`.
fn page(anomaly: Anomaly) -> String {
    let (result, _) = failed(vec![anomaly]);
    render(&result, &History::default())
}

#[test]
fn every_kind_of_anomaly_is_drawn() {
    for kind in AnomalyKind::ALL {
        let page = page(chain(kind, 4, 3));
        assert_eq!(count(&page, "id=\"cex-svg\""), 1, "{kind:?}");
        assert_eq!(count(&page, "class=\"cexop "), 4, "{kind:?}");
        assert!(page.contains(kind.title()));
    }
}

#[test]
fn arrows_are_the_steps_that_join_two_operations() {
    for (result, history) in [stale_read(), lost_update()] {
        let page = render(&result, &history);
        let anomaly = result.anomaly().expect("it failed");
        let joining = anomaly
            .steps
            .iter()
            .filter(|step| step.between.is_some())
            .count();
        assert_eq!(count(&page, "class=\"cexop "), anomaly.witness.len());
        assert_eq!(count(&page, "class=\"edge "), joining);
        assert_eq!(count(&page, "class=\"chip "), joining);
        assert_eq!(count(&page, "<li class=\"arrow "), joining);
    }
}

#[test]
fn an_unknown_outcome_stays_open() {
    let (result, history) = lost_update();
    let page = render(&result, &history);
    assert_eq!(count(&page, "class=\"tail\""), 1);
    assert_eq!(count(&page, "may still happen →"), 1);
}

#[test]
fn a_large_witness_is_told_in_words() {
    for (ops, lanes) in [(31, 4), (13, 13)] {
        let page = page(chain(AnomalyKind::NonLinearizable, ops, lanes));
        assert!(page.contains(&format!("Drawing omitted, {ops} ops")));
        assert_eq!(count(&page, "class=\"cexop "), 0);
        assert!(page.contains("<details open>"));
    }
}

#[test]
fn a_step_that_points_nowhere_is_only_text() {
    let mut anomaly = chain(AnomalyKind::StaleRead, 2, 2);
    anomaly.steps.push(step(
        Some((0, 99)),
        Edge::WriteRead,
        "Nobody knows the hundredth.",
    ));
    assert_eq!(count(&page(anomaly), "class=\"edge "), 2);
}

#[test]
fn an_anomaly_without_operations_has_no_drawing() {
    let page = page(chain(AnomalyKind::GarbageRead, 0, 1));
    assert!(page.contains("data-ops=\"0\"") && !page.contains("cex-svg"));
}

#[test]
fn no_text_lies_on_another() {
    for ops in 2..=12 {
        for lanes in 1..=ops {
            let page = page(chain(AnomalyKind::NonLinearizable, ops, lanes));
            assert_apart(&page, &format!("{ops} operations, {lanes} lanes"));
        }
    }
    let (result, history) = lost_update();
    assert_apart(&render(&result, &history), "lost update");
}

#[test]
fn operations_at_the_same_instant_stay_apart() {
    let mut anomaly = chain(AnomalyKind::LostUpdate, 3, 3);
    anomaly.witness = (0..6)
        .map(|i| {
            op(
                &i.to_string(),
                i / 2,
                "n1",
                (5_000, Some(5_000)),
                "write 1 := 2",
                "writes",
            )
        })
        .collect();
    anomaly.witness[5].end = None;
    anomaly.witness[5].completed = None;
    let page = page(anomaly);
    assert_eq!(count(&page, "class=\"cexop "), 6);
    assert!(!page.contains("NaN") && !page.contains("\"inf\""));
}

/// A text of the drawing as a rectangle: left, right, baseline.
struct Text {
    words: String,
    from: f64,
    to: f64,
    y: f64,
}

fn assert_apart(page: &str, name: &str) {
    let (_, svg) = page.split_once("id=\"cex-svg\"").expect("it is drawn");
    let (svg, _) = svg.split_once("</svg>").expect("it ends");
    let texts: Vec<Text> = svg.split("<text").skip(1).map(text).collect();
    for (i, a) in texts.iter().enumerate() {
        for b in &texts[i + 1..] {
            let is_apart = a.to <= b.from || b.to <= a.from || 11.0 <= (a.y - b.y).abs();
            assert!(
                is_apart,
                "{name}: “{}” at {} lies on “{}” at {}",
                a.words, a.from, b.words, b.from
            );
        }
    }
}

fn text(element: &str) -> Text {
    let (tag, inside) = element.split_once('>').expect("a tag ends");
    let (inside, _) = inside.split_once("</text>").expect("an element ends");
    let words: String = inside
        .split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text))
        .collect();
    let number = |name: &str| -> f64 {
        let (_, value) = tag
            .split_once(&format!(" {name}=\""))
            .expect("a coordinate");
        value
            .split('"')
            .next()
            .and_then(|digits| digits.parse().ok())
            .expect("a number")
    };
    let per_letter = if tag.contains("small") { 6.2 } else { 7.4 };
    let (x, width) = (number("x"), per_letter * words.chars().count() as f64);
    let from = match () {
        () if tag.contains("\"middle\"") => x - width / 2.0,
        () if tag.contains("\"end\"") => x - width,
        () => x,
    };
    Text {
        words,
        from,
        to: from + width,
        y: number("y"),
    }
}
