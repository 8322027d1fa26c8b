//! Small histories that show what is meant.
use super::{judge, told};
use crate::sketch;
use crate::weak::Guarantee::{self, *};

#[track_caller]
fn check(guarantee: Guarantee, drawing: &str, wanted: &str) {
    assert_eq!(told(&judge(&guarantee, &sketch::history(drawing))), wanted);
}

#[test]
fn reads_do_not_go_back() {
    let twice = "|w 1| |w 2|\n              |r 2| |r 1|";
    check(
        MonotonicReads,
        twice,
        "Process 1 read 2 from key 0, and later read 1 there, which is older.",
    );
    check(ReadYourWrites, twice, "valid");
    check(
        MonotonicReads,
        "|w 1| |w 2|\n              |r 1| |r 2|",
        "valid",
    );
}

#[test]
fn what_overlaps_may_be_in_either_order() {
    check(
        MonotonicReads,
        "|w 1------|\n |w 2-----|\n            |r 2| |r 1|",
        "valid",
    );
    check(
        MonotonicReads,
        "|w 1------------|\n  |r 1| \n        |w 2-----|\n                      |r 2| |r 1|",
        "Process 3 read 2 from key 0, and later read 1 there, which is older.",
    );
}

#[test]
fn a_process_sees_its_own_writes() {
    check(
        ReadYourWrites,
        "|w 1| |r nil|",
        "Process 0 wrote 1 to key 0, and later read nil there, which is older.",
    );
    check(ReadYourWrites, "|w 1-?\n        |r nil|", "valid");
    check(ReadYourWrites, "|w 1|\n       |r nil|", "valid");
}

#[test]
fn who_sees_a_write_sees_what_came_before_it() {
    let late = "|w 1@1| |w 2@2|\n                 |r 2@2| |r nil@1|";
    let told =
        "Process 0 wrote 1 to key 1, then wrote 2; process 1 saw 2, and later the older nil.";
    check(MonotonicWrites, late, told);
    check(WritesFollowReads, late, "valid");
    let causal = "|w 1@1|\n        |r 1@1| |w 2@2|\n                         |r 2@2| |r nil@1|";
    let told = "Process 1 read 1 at key 1, then wrote 2; process 2 saw 2, and later the older nil.";
    check(WritesFollowReads, causal, told);
    check(MonotonicWrites, causal, "valid");
    // What the writer did at the same time as the write, or whose end it never learnt, binds nobody.
    let unsure = "|w 1@1-? |w 2@2|
                   |r 2@2| |r nil@1|";
    check(MonotonicWrites, unsure, "valid");
}

#[test]
fn what_cannot_be_told_is_not_judged() {
    let twice = "|w 1| |w 1| |r nil|";
    check(
        ReadYourWrites,
        twice,
        "unknown: key 0 cannot be judged, nor can 0 others: a value was written twice",
    );
    check(
        ReadYourWrites,
        "|w 1| |w 2|",
        "unknown: no read of a register was ever answered",
    );
    let nowhere = "|r 7|\n       |w 7|";
    let why = "unknown: key 0 cannot be judged, nor can 0 others: a value was read that nobody had written by then";
    check(MonotonicReads, nowhere, why);
}
