//! All formats together: small histories of each, read to the same drawn events.
mod bombs;
mod corpus;
mod elle;
mod hostile;
mod names;
mod sessions;

use super::{Format, Options, Recording, advice, read};
use crate::{Event, Kind};

/// `0 invoke read → ?`, one line for each event, then the notes, and what else is to be said.
fn shown(recording: &Recording) -> String {
    let mut text = String::new();
    let history = &recording.history;
    for Event {
        process, kind, op, ..
    } in history.events()
    {
        let (kind, why) = match kind {
            Kind::Invoke => ("invoke", ""),
            Kind::Ok => ("ok", ""),
            Kind::Fail(why) => ("fail", &**why),
            Kind::Info(why) => ("info", &**why),
        };
        let key = match (op.key(), history.key_name(op.key())) {
            (_, Some(name)) => format!(" of {name}"),
            (0, None) => String::new(),
            (key, None) => format!(" of {key}"),
        };
        let why = if why.is_empty() {
            ""
        } else {
            &format!(" ({why})")
        };
        text += &format!("{} {kind} {op}{key}{why}\n", process.0);
    }
    for note in history.notes() {
        text += &format!("note {} at {}: {}\n", note.f, note.position, note.value);
    }
    if let Some(torn) = recording.torn {
        text += &format!("torn in line {torn}\n");
    }
    for why in &recording.skipped_why {
        text += &format!("skipped {why}\n");
    }
    let model = crate::model::guess(&recording.history).unwrap_or("?");
    text + &format!("{} {model}", recording.format.name())
}

#[track_caller]
fn check(text: &str, expected: &str) {
    check_with(&Options::default(), text, expected);
}

#[track_caller]
fn check_with(options: &Options, text: &str, expected: &str) {
    let said = match read(text.as_bytes(), options) {
        Ok(recording) => shown(&recording),
        Err(error) => error.to_string(),
    };
    assert_eq!(said, expected);
}

fn lenient() -> Options {
    Options {
        is_lenient: true,
        ..Options::default()
    }
}

