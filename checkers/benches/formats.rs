//! How fast histories are read: `cargo bench -p checkers --bench formats`.
//!
//! A million events of ten clients, each answered before it is asked again, written in every
//! format; the best of five runs, all of it in memory. Formats of sessions tell half a million
//! transactions of 15 steps, half of them reads.
use checkers::format::{Format, Options, jsonl, read};
use checkers::{Event, Kind, NodeId, Op, Process};
use std::fmt::Write;
use std::time::Instant;

const EVENTS: u64 = 1_000_000;
const CLIENTS: u64 = 10;
const RUNS: usize = 5;

fn main() {
    println!(
        "{:<24} {:>8} {:>9} {:>9} {:>10}",
        "", "MB", "ms", "MB/s", "Mevents/s"
    );
    measure("jsonl", Format::Jsonl, &lines());
    measure("jsonl, with blanks", Format::Jsonl, &spaced(&lines()));
    measure("jsonl, escapes", Format::Jsonl, &escaped(&lines()));
    measure("jsonl, queue", Format::Jsonl, queue().as_bytes());
    measure("jepsen-edn", Format::JepsenEdn, edn(false).as_bytes());
    measure(
        "jepsen-edn, tuples",
        Format::JepsenEdn,
        edn(true).as_bytes(),
    );
    measure("jepsen-log", Format::JepsenLog, log().as_bytes());
    measure("porcupine-kv", Format::PorcupineKv, kv().as_bytes());
    measure("jepsen-json", Format::JepsenJson, json().as_bytes());
    measure("plume-text", Format::Plume, plume().as_bytes());
    measure("awdit-text", Format::Awdit, awdit().as_bytes());
    measure("dbcop", Format::Dbcop, dbcop().as_bytes());
}

fn measure(name: &str, format: Format, text: &[u8]) {
    let took = (0..RUNS).map(|_| {
        let began = Instant::now();
        let recording = read(text, &Options::default()).expect("well formed");
        let took = began.elapsed();
        assert_eq!(recording.format, format);
        assert_eq!(recording.history.events().len() as u64, EVENTS);
        took
    });
    let seconds = took.min().expect("some runs").as_secs_f64();
    let megabytes = text.len() as f64 / 1e6;
    println!(
        "{name:<24} {megabytes:>8.1} {:>9.1} {:>9.0} {:>10.1}",
        seconds * 1e3,
        megabytes / seconds,
        EVENTS as f64 / seconds / 1e6
    );
}

/// The client, whether it is asked or answers, and a number that it does so with.
fn turns() -> impl Iterator<Item = (u64, bool, u64)> {
    (0..EVENTS).map(|i| {
        let round = i / (2 * CLIENTS);
        let client = i % CLIENTS;
        (
            client,
            (i / CLIENTS).is_multiple_of(2),
            round * CLIENTS + client,
        )
    })
}

fn lines() -> Vec<u8> {
    let mut text = Vec::new();
    for (i, (client, is_invoke, number)) in turns().enumerate() {
        let (key, value) = (number % 16, number as i64);
        let op = match number % 3 {
            0 if is_invoke => Op::Read { key, value: None },
            0 => Op::Read {
                key,
                value: Some(value),
            },
            1 => Op::Write { key, value },
            _ => Op::Cas {
                key,
                from: value - 1,
                to: value,
                found: (!is_invoke).then_some(value),
            },
        };
        let event = Event {
            time: i as u64 * 7001,
            process: Process(client as u32),
            node: Some(NodeId(client as u16 % 5 + 1)),
            kind: if is_invoke { Kind::Invoke } else { Kind::Ok },
            op,
        };
        jsonl::write_event(&mut text, &event).expect("memory takes what is written");
    }
    text
}

/// As Python writes it.
fn spaced(lines: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(lines);
    text.replace(',', ", ").replace(':', ": ").into_bytes()
}

/// What takes the longer way through the JSON parser.
fn escaped(lines: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(lines);
    text.replace("\"f\":\"", "\"error\":\"\\n\",\"f\":\"")
        .into_bytes()
}

fn kind(is_invoke: bool) -> &'static str {
    if is_invoke { "invoke" } else { "ok" }
}

fn queue() -> String {
    let mut text = String::new();
    for (i, (client, is_invoke, number)) in turns().enumerate() {
        let kind = kind(is_invoke);
        let time = i * 7001;
        let rest = match (number % 2, is_invoke) {
            (0, _) => format!("\"enqueue\",\"key\":0,\"value\":{number}"),
            (_, true) => "\"dequeue\",\"key\":0,\"value\":null".to_owned(),
            (_, false) => format!("\"dequeue\",\"key\":0,\"value\":null,\"result\":{number}"),
        };
        writeln!(
            text,
            "{{\"time\":{time},\"process\":{client},\"type\":\"{kind}\",\"f\":{rest}}}"
        )
        .expect("memory takes what is written");
    }
    text
}

