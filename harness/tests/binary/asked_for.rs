//! What users ask for and how they are answered: wrong models, names of keys, standard output, little memory.
use crate::check::{check_piped, event, write_then_read};
use crate::{assay, stderr, stdout};
use std::io::Write;
use std::process::{Command, Output, Stdio};

/// `assay` with these arguments, and this on its standard input.
fn piped(args: &[&str], input: &[u8]) -> Output {
    let mut command = assay();
    command.args(args);
    fed(command, input)
}

fn fed(mut command: Command, input: &[u8]) -> Output {
    let pipes = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    // It need not read all of it.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn queue() -> String {
    event(0, "invoke", "enqueue", ",\"value\":7") + &event(0, "ok", "enqueue", ",\"value\":7")
}

#[test]
fn a_model_that_the_history_does_not_fit_is_a_usage_error() {
    let asked = [
        ["--model", "register"],
        ["--model", "stack"],
        ["--model", "staleness"],
        ["-w", "register"],
    ];
    for [option, name] in asked {
        let output = check_piped(&[option, name, "-"], queue().as_bytes());
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(64), "{name}: {told}");
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines.len(), 3, "{told}");
        let what = format!("error: - does not fit {name}: `enqueue");
        assert!(lines[0].starts_with(&what), "{told}");
        assert!(lines[1].starts_with(&format!("  {name} knows ")), "{told}");
        assert_eq!(lines[2], "  judge it with --model queue", "{told}");
    }
    // Nobody asked for this one, and an empty history is about anything.
    let header = "{\"format\":\"assay.history/1\",\"workload\":\"register\"}\n";
    let output = check_piped(&["-"], (header.to_owned() + &queue()).as_bytes());
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let output = check_piped(&["--model", "queue", "-"], header.as_bytes());
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
}

#[test]
fn every_model_tells_what_it_is_asked() {
    let output = assay()
        .args(["models", "monotonic-reads"])
        .output()
        .unwrap();
    let told = stdout(&output);
    for line in ["read: nothing", "write: a value", "cas: [from to]"] {
        assert!(told.contains(line), "{told}");
    }
}

#[test]
fn help_names_the_exit_codes() {
    for args in [&["--help"][..], &["check", "--help"]] {
        let output = assay().args(args).output().unwrap();
        let told = stdout(&output);
        assert!(told.contains("Exit codes: 0 pass, 1 violation"), "{told}");
    }
}

#[test]
fn a_history_is_converted_onto_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let text = write_then_read(1);
    let convert = |args: &[&str], input: &[u8]| {
        let mut command = assay();
        command.arg("convert").args(args).current_dir(folder.path());
        fed(command, input)
    };
    let lines = convert(&["-", "-"], text.as_bytes());
    assert_eq!(lines.status.code(), Some(0), "{}", stderr(&lines));
    assert_eq!(stdout(&lines), text);
    let columns = convert(&["-", "-", "--format", "columnar"], text.as_bytes());
    assert!(columns.stdout.starts_with(b"ASSAYH"));
    assert_eq!(stdout(&convert(&["-", "-"], &columns.stdout)), text);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_reader_of_standard_output_may_leave_early() {
    let text = write_then_read(1)
        + &event(0, "info", "note", "")
            .replace(":0,", ":\"me\",")
            .repeat(9_999);
    let mut command = Command::new("sh");
    command.args(["-c", "\"$0\" convert - - | head -n 1"]);
    command.arg(env!("CARGO_BIN_EXE_assay"));
    let output = fed(command, text.as_bytes());
    assert!(!stderr(&output).contains("error"), "{}", stderr(&output));
}

/// A write to each of two keys that have names, and a read that saw what nobody wrote.
const NAMED: &str = "{:process 0, :type :invoke, :f :put, :key \"cart\", :value \"x\"}
{:process 0, :type :ok, :f :put, :key \"cart\", :value \"x\"}
{:process 1, :type :invoke, :f :get, :key \"stock\", :value nil}
{:process 1, :type :ok, :f :get, :key \"stock\", :value \"y\"}
";

#[test]
fn names_of_keys_outlive_every_conversion() {
    let as_kv = ["--format", "porcupine-kv"];
    let output = check_piped(&[&as_kv[..], &["-"]].concat(), NAMED.as_bytes());
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("note: key 1 is called stock"),
        "{}",
        stderr(&output)
    );
    let lines = piped(&["convert", "-", "-"], NAMED.as_bytes());
    let columns = piped(
        &["convert", "-", "-", "--format", "columnar"],
        &lines.stdout,
    );
    let back = piped(&["convert", "-", "-"], &columns.stdout);
    for text in [&lines.stdout, &columns.stdout, &back.stdout] {
        for (key, code) in [("cart", 0), ("stock", 1), ("jam", 64)] {
            let args = ["--model", "kv", "--key", key, "-"];
            let output = check_piped(&args, text);
            assert_eq!(
                output.status.code(),
                Some(code),
                "{key}: {}",
                stderr(&output)
            );
        }
    }
    assert!(
        stdout(&back).contains("\"key\":\"stock\""),
        "{}",
        stdout(&back)
    );
}

#[test]
fn time_that_goes_backwards_is_told_and_changes_no_verdict() {
    let text = write_then_read(1);
    let (before, after) = text.rsplit_once("\"time\":1,").unwrap();
    let before = before.replace("\"time\":1,", "\"time\":9,");
    let text = format!("{before}\"time\":3,{after}");
    let columns = piped(
        &["convert", "-", "-", "--format", "columnar"],
        text.as_bytes(),
    );
    for history in [text.as_bytes(), &columns.stdout] {
        let output = check_piped(&["-"], history);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let told = stderr(&output);
        assert!(
            told.contains("-: time goes backwards at line 5; order is taken from the lines"),
            "{told}"
        );
    }
    let output = check_piped(&["-"], write_then_read(1).as_bytes());
    assert!(!stderr(&output).contains("backwards"));
}

/// The system grants a hundred megabytes, and the history takes more.
#[test]
fn too_little_memory_is_undecided_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("big.jsonl");
    let mut text = String::new();
    for value in 0..250_000 {
        let value = format!(",\"value\":{value}");
        text += &event(0, "invoke", "write", &value);
        text += &event(0, "ok", "write", &value);
    }
    std::fs::write(&file, text).unwrap();
    let check = |limit: &str| {
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "ulimit -v \"$2\"; exec \"$0\" check --model register --max-mem 64M \"$1\"",
        ]);
        command
            .arg(env!("CARGO_BIN_EXE_assay"))
            .arg(&file)
            .arg(limit);
        command.output().unwrap()
    };
    let output = check("90000");
    let told = stdout(&output) + &stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(
        told.contains("Not decided: out of memory: the history"),
        "{told}"
    );
    assert!(told.contains("Give it more with --max-mem SIZE"), "{told}");
    assert!(
        !told.contains("abort") && !told.contains("panicked"),
        "{told}"
    );
    // The same under its own cap, which leaves room for the history.
    let output = check("unlimited");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}
