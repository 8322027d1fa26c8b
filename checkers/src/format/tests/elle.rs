//! Transactions of Jepsen and Elle, in EDN and in JSON, and files that leave things out.
use super::super::{Format, Options, read};
use super::{check, check_with, lenient};

#[test]
fn json_says_what_edn_says() {
    let expected = |format: &str| {
        format!(
            "1 invoke txn [[\"append\" \"x\" 1] [\"r\" 255 nil]] → ?
note start at 1: null
1 ok txn [[\"append\" \"x\" 1] [\"r\" 255 nil]] → [[\"append\" \"x\" 1] [\"r\" 255 [2 3]]]
{format} ?"
        )
    };
    let expected = |format: &str| {
        // Notes come last.
        let lines = expected(format);
        let mut lines: Vec<&str> = lines.lines().collect();
        let note = lines.remove(1);
        lines.insert(2, note);
        lines.join("\n")
    };
    check(
        "{:index 0 :process 1 :type :invoke :value [[:append :x 1] [:r 255 nil]]}
{:process :nemesis :type :info :f :start}
{:index 1 :process 1 :type :ok :value [[:append :x 1] [:r 255 [2 3]]]}",
        &expected("jepsen-edn"),
    );
    let lines = [
        r#"{"index":0,"process":1,"type":"invoke","value":[["append","x",1],["r",255]]}"#,
        r#"{"process":":nemesis","type":":info","f":":start"}"#,
        r#"{"index":1,"process":1,"type":":ok","f":":txn","value":[[":append","x",1],[":r",255,[2,3]]]}"#,
    ];
    check(&lines.join("\n"), &expected("jepsen-json"));
    check(
        &format!(" [{}]\n", lines.join(",\n")),
        &expected("jepsen-json"),
    );
    check(
        r#"[{"type":"invoke","f":"read","process":0,"time":1},
{"type":"ok","f":"read","process":0,"value":{"10":1,"0":100,"07":1.5,"a":null},"time":2}]"#,
        "0 invoke read → ?\n0 ok read → [[0 100] [10 1] [\"07\" \"1.5\"] [\"a\" nil]]\njepsen-json register",
    );
}

#[test]
fn json_that_makes_no_sense_is_named_with_its_line() {
    let json = |text: &str, expected: &str| {
        let options = Options {
            format: Some(Format::JepsenJson),
            ..Options::default()
        };
        check_with(&options, text, expected);
    };
    json(
        "[{\"process\":0,\"type\":\"invoke\",\"f\":\"read\"},\n{\"process\":0,\n \"type\" \"ok\"}]",
        "line 3: expected `:` at column 9",
    );
    json(
        "[{\"process\":0,\"type\":\"sometimes\",\"f\":\"read\"}]",
        "line 1: `:type` is \"sometimes\", not :invoke, :ok, :fail or :info",
    );
    json(
        "[\n7]",
        "line 2: `7` where an operation stands, which is an object",
    );
    json(
        "[{\"process\":0,\"type\":\"invoke\",\"f\":\"read\"},\n{\"process\":0,\"type\":\"o",
        "0 invoke read 0 → nil\ntorn in line 2\njepsen-json register",
    );
    let text = "[{\"process\":0 \"x\"},\n{\"process\":0,\"type\":\"invoke\",\"f\":\"read\"}]";
    let recording = read(text.as_bytes(), &lenient()).unwrap();
    assert_eq!(
        (recording.skipped, recording.history.events().len()),
        (1, 1)
    );
}

#[test]
fn a_transaction_is_answered_with_what_it_was_asked_with() {
    let answered = |answer: &str| {
        format!(
            "{{:process 0 :type :invoke :f :txn :value [[:r 1 nil] [:w 2 3] [:delete 4] [:rp :true nil]]}}
{{:process 0 :type :ok :f :txn :value {answer}}}\n"
        )
    };
    check(
        &answered("[[:r 1 5] [:w 2 3] [:delete 4 nil] [:rp :true {6 7}]]"),
        "0 invoke txn [[\"r\" 1 nil] [\"w\" 2 3] [\"delete\" 4] [\"rp\" \"true\" nil]] → ?
0 ok txn [[\"r\" 1 nil] [\"w\" 2 3] [\"delete\" 4] [\"rp\" \"true\" nil]] → [[\"r\" 1 5] [\"w\" 2 3] [\"delete\" 4 nil] [\"rp\" \"true\" [[6 7]]]]
jepsen-edn ?",
    );
    for answer in [
        "[[:r 2 5] [:w 2 3] [:delete 4] [:rp :true nil]]",
        "[[:r 1 5] [:w 2 4] [:delete 4] [:rp :true nil]]",
        "[[:r 1 5] [:append 2 3] [:delete 4] [:rp :true nil]]",
        "[[:r 1 5] [:w 2 3] [:insert 4] [:rp :true nil]]",
        "[[:r 1 5] [:w 2 3] [:delete 4] [:rp :false nil]]",
        "[[:r 1 5] [:w 2 3] [:delete 4]]",
        "7",
    ] {
        let error = read(answered(answer).as_bytes(), &Options::default());
        let error = error.unwrap_err().to_string();
        assert!(
            error.starts_with("line 2: `:txn` was answered with another value"),
            "{error}"
        );
    }
}

#[test]
fn reads_and_writes_of_several_keys_are_transactions() {
    check(
        "{:process 0 :type :invoke :f :write :value [[:w 0 1]]}
{:process 1 :type :invoke :f :read :value [[:r 0 nil] [:r 1 nil]]}
{:process 0 :type :info :f :write :value nil :error :gone}
{:process 1 :type :ok :f :read :value [[:r 0 1] [:r 1 nil]]}",
        "0 invoke txn [[\"w\" 0 1]] → ?
1 invoke txn [[\"r\" 0 nil] [\"r\" 1 nil]] → ?
0 info txn [[\"w\" 0 1]] → ? (gone)
1 ok txn [[\"r\" 0 nil] [\"r\" 1 nil]] → [[\"r\" 0 1] [\"r\" 1 nil]]
jepsen-edn multi-register",
    );
}

#[test]
fn processes_are_found_where_nobody_says_them() {
    check(
        "{:type :invoke :f :read :value nil}
{:type :invoke :f :write :value 425}
{:type :ok :f :write :value 425}
{:type :invoke :f :write :value 430}
{:type :info :f :write :value 430}
{:type :invoke :f :write :value 431}
{:type :ok :f :read :value 425}",
        "0 invoke read 0 → nil
1 invoke write 0 := 425
1 ok write 0 := 425
1 invoke write 0 := 430
1 info write 0 := 430
2 invoke write 0 := 431
0 ok read 0 → 425
jepsen-edn register",
    );
    let cases = [
        (
            "{:type :invoke :f :read}{:type :invoke :f :read}\n{:type :ok :f :read :value 1}",
            "line 2: an operation without `:process`, and more than one of them are open that this may complete",
        ),
        (
            "{:type :invoke :f :write :value 1}\n{:type :ok :f :write :value 2}",
            "line 2: an operation without `:process`, and none is open that this may complete",
        ),
        (
            "{:process 1 :type :invoke :f :read}\n{:type :ok :f :read :value 2}",
            "line 2: an operation without `:process`",
        ),
    ];
    for (text, expected) in cases {
        check(text, expected);
    }
}

#[test]
fn what_other_workloads_ask_is_kept_as_it_is() {
    check(
        "{:process 0 :type :invoke :f :send :value [[:send 1 2]]}
{:process 0 :type :ok :f :send :value [[:send 1 [0 2]]]}
{:process 0 :type :invoke :f :poll :value [[:poll]]}
{:process 0 :type :ok :f :poll :value [[:poll {1 [[0 2]]}]]}
{:process 0 :type :invoke :f :inc :value nil}
{:process 0 :type :ok :f :inc :value {:val 1 :sts 7}}",
        "0 invoke send [[\"send\" 1 2]] → ?
0 ok send [[\"send\" 1 2]] → [[\"send\" 1 [0 2]]]
0 invoke poll [[\"poll\"]] → ?
0 ok poll [[\"poll\"]] → [[\"poll\" [[1 [[0 2]]]]]]
0 invoke inc → ?
0 ok inc → [[\"sts\" 7] [\"val\" 1]]
jepsen-edn ?",
    );
}
