//! What is told of each kind of anomaly.
use super::judge;
use crate::sketch::history;
use crate::{Anomaly, AnomalyKind, Edge, NodeId, Verdict};

fn anomaly(drawing: &str) -> Anomaly {
    match judge(&history(drawing)) {
        Verdict::Invalid { mut anomalies, .. } => anomalies.remove(0),
        verdict => panic!("{verdict:?}:\n{drawing}"),
    }
}

/// The kind, how many operations show it, and the sentence.
#[track_caller]
fn told(drawing: &str, kind: AnomalyKind, operations: usize, sentence: &str) {
    let anomaly = anomaly(drawing);
    assert_eq!(anomaly.sentence, sentence, "{anomaly:#?}");
    assert_eq!((anomaly.kind, anomaly.witness.len()), (kind, operations));
    assert!(anomaly.is_minimal);
}

/// The steps of the proof.
#[track_caller]
fn proven(drawing: &str, steps: &[&str]) {
    let anomaly = anomaly(drawing);
    let texts: Vec<&str> = anomaly
        .steps
        .iter()
        .map(|step| step.text.as_str())
        .collect();
    assert_eq!(texts, steps);
}

#[test]
fn a_stale_read_names_what_had_replaced_the_value() {
    told(
        "|w 3|     |r 3| |r 7|\n     |w 7|",
        AnomalyKind::StaleRead,
        3,
        "Stale read: process 0 read key 0 = 3, 1 ms after process 1 had finished replacing it by 7.",
    );
    told(
        "|w 3| |w 7------------|\n          |r 7| |r 3|",
        AnomalyKind::StaleRead,
        4,
        "Stale read: process 1 read key 0 = 3, 2 ms after it had read 7.",
    );
    told(
        "|w 3--------------|\n|w 7--------------|\n  |r 3| |r 7| |r 3|",
        AnomalyKind::StaleRead,
        5,
        "Stale read: process 2 read key 0 = 3, 2 ms after it had read 7.",
    );
    told(
        "|w 1|     |r 2| |w 1| |r 2|\n     |c 1>2?",
        AnomalyKind::StaleRead,
        4,
        "Stale read: process 0 read key 0 = 2, 2 ms after it had finished replacing it by 1.",
    );
}

#[test]
fn a_lost_write_was_acknowledged_and_nobody_saw_it_again() {
    told(
        "|w 3|     |r 3| |r 3|\n     |w 7|",
        AnomalyKind::LostWrite,
        3,
        "Lost write: process 1's write of 7 to key 0 was acknowledged, but 7 ms later process 0 read 3, and nobody ever saw 7.",
    );
    told(
        "|w 1| |r nil| |r nil|",
        AnomalyKind::LostWrite,
        2,
        "Lost write: process 0's write of 1 to key 0 was acknowledged, but 10 ms later it read nil, and nobody ever saw 1.",
    );
}

#[test]
fn a_write_that_may_have_been_replaced_is_not_called_lost() {
    let replaced = "|w 3|     |r 3| |r 3|  |w 9| |r 9|\n     |w 7|";
    let overlapped = "|w 3|     |r 3| |r 3|\n     |w 7|\n  |w 8|\n";
    let unknown = "|w 3|     |r 3| |r 3|\n     |w 7|\n  |w 8?";
    let seen = "|w 3|     |r 3| |r 3|\n     |w 7|\n      |r 7|";
    let looked_at_once = "|w 3|     |r 3|\n     |w 7|";
    for drawing in [replaced, overlapped, unknown, seen, looked_at_once] {
        assert_eq!(anomaly(drawing).kind, AnomalyKind::StaleRead, "{drawing}");
    }
}

#[test]
fn of_several_stale_reads_the_one_that_was_wrong_for_longest_is_told() {
    told(
        "|w 3| |w 7| |r 3| |r 7|     |r 3| |w 9|",
        AnomalyKind::StaleRead,
        3,
        "Stale read: process 0 read key 0 = 3, 18 ms after it had finished replacing it by 7.",
    );
}

#[test]
fn a_lost_update_names_both_changes() {
    told(
        "|w 3| |c 3>5|\n       |c 3>8-|",
        AnomalyKind::LostUpdate,
        3,
        "Lost update: processes 0 and 1 both changed key 0 from 3, to 5 and to 8; only one compare-and-set could succeed.",
    );
    told(
        "|w 3| |c 3>5| |c 3>8|",
        AnomalyKind::LostUpdate,
        3,
        "Lost update: process 0 twice changed key 0 from 3, to 5 and to 8; only one compare-and-set could succeed.",
    );
}

