//! Histories that others judged: dbcop's small ones at seven levels, those of PolySI and Cobra.
use super::super::rules::Shape;
use super::generate::Build;
use super::{Rules, decide_rules, fits, oracle};
use crate::transactional::{F, Family, Registers, Status, Txns, ValueId};
use crate::{Budget, Data, Fit};
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The shared histories, or none if they are not here.
fn folder() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut candidates = root
        .ancestors()
        .map(|above| above.join("shared/histories/transactional"));
    let found = candidates.find(|path| path.is_dir());
    if found.is_none() {
        eprintln!(
            "skipped: no shared/histories/transactional above {}",
            root.display()
        );
    }
    found
}

/// One operation: whether it writes, its key, its value.
type Told = (bool, u64, u64);

/// Committed transactions by session, each a list of steps; value 0 is the initial one. Those that
/// aborted come first, each in a session of its own.
fn build(sessions: &[Vec<Vec<Told>>], aborted: &[Told]) -> Txns {
    let mut keys: HashMap<u64, u32> = HashMap::new();
    let mut build = Build::new(0, false);
    let mut step = |build: &mut Build, (is_write, key, value): Told| {
        let next = keys.len() as u32;
        let key = *keys.entry(key).or_insert(next);
        let value = if value == 0 {
            ValueId::NIL
        } else {
            ValueId(value as u32)
        };
        build.step(if is_write { F::Write } else { F::Read }, key, value);
    };
    let mut position = 0;
    for &told in aborted.iter().filter(|told| told.0) {
        step(&mut build, told);
        build.end(1_000_000 + position, Status::Aborted, 2 * position, 0);
        position += 1;
    }
    for (session, txns) in sessions.iter().enumerate() {
        for txn in txns {
            txn.iter().for_each(|&told| step(&mut build, told));
            build.end(session as u32, Status::Ok, 2 * position, 2 * position + 1);
            position += 1;
        }
    }
    build.txns.keys = (0..keys.len() as i64).map(Data::Int).collect();
    build.txns
}

/// That checker calls some histories with lost updates no prefix that are one: our answer comes with
/// an order of starts and commits that was replayed, and the definition agrees where it is small enough
/// to be tried. The first of them is 404, where commits may come as 1.0, 2.0, 2.1, 0.0, 0.1, 2.2, 2.3,
/// 2.4, 1.1, 1.2 (session, then place in it): 0.0 starts first, 1.1 starts after 2.0.
fn is_prefix_after_all(txns: &Txns) -> bool {
    let is_small = txns.len() <= 7;
    is_small.then(|| oracle::fits(txns, Shape::Prefix, Family::Session)) != Some(false)
}

/// So many histories of the thousand.
const PREFIX_AFTER_ALL: usize = 68;

#[test]
fn small_histories_of_another_checker_get_its_verdicts() {
    let Some(folder) = folder() else { return };
    let text = std::fs::read_to_string(folder.join("dbcop/small-oracle-corpus.jsonl"));
    let text = text.expect("the corpus is a part of the folder");
    let (mut histories, mut after_all) = (0, 0);
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line is an object");
        let sessions: Vec<Vec<Vec<Told>>> = line["sessions"]
            .as_array()
            .expect("sessions")
            .iter()
            .map(|session| {
                let txns = session.as_array().expect("a list").iter();
                txns.map(|txn| txn.as_array().expect("a list").iter().map(told).collect())
                    .collect()
            })
            .collect();
        let txns = build(&sessions, &[]);
        for (field, name, shape, family) in [
            (
                "verdict_with_session_order",
                "prefix",
                Shape::Prefix,
                Family::Session,
            ),
            (
                "verdict_with_session_order",
                "snapshot-isolation",
                Shape::Snapshot,
                Family::Session,
            ),
            (
                "verdict_with_session_order",
                "serializable",
                Shape::Whole,
                Family::Session,
            ),
            (
                "verdict_no_session_order",
                "snapshot-isolation",
                Shape::Snapshot,
                Family::Plain,
            ),
            (
                "verdict_no_session_order",
                "serializable",
                Shape::Whole,
                Family::Plain,
            ),
        ] {
            let expected = line[field][name].as_bool();
            let told = fits(&txns, (shape, family));
            if name == "prefix" && expected == Some(false) && told == Some(true) {
                assert!(is_prefix_after_all(&txns), "{line}");
                after_all += 1;
                continue;
            }
            assert_eq!(told, expected, "{name} of {line}");
        }
        histories += 1;
    }
    assert_eq!(histories, 1000);
    assert_eq!(after_all, PREFIX_AFTER_ALL);
}

