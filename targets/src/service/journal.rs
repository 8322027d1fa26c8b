//! What a node tells the person who reads its output: one line on stderr for each notable thing.
use std::{fmt::Display, time::SystemTime};

/// `2026-11-20T03:12:44.123Z INFO became leader, term 3`
pub(crate) fn info(text: impl Display) {
    line("INFO", text);
}

/// Something that stops this node.
pub(crate) fn error(text: impl Display) {
    line("ERROR", text);
}

fn line(level: &str, text: impl Display) {
    let now = humantime::format_rfc3339_millis(SystemTime::now());
    eprintln!("{now} {level} {text}");
}
