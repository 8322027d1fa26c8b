//! Drawn histories, each with a claim.
use super::{compare, judge};
use crate::Verdict;
use crate::sketch::history;

#[track_caller]
fn legal(drawing: &str) {
    assert!(compare(&history(drawing)), "illegal:\n{drawing}");
}

#[track_caller]
fn illegal(drawing: &str) {
    assert!(!compare(&history(drawing)), "legal:\n{drawing}");
}

#[test]
fn a_register_begins_absent() {
    legal("|r nil| |w 1| |r 1|");
    illegal("|r 1| |w 1|");
    illegal("|w 1| |r nil|");
}

#[test]
fn what_overlaps_may_come_in_either_order() {
    legal("|w 1---|\n  |r 1|");
    legal("|w 1---|\n  |r nil|");
    legal("|w 1----------|\n  |r nil| |r 1|");
    illegal("|w 1----------|\n  |r 1| |r nil|");
    illegal("|w 1---------------|\n|w 2---------------|\n  |r 1| |r 2| |r 1|");
}

#[test]
fn a_value_may_be_written_twice() {
    legal("|w 1| |w 2| |w 1| |r 1|");
    legal("|w 1-----------|\n  |w 1| |r 1| |w 2| |r 1|");
    illegal("|w 1--------|\n  |w 1| |r 1|   |w 2| |r 1|");
}

#[test]
fn an_unknown_write_may_surface_at_any_later_time_once_or_never() {
    legal("|w 1| |r 1|\n|w 2?");
    legal("|w 1| |r 1|         |r 2|\n|w 2?");
    legal("|w 1| |w 3| |r 3| |r 2|\n|w 2 …");
    illegal("|w 1|     |r 2| |w 3| |r 3| |r 2|\n|w 2?");
    legal("|w 1|     |r 2| |w 3| |r 3| |r 2|\n|w 2?\n|w 2?");
    illegal("|w 1| |r 2|\n            |w 2?");
}

#[test]
fn an_unknown_compare_and_set_needs_its_value_and_happens_once() {
    legal("|w 1|     |r 2|\n     |c 1>2?");
    illegal("|w 3|     |r 2|\n     |c 1>2?");
    illegal("|w 1|     |r 2| |w 1| |r 2|\n     |c 1>2?");
    legal("|w 1|     |r 3|\n     |c 1>2?\n     |c 2>3?");
    illegal("|w 1|     |r 3| |r 2|\n     |c 1>2?\n     |c 2>3?");
    legal("|w 1|     |r 1|\n     |c 1>1?");
}

#[test]
fn a_refused_compare_and_set_has_seen_what_it_found() {
    legal("|w 1| |c 2>3=1| |r 1|");
    legal("|c 2>3=nil| |w 2|");
    illegal("|w 1| |c 2>3=nil|");
    illegal("|w 1| |c 2>3=1| |r 3|");
    legal("|w 1| |c 1>1| |r 1|");
    illegal("|w 1| |c 2>2|");
}

#[test]
fn what_failed_had_no_effect() {
    legal("|w 1| |w 2x |r 1|");
    illegal("|w 1| |w 2x |r 2|");
    illegal("|w 1| |c 1>2x |r 2|");
    legal("|w 1| |r 7x |r 1|");
}

#[test]
fn keys_are_judged_apart() {
    legal("|w 1@1| |w 2@2| |r 1@1|");
    illegal("|w 1@1| |w 2@1| |w 1@2| |r 1@1|");
}

#[test]
fn a_read_of_unknown_outcome_says_nothing() {
    legal("|w 1| |r 7?");
    legal("|w 1| |r 7 …");
}

#[test]
fn nothing_answered_is_nothing_known() {
    for drawing in ["", "|w 1?", "|w 1x"] {
        let verdict = judge(&history(drawing));
        assert!(
            matches!(verdict, Verdict::Unknown { .. }),
            "{drawing}: {verdict:?}"
        );
    }
}

#[test]
fn evidence_counts_what_was_judged() {
    let verdict = judge(&history("|w 1@1|  |w 2@2| |r 3@3|\n  |r 1@1-|  |w 5@5?"));
    let Verdict::Invalid { evidence, .. } = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!((evidence.operations, evidence.keys), (5, 4));
    assert_eq!((evidence.keys_valid, evidence.keys_invalid), (3, 1));
    assert_eq!(evidence.keys_contended, 1);
}

#[test]
fn only_a_change_contends_for_a_key() {
    let contended = |drawing: &str| match judge(&history(drawing)) {
        Verdict::Valid { evidence } => evidence.keys_contended,
        verdict => panic!("{verdict:?}"),
    };
    assert_eq!(contended("|r nil----|\n  |r nil|"), 0);
    assert_eq!(contended("|w 1|  |r 1--|\n        |r 1|"), 0);
    assert_eq!(contended("|w 1-----|\n  |r nil|"), 1);
    assert_eq!(contended("|r nil----|\n  |w 1|"), 1);
}

#[test]
fn hundreds_of_operations_may_be_open_at_once() {
    for count in [63, 64, 65, 130, 700] {
        let mut open = String::new();
        for value in 0..count {
            open += &format!("|w {value}{}|\n", " ".repeat(30));
        }
        let reads = "      |r 5| |r 7| |r 7|";
        let verdict = judge(&history(&(open.clone() + reads)));
        assert!(
            matches!(verdict, Verdict::Valid { .. }),
            "{count}: {verdict:?}"
        );
        let verdict = judge(&history(&(open + reads + " |r 5|")));
        assert!(
            matches!(verdict, Verdict::Invalid { .. }),
            "{count}: {verdict:?}"
        );
    }
}

#[test]
fn hundreds_of_unknown_writes_do_no_harm() {
    let mut drawing = "|w 1| |r 1| |w 2| |r 2| |w 3| |r 3| |r 500| |r 3|".to_owned();
    for value in 0..700 {
        drawing += &format!("\n|w {value}?");
    }
    let verdict = judge(&history(&drawing));
    assert!(matches!(verdict, Verdict::Valid { .. }), "{verdict:?}");
    let verdict = judge(&history(
        &(drawing.clone() + "\n                       |r 700|"),
    ));
    assert!(matches!(verdict, Verdict::Invalid { .. }), "{verdict:?}");
}
