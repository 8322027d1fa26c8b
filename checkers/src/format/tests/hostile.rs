//! Files that were cut, damaged or made to harm: they are read or refused, and nothing worse.
use super::super::{Format, Options, read};
use super::sessions;
use crate::testing::Rng;
use std::io::{self, Read};

const JSONL: &str = r#"{"format":"assay.history/1","target":"kv-raft","seed":7}
{"time":1,"process":3,"node":"n4","type":"invoke","f":"read","key":9}
{"time":2,"process":"nemesis","type":"info","f":"partition","value":{"cut":[1,"a\n"]}}
{"time":3,"process":3,"node":"n4","type":"ok","f":"read","key":9,"value":-41}
{"time":4,"process":3,"type":"invoke","f":"cas","key":9,"from":1,"to":2}
{"time":5,"process":3,"type":"fail","f":"cas","key":9,"from":1,"to":2,"error":"é"}
{"time":6,"process":99999999,"type":"invoke","f":"add","value":[1,[true,null],"\u00e9"]}
{"time":7,"process":99999999,"type":"ok","f":"add","result":true}
"#;

const EDN: &str = "; what for\n[{:process 0, :type :invoke, :f :read, :value nil}
 #jepsen.history.Op{:process 1 :type :invoke :f :cas :value [1 -2] :time 7N :x #{1.5 \\a}}
 {:process :nemesis, :type :info, :f :start, :value {:a #{2 1}, \"b\\u00e9\" ##NaN}}
 {:process 0, :type :ok, :f :read, :value 3} #_ [gone]
 ^{:m 1} {:process 1, :type :fail, :f :cas, :value [1 -2], :error #inst \"2020\"}]\n";

const TUPLES: &str = "{:process 0 :type :invoke :f :read :value #jepsen.independent.Tuple [:x nil]}
{:process 0 :type :ok :f :read :value #jepsen.independent.Tuple [:x (1 2)]}
{:process 0 :type :invoke :f :txn :value [:y [[:r 1 nil] [:append 2 3]]]}\n";

const LOG: &str = "INFO  jepsen.core - starting
INFO  jepsen.util - 0\t:invoke\t:read\tnil
INFO  jepsen.util - 1   :invoke :cas    [3 0]
INFO  jepsen.util - 0\t:ok\t:read\t12
INFO  jepsen.util - 1\t:fail\t:cas\t[3 0] \"why\"\n";

const KV: &str = "{:process 0, :type :invoke, :f :get, :key \"0\", :value nil}
{:process 0, :type :ok, :f :get, :key \"0\", :value \"x\\ty\"}
{:process 1, :type :invoke, :f :put, :key \"é\", :value \"z\"}\n";

const JSON: &str = r#"[{"index":0,"process":1,"type":"invoke","value":[["append",253,1],["r","é\n",null]]},
{"process":":nemesis","type":"info","f":"start","value":{"a":1.5,"7":[{}]}},
{"process":1,"type":":ok","f":":txn","value":[["append",253,1],["r","é\n",[1,-2]]],"time":3}
]
"#;

const NOBODY: &str = "{:type :invoke :f :read :value [[:r 0 nil] [:r 1 nil]]}
{:type :invoke :f :write :value [[:w 0 1]]}
{:type :ok :f :write :value [[:w 0 1]]}
{:type :ok :f :read :value [[:r 0 1] [:r 1 nil]]}\n";

const PLUME: &str = "w(1,5,0,-1)\nr(1,0,7,3)\nw(1,6,7,3)\nw(2,9,0,1)\nr(1,6,7,4)\nr(2,9,7,4)\n";

const AWDIT: &str = "w 0 0\nw 1 0\n=====\nr 0 0\n-----\nr 1 0\n-----\n=====\nr 0 1\n";

const DBCOP: &str = r#"{"params":{"id":0},"info":"x","data":[
[{"events":[{"write":true,"variable":1,"value":7,"success":true}],"success":true}],
[[["r",1,null],["w",2,3]],{"events":[{"Read":{"variable":1,"version":7}}],"committed":false}]]}
"#;

/// What stands in the order in which it happened: a part of it is a history too.
const SAMPLES: [&str; 7] = [JSONL, EDN, TUPLES, LOG, KV, JSON, NOBODY];

/// All of them, those of sessions too.
fn samples() -> Vec<Vec<u8>> {
    let texts = SAMPLES.into_iter().chain([PLUME, AWDIT, DBCOP]);
    let mut samples: Vec<Vec<u8>> = texts.map(|text| text.as_bytes().to_vec()).collect();
    samples.extend([sessions::bincode(), sessions::cobra(sessions::LOG)]);
    samples
}

/// Reads in every way; whatever comes of it, it comes.
fn try_all(bytes: &[u8]) {
    for is_lenient in [false, true] {
        let formats = Format::names().map(Format::named);
        for format in formats.chain([None]) {
            let options = Options {
                format,
                is_lenient,
                is_keyed: None,
            };
            let recording = read(bytes, &options);
            if is_lenient && format != Some(Format::Columnar) && format.is_some() {
                assert!(recording.is_ok(), "{recording:?}");
            }
            if let Ok(recording) = recording {
                recording.history.operations();
            }
        }
    }
}

#[test]
fn a_file_cut_anywhere_is_no_error() {
    for sample in SAMPLES {
        let whole = read(sample.as_bytes(), &Options::default()).unwrap();
        for end in 0..sample.len() {
            let part = &sample.as_bytes()[..end];
            try_all(part);
            let options = Options {
                format: Some(whole.format),
                ..Options::default()
            };
            let recording = read(part, &options);
            let recording = recording.unwrap_or_else(|error| panic!("{end} of {sample}: {error}"));
            // What is read of a part is the beginning of what is read of the whole.
            let pairs = recording.history.events().iter();
            for (part, whole) in pairs.zip(whole.history.events()) {
                assert_eq!((part.process, &part.kind), (whole.process, &whole.kind));
            }
            assert!(recording.history.events().len() <= whole.history.events().len());
        }
    }
}

#[test]
fn sessions_cut_anywhere_are_read_or_refused() {
    for sample in samples() {
        let format = Format::sniff(&sample);
        for end in 0..sample.len() {
            try_all(&sample[..end]);
        }
        let options = Options {
            format,
            ..Options::default()
        };
        let recording = read(&sample[..], &options).unwrap();
        let is_of_sessions = format.is_some_and(Format::is_of_sessions);
        assert_eq!(recording.history.has_real_time(), !is_of_sessions);
    }
}

#[test]
fn damaged_files_end_in_an_error_at_worst() {
    let mut rng = Rng(20);
    let samples = samples();
    for round in 0..5000 {
        let mut bytes = samples[round % samples.len()].clone();
        for _ in 0..=rng.below(3) {
            let place = rng.below(bytes.len() as u64) as usize;
            let letters = b"{}[]()\"\\#:;^'_-,. \n0129nilkx\x00\xff\xe9\t";
            match rng.below(4) {
                0 => bytes[place] ^= 1 << rng.below(8),
                1 => bytes[place] = letters[rng.below(letters.len() as u64) as usize],
                2 => {
                    let other = &samples[rng.below(samples.len() as u64) as usize];
                    let begin = rng.below(other.len() as u64) as usize;
                    let end = (begin + rng.below(60) as usize).min(other.len());
                    bytes.splice(place..place, other[begin..end].iter().copied());
                }
                _ => {
                    let end = (place + rng.below(40) as usize).min(bytes.len());
                    bytes.drain(place..end);
                }
            }
            if bytes.is_empty() {
                bytes.push(b'{');
            }
        }
        try_all(&bytes);
    }
}

#[test]
fn nesting_does_not_overflow_the_stack() {
    let deep = 1_000_000;
    for (before, piece) in [
        ("{:process 0 :type :invoke :f :write :value ", "["),
        ("{:process 0 :type :invoke :f :write :value ", "{"),
        ("{:process 0 :type :invoke :f :write :value ", "#{"),
        ("{:process 0 :type :invoke :f :write :value ", "#a "),
        ("{:process 0 :type :invoke :f :write :value ", "#_"),
        ("{:process 0 :type :invoke :f :write :value ", "^"),
        ("{:process 0 :type :invoke :f :write :value ", "'"),
        ("", "["),
        ("[", "{"),
        ("", "#_"),
        ("", "#a "),
        ("INFO jepsen.util - 0 :invoke :write ", "["),
        (
            r#"{"time":1,"process":0,"type":"invoke","f":"add","value":"#,
            "[",
        ),
        (
            r#"{"time":1,"process":0,"type":"invoke","f":"add","value":"#,
            r#"{"a":"#,
        ),
        (r#"[{"process":0,"type":"invoke","f":"add","value":"#, "["),
        (r#"[{"process":0,"x":"#, r#"{"a":"#),
        ("", "[["),
        (r#"{"data":"#, "["),
        (r#"{"data":"#, r#"{"data":"#),
        (r#"[[{"events":[{"Read":"#, r#"{"x":"#),
    ] {
        let text = format!("{before}{}\n", piece.repeat(deep));
        try_all(text.as_bytes());
    }
}

#[test]
fn a_deep_value_that_is_read_is_also_dropped_and_written() {
    let (open, close) = ("[".repeat(120), "]".repeat(120));
    let text = format!("{{:process 0 :type :invoke :f :add :value {open}{close}}}");
    let recording = read(text.as_bytes(), &Options::default()).unwrap();
    assert_eq!(recording.history.events().len(), 1);
}

/// A line without an end.
struct Endless {
    start: &'static [u8],
    piece: &'static [u8],
    bytes_left: usize,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.start.is_empty() {
            let length = self.start.read(buffer)?;
            return Ok(length);
        }
        let length = buffer.len().min(self.bytes_left);
        for (place, byte) in buffer[..length].iter_mut().enumerate() {
            *byte = self.piece[place % self.piece.len()];
        }
        self.bytes_left -= length;
        Ok(length)
    }
}

#[test]
fn a_line_that_never_ends_is_given_up() {
    let cases: [(Format, &[u8], &[u8], &str); 12] = [
        (
            Format::Jsonl,
            b"{\"time\":1,\"f\":\"",
            b"a",
            "longer than 16 MiB",
        ),
        (
            Format::JepsenLog,
            b"INFO jepsen.util - 0 :invoke :write \"",
            b"a",
            "longer than 16 MiB",
        ),
        (
            Format::JepsenEdn,
            b"{:value \"",
            b"a",
            "an operation longer than 16 MiB",
        ),
        (
            Format::JepsenEdn,
            b"{:value ",
            b"a",
            "an operation longer than 16 MiB",
        ),
        (
            Format::JepsenEdn,
            b"{:value [",
            b"[]",
            "more than 1048576 values in one operation",
        ),
        (Format::PorcupineKv, b"", b" ", "longer than 16 MiB"),
        (
            Format::JepsenJson,
            b"{\"value\":\"",
            b"a",
            "an operation longer than 16 MiB",
        ),
        (
            Format::JepsenJson,
            b"{ \"value\":[0",
            b",0",
            "more than 1048576 values in one operation",
        ),
        (Format::Plume, b"w(", b"1", "longer than 16 MiB"),
        (Format::Plume, b"", b" ", "longer than 16 MiB"),
        (Format::Awdit, b"w ", b"1", "longer than 16 MiB"),
        (Format::Dbcop, b"[[[[\"", b"w", "a text longer than 1 MiB"),
    ];
    for (format, start, piece, expected) in cases {
        for is_lenient in [false, true] {
            let source = Endless {
                start,
                piece,
                bytes_left: 40 << 20,
            };
            let options = Options {
                format: Some(format),
                is_lenient,
                is_keyed: None,
            };
            match read(source, &options) {
                Ok(recording) => assert!(is_lenient && recording.history.events().is_empty()),
                Err(error) => assert!(error.to_string().contains(expected), "{error}"),
            }
        }
    }
}
