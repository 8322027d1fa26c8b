//! `assay check --format`: one small history of each format of transactions is read, and converted.
use crate::{assay, stderr, stdout};
use std::path::Path;

/// What a client of Cobra logs of a transaction that writes, and reads what it wrote.
fn log(txn: u64) -> Vec<u8> {
    let entries: [(u8, &[u64]); 4] = [
        (b'S', &[txn]),
        (b'W', &[txn + 100, 5, 1]),
        (b'R', &[txn, txn + 100, 5, 1]),
        (b'C', &[txn]),
    ];
    let mut bytes = Vec::new();
    for (letter, numbers) in entries {
        bytes.push(letter);
        bytes.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
    }
    bytes
}

/// The name of a format and a history of two transactions in it.
fn histories() -> [(&'static str, Vec<u8>); 5] {
    let json = r#"[{"process":0,"type":"invoke","value":[["w",1,5]]},
{"process":0,"type":"ok","value":[["w",1,5]]},
{"process":0,"type":"invoke","value":[["r",1,null]]},
{"process":0,"type":"ok","value":[["r",1,5]]}]"#;
    let dbcop =
        r#"[[[["w",1,5]]],[{"events":[{"Read":{"variable":1,"version":5}}],"committed":true}]]"#;
    [
        ("jepsen-json", json.into()),
        ("plume-text", b"w(1,5,0,0)\nr(1,5,1,1)\n".to_vec()),
        ("awdit-text", b"w 1 5\n=====\nr 1 5\n".to_vec()),
        ("dbcop", dbcop.into()),
        ("cobra", [log(1), log(2)].concat()),
    ]
}

fn check(path: &Path, args: &[&str]) -> String {
    let mut command = assay();
    command.arg("check").args(["--json"]).args(args).arg(path);
    let output = command.output().unwrap();
    stdout(&output) + &stderr(&output)
}

#[test]
fn every_format_of_transactions_is_read_whether_named_or_not() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in histories() {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let read = format!("\"format\":\"{name}\"");
        let named = ["--format", name];
        for args in [&named[..0], &named[..]] {
            let told = check(&path, args);
            assert!(told.contains(&read), "{name} {args:?}: {told}");
        }
        // Ours keep what it says, also of time.
        let converted = folder.path().join(format!("{name}.jsonl"));
        let output = assay().arg("convert").args([&path, &converted]).output();
        let output = output.unwrap();
        let told = stdout(&output) + &stderr(&output);
        assert!(told.contains("4 events and 0 notes"), "{name}: {told}");
        let text = std::fs::read_to_string(&converted).unwrap();
        let is_of_sessions = name != "jepsen-json";
        assert_eq!(text.contains("\"order\":\"session\""), is_of_sessions);
        let columns = folder.path().join(format!("{name}.assay"));
        let back = folder.path().join(format!("{name}.again.jsonl"));
        for (from, to) in [(&converted, &columns), (&columns, &back)] {
            let output = assay().arg("convert").args([from, to]).output().unwrap();
            assert!(output.status.success(), "{}", stderr(&output));
        }
        assert_eq!(std::fs::read_to_string(&back).unwrap(), text);
    }
}

#[test]
fn a_folder_of_logs_is_one_history() {
    let folder = tempfile::tempdir().unwrap();
    for (name, txn) in [("T2.log", 1), ("T10.log", 2)] {
        std::fs::write(folder.path().join(name), log(txn)).unwrap();
    }
    std::fs::write(folder.path().join("T2.debug"), "nothing of ours").unwrap();
    let told = check(folder.path(), &["--format", "cobra"]);
    assert!(told.contains("\"format\":\"cobra\""), "{told}");
    let told = check(folder.path(), &[]);
    assert!(told.contains("it is a folder"), "{told}");
    std::fs::write(folder.path().join("T3.log"), &log(3)[..20]).unwrap();
    let told = check(folder.path(), &["--format", "cobra"]);
    assert!(told.contains("T3.log:1: the file ends"), "{told}");
}

#[test]
fn the_help_names_every_format() {
    let output = assay().args(["check", "--help"]).output().unwrap();
    let help = stdout(&output);
    for (name, _) in histories() {
        assert!(help.contains(name), "{help}");
    }
}
