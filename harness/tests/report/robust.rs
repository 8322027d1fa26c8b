//! Odd runs: nothing, one operation, no time at all, an hour, a million events.
use crate::{
    count,
    fixtures::{MS, S, faults, pass, traffic},
    visible,
};
use checkers::{Event, History, Kind, Op, Process};
use harness::{report::render, result::Fault};
use std::time::Instant;

/// One process that is answered after each of `latencies`, and is never idle.
fn answered(latencies: &[u64]) -> History {
    let mut history = History::default();
    let mut time = 0;
    for latency in latencies {
        for kind in [Kind::Invoke, Kind::Ok] {
            let op = Op::Read {
                key: 1,
                value: None,
            };
            history
                .push(Event {
                    time,
                    process: Process(0),
                    node: None,
                    kind,
                    op,
                })
                .expect("one at a time");
            time = u64::saturating_add(time, *latency);
        }
    }
    history
}

fn rendered(history: &History, faults: Vec<Fault>) -> String {
    let (mut result, _) = pass();
    result.faults = faults;
    let page = render(&result, history);
    for wrong in ["NaN", "inf ", "could not be drawn", "-9223372036854775808"] {
        assert!(!page.contains(wrong), "{wrong}");
    }
    page
}

#[test]
fn odd_times_are_drawn() {
    for latencies in [
        &[][..],
        &[0],
        &[1],
        &[0, 0, 0],
        &[40 * S],
        &[u64::MAX],
        &[1, 3_600 * S, 1],
        &[MS; 9],
    ] {
        let page = rendered(&answered(&latencies.repeat(20)), faults());
        let charts = if latencies.is_empty() { 0 } else { 1 };
        assert_eq!(count(&page, "id=\"latency-svg\""), charts, "{latencies:?}");
    }
}

#[test]
fn few_operations_are_not_charted() {
    for (operations, charts) in [(1, 0), (19, 0), (20, 1)] {
        let page = rendered(&answered(&vec![MS; operations]), faults());
        for id in ["latency-svg", "throughput-svg"] {
            assert_eq!(
                count(&page, &format!("id=\"{id}\"")),
                charts,
                "{operations}"
            );
        }
        let is_told = visible(&page).contains("too few to show speed or load");
        assert_eq!(is_told, charts == 0, "{operations}");
    }
}

#[test]
fn an_operation_that_never_ended_is_told() {
    let mut history = answered(&[MS; 20]);
    let op = Op::Read {
        key: 1,
        value: None,
    };
    history
        .push(Event {
            time: S,
            process: Process(9),
            node: None,
            kind: Kind::Invoke,
            op,
        })
        .expect("it is new");
    assert!(rendered(&history, vec![]).contains("1 operation had not ended when the history did."));
}

#[test]
fn a_fault_that_was_never_healed_lasts_to_the_end() {
    let mut open = faults();
    open[0].to = None;
    open[1].from = u64::MAX;
    open[1].to = Some(0);
    assert!(rendered(&answered(&[S; 30]), open).contains("never healed"));
}

#[test]
fn twenty_nodes_do_not_make_a_wall() {
    let mut cut = faults().remove(0);
    cut.links = (1..=20)
        .flat_map(|a| (1..=20).map(move |b| (format!("n{a}"), format!("n{b}"))))
        .collect();
    let page = rendered(&answered(&[S; 30]), vec![cut; 700]);
    assert!(page.contains("too many for a lane each"));
    assert!(page.contains("The first 500 of 700"));
    // The rest is the result itself, which names every link of every cut.
    let seen = visible(&page).len();
    assert!(seen < 800_000, "{seen} bytes are shown");
}

#[test]
fn an_hour_has_round_ticks() {
    let page = rendered(&traffic(3_600 * S, 5_000), faults());
    assert!(page.contains("30 min 0 s"));
}

#[test]
fn a_million_events_are_a_small_page() {
    for (operations, bytes_max) in [(50_000, 200_000), (500_000, 200_000)] {
        let history = traffic(600 * S, operations);
        let clock = Instant::now();
        let page = rendered(&history, faults());
        println!(
            "{} events: {} bytes in {:?}",
            2 * operations,
            page.len(),
            clock.elapsed()
        );
        assert!(page.len() < bytes_max, "{} bytes", page.len());
        assert!(count(&page, "h0") <= 2_100, "points");
    }
}
