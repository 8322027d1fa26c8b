//! Histories that others recorded, with the verdicts that others found. They lie outside of the
//! repository; where they are missing this says so and passes.
use super::oracle::Told;
use super::{Sessions, judge};
use crate::transactional::{F, Level, NEVER, Names, Status, Txns};
use crate::{Data, Fit, Process};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// What the tools call a level, and what it is here: see [`Sessions::Kept`].
const LEVELS: [(&str, Level); 6] = [
    ("read-committed", Level::MonotonicAtomicView),
    ("committed-read", Level::MonotonicAtomicView),
    ("read-atomic", Level::ReadAtomic),
    ("atomic-read", Level::ReadAtomic),
    ("causal", Level::Causal),
    ("prefix", Level::Causal),
];

fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/histories/transactional");
    if !folder.is_dir() {
        println!("no recorded histories in {}", folder.display());
        return None;
    }
    Some(folder)
}

/// Puts transactions together, one step after the other.
#[derive(Default)]
struct Builder {
    txns: Txns,
    names: Names,
}

impl Builder {
    fn begin(&mut self, session: u32, status: Status) {
        let position = 2 * self.txns.len() as u32;
        self.txns.status.push(status);
        self.txns.process.push(Process(session));
        self.txns.invoked.push(position);
        let is_ok = status == Status::Ok;
        self.txns
            .completed
            .push(if is_ok { position + 1 } else { NEVER });
        self.txns.starts.push(self.txns.f.len() as u32);
    }

    fn step(&mut self, f: &str, key: i64, value: Data) {
        let txns = &mut self.txns;
        txns.f.push(if f == "w" { F::Write } else { F::Read });
        let key = self.names.key(txns, &Data::Int(key));
        txns.key.push(key);
        let value = self.names.value(txns, &value);
        txns.value.push(value);
    }

    fn end(mut self) -> Txns {
        self.txns.starts.push(self.txns.f.len() as u32);
        self.txns
    }
}

/// `w 0 1` a line, `-----` between transactions, `=====` between sessions.
fn awdit(text: &str) -> Txns {
    let mut builder = Builder::default();
    let mut session = 0;
    builder.begin(session, Status::Ok);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            [f, key, value] => {
                let number = |word: &str| word.parse().expect("a number");
                builder.step(f, number(key), Data::Int(number(value)));
            }
            _ => {
                session += u32::from(line.starts_with('='));
                builder.begin(session, Status::Ok);
            }
        }
    }
    builder.end()
}

/// `r(key,value,session,txn)` a line; transaction -1 aborted, value 0 is the initial one.
fn plume(text: &str) -> Txns {
    let mut builder = Builder::default();
    let mut last = None;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (f, rest) = line.split_once('(').expect("a step");
        let numbers = rest.trim_end_matches(')').split(',');
        let numbers: Vec<i64> = numbers
            .map(|n| n.trim().parse().expect("a number"))
            .collect();
        let [key, value, session, txn] = numbers[..] else {
            panic!("four numbers in {line}");
        };
        if last != Some((session, txn)) {
            last = Some((session, txn));
            let status = if txn < 0 { Status::Aborted } else { Status::Ok };
            builder.begin(session as u32, status);
        }
        builder.step(
            f,
            key,
            if value == 0 {
                Data::Nil
            } else {
                Data::Int(value)
            },
        );
    }
    builder.end()
}

fn dbcop(sessions: &Value) -> Txns {
    let mut builder = Builder::default();
    for (session, txns) in sessions.as_array().expect("sessions").iter().enumerate() {
        for txn in txns.as_array().expect("transactions") {
            builder.begin(session as u32, Status::Ok);
            for step in txn.as_array().expect("steps") {
                let value = step[2].as_i64().map_or(Data::Nil, Data::Int);
                let f = step[0].as_str().expect("read or write");
                builder.step(f, step[1].as_i64().expect("a key"), value);
            }
        }
    }
    builder.end()
}

/// Compares with what was found; how many verdicts that were.
fn agrees(txns: &Txns, expected: &Value, name: &str) -> usize {
    let mut compared = 0;
    for (tool, level) in LEVELS {
        let Some(fits) = expected[tool].as_bool() else {
            continue;
        };
        // What fits a stronger level fits this one; nothing follows from what does not.
        if tool == "prefix" && !fits {
            continue;
        }
        let (answer, witness) = judge(txns, level, Sessions::Kept);
        let expected = if fits { Fit::Fits } else { Fit::Refuted };
        // dbcop counts what it forces on the order of commits as seen, and forces more by it, which
        // the axiom of its own paper does not; and it lets a transaction read nil from what it saw
        // written. Where it differs the definition has the last word.
        if answer.fit != expected && name.starts_with("dbcop") {
            assert_eq!(Told::of(txns).fits(level, true), !fits, "{name} {tool}");
            continue;
        }
        assert_eq!(
            answer.fit, expected,
            "{name} {tool}: {answer:?} {witness:?}"
        );
        if let Some(witness) = witness {
            super::well_told(&witness, &|| name.to_owned());
        }
        compared += 1;
    }
    // Whatever these definitions refute without sessions is refuted with them.
    for level in [
        Level::ReadCommitted,
        Level::MonotonicAtomicView,
        Level::ReadAtomic,
    ] {
        let without = judge(txns, level, Sessions::Ignored).0.fit;
        let with = judge(txns, level, Sessions::Kept).0.fit;
        assert!(
            without == Fit::Fits || with == Fit::Refuted,
            "{name} {level:?}"
        );
    }
    compared
}

#[test]
fn plume_and_awdit_are_agreed_with() {
    let Some(folder) = folder() else { return };
    let manifest = fs::read_to_string(folder.join("manifest.json")).expect("a manifest");
    let manifest: Vec<Value> = serde_json::from_str(&manifest).expect("JSON");
    let mut compared = 0;
    for entry in &manifest {
        let file = entry["file"].as_str().expect("a name");
        let read: fn(&str) -> Txns = match file.split('/').next() {
            Some("awdit") => awdit,
            Some("plume") => plume,
            _ => continue,
        };
        let text = fs::read_to_string(folder.join(file)).expect("a file of the manifest");
        compared += agrees(&read(&text), &entry["expected"], file);
    }
    assert_eq!(compared, 78);
}

#[test]
fn dbcop_is_agreed_with() {
    let Some(folder) = folder() else { return };
    let text = fs::read_to_string(folder.join("dbcop/small-oracle-corpus.jsonl")).expect("a file");
    let mut compared = 0;
    for line in text.lines() {
        let entry: Value = serde_json::from_str(line).expect("JSON");
        let txns = dbcop(&entry["sessions"]);
        let name = format!("dbcop {}", entry["id"]);
        compared += agrees(&txns, &entry["verdict_with_session_order"], &name);
    }
    assert_eq!(compared, 3_817);
}

/// Findings in the wild: what these databases did is no snapshot isolation, and mostly less.
#[test]
fn real_violations_are_explained() {
    let Some(folder) = folder() else { return };
    for (file, level, fit) in [
        (
            "polysi/violation-galera.txt",
            Level::UpdateAtomic,
            Fit::Refuted,
        ),
        ("polysi/violation-yugabyte.txt", Level::Causal, Fit::Refuted),
    ] {
        let text = fs::read_to_string(folder.join(file)).expect("a file");
        let (answer, witness) = judge(&plume(&text), level, Sessions::Kept);
        println!("{file}: {answer:?} {witness:#?}");
        assert_eq!(answer.fit, fit, "{file}");
    }
}
