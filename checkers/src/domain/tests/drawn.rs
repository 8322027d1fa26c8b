//! The smallest history of each anomaly, and the nearest one that shows none.
use super::check;

#[test]
fn a_set_loses_nothing_and_finds_nothing_else() {
    check("set", "0: add 1; 0: read → [1]", "valid");
    check("set", "0: add 1; 0: read → []", "lost-element");
    // Only the last read counts, and what was added before it began.
    check("set", "0: add 1; 0: read → []; 0: read → [1]", "valid");
    check("set", "0: add 1; 0( read; 1: add 2; 0) [1]", "valid");
    check("set", "0: add 1; 0: add 2; 0( read; 0) [1]", "lost-element");
    check("set", "0: add 1; 0: add 2 → ?; 1: read → [1]", "valid");
    check("set", "0: add 1; 0: add 2 → ?; 1: read → [1 2]", "valid");
    check("set", "0: add 1; 0: read → [1 2]", "garbage-read");
    check(
        "set",
        "0: add 1; 0: add 2 → x; 1: read → [1 2]",
        "aborted-read",
    );
    check(
        "set",
        "0: add 1; 0: add 2 → x; 0: add 2; 1: read → [1 2]",
        "valid",
    );
    check("set", "0: add 1; 0: read → [1 1]", "duplicate-elements");
    check("set", "0: add 1; 0: add 1; 0: read → [1 1]", "valid");
    check(
        "set",
        "0: add 1; 1: read → [1 2]; 0: add 2 → ?",
        "aborted-read",
    );
    check("set", "0: add 1; 1( read; 0: add 2 → ?; 1) [1 2]", "valid");
    check("set", "0: add 1", "unknown");
    check("set", "0: add 1 → ?; 1: read → []", "unknown");
    check("set", "0: add 1; 0: read → x", "unknown");
    check("set", "0: add 1; 0: remove 1; 0: read → []", "unknown");
}

#[test]
fn elements_of_a_full_set_come_to_stay() {
    check("set-full", "0: add 1; 0: read → [1]", "valid");
    check("set-full", "0: add 1; 0: read → []; 0: read → [1]", "valid");
    check(
        "set-full linearizable=true",
        "0: add 1; 0: read → []; 0: read → [1]",
        "stale-read",
    );
    check(
        "set-full linearizable=true",
        "0( add 1; 1: read → []; 0) nil; 0: read → [1]",
        "valid",
    );
    // A read that found it tells others that it is there.
    check(
        "set-full linearizable=true",
        "0( add 1; 1: read → [1]; 1: read → []; 0) nil; 0: read → [1]",
        "stale-read",
    );
    check(
        "set-full",
        "0: add 1; 0: read → [1]; 0: read → []",
        "lost-element",
    );
    check(
        "set-full",
        "0: add 1; 0: add 2; 0: read → [2]",
        "lost-element",
    );
    check(
        "set-full",
        "0: add 1 → ?; 1: add 2; 1: read → [1 2]; 1: read → [2]",
        "lost-element",
    );
    check("set-full", "0: add 1 → ?; 1: add 2; 1: read → [2]", "valid");
    // The read that found it may have looked after the one that did not.
    check(
        "set-full",
        "0: add 2; 0: add 1; 1( read; 0: read → [2]; 1) [1 2]",
        "valid",
    );
    check(
        "set-full",
        "0: add 2; 0: add 1; 1( read; 1) [1 2]; 0: read → [2]",
        "lost-element",
    );
    check(
        "set-full",
        "0: add 1; 0: read → [1 1]",
        "duplicate-elements",
    );
    check(
        "set-full",
        "0: add 1; 0: read → [1 2]; 0: read → [1]",
        "garbage-read",
    );
    check(
        "set-full",
        "0: add 1; 0: add 2 → x; 0: read → [1 2]",
        "aborted-read",
    );
    check("set-full", "0: add 1 → ?; 1: read → []", "unknown");
    check("set-full", "0: add 1", "unknown");
}

#[test]
fn money_stays_in_the_bank() {
    check(
        "bank total=10",
        "0: read → [[0 10] [1 0]]; 0: transfer [0 1 5]; 0: read → [[0 5] [1 5]]",
        "valid",
    );
    check("bank total=10", "0: read → [[0 5] [1 4]]", "wrong-total");
    check(
        "bank initial=[[0_5]_[1_5]]",
        "0: read → [[0 5] [1 4]]",
        "wrong-total",
    );
    check(
        "bank total=10",
        "0: read → [[0 11] [1 -1]]",
        "negative-balance",
    );
    check(
        "bank total=10 negative=true",
        "0: read → [[0 11] [1 -1]]",
        "valid",
    );
    check(
        "bank total=10",
        "0: read → [[0 10] [1 nil]]",
        "wrong-accounts",
    );
    check(
        "bank total=10",
        "0: read → [[0 10] [0 0]]",
        "wrong-accounts",
    );
    check(
        "bank initial=[[0_5]_[1_5]]",
        "0: read → [[0 10]]",
        "wrong-accounts",
    );
    check(
        "bank initial=[[0_5]_[1_5]]",
        "0: read → [[0 10] [1 0] [2 0]]",
        "wrong-accounts",
    );
    check(
        "bank total=10",
        "0: read → [[0 10] [1 0]]; 0: read → [[0 10]]",
        "wrong-accounts",
    );
    // What is not told is found out, or not.
    check(
        "bank",
        "0: write [[0 5] [1 5]]; 0: read → [[0 4] [1 6]]",
        "valid",
    );
    check(
        "bank",
        "0: write [[0 5] [1 5]]; 0: read → [[0 4] [1 5]]",
        "wrong-total",
    );
    check(
        "bank",
        "1( read; 0: write [[0 5] [1 5]]; 1) []; 1: read → [[0 4] [1 6]]",
        "valid",
    );
    check(
        "bank",
        "0: write [[0 5]]; 0: write [[1 5]]; 0: read → [[0 4] [1 5]]",
        "wrong-total",
    );
    check(
        "bank",
        "0: write [[0 5] [1 5]] → ?; 1: read → [[0 4] [1 6]]",
        "unknown",
    );
    check(
        "bank",
        "0: read → [[0 4] [1 6]]; 0: read → [[0 5] [1 5]]",
        "unknown",
    );
    check(
        "bank",
        "0: read → [[0 4] [1 6]]; 0: read → [[0 5] [1 6]]",
        "wrong-total",
    );
    check("bank", "0: read → [[0 11] [1 -1]]", "negative-balance");
    check("bank total=10", "0: transfer [0 1 5]", "unknown");
    check("bank total=10", "0: read → x; 0: read → ?", "unknown");
    check(
        "bank initial=[[0_5]_[1_5]]",
        r#"0: txn [["r" 0 nil] ["r" 1 nil]] → [["r" 0 5] ["r" 1 4]]"#,
        "wrong-total",
    );
    check(
        "bank initial=[[0_5]_[1_5]]",
        r#"0: txn [["r" 0 nil]] → [["r" 0 5]]"#,
        "unknown",
    );
    check(
        "bank initial=[[0_5]_[1_5]]",
        r#"0: txn [["r" 0 nil] ["w" 0 4]] → [["r" 0 5] ["w" 0 4]]; 0: read → [[0 5] [1 5]]"#,
        "valid",
    );
}
