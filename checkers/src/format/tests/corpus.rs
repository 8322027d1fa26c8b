//! Histories that others recorded, every one of them. They lie outside of the repository; where
//! they are missing this says so and passes.
use super::super::{Format, Options, read};
use std::fs;
use std::path::Path;

#[test]
fn recorded_histories_are_read_in_full() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/histories/linearizability");
    let Ok(manifest) = fs::read_to_string(folder.join("manifest.json")) else {
        println!("no recorded histories in {}", folder.display());
        return;
    };
    let manifest: Vec<serde_json::Value> = serde_json::from_str(&manifest).expect("a manifest");
    let (mut files, mut events) = (0, 0);
    for entry in &manifest {
        let file = entry["file"].as_str().expect("a file name");
        let text = fs::read_to_string(folder.join(file)).expect("a file that the manifest names");
        let recording = read(text.as_bytes(), &Options::default());
        let recording = recording.unwrap_or_else(|error| panic!("{file}: {error}"));
        let format = match entry["format"].as_str() {
            Some("jepsen-log") => Format::JepsenLog,
            Some("edn-lines") => Format::PorcupineKv,
            _ => Format::JepsenEdn,
        };
        assert_eq!(recording.format, format, "{file}");
        assert_eq!((recording.torn, recording.skipped), (None, 0), "{file}");
        let history = &recording.history;
        let count = history.events().len() + history.notes().len();
        assert_eq!(count, told(&text, format), "{file}");
        files += 1;
        events += history.events().len();
    }
    println!("{events} events in {files} recorded histories");
    assert_eq!(files, 136);
}

/// How many operations the text tells, counted in another way than by reading them.
fn told(text: &str, format: Format) -> usize {
    let lines = text.lines().map(str::trim_start);
    let lines = lines.filter(|line| !line.starts_with(';'));
    let has_kind = |line: &str| match format {
        Format::JepsenLog => line.starts_with("INFO  jepsen.util - "),
        _ => line.contains(":type"),
    };
    lines.filter(|line| has_kind(line)).count()
}