#[test]
fn registers_of_jepsen_are_read_by_knossos_rules() {
    check(
        "; A comment, \n[{:process 0, :type :invoke, :f :read, :value nil}
          #jepsen.history.Op{:index 1 :process 1 :type :invoke :f :cas :value [1 2] :time 7}
          {:process :nemesis, :type :info, :f :start, :value {:a #{2 1}}}
          {:process 0, :type :ok, :f :read, :value nil}
          {:process 1, :type :fail, :f :cas, :value [1 2], :error [:precondition \"a\\nb\"]}
          {:process 0, :type :invoke, :f :write, :value 3}
          {:process 0, :type :info, :f :write, :value 3, :error :timeout}
          {:process 1, :type :invoke, :f :cas, :value [3 4]} #_{:process 9}
          {:process 1, :type :ok, :f :cas, :value [3 4]}]\n",
        "0 invoke read 0 → nil
1 invoke cas 0: 1→2 (found nil)
0 fail read 0 → nil (answered nil, which says nothing)
1 fail cas 0: 1→2 (found nil) ([\"precondition\" \"a\\nb\"])
0 invoke write 0 := 3
0 info write 0 := 3 (timeout)
1 invoke cas 0: 3→4 (found nil)
1 ok cas 0: 3→4
note start at 2: [[\"a\",[1,2]]]
jepsen-edn cas-register",
    );
}

#[test]
fn a_refusal_in_a_log_says_what_the_register_did_not_hold() {
    check(
        "INFO  jepsen.core - Worker 0 starting
INFO  jepsen.util - 0\t:invoke\t:read\tnil
INFO  jepsen.util - 1   :invoke :cas    [3 0]
2020-01-01 12:00:00,123{GMT}\tINFO\t[jepsen worker 2] jepsen.util: 2\t:invoke\t:write\t4
INFO  jepsen.util - 0\t:ok\t:read\tnil
INFO  jepsen.util - 1\t:fail\t:cas\t[3 0]
INFO  jepsen.util - 2\t:info\t:write\t:timed-out
INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2]
INFO  jepsen.util - 0\t:fail\t:cas\t[1 2]\t:no-leader
INFO  jepsen.util - 0\t:invoke\t:cas\t[4 2]
INFO  jepsen.util - 0\t:ok\t:cas\t[4 2]
INFO  jepsen.util - 0\t:invoke\t:read\tnil
INFO  jepsen.util - 0\t:ok\t:read\t2",
        "0 invoke read 0 → nil
1 invoke cas [3 0] → ?
2 invoke write 0 := 4
0 ok read 0 → nil
1 ok cas [3 0] → false
2 info write 0 := 4 (timed-out)
0 invoke cas [1 2] → ?
0 fail cas [1 2] → ? (no-leader)
0 invoke cas [4 2] → ?
0 ok cas [4 2] → true
0 invoke read 0 → nil
torn in line 13
jepsen-log cas-register",
    );
}

#[test]
fn strings_of_porcupine_are_read_put_and_appended() {
    check(
        "{:process 0, :type :invoke, :f :get, :key \"a b\", :value nil}
{:process 1, :type :invoke, :f :append, :key \"c\", :value \"x 0 \\\"y\"}
{:process 0, :type :ok, :f :get, :key \"a b\", :value \"\"}
{:process 0, :type :invoke, :f :put, :key \"c\", :value \"z\"}
{:process 1, :type :ok, :f :append, :key \"c\", :value \"x 0 \\\"y\"}
{:process 0, :type :ok, :f :put, :key \"c\", :value \"z\"}",
        "0 invoke read → ? of a b
1 invoke append \"x 0 \\\"y\" → ? of c
0 ok read → \"\" of a b
0 invoke write \"z\" → ? of c
1 ok append \"x 0 \\\"y\" of c
0 ok write \"z\" of c
porcupine-kv kv",
    );
}

#[test]
fn tuples_are_told_from_values() {
    // Tagged, or as jepsen.independent prints them.
    for tuple in ["#jepsen.independent.Tuple ", ""] {
        check(
            &format!(
                "{{:process 0 :type :invoke :f :read :value {tuple}[7 nil]}}
{{:process 1 :type :invoke :f :cas :value {tuple}[8 [1 2]]}}
{{:process 0 :type :ok :f :read :value {tuple}[7 1]}}
{{:process 1 :type :info :f :cas :value nil :error :gone}}"
            ),
            "0 invoke read 7 → nil of 7
1 invoke cas 8: 1→2 (found nil) of 8
0 ok read 7 → 1 of 7
1 info cas 8: 1→2 (found nil) of 8 (gone)
jepsen-edn cas-register",
        );
    }
    // A swap is no tuple, nor is what is written by a client that never reads.
    check(
        "{:process 0 :type :invoke :f :cas :value [1 2]}{:process 0 :type :ok :f :cas :value [1 2]}",
        "0 invoke cas 0: 1→2 (found nil)\n0 ok cas 0: 1→2\njepsen-edn cas-register",
    );
    let written = "{:process 0 :type :invoke :f :write :value [:x 2]}";
    check(written, "0 invoke write [\"x\" 2] → ?\njepsen-edn register");
    let keyed = Options {
        is_keyed: Some(true),
        ..Options::default()
    };
    check_with(
        &keyed,
        written,
        "0 invoke write 0 := 2 of x\njepsen-edn register",
    );
    // Two micro-operations are no tuple.
    check(
        "{:process 0 :type :invoke :f :txn :value [[:read :x nil] [:w :y 1]]}
{:process 0 :type :ok :f :txn :value [[:read :x 5] [:w :y 1]]}",
        "0 invoke txn [[\"r\" \"x\" nil] [\"w\" \"y\" 1]] → ?
0 ok txn [[\"r\" \"x\" nil] [\"w\" \"y\" 1]] → [[\"r\" \"x\" 5] [\"w\" \"y\" 1]]
jepsen-edn multi-register",
    );
}

#[test]
fn other_objects_of_jepsen_are_calls() {
    check(
        "{:process 0 :type :invoke :f :add :value 2}
{:process 1 :type :invoke :f :read}
{:process 0 :type :ok :f :add :value 2}
{:process 1 :type :ok :f :read :value #{3 2}}",
        "0 invoke add 2 → ?
1 invoke read → ?
0 ok add 2
1 ok read → [2 3]
jepsen-edn grow-only-set",
    );
    check(
        "{:process 0 :type :invoke :f :acquire}{:process 0 :type :ok :f :acquire :value 17}
{:process 0 :type :invoke :f :release}{:process 0 :type :fail :f :release :error :not-held}",
        "0 invoke acquire → ?
0 ok acquire → 17
0 invoke release → ?
0 fail release → ? (not-held)
jepsen-edn fenced-mutex",
    );
    check(
        "{:process 0 :type :invoke :f :enqueue :value 1}{:process 0 :type :ok :f :enqueue :value 1}
{:process 0 :type :invoke :f :dequeue}{:process 0 :type :ok :f :dequeue :value 1}",
        "0 invoke enqueue 1 → ?\n0 ok enqueue 1\n0 invoke dequeue → ?\n0 ok dequeue → 1\njepsen-edn queue",
    );
    check(
        "{:process 0 :type :invoke :f :transfer :value {:from 0 :to 1 :amount 5}}
{:process 0 :type :ok :f :transfer :value {:from 0 :to 1 :amount 5}}
{:process 0 :type :invoke :f :read}{:process 0 :type :ok :f :read :value {1 5, 0 95}}",
        "0 invoke transfer [0 1 5] → ?
0 ok transfer [0 1 5]
0 invoke read → ?
0 ok read → [[0 95] [1 5]]
jepsen-edn bank",
    );
}

#[test]
fn objects_in_json_lines_answer_with_a_result() {
    check(
        r#"{"time":1,"process":0,"type":"invoke","f":"read"}
{"time": 1, "process": 1, "type": "invoke", "f": "add", "value": 7}
{"type":"ok","process":0,"time":2,"f":"read","result":[1,null,"\u00e9"]}
{"time":3,"process":1,"type":"info","f":"add","value":7,"error":"lost"}
"#,
        "0 invoke read → ?
1 invoke add 7 → ?
0 ok read → [1 nil \"é\"]
1 info add 7 → ? (lost)
jsonl grow-only-set",
    );
    check(
        "{\"time\":1,\"process\":0,\"type\":\"invoke\",\"f\":\"dequeue\",\"key\":3}
{\"time\":1,\"process\":0,\"type\":\"ok\",\"f\":\"dequeue\",\"result\":null}\n",
        "0 invoke dequeue → ? of 3\n0 ok dequeue → nil of 3\njsonl queue",
    );
}

#[test]
fn what_is_forgotten_or_misspelt_in_json_lines_is_not_taken_for_nil() {
    let line = |rest: &str| {
        format!(
            "{{\"time\":1,\"process\":0,\"type\":\"invoke\",\"f\":\"pop\"}}\n{{\"time\":2,\"process\":0,{rest}}}\n"
        )
    };
    let cases = [
        (r#""type":"ok","f":"pop""#, "line 2: `pop` needs `result`"),
        (
            r#""type":"ok","f":"pop","resutl":3"#,
            "line 2: unknown field `resutl`: did you mean `result`?",
        ),
        (
            r#""type":"ok","f":"pop","colour":3"#,
            "line 2: unknown field `colour`: an event has time, process, node, type, f, key, value, from, to, found, result and error",
        ),
        (
            r#""type":"ok","f":"pop","key":-1"#,
            "line 2: `key` is -1, not a whole number from 0 to 18446744073709551615 or a name",
        ),
        (
            r#""type":"ok","f":"pop","result":9223372036854775808"#,
            "line 2: `result` is 9223372036854775808, not a whole number of 64 bits",
        ),
        (
            r#""type":"fail","f":"pop","result":1"#,
            "line 2: `result` belongs to an answer, which is of type ok",
        ),
        (
            r#""type":"ok","f":"pop","result":1,"result":2"#,
            "line 2: duplicate field `result` at column 63",
        ),
    ];
    for (rest, expected) in cases {
        check(&line(rest), expected);
    }
}

#[test]
fn a_lenient_reader_counts_what_it_skips() {
    check_with(
        &lenient(),
        "{:process 0 :type :ok :f :read :value 1}
{:process 1 :type :invoke :f :write :value 1}
{:process 1 :type :invoke :f :write ]:value 2}
{:process 1 :type :sometimes :f :write :value 2}
{:process 1 :type :invoke :f :write :value 2}
{:process 1 :type :ok :f :write :value 7}
{:process 1 :type :ok :f :write :value 2}\n",
        "1 invoke write 0 := 1
1 info write 0 := 1 (its completion is missing)
1 invoke write 0 := 2
1 ok write 0 := 2
skipped line 3: `]` closes nothing
skipped line 4: `:type` is :sometimes, not :invoke, :ok, :fail or :info
skipped line 1: a completion for process 0 without an invocation
skipped line 5: process 1 was invoked while its last operation was open
skipped line 6: `:write` was answered with another value, 7
jepsen-edn register",
    );
    check_with(
        &lenient(),
        "{\"time\":1,\"process\":0,\"type\":\"invoke\",\"f\":\"read\"}\nnonsense\n{\"time\":1,\"process\":0,\"type\":\"ok\",\"f\":\"write\",\"value\":1}\n{\"time\":2,\"process\":0,\"type\":\"ok\",\"f\":\"read\",\"value\":1}\n",
        "0 invoke read 0 → nil
0 ok read 0 → 1
skipped line 2: not a line of JSON: expected ident at column 2
skipped line 3: process 0 completed another operation than it had invoked
jsonl register",
    );
}

#[test]
fn formats_are_told_from_their_first_bytes() {
    let cases = [
        ("", Some(Format::Jsonl)),
        ("ASSAYH\x01\x00", Some(Format::Columnar)),
        ("\n {\"time\":1", Some(Format::Jsonl)),
        ("; x\n[{:process 0", Some(Format::JepsenEdn)),
        ("({:process 0", Some(Format::JepsenEdn)),
        ("#jepsen.history.Op{:process 0", Some(Format::JepsenEdn)),
        (
            "{:process 0, :f :get, :key \"0\"}",
            Some(Format::PorcupineKv),
        ),
        (
            "INFO  x\nINFO  jepsen.util - 0 :invoke :read nil",
            Some(Format::JepsenLog),
        ),
        ("[{\"time\":1}]", Some(Format::JepsenJson)),
        (
            "{\"index\":0,\"time\":1,\"type\":\"ok\",\"f\":\"r\"}\n",
            Some(Format::JepsenJson),
        ),
        (
            "{\"type\":\":ok\",\"time\":1,\"f\":\"r\"}",
            Some(Format::JepsenJson),
        ),
        (
            "{\"type\":\"ok\",\"time\":1,\"f\":\"r\"}",
            Some(Format::Jsonl),
        ),
        ("{\"format\":7,\"type\":1}", Some(Format::Jsonl)),
        (" w(1,2,3,-1)\nr(", Some(Format::Plume)),
        ("\nw 1 2\n-", Some(Format::Awdit)),
        ("w 1\n", None),
        ("[ [", Some(Format::Dbcop)),
        ("{ \"params\" : {", Some(Format::Dbcop)),
        ("Some text that begins with S and goes on", None),
        ("time,process\n1,2\n", None),
    ];
    for (start, expected) in cases {
        assert_eq!(Format::sniff(start.as_bytes()), expected, "{start}");
    }
    for name in Format::names() {
        assert_eq!(Format::named(name).expect("named").name(), name);
    }
    check(
        "time,process\n1,2\n",
        "line 1: not a history in a format that is known: it begins with `time,process`",
    );
    for name in Format::names() {
        assert!(advice::UNKNOWN.contains(name), "{name}");
    }
}
