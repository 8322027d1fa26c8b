//! The rules of the house that a program can check.
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

const CRATES: [&str; 4] = ["checkers", "harness", "targets", "workloads"];

/// Every arrow points down: a crate may only know those that are listed here.
const MAY_KNOW: [(&str, &[&str]); 5] = [
    ("checkers", &[]),
    ("harness", &["checkers"]),
    ("targets", &["harness"]),
    ("workloads", &["checkers", "harness"]),
    ("", &["harness", "targets", "workloads"]),
];

#[test]
fn dependencies_point_down() {
    for (name, allowed) in MAY_KNOW {
        let manifest = fs::read_to_string(root().join(name).join("Cargo.toml")).unwrap();
        for known in crates_in(&manifest) {
            assert!(
                allowed.contains(&known.as_str()),
                "{name}/Cargo.toml: {known} must not be known here; move what you need down a floor"
            );
        }
    }
}

/// The crates of this workspace that a manifest depends on, for whatever purpose.
fn crates_in(manifest: &str) -> Vec<String> {
    let mut is_dependencies = false;
    let mut found = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_dependencies = line.contains("dependencies") && !line.contains("workspace");
        } else if is_dependencies {
            let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
            if CRATES.contains(&name) {
                found.push(name.to_owned());
            }
        }
    }
    found
}

#[test]
fn the_layering_rule_sees_what_it_should() {
    let manifest = "[workspace.dependencies]\ntargets = 1\n[dependencies]\nharness.workspace = true\nserde = 1\n[dev-dependencies]\ntargets = { path = \"x\" }\n";
    assert_eq!(crates_in(manifest), ["harness", "targets"]);
}

/// Checkers know no clock, no file of a run and no runtime; workloads know no socket.
const UNKNOWN_TO: [(&str, &[&str]); 2] = [
    ("checkers", &["std::time", "std::net", "std::fs", "tokio"]),
    (
        "workloads",
        &["std::net", "std::fs", "std::time", "tokio", "reqwest"],
    ),
];

#[test]
fn checkers_and_workloads_do_no_io() {
    for (name, forbidden) in UNKNOWN_TO {
        for file in sources(&root().join(name).join("src")) {
            // Tests may read recorded histories.
            if file.iter().any(|part| part == "tests") {
                continue;
            }
            let text = fs::read_to_string(&file).unwrap();
            for word in forbidden {
                assert!(
                    !text.contains(word),
                    "{}: {word} does not belong here",
                    file.display()
                );
            }
        }
    }
}

const LINES_MAX: usize = 400;

#[test]
fn a_file_is_one_noun_and_says_which() {
    for name in CRATES {
        for file in sources(&root().join(name)) {
            let text = fs::read_to_string(&file).unwrap();
            let lines = text.lines().count();
            let path = file.display();
            assert!(
                text.starts_with("//!"),
                "{path}: begin with one sentence that says what this is"
            );
            assert!(
                lines <= LINES_MAX,
                "{path}: {lines} lines; find the second noun in it"
            );
        }
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