fn edn(is_keyed: bool) -> String {
    let mut text = String::from("[");
    for (i, (client, is_invoke, number)) in turns().enumerate() {
        let kind = kind(is_invoke);
        let (f, value) = match number % 3 {
            0 if is_invoke => ("read", "nil".to_owned()),
            0 => ("read", number.to_string()),
            1 => ("write", number.to_string()),
            _ => ("cas", format!("[{} {number}]", number + 1)),
        };
        let value = if is_keyed {
            format!("[{} {value}]", number % 16)
        } else {
            value
        };
        writeln!(
            text,
            "{{:process {client}, :type :{kind}, :f :{f}, :value {value}, :time {}, :index {i}}}",
            i * 7001
        )
        .expect("memory takes what is written");
    }
    text + "]\n"
}

fn log() -> String {
    let mut text = String::new();
    for (client, is_invoke, number) in turns() {
        let kind = kind(is_invoke);
        let (f, value) = match number % 3 {
            0 if is_invoke => ("read", "nil".to_owned()),
            0 => ("read", number.to_string()),
            1 => ("write", number.to_string()),
            _ => ("cas", format!("[{} {number}]", number + 1)),
        };
        writeln!(text, "INFO  jepsen.util - {client}\t:{kind}\t:{f}\t{value}")
            .expect("memory takes what is written");
    }
    text
}

fn kv() -> String {
    let mut text = String::new();
    for (client, is_invoke, number) in turns() {
        let kind = kind(is_invoke);
        let (f, value) = match number % 3 {
            0 if is_invoke => ("get", "nil".to_owned()),
            0 => ("get", format!("\"x {number} y\"")),
            1 => ("put", format!("\"x {number} y\"")),
            _ => ("append", format!("\"x {number} y\"")),
        };
        let key = number % 10;
        writeln!(
            text,
            "{{:process {client}, :type :{kind}, :f :{f}, :key \"{key}\", :value {value}}}"
        )
        .expect("memory takes what is written");
    }
    text
}

fn json() -> String {
    let mut text = String::from("[");
    for (i, (client, is_invoke, number)) in turns().enumerate() {
        let kind = kind(is_invoke);
        let read = if is_invoke {
            "null".to_owned()
        } else {
            format!("[1,2,{number}]")
        };
        let comma = if i == 0 { "" } else { ",\n" };
        let key = number % 16;
        write!(
            text,
            "{comma}{{\"index\":{i},\"process\":{client},\"type\":\"{kind}\",\"f\":\"txn\",\"value\":[[\"append\",{key},{number}],[\"r\",{key},{read}]]}}"
        )
        .expect("memory takes what is written");
    }
    text + "]\n"
}

/// Steps of a transaction.
const STEPS: u64 = 15;

/// Every step: its transaction, whether it writes, its key and its value.
fn steps() -> impl Iterator<Item = (u64, bool, u64, u64)> {
    (0..EVENTS / 2 * STEPS).map(|i| {
        let txn = i / STEPS;
        (txn, i % 2 == 0, i * 7919 % 10_000, i + 1)
    })
}

fn plume() -> String {
    let mut text = String::new();
    for (txn, is_write, key, value) in steps() {
        let f = if is_write { 'w' } else { 'r' };
        let session = txn % CLIENTS;
        writeln!(text, "{f}({key},{value},{session},{txn})").expect("memory takes what is written");
    }
    text
}

fn awdit() -> String {
    let mut text = String::new();
    let mut last = 0;
    for (txn, is_write, key, value) in steps() {
        if txn != last {
            let end = if txn % (EVENTS / 20) == 0 { "=" } else { "-" };
            text += &end.repeat(5);
            text.push('\n');
            last = txn;
        }
        let f = if is_write { 'w' } else { 'r' };
        writeln!(text, "{f} {key} {value}").expect("memory takes what is written");
    }
    text
}

fn dbcop() -> String {
    let mut text = String::from("[[");
    let mut last = u64::MAX;
    for (txn, is_write, key, value) in steps() {
        if txn == last {
            text.push(',');
        } else {
            let end = if last == u64::MAX {
                ""
            } else {
                "],\"committed\":true},\n"
            };
            write!(text, "{end}{{\"events\":[").expect("memory takes what is written");
            last = txn;
        }
        let f = if is_write { "Write" } else { "Read" };
        write!(
            text,
            "{{\"{f}\":{{\"variable\":{key},\"version\":{value}}}}}"
        )
        .expect("memory takes what is written");
    }
    text + "],\"committed\":true}]]\n"
}
