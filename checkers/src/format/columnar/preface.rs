//! What the head of a file says as JSON: the header of the recording, and the names of keys.
use crate::format::jsonl::{FORMAT, Header};
use crate::{History, Key};
use serde::{Deserialize, Serialize};

/// Readers that know no names of keys skip the field, and show numbers.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Preface {
    #[serde(flatten)]
    header: Header,
    /// Keys that users know by a name, and the names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    key_names: Vec<(Key, String)>,
}

impl Preface {
    pub(super) fn new(header: Option<&Header>, key_names: Vec<(Key, String)>) -> Preface {
        let nothing = || Header {
            format: FORMAT.to_owned(),
            ..Header::default()
        };
        let header = header.cloned().unwrap_or_else(nothing);
        Preface { header, key_names }
    }

    pub(super) fn key_names_of(history: &History) -> Vec<(Key, String)> {
        let names = history.key_names().into_iter();
        names.map(|(key, name)| (key, name.to_owned())).collect()
    }

    /// The header, if it tells anything, and the names of keys.
    pub(super) fn into_parts(self) -> (Option<Header>, Vec<(Key, String)>) {
        let tells_nothing = self.header
            == Header {
                format: self.header.format.clone(),
                ..Header::default()
            };
        // Then it is there for the names alone.
        let is_for_names = tells_nothing && !self.key_names.is_empty();
        let header = (!is_for_names).then_some(self.header);
        (header, self.key_names)
    }
}
