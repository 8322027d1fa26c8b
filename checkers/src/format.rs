//! Histories written and read.
pub mod jsonl;
