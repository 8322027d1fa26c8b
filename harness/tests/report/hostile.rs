//! What the system under test says is shown, and never obeyed.
use crate::{
    count, data,
    fixtures::{MS, S, stale_read},
    visible,
};
use checkers::{Event, History, Kind, NodeId, Op, Process};
use harness::{
    report::render,
    result::{Outcomes, RunResult},
};

const MARKUP: &str = "</script><img src=x onerror=document.title=1>'\"&<!--\0\u{202e}שלום🦀]]>";

/// A run in which every text is `text`.
pub(crate) fn everywhere(text: &str) -> (RunResult, History) {
    let (mut result, _) = stale_read();
    let text = || text.to_owned();
    for field in [
        &mut result.sentence,
        &mut result.target,
        &mut result.target_version,
        &mut result.workload,
        &mut result.nemesis,
        &mut result.started,
        &mut result.again,
        &mut result.recheck,
        &mut result.run,
    ] {
        *field = text();
    }
    result.stopped_early = Some(text());
    result.bugs = vec![text()];
    result.warnings = vec![text()];
    result.strength.lacking = vec![text()];
    result.environment = [(text(), text())].into();
    result.operations = [(text(), Outcomes::default())].into();
    result.phases[0].name = text();
    for fault in &mut result.faults {
        fault.nemesis = text();
        fault.description = text();
        fault.evidence = text();
        fault.links.push((text(), text() + "'"));
    }
    let check = &mut result.checks[0];
    check.name = text();
    let checkers::Verdict::Invalid {
        anomalies,
        evidence,
    } = &mut check.verdict
    else {
        unreachable!("a stale read is a failure")
    };
    evidence.method = text();
    for anomaly in anomalies {
        anomaly.sentence = text();
        for op in &mut anomaly.witness {
            op.label = text();
            op.node = Some(text());
            op.text = text();
            op.role = text();
        }
        for step in &mut anomaly.steps {
            step.text = text();
        }
    }
    let mut history = History::default();
    for (time, kind) in [
        (0, Kind::Invoke),
        (MS, Kind::Fail(text())),
        (2 * MS, Kind::Invoke),
        (S, Kind::Info(text())),
    ] {
        let op = Op::Read {
            key: 1,
            value: None,
        };
        let event = Event {
            time,
            process: Process(1),
            node: Some(NodeId(1)),
            kind,
            op,
        };
        history.push(event).expect("one at a time");
    }
    (result, history)
}

#[test]
fn markup_is_text() {
    let (result, history) = everywhere(MARKUP);
    let page = render(&result, &history);
    assert!(!page.contains("<img") && !page.contains("<!--") && !page.contains('\0'));
    assert!(
        !visible(&page).contains('\u{202e}'),
        "nothing turns the line around"
    );
    assert_eq!(count(&page, "<script"), 2);
    assert_eq!(count(&page, "</script>"), 2);
    assert!(
        visible(&page)
            .contains("&lt;/script&gt;&lt;img src=x onerror=document.title=1&gt;'&quot;&amp;")
    );
    assert_eq!(data(&page), result, "the data is exact");
}

#[test]
fn an_attribute_cannot_be_left() {
    let (result, history) = everywhere("\" onfocus=alert(1) autofocus x=\"");
    assert!(!visible(&render(&result, &history)).contains("\" onfocus"));
}

#[test]
fn a_hundred_kilobytes_are_cut_and_the_cut_is_told() {
    let (result, history) = everywhere(&"🦀".repeat(25_000));
    let page = render(&result, &history);
    assert!(page.contains("… (25,000 characters in all)"));
    let seen = visible(&page).len();
    assert!(seen < 400_000, "{seen} bytes are shown");
}
