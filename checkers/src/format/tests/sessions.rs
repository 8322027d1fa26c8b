//! Formats of sessions without times: small histories of each, read to the same drawn events.
use super::super::{Format, Options, columnar, jsonl, read, read_sessions};
use super::{check, check_with, lenient};
use crate::model::{self, Consistency};
use crate::{Budget, Checker, Kind, Linearizable};
use std::collections::BTreeMap;

#[test]
fn plume_tells_aborted_transactions_and_initial_values() {
    check(
        "w(1,5,0,-1)\nr(1,0,7,3)\r\nw(1,6,7,3)\n w( 2, 9, 0, 1 )\nr(1,-6,7,4)\nw(2,8,0,-1)\nr(2,9,7,4)",
        "0 invoke txn [[\"w\" 1 5]] → ?
0 fail txn [[\"w\" 1 5]] → ? (aborted)
7 invoke txn [[\"r\" 1 nil] [\"w\" 1 6]] → ?
7 ok txn [[\"r\" 1 nil] [\"w\" 1 6]] → [[\"r\" 1 nil] [\"w\" 1 6]]
0 invoke txn [[\"w\" 2 9]] → ?
0 ok txn [[\"w\" 2 9]] → [[\"w\" 2 9]]
0 invoke txn [[\"w\" 2 8]] → ?
0 fail txn [[\"w\" 2 8]] → ? (aborted)
7 invoke txn [[\"r\" 1 nil] [\"r\" 2 nil]] → ?
7 ok txn [[\"r\" 1 nil] [\"r\" 2 nil]] → [[\"r\" 1 -6] [\"r\" 2 9]]
plume-text multi-register",
    );
    // Some tools write down who wrote the initial values; it is nil that is read all the same.
    check(
        "r(1,0,0,0)\nw(1,0,1,1)\nw(2,0,1,1)\n",
        "0 invoke txn [[\"r\" 1 nil]] → ?
0 ok txn [[\"r\" 1 nil]] → [[\"r\" 1 nil]]
plume-text multi-register",
    );
}

#[test]
fn plume_is_refused_where_it_is_ambiguous_or_cut_off() {
    let cases = [
        (
            "w(1,1,0,0)\nw(1,2,0,1)\nw(1,3,0,0)\n",
            "line 3: transaction 0 of session 0 goes on although another one began there",
        ),
        (
            "w(1,1,0,0)\nw(1,0,0,1)\n",
            "line 2: a transaction writes 0, which stands for what nobody has written; let values begin at 1",
        ),
        (
            "w(1,0,0,0)\nw(1,0,1,1)\n",
            "line 2: a transaction writes 0, which stands for what nobody has written; let values begin at 1",
        ),
        (
            "w(1,1,0,-2)\n",
            "line 1: transaction -2 is neither a number from 0 nor -1",
        ),
        (
            "w(1,1,4294967296,0)\n",
            "line 1: session 4294967296 is not from 0 to 4294967295",
        ),
        (
            "w(1,1,0,0)\nw(1,9223372036854775808,0,1)\n",
            "line 2: `w(1,9223372036854775808,0,1)` is no operation like r(key,value,session,txn)",
        ),
        (
            "w(1,1,0,0)\nr(1,1,1,",
            "line 2: the file ends in the middle of a line, `r(1,1,1,`; what is missing may explain the rest",
        ),
    ];
    for (text, expected) in cases {
        check(text, expected);
        let recording = read(text.as_bytes(), &lenient()).expect("lenient");
        assert_eq!(recording.skipped, 1, "{text}");
    }
    // A transaction may go on behind what other sessions did, and behind what was aborted.
    let recording = read(
        &b"w(1,1,0,0)\nw(1,2,1,1)\nw(3,7,0,-1)\nw(2,3,0,0)\n"[..],
        &Options::default(),
    );
    assert_eq!(recording.unwrap().history.operations().len(), 2);
}

#[test]
fn awdit_tells_ends_of_transactions_and_sessions() {
    check(
        "w 0 0\nw 1 0\n=====\n=====\nr 0 0\n-----\n-----\n\nr  1\t0 \n---\n===\nr 0 1",
        "0 invoke txn [[\"w\" 0 0] [\"w\" 1 0]] → ?
0 ok txn [[\"w\" 0 0] [\"w\" 1 0]] → [[\"w\" 0 0] [\"w\" 1 0]]
1 invoke txn [[\"r\" 0 nil]] → ?
1 ok txn [[\"r\" 0 nil]] → [[\"r\" 0 0]]
1 invoke txn [[\"r\" 1 nil]] → ?
1 ok txn [[\"r\" 1 nil]] → [[\"r\" 1 0]]
2 invoke txn [[\"r\" 0 nil]] → ?
2 ok txn [[\"r\" 0 nil]] → [[\"r\" 0 1]]
awdit-text multi-register",
    );
    check(
        "r 1 1\nr 1\n",
        "line 2: `r 1` is neither `r KEY VALUE` nor `w KEY VALUE` nor an end",
    );
    check(
        "r 1 1\nx 1 1\n",
        "line 2: `x 1 1` is neither `r KEY VALUE` nor `w KEY VALUE` nor an end",
    );
    check(
        "r 1 1\n--=\n",
        "line 2: `--=` is neither `r KEY VALUE` nor `w KEY VALUE` nor an end",
    );
}

/// What both notations of 2019 say.
const OF_2019: &str = "0 invoke txn [[\"w\" 3 8]] → ?
0 fail txn [[\"w\" 3 8]] → ? (aborted)
0 invoke txn [[\"w\" 1 7] [\"r\" 2 nil]] → ?
0 ok txn [[\"w\" 1 7] [\"r\" 2 nil]] → [[\"w\" 1 7] [\"r\" 2 nil]]
0 invoke txn [[\"w\" 1 9]] → ?
0 fail txn [[\"w\" 1 9]] → ? (aborted)
1 invoke txn [[\"r\" 1 nil]] → ?
1 ok txn [[\"r\" 1 nil]] → [[\"r\" 1 7]]
dbcop multi-register";

#[test]
fn dbcop_is_read_in_all_its_notations_of_json() {
    check(
        r#"{"params":{"id":0,"n_node":2},"info":"data","start":"","end":"","data":[
[{"events":[{"write":true,"variable":1,"value":7,"success":true},
            {"write":true,"variable":3,"value":8,"success":false},
            {"write":false,"variable":4,"value":0,"success":false},
            {"write":false,"variable":2,"value":0,"success":true}],"success":true},
 {"events":[{"write":true,"variable":1,"value":9,"success":true}],"success":false}],
[{"events":[{"write":false,"variable":1,"value":7,"success":true}],"success":true}]]}"#,
        OF_2019,
    );
    let versions = "0 invoke txn [[\"w\" 0 0] [\"r\" 1 nil]] → ?
0 ok txn [[\"w\" 0 0] [\"r\" 1 nil]] → [[\"w\" 0 0] [\"r\" 1 nil]]
1 invoke txn [[\"r\" 0 nil]] → ?
1 ok txn [[\"r\" 0 nil]] → [[\"r\" 0 0]]
dbcop multi-register";
    check(
        r#"[[{"events":[{"Write":{"variable":0,"version":0}},{"Read":{"variable":1,"version":null}}],"committed":true}],
[{"events":[{"Read":{"variable":0,"version":0}}],"committed":true}]]"#,
        versions,
    );
    check(
        r#"{"sessions": [[[["w",0,0],["r",1,null]]],[[["r",0,0]]]]}"#,
        versions,
    );
    let cases = [
        (
            "[[\n{\"events\":[]}]]",
            "line 2: a transaction does not say `committed` at column 13",
        ),
        (
            "[[[[\"w\",1,null]]]]",
            "line 1: a write without a value at column 16",
        ),
        (
            "[[[[\"w\",1,1]]]\n",
            "line 2: EOF while parsing a list at column 0",
        ),
        (
            "{\"params\":1}",
            "line 1: no sessions as `data` or `sessions` at column 12",
        ),
    ];
    for (text, expected) in cases {
        check(text, expected);
    }
}

/// The history of [`OF_2019`] in bincode.
pub(super) fn bincode() -> Vec<u8> {
    let mut bytes = Vec::new();
    let number = |bytes: &mut Vec<u8>, number: u64| bytes.extend(number.to_le_bytes());
    for parameter in [0, 2, 4, 2, 3] {
        number(&mut bytes, parameter);
    }
    for text in [
        "generated",
        "2019-05-01T12:00:00+02:00",
        "2019-05-01T12:00:01+02:00",
    ] {
        number(&mut bytes, text.len() as u64);
        bytes.extend(text.as_bytes());
    }
    // Who writes, what, which value, and whether it succeeded; by transaction and session.
    type Transaction<'a> = (&'a [(bool, u64, u64, bool)], bool);
    let sessions: [&[Transaction<'_>]; 2] = [
        &[
            (
                &[
                    (true, 1, 7, true),
                    (true, 3, 8, false),
                    (false, 4, 0, false),
                    (false, 2, 0, true),
                ],
                true,
            ),
            (&[(true, 1, 9, true)], false),
        ],
        &[(&[(false, 1, 7, true)], true)],
    ];
    number(&mut bytes, sessions.len() as u64);
    for session in sessions {
        number(&mut bytes, session.len() as u64);
        for (events, is_success) in session {
            number(&mut bytes, events.len() as u64);
            for (is_write, key, value, is_success) in *events {
                bytes.push(u8::from(*is_write));
                number(&mut bytes, *key);
                number(&mut bytes, *value);
                bytes.push(u8::from(*is_success));
            }
            bytes.push(u8::from(*is_success));
        }
    }
    bytes
}

#[test]
fn dbcop_is_read_in_bincode() {
    let bytes = bincode();
    let recording = read(&bytes[..], &Options::default()).unwrap();
    assert_eq!(super::shown(&recording), OF_2019);
    let of_dbcop = Options {
        format: Some(Format::Dbcop),
        ..Options::default()
    };
    for end in 0..bytes.len() {
        let error = read(&bytes[..end], &of_dbcop).unwrap_err().to_string();
        assert!(error.contains(&format!("ends at byte {end},")), "{error}");
    }
    let longer = [&bytes[..], b"x"].concat();
    let error = read(&longer[..], &of_dbcop).unwrap_err().to_string();
    assert!(error.contains("more stands behind its end"), "{error}");
}

/// The letter of an entry, and its numbers.
type Entry<'a> = (u8, &'a [i64]);

pub(super) fn cobra(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (letter, numbers) in entries {
        bytes.push(*letter);
        for number in *numbers {
            bytes.extend(number.to_be_bytes());
        }
    }
    bytes
}

/// Of a client that writes object -5, reads it, and reads what nobody wrote and Cobra's own.
pub(super) const LOG: &[Entry<'_>] = &[
    (b'S', &[70]),
    (b'W', &[1001, -5, 99]),
    (b'R', &[70, 1001, -5, 99]),
    (b'C', &[70]),
    (b'S', &[71]),
    (b'R', &[0xbebe_ebee, 0xbebe_ebee, 6, 1]),
    (b'R', &[0xdead_beef, 0xdead_beef, 7, 0]),
    (b'R', &[0xbebe_ebee, 0x2333_2333, 8, 0]),
    (b'C', &[71]),
];

#[test]
fn cobra_has_a_log_for_each_session() {
    let log = cobra(LOG);
    let expected = |process: usize| {
        format!(
            "{process} invoke txn [[\"w\" -5 1001] [\"r\" -5 nil]] → ?
{process} ok txn [[\"w\" -5 1001] [\"r\" -5 nil]] → [[\"w\" -5 1001] [\"r\" -5 1001]]
{process} invoke txn [[\"r\" 6 nil] [\"r\" 7 nil]] → ?
{process} ok txn [[\"r\" 6 nil] [\"r\" 7 nil]] → [[\"r\" 6 nil] [\"r\" 7 nil]]
"
        )
    };
    let recording = read(&log[..], &Options::default()).unwrap();
    assert_eq!(
        super::shown(&recording),
        expected(0) + "cobra multi-register"
    );
    let recording = read_sessions([&log[..], &log[..]], &Options::default()).unwrap();
    let two = expected(0) + &expected(1) + "cobra multi-register";
    assert_eq!(super::shown(&recording), two);
    assert!(!recording.history.has_real_time());
    // What was not committed may have happened.
    let open = cobra(&LOG[..2]);
    let recording = read(&open[..], &Options::default()).unwrap();
    let last = recording.history.events().last().unwrap();
    assert_eq!(
        last.kind,
        Kind::Info("nothing is said of its end".to_owned())
    );
    let (place, error) = read_sessions([&log[..], &log[..40]], &Options::default()).unwrap_err();
    assert_eq!(place, 1);
    assert_eq!(
        error.to_string(),
        "line 1: the file ends in the middle of what begins at byte 34; what is missing may explain the rest"
    );
    let twice = cobra(&[(b'S', &[1]), (b'S', &[2])]);
    let options = Options {
        format: Some(Format::Cobra),
        ..Options::default()
    };
    let error = read(&twice[..], &options).unwrap_err().to_string();
    assert!(
        error.contains("`S` at byte 9 makes no sense inside"),
        "{error}"
    );
}

#[test]
fn that_there_is_no_time_is_kept_through_our_own_formats() {
    let recording = read(&b"w(1,5,0,-1)\nr(1,5,1,1)\n"[..], &Options::default()).unwrap();
    assert!(!recording.history.has_real_time());
    let mut text = Vec::new();
    let header = recording
        .header_to_write()
        .expect("it has something to say");
    jsonl::write_header(&mut text, &header).unwrap();
    for event in recording.history.events() {
        jsonl::write_event(&mut text, event).unwrap();
    }
    assert!(text.starts_with(b"{\"format\":\"assay.history/1\",\"order\":\"session\"}\n"));
    let lines = jsonl::read(&text[..]).unwrap();
    let columns = columnar::write(Vec::new(), &recording).unwrap();
    let columns = columnar::read(&columns).unwrap();
    for again in [lines, columns] {
        assert!(!again.history.has_real_time());
        assert_eq!(again.history.events(), recording.history.events());
        assert_eq!(again.header_to_write(), Some(header.clone()));
    }
    // An order that we do not know may mean anything.
    let text = "{\"format\":\"assay.history/1\",\"order\":\"lunar\"}\n";
    assert!(read(text.as_bytes(), &Options::default()).is_err());
    // And there is nothing to say where there is a time.
    let timed = "{:process 0 :type :invoke :f :read}";
    let recording = read(timed.as_bytes(), &Options::default()).unwrap();
    assert_eq!(recording.header_to_write(), None);
    check_with(
        &Options {
            format: Some(Format::Awdit),
            ..Options::default()
        },
        "",
        "awdit-text ?",
    );
}

#[test]
fn the_order_of_a_file_of_sessions_accuses_nobody() {
    // What is read stands before what is written.
    let text = "r(1,5,1,1)\nw(1,5,0,0)\n";
    let history = read(text.as_bytes(), &Options::default()).unwrap().history;
    for (consistency, expected) in [
        (Consistency::Linearizable, "no real time"),
        (Consistency::Sequential, "Valid"),
    ] {
        let judge = model::checker("multi-register", &BTreeMap::new(), consistency).unwrap();
        let verdict = format!("{:?}", judge.check(&history, &Budget::new(1 << 30)));
        assert!(verdict.contains(expected), "{verdict}");
    }
    let mut registers = crate::sketch::history("|w 1|  |r 2|");
    registers.forget_real_time();
    let verdict = Linearizable.check(&registers, &Budget::new(1 << 30));
    assert!(format!("{verdict:?}").contains("no real time"));
}