#[test]
fn a_value_from_nowhere_is_told_with_its_origin() {
    told(
        "|w 3| |r 4|",
        AnomalyKind::GarbageRead,
        1,
        "Garbage read: process 0 read key 0 = 4, which nobody ever wrote.",
    );
    told(
        "|w 3|       |r 4|\n|w 4x",
        AnomalyKind::AbortedRead,
        1,
        "Aborted read: process 0 read key 0 = 4, but process 1's write of 4 had failed.",
    );
    told(
        "|w 3| |r 4|\n            |w 4|",
        AnomalyKind::AbortedRead,
        1,
        "Aborted read: process 0 read key 0 = 4, but process 1, the first to write 4, only began later.",
    );
    told(
        "|w 3| |r 5|\n     |c 4>5=3|",
        AnomalyKind::AbortedRead,
        1,
        "Aborted read: process 0 read key 0 = 5, but process 1's compare-and-set to 5 had been refused.",
    );
}

#[test]
fn repeated_values_shrink_to_what_matters() {
    let many = "|w 3| |w 5| ".repeat(200);
    let (kind, text) = (AnomalyKind::StaleRead, "had finished replacing it by 5.");
    let anomaly = anomaly(&format!("{many}|r 5| |r 3|"));
    assert_eq!((anomaly.kind, anomaly.witness.len()), (kind, 3));
    assert!(anomaly.sentence.ends_with(text), "{}", anomaly.sentence);
    assert!(anomaly.is_minimal);
}

#[test]
fn a_proof_can_be_checked_by_hand() {
    proven(
        "|w 3|     |r 3|\n     |w 7|",
        &[
            "A finished 1 ms before B began, so A comes before B.",
            "B finished 1 ms before C began, so B comes before C.",
            "C read 3, which only A wrote, so it comes before B replaced that by 7 — a contradiction.",
        ],
    );
    proven(
        "|w 3--------------|\n|w 7--------------|\n  |r 3| |r 7| |r 3|",
        &[
            "C read 3, and only A ever wrote 3, so A comes before C.",
            "C finished 2 ms before D began, so C comes before D.",
            "D read 7, which B left there, though A comes before D; so A comes before B.",
            "D read 7, and only B ever wrote 7, so B comes before D.",
            "D finished 2 ms before E began, so D comes before E.",
            "E read 3, which only A wrote, so it comes before B replaced that by 7 — a contradiction.",
        ],
    );
}

#[test]
fn what_no_chain_of_reasons_explains_is_told_by_where_it_ends() {
    let drawing = "|w 1---------------------|\n|w 1---------------------|\n|w 2---------------------|\n  |r 1| |r 2| |r 1| |r 2|";
    told(
        drawing,
        AnomalyKind::NonLinearizable,
        6,
        "Key 0 is not linearizable: no order of these 6 operations explains that process 3 read 2.",
    );
    proven(
        drawing,
        &[
            "In the order C, D, B, E, A key 0 holds 1, and next would have to be F, which read 2.",
            "No other order gets further: none explains that F read 2 — a contradiction.",
        ],
    );
}

#[test]
fn steps_point_at_the_operations_that_they_order() {
    let anomaly = anomaly("|w 3|     |r 3|\n     |w 7|");
    let joined: Vec<_> = anomaly
        .steps
        .iter()
        .map(|step| (step.between, step.edge))
        .collect();
    let expected = [
        (Some((0, 1)), Edge::RealTime),
        (Some((1, 2)), Edge::RealTime),
        (Some((2, 1)), Edge::ReadWrite),
    ];
    assert_eq!(joined, expected);
    let roles: Vec<&str> = anomaly.witness.iter().map(|op| op.role.as_str()).collect();
    assert_eq!(
        roles,
        ["wrote 3", "overwrites with 7", "reads the old value"]
    );
}

#[test]
fn nodes_are_named_unless_that_is_too_long() {
    let sentence = |key: &str, value: i64| {
        let drawing = format!("|w 3{key}| |w {value}{key}| |r 3{key}|");
        let mut told = crate::History::default();
        for mut event in history(&drawing).events().to_vec() {
            event.node = Some(NodeId(3));
            told.push(event).expect("as drawn");
        }
        match judge(&told) {
            Verdict::Invalid { anomalies, .. } => anomalies[0].sentence.clone(),
            verdict => panic!("{verdict:?}"),
        }
    };
    let short = sentence("@9", 7);
    assert!(
        short.contains("process 0 (n3) read key 9 = 3, 2 ms after it"),
        "{short}"
    );
    let long = sentence("@8888888888888888888", i64::MIN);
    assert!(long.chars().count() <= 160, "{long}");
}
