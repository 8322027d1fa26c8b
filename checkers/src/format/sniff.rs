//! Which format a history is in, told from its first bytes or named by the user.
use super::{Format, awdit, cobra, dbcop, log, plume};
use serde_json::Value;

/// The formats and what users call them.
const NAMES: [(Format, &str); 10] = [
    (Format::Jsonl, "jsonl"),
    (Format::Columnar, "columnar"),
    (Format::JepsenEdn, "jepsen-edn"),
    (Format::JepsenLog, "jepsen-log"),
    (Format::PorcupineKv, "porcupine-kv"),
    (Format::JepsenJson, "jepsen-json"),
    (Format::Plume, "plume-text"),
    (Format::Awdit, "awdit-text"),
    (Format::Dbcop, "dbcop"),
    (Format::Cobra, "cobra"),
];

/// The first bytes of a history in columns.
const COLUMNAR: &[u8] = b"ASSAYH";

impl Format {
    /// The format that is called so.
    pub fn named(name: &str) -> Option<Format> {
        let known = NAMES.iter().find(|(_, known)| *known == name);
        known.map(|(format, _)| *format)
    }

    /// What it is called.
    pub fn name(self) -> &'static str {
        let known = NAMES.iter().find(|(format, _)| *format == self);
        known.expect("every format has a name").1
    }

    /// All names, for messages.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(_, name)| *name)
    }

    /// The format of a file that begins so; some 64 KiB are enough.
    pub fn sniff(start: &[u8]) -> Option<Format> {
        if start.starts_with(COLUMNAR) {
            return Some(Format::Columnar);
        }
        if cobra::is_cobra(start) {
            return Some(Format::Cobra);
        }
        if dbcop::is_bincode(start) || dbcop::is_json(start) {
            return Some(Format::Dbcop);
        }
        let text = behind_comments(start);
        let Some((first, rest)) = text.split_first() else {
            // An empty file has no events in any format.
            return Some(Format::Jsonl);
        };
        let next = rest.trim_ascii_start().first();
        match (first, next) {
            (b'{', Some(b'"')) if is_jepsen_json(text) => Some(Format::JepsenJson),
            (b'[', _) if is_json_array(text) => Some(Format::JepsenJson),
            (b'{', Some(b'"') | None) => Some(Format::Jsonl),
            (b'[' | b'(', Some(b'{' | b'#' | b';' | b']' | b')') | None)
            | (b'{', Some(b':'))
            | (b'#', _) => Some(edn(text)),
            _ if plume::is_plume(text) => Some(Format::Plume),
            _ if awdit::is_awdit(text) => Some(Format::Awdit),
            _ if log::is_log(start) => Some(Format::JepsenLog),
            _ => None,
        }
    }
}

/// Without blanks and lines that begin with a semicolon.
fn behind_comments(mut text: &[u8]) -> &[u8] {
    loop {
        text = text.trim_ascii_start();
        if text.first() != Some(&b';') {
            return text;
        }
        let end = text.iter().position(|byte| *byte == b'\n');
        text = &text[end.unwrap_or(text.len())..];
    }
}

fn is_json_array(text: &[u8]) -> bool {
    let inner = text[1..].trim_ascii_start();
    let Some((b'{', inner)) = inner.split_first() else {
        return false;
    };
    text[0] == b'[' && inner.trim_ascii_start().first() == Some(&b'"')
}

/// Whether the first line is an operation of Jepsen, and not one of ours: those have a time and a
/// verb, and no index.
fn is_jepsen_json(text: &[u8]) -> bool {
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or(text);
    let Ok(Value::Object(first)) = serde_json::from_slice(line) else {
        return false;
    };
    let is_keyword = first
        .get("type")
        .and_then(Value::as_str)
        .is_some_and(|kind| kind.starts_with(':'));
    let has = |field: &str| first.contains_key(field);
    let is_ours = has("time") && has("f") && !has("index") && !is_keyword;
    has("type") && !has("format") && !is_ours
}

/// Porcupine's maps say which key they are about, and get, put or append.
fn edn(text: &[u8]) -> Format {
    let end = text.iter().position(|byte| *byte == b'}');
    let first = &text[..end.unwrap_or(text.len())];
    let has = |part: &[u8]| first.windows(part.len()).any(|window| window == part);
    let is_kv = has(b":key ") && (has(b":f :get") || has(b":f :put") || has(b":f :append"));
    if is_kv {
        Format::PorcupineKv
    } else {
        Format::JepsenEdn
    }
}

/// Why nothing was recognised.
pub(super) fn complaint(start: &[u8]) -> String {
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or(start);
    let line = &line[..line.len().min(60)];
    format!(
        "not a history in a format that is known: it begins with `{}`",
        line.escape_ascii()
    )
}
