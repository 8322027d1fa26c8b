//! The same for promises about order: forks, reverses, inserts, timestamps and queues.
use super::check;

#[test]
fn readers_agree_on_the_order_of_writes() {
    let xy = "0: write [0 1]; 0: write [1 1]; ";
    let read = |lane: u32, read: &str| format!("; {lane}: read → [{read}]");
    let check_reads = |reads: &[&str], expected: &str| {
        let mut text = format!("{xy}0: write [2 1]; 0: write [3 1]");
        reads
            .iter()
            .zip(1..)
            .for_each(|(keys, lane)| text += &read(lane, keys));
        check("long-fork", &text, expected);
    };
    let (x, y) = (r#"["r" 0 1] ["r" 1 nil]"#, r#"["r" 1 1] ["r" 0 nil]"#);
    check_reads(&[x, r#"["r" 0 1] ["r" 1 1]"#], "valid");
    check_reads(&[x, y], "long-fork");
    check_reads(&[y, y], "valid");
    check_reads(&[r#"["r" 0 1] ["r" 1 1]"#], "unknown");
    // Three that contradict each other only together, and reads of different keys.
    check_reads(
        &[x, r#"["r" 1 1] ["r" 2 nil]"#, r#"["r" 2 1] ["r" 3 nil]"#],
        "valid",
    );
    check_reads(
        &[x, r#"["r" 1 1] ["r" 2 nil]"#, r#"["r" 2 1] ["r" 0 nil]"#],
        "long-fork",
    );
    check_reads(&[x, r#"["r" 1 1] ["r" 2 1] ["r" 0 nil]"#], "long-fork");
    check_reads(&[x, r#"["r" 2 2] ["r" 3 nil]"#], "garbage-read");
    check(
        "long-fork",
        r#"0: write [0 1] → x; 1: read → [["r" 0 1] ["r" 1 nil]]"#,
        "aborted-read",
    );
    check(
        "long-fork",
        r#"0: write [0 1] → ?; 1: read → [["r" 0 1] ["r" 1 nil]]"#,
        "valid",
    );
    check(
        "long-fork",
        r#"0: write [0 1] → x; 1: write [1 1]"#,
        "unknown",
    );
    check(
        "long-fork",
        r#"0: write [0 1]; 0: write [0 2]; 1: read → [["r" 0 1] ["r" 1 nil]]"#,
        "unknown",
    );
    check(
        "long-fork group=3",
        r#"0: write [0 1]; 1: read → [["r" 0 1] ["r" 1 nil]]"#,
        "unknown",
    );
    check(
        "long-fork group=2",
        r#"0: write [0 1]; 1: read → [["r" 0 1] ["r" 1 nil]]"#,
        "valid",
    );
    check(
        "long-fork",
        r#"0: txn [["w" 0 1]] → [["w" 0 1]]; 0: txn [["w" 1 1]] → [["w" 1 1]]; 1: txn [["r" 0 nil] ["r" 1 nil]] → [["r" 0 1] ["r" 1 nil]]; 1: txn [["r" 1 nil] ["r" 0 nil]] → [["r" 1 1] ["r" 0 nil]]"#,
        "long-fork",
    );
}

#[test]
fn who_sees_a_write_sees_those_before_it() {
    check(
        "causal-reverse",
        "0: write 1; 0: write 2; 1: read → [1 2]",
        "valid",
    );
    check(
        "causal-reverse",
        "0: write 1; 0: write 2; 1: read → [2]",
        "causal-reverse",
    );
    check(
        "causal-reverse",
        "0: write 1; 0: write 2; 1: read → [1]; 1: read → [1 2]",
        "valid",
    );
    check(
        "causal-reverse",
        "0( write 1; 1: write 2; 0) nil; 1: write 3; 1: read → [2]; 1: read → [1 2 3]",
        "valid",
    );
    check(
        "causal-reverse",
        "0: write 1 → ?; 1: write 2; 1: read → [2]; 1: write 3; 1: read → [2 3]",
        "valid",
    );
    check(
        "causal-reverse",
        "0: write 1; 1: write 2 → ?; 2: read → [2]",
        "causal-reverse",
    );
    check(
        "causal-reverse",
        "0: write 1; 0: write 2; 1: read → [1 2 3]",
        "garbage-read",
    );
    check(
        "causal-reverse",
        "0: write 1; 0: write 2; 0: write 3 → x; 1: read → [1 2 3]",
        "aborted-read",
    );
    check("causal-reverse", "0: write 1; 0: write 2", "unknown");
    check("causal-reverse", "0: write 1; 0: read → [1]", "unknown");
}

#[test]
fn one_of_two_inserts_fails() {
    check(
        "g2",
        "0: insert [7 [1 nil]]; 1: insert [7 [nil 2]] → x",
        "valid",
    );
    check("g2", "0: insert [7 [1 nil]]; 1: insert [7 [nil 2]]", "g2");
    check(
        "g2",
        "0: insert [7 [1 nil]]; 1: insert [8 [nil 2]]",
        "unknown",
    );
    check(
        "g2",
        "0: insert [7 [1 nil]]; 1: insert [7 [nil 2]] → ?",
        "valid",
    );
    check(
        "g2",
        "0: insert [7 [1 nil]] → x; 1: insert [7 [nil 2]] → x",
        "unknown",
    );
    check("g2", "0: insert [1 nil]; 1: insert [nil 2]", "g2");
    check("g2", "0: insert 1; 1: insert 2", "unknown");
}

#[test]
fn timestamps_follow_the_order_of_additions() {
    check(
        "monotonic",
        "0: add 1; 0: add 2; 0: read → [[1 10] [2 20]]",
        "valid",
    );
    check(
        "monotonic",
        "0: add 1; 0: add 2; 0: read → [[2 10] [1 20]]",
        "non-monotonic-id",
    );
    check(
        "monotonic",
        "0( add 1; 1: add 2; 0) nil; 0: read → [[2 10] [1 20]]",
        "valid",
    );
    check(
        "monotonic",
        "0: add 1; 1: add 2; 0: read → [[2 10] [1 20]]",
        "non-monotonic-id",
    );
    check(
        "monotonic global=false",
        "0: add 1; 1: add 2; 0: read → [[2 10] [1 20]]",
        "valid",
    );
    check(
        "monotonic global=false",
        "0: add 1; 0: add 2; 0: read → [[2 10] [1 20]]",
        "non-monotonic-id",
    );
    check(
        "monotonic",
        "0: add 1; 0: add 2; 0: read → [[2 10] [1 10]]",
        "valid",
    );
    check(
        "monotonic",
        "0: add 1; 0: add 2; 0: read → [2 1]",
        "non-monotonic-id",
    );
    check(
        "monotonic",
        "0: add 1; 0: add 2; 0: read → [[2 20] [1 10]]",
        "out-of-order",
    );
    check(
        "monotonic",
        r#"0: add 1; 0: add 2; 0: read → [[1 "9.5"] [2 "10.1"]]"#,
        "valid",
    );
    check(
        "monotonic",
        r#"0: add 1; 0: add 2; 0: read → [[2 "9.5"] [1 "10.1"]]"#,
        "non-monotonic-id",
    );
    check(
        "monotonic",
        r#"0: add 1; 0: add 2; 0: read → [[["sts" 20] ["val" 2]] [["sts" 30] ["val" 1]]]"#,
        "non-monotonic-id",
    );
    check(
        "monotonic",
        "0: add 1; 0: add 2; 0: add 3; 0: read → [[1 10] [3 20]]",
        "lost-element",
    );
    check(
        "monotonic",
        "0: add 1; 0: add 2; 0: add 3 → ?; 1: read → [[1 10] [2 20]]",
        "valid",
    );
    check(
        "monotonic",
        "0: add 1; 0: add 2; 0: add 3 → x; 1: read → [[1 10] [2 20] [3 30]]",
        "aborted-read",
    );
    check(
        "monotonic",
        "0: add 1; 0: add 2; 1: read → [[1 10] [2 20] [3 30]]",
        "garbage-read",
    );
    check(
        "monotonic",
        "0: add 1; 0: add 2; 1: read → [[1 10] [2 20] [2 30]]",
        "duplicate-elements",
    );
    check(
        "monotonic",
        "0( add; 1( add; 0) 1; 1) 2; 1: read → [[2 10] [1 20]]",
        "non-monotonic-id",
    );
    check(
        "monotonic",
        "0( add; 1( add; 0) 1; 1) 2; 1: read → [[1 10] [2 20]]",
        "valid",
    );
    check(
        "monotonic",
        "0: add → 1; 0: add → 2; 1: add → ?; 2: read → [1 2 3]",
        "valid",
    );
    check("monotonic", "0: add 1; 0: add 2", "unknown");
    check("monotonic", "0: add 1; 0: read → [[1 10]]", "unknown");
}

#[test]
fn what_goes_into_a_queue_comes_out() {
    check("total-queue", "0: enqueue 1; 0: dequeue → 1", "valid");
    check("total-queue", "0: enqueue 1; 0: drain → [1]", "valid");
    check("total-queue", "0: enqueue 1; 0: drain → []", "lost-element");
    check(
        "total-queue",
        "0: enqueue 1; 0: dequeue → nil",
        "lost-element",
    );
    check("total-queue", "0: enqueue 1; 0: dequeue → x", "unknown");
    check(
        "total-queue",
        "0: enqueue 2; 0: dequeue → 2; 0: enqueue 1",
        "unknown",
    );
    check("total-queue", "0( drain; 1: enqueue 1; 0) []", "unknown");
    check(
        "total-queue",
        "0: enqueue 1; 1: dequeue → ?; 0: drain → []",
        "unknown",
    );
    check(
        "total-queue",
        "0: enqueue 1; 0: enqueue 2; 1: dequeue → ?; 0: drain → []",
        "lost-element",
    );
    check(
        "total-queue",
        "0: enqueue 1; 0: enqueue 2; 1: drain → ?; 0: drain → []",
        "unknown",
    );
    check(
        "total-queue",
        "0: enqueue 1; 0: enqueue 1; 0: drain → [1]",
        "lost-element",
    );
    check(
        "total-queue",
        "0: enqueue 1; 0: dequeue → 1; 0: dequeue → 1",
        "duplicate-delivery",
    );
    check(
        "total-queue",
        "0: enqueue 1; 0: drain → [1 1]",
        "duplicate-delivery",
    );
    check(
        "total-queue duplicates=true",
        "0: enqueue 1; 0: dequeue → 1; 0: dequeue → 1",
        "valid",
    );
    check(
        "total-queue",
        "0: enqueue 1; 1: enqueue 1 → ?; 0: dequeue → 1; 0: dequeue → 1",
        "valid",
    );
    check(
        "total-queue",
        "0: enqueue 1; 0: dequeue → 1; 0: dequeue → 2",
        "garbage-read",
    );
    check(
        "total-queue",
        "0: enqueue 1; 1: enqueue 2 → x; 0: drain → [1 2]",
        "aborted-read",
    );
    check(
        "total-queue",
        "0: enqueue 1; 0: drain → [1 2]; 0: enqueue 2 → ?",
        "aborted-read",
    );
    check("total-queue", "0: enqueue 1 → ?; 1: drain → []", "unknown");
    check("total-queue", "0: enqueue 1", "unknown");
}
