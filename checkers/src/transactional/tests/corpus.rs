//! Transactional histories that others recorded, with the verdicts that are known of them.
//!
//! They lie outside of the repository; where they are missing the tests say so and pass.
//! [`each`] hands them out one by one, so that a judge is asked in a few lines.
mod count;
mod elle;

use crate::History;
use crate::format::{Format, Options, read};
use flate2::read::MultiGzDecoder;
use serde_json::Value;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// A history, and what is known of it.
pub(crate) struct Case {
    /// The file, and the place within a collection.
    pub(crate) name: String,
    pub(crate) history: History,
    /// What was asked, as the manifest says it: `list-append`, `rw-register`, `register txns`, …
    pub(crate) workload: String,
    pub(crate) expected: Expected,
}

/// What is known of a history. Levels and anomalies are named as their sources name them.
pub(crate) enum Expected {
    /// Elle's answer, or that of the manifest for histories of the same kind.
    Answer {
        is_valid: bool,
        /// The level at which this is so, if it says one.
        at: Option<String>,
        anomalies: Vec<String>,
        /// Levels that are refuted directly, and those that fall with them.
        not: Vec<String>,
        also_not: Vec<String>,
    },
    /// Levels and whether the history fits them; those that nobody decided are left out.
    Levels(Vec<(String, bool)>),
}

/// Names the folder of recorded histories, if it is not beside the repository.
const ELSEWHERE: &str = "ASSAY_HISTORIES";

/// The folder of the histories, if it is there.
fn folder() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/histories");
    let histories = env::var_os(ELSEWHERE).map_or_else(beside, PathBuf::from);
    let folder = histories.join("transactional");
    if folder.join("manifest.json").is_file() {
        return Some(folder);
    }
    println!("no recorded histories in {}", folder.display());
    None
}

fn manifest(folder: &Path) -> Vec<Value> {
    let text = fs::read_to_string(folder.join("manifest.json")).expect("a manifest");
    serde_json::from_str(&text).expect("JSON")
}

/// The text or bytes of a file of the manifest, decompressed.
fn bytes(folder: &Path, entry: &Value) -> Vec<u8> {
    let file = text(&entry["file"]);
    let bytes = fs::read(folder.join(&file)).expect("a file that the manifest names");
    if !file.ends_with(".gz") {
        return bytes;
    }
    let mut whole = Vec::new();
    let mut decoder = MultiGzDecoder::new(&bytes[..]);
    decoder.read_to_end(&mut whole).expect("gzip");
    whole
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    let members = value.as_array().into_iter().flatten();
    members.map(text).collect()
}

/// Hands out every history; those of collections too.
pub(crate) fn each(mut take: impl FnMut(Case)) {
    let Some(folder) = folder() else { return };
    for entry in manifest(&folder) {
        let (file, workload) = (text(&entry["file"]), text(&entry["workload"]));
        let bytes = bytes(&folder, &entry);
        if file.ends_with(".jsonl") {
            collection(&file, &bytes, &mut take);
            continue;
        }
        let recording = read(&bytes[..], &Options::default());
        let recording = recording.unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_eq!(recording.format, format(&entry), "{file}");
        assert_eq!((recording.torn, recording.skipped), (None, 0), "{file}");
        take(Case {
            name: file,
            history: recording.history,
            workload,
            expected: expected(&entry["expected"]),
        });
    }
}

/// Every line of a collection holds a history.
fn collection(file: &str, bytes: &[u8], take: &mut impl FnMut(Case)) {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    for (place, line) in text.lines().enumerate() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let mut case = match file.starts_with("elle/") {
            true => elle::case(&line),
            false => dbcop(&line),
        };
        case.name = format!("{file}:{}{}", place + 1, case.name);
        take(case);
    }
}

fn dbcop(line: &Value) -> Case {
    let options = Options {
        format: Some(Format::Dbcop),
        ..Options::default()
    };
    let text = line.to_string();
    let recording = read(text.as_bytes(), &options).expect("a history of dbcop");
    Case {
        name: String::new(),
        history: recording.history,
        workload: "register txns".to_owned(),
        expected: levels(&line["verdict_with_session_order"]),
    }
}

/// Which format the manifest says that a file is in.
fn format(entry: &Value) -> Format {
    let named = text(&entry["format"]);
    let known = [
        ("jepsen-edn", Format::JepsenEdn),
        ("jepsen-json", Format::JepsenJson),
        ("awdit-test-text", Format::Awdit),
        ("plume-text", Format::Plume),
    ];
    let known = known.into_iter().find(|(name, _)| named.starts_with(name));
    known.unwrap_or_else(|| panic!("format {named}")).1
}

fn expected(said: &Value) -> Expected {
    let Some(is_valid) = said["truth"].as_bool().or(said["valid"].as_bool()) else {
        return levels(said);
    };
    Expected::Answer {
        is_valid,
        at: said["at"].as_str().map(str::to_owned),
        anomalies: texts(&said["anomalies"]),
        not: texts(&said["not"]),
        also_not: texts(&said["also-not"]),
    }
}

/// Only levels are true or false there.
fn levels(said: &Value) -> Expected {
    let said = said.as_object().into_iter().flatten();
    let levels = said.filter_map(|(level, fits)| Some((level.clone(), fits.as_bool()?)));
    Expected::Levels(levels.collect())
}
