//! Where lists part, positions lie far apart, and a reader overwrites what it read.
use super::made::{Do, Made, txns};
use super::{ListAppend, Strict, check};
use crate::transactional::{Arc, Status, Via, script};
use crate::{AnomalyKind, Budget};

#[test]
fn what_is_wrong_behind_the_place_where_lists_part_is_told_too() {
    let torn = AnomalyKind::IncompatibleOrder;
    check(
        "~ ax1 / ax2 / ax3 / ax9! / rx123 / rx19",
        &[torn, AnomalyKind::AbortedRead],
    );
    check(
        "~ ax1 / ax2 / ax3 / ax8 ax9 / rx123 / rx18",
        &[torn, AnomalyKind::IntermediateRead],
    );
    check("~ ax1 / ax2 / ax3 / ax8 ax9 / rx123 / rx189", &[torn]);
}

#[test]
fn answers_far_apart_are_still_taken_in_their_order() {
    let one = |process, invoked, completed, step| Made {
        process,
        invoked,
        completed,
        status: Status::Ok,
        steps: vec![step],
    };
    // The long one comes last; the reader began after the append had ended, and did not see it.
    let made = [
        one(0, 0, 100_000, Do::Read(0, vec![1])),
        one(1, 1, 5, Do::Append(0, 1)),
        one(2, 6, 7, Do::Read(0, Vec::new())),
    ];
    let txns = txns(&made, 1);
    let strict = ListAppend::infer(&txns).strict(&Budget::new(u64::MAX));
    assert!(matches!(strict, Strict::Stuck(_)), "{strict:?}");
}

#[test]
fn who_overwrites_what_it_read_is_overtaken_by_the_next() {
    let txns = script::txns("ax1 / rx1 ax2 / ax3 / ax4 / rx123");
    let graph = ListAppend::infer(&txns).graph(None).expect("it is small");
    let overtakes: Vec<Arc> = graph.after(1).filter(|arc| arc.via == Via::Rw).collect();
    let next = Arc {
        from: 1,
        to: 2,
        via: Via::Rw,
        key: overtakes[0].key,
    };
    assert_eq!(overtakes, [next]);
    let txns = script::txns("ax1 / rx1 ax2 / ax3 / rx12");
    let graph = ListAppend::infer(&txns).graph(None).expect("it is small");
    let overtakes = graph.after(1).filter(|arc| arc.via == Via::Rw);
    assert_eq!(overtakes.map(|arc| arc.to).collect::<Vec<_>>(), [2]);
}
