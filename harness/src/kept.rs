//! In which formats the history of a run is kept.
use clap::ValueEnum;

/// What `--history` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kept {
    /// JSON lines, handed to the kernel as they happen (history.jsonl)
    #[default]
    Jsonl,
    /// A sixth of the size; up to a second of it is lost if assay is killed (history.assay)
    Columnar,
    /// Both of them
    Both,
}

pub(crate) const LINES: &str = "history.jsonl";
pub(crate) const COLUMNS: &str = "history.assay";

impl Kept {
    pub(crate) fn has_lines(self) -> bool {
        match self {
            Kept::Jsonl | Kept::Both => true,
            Kept::Columnar => false,
        }
    }

    pub(crate) fn has_columns(self) -> bool {
        match self {
            Kept::Columnar | Kept::Both => true,
            Kept::Jsonl => false,
        }
    }

    /// The file that is judged.
    pub(crate) fn judged(self) -> &'static str {
        if self.has_lines() { LINES } else { COLUMNS }
    }
}