fn told(step: &serde_json::Value) -> Told {
    let number = |at: usize| step[at].as_u64().unwrap_or(0);
    (step[0] == "w", number(1), number(2))
}

/// `w(key,value,session,txn)` a line; transaction -1 aborted.
fn plume(text: &str) -> Txns {
    let mut sessions: Vec<Vec<Vec<Told>>> = Vec::new();
    let mut aborted = Vec::new();
    let mut places: HashMap<(i64, i64), (usize, usize)> = HashMap::new();
    let mut session_of: HashMap<i64, usize> = HashMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let inner = line.trim()[2..].trim_end_matches(')');
        let numbers: Vec<i64> = inner
            .split(',')
            .map(|n| n.trim().parse().expect("a number"))
            .collect();
        let [key, value, session, txn] = numbers[..] else {
            panic!("{line}")
        };
        let told = (line.starts_with('w'), key as u64, value as u64);
        if txn == -1 {
            aborted.push(told);
            continue;
        }
        let next = session_of.len();
        let session_at = *session_of.entry(session).or_insert(next);
        if sessions.len() == session_at {
            sessions.push(Vec::new());
        }
        let next = (session_at, sessions[session_at].len());
        let place = *places.entry((session, txn)).or_insert(next);
        if place == next {
            sessions[place.0].push(Vec::new());
        }
        sessions[place.0][place.1].push(told);
    }
    build(&sessions, &aborted)
}

fn plume_file(path: &Path) -> Txns {
    let bytes = std::fs::read(path).expect("the manifest names files that are there");
    let mut text = String::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut reader = flate2::read::GzDecoder::new(&bytes[..]);
        reader.read_to_string(&mut text).expect("gzip");
    } else {
        text = String::from_utf8(bytes).expect("text");
    }
    plume(&text)
}

/// Every file in Plume's format, at the levels that its verdict names. Only a level that is said to be
/// unknown may be left open.
#[test]
fn histories_of_real_databases_get_their_verdicts() {
    let Some(folder) = folder() else { return };
    let manifest = std::fs::read_to_string(folder.join("manifest.json")).expect("a manifest");
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("json");
    let mut files = 0;
    for entry in manifest.as_array().expect("a list") {
        let (file, format) = (
            entry["file"].as_str().expect("a name"),
            entry["format"].as_str(),
        );
        if !format.expect("a format").starts_with("plume-text") {
            continue;
        }
        files += 1;
        let txns = plume_file(&folder.join(file));
        let registers = Registers::of(&txns);
        for (name, shape) in [
            ("serializable", Shape::Whole),
            ("snapshot-isolation", Shape::Snapshot),
        ] {
            let start = std::time::Instant::now();
            let rules = Rules::new(shape, Family::Session);
            let budget = Budget::new(4 << 30);
            let (fit, why, _) = decide_rules(&txns, &registers, rules, &budget);
            eprintln!("{file} {name}: {fit:?} in {:?}: {why}", start.elapsed());
            match entry["expected"]
                .get(name)
                .and_then(serde_json::Value::as_bool)
            {
                Some(true) => assert_eq!(fit, Fit::Fits, "{file} {name}: {why}"),
                Some(false) => assert_eq!(fit, Fit::Refuted, "{file} {name}: {why}"),
                None => {}
            }
        }
    }
    assert!(files > 20, "{files}");
}
