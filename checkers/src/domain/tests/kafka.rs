//! Logs: the smallest history of each anomaly, and the nearest one that shows none.
use super::check;

#[test]
fn logs_lose_nothing_and_keep_their_order() {
    let log = |rest: &str, expected: &str| {
        let text = format!("0: send [7 1] → 0; 0: send [7 2] → 1; 0: send [7 3] → 2; {rest}");
        check("kafka", &text, expected);
    };
    log("1: poll → [[7 [[0 1] [1 2] [2 3]]]]", "valid");
    log(
        "1: poll → [[7 [[0 1]]]]; 1: poll → [[7 [[1 2] [2 3]]]]",
        "valid",
    );
    // What nobody has polled yet may still be polled.
    log("1: poll → [[7 [[0 1] [1 2]]]]", "unknown");
    log(
        "1: poll → [[7 [[0 1] [2 3]]]]",
        "lost-write skipped-element",
    );
    log("1: poll → [[7 [[2 3]]]]", "lost-write");
    log("1: poll → [[7 [[2 3]]]]; 2: poll → ?", "unknown");
    log(
        "1: poll → [[7 [[0 1] [2 3]]]]; 2: poll → [[7 [[1 2]]]]",
        "skipped-element",
    );
    log(
        "1: poll → [[7 [[1 2] [0 1] [2 3]]]]",
        "out-of-order skipped-element",
    );
    log(
        "1: poll → [[7 [[0 1] [1 2] [2 3]]]]; 1: poll → [[7 [[2 3]]]]",
        "out-of-order",
    );
    log(
        "1: poll → [[7 [[0 1] [1 2] [2 3]]]]; 2: poll → [[7 [[2 3]]]]",
        "valid",
    );
    log(
        "1: assign [7]; 1: poll → [[7 [[0 1] [1 2] [2 3]]]]; 1: assign [7]; 1: poll → [[7 [[2 3]]]]",
        "valid",
    );
    log(
        "1: subscribe [7]; 1: poll → [[7 [[0 1] [1 2] [2 3]]]]; 1: poll → [[7 [[2 3]]]]",
        "valid",
    );
    log(
        "1: poll → [[7 [[0 1] [1 9] [2 3]]]]; 2: poll → [[7 [[1 2]]]]",
        "garbage-read incompatible-order",
    );
    log(
        "1: poll → [[7 [[0 1] [1 2] [2 3] [3 1]]]]",
        "duplicate-elements",
    );
    log(
        "0: send [7 4] → x; 1: poll → [[7 [[0 1] [1 2] [2 3] [3 4]]]]",
        "aborted-read",
    );
    log(
        "0: send [7 4] → ?; 1: poll → [[7 [[0 1] [1 2] [2 3] [3 4]]]]",
        "valid",
    );
    log(
        "1: poll → [[7 [[0 1] [1 2] [2 3] [3 4]]]]; 0: send [7 4] → ?",
        "aborted-read",
    );
    // One poll began before the message was sent and ended after it, another had ended before.
    log(
        "1( poll; 2: poll → [[7 [[0 1] [1 2] [2 3] [3 4]]]]; 0: send [7 4] → 3; 1) [[7 [[3 4]]]]",
        "aborted-read",
    );
    // Of a message that was sent twice the lower place was passed.
    check(
        "kafka",
        "0: send [7 9] → 5; 2: send [7 9] → 1; 3: send [7 8] → 3; 1: poll → [[7 [[3 8]]]]",
        "lost-write",
    );
    check(
        "kafka",
        "0: send [7 1] → 1; 0: send [7 2] → 0; 1: poll → [[7 [[0 2] [1 1]]]]",
        "out-of-order",
    );
    check(
        "kafka",
        "0: send [7 1] → 1; 2: send [7 2] → 0; 1: poll → [[7 [[0 2] [1 1]]]]",
        "valid",
    );
    check("kafka", "0: send [7 1] → 0", "unknown");
    check("kafka", "0: poll → []", "unknown");
}

#[test]
fn transactions_do_not_poll_what_they_send() {
    let txn = r#"0: txn [["send" 7 1] ["poll"]] → "#;
    check(
        "kafka",
        &format!(r#"{txn}[["send" 7 [0 1]] ["poll" [[7 [[0 1]]]]]]"#),
        "internal",
    );
    check(
        "kafka",
        &format!(
            r#"{txn}[["send" 7 [0 1]] ["poll" []]]; 1: poll [["poll"]] → [["poll" [[7 [[0 1]]]]]]"#
        ),
        "valid",
    );
}
