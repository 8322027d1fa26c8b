//! The HTML report: one file that opens anywhere, asks nobody for anything, and tells the verdict first.
mod page;

// Its sections, from top to bottom.
mod faults;
mod latency;
mod levels;
mod strength;
mod tables;
mod verdict;
mod witness;

// What they are drawn with.
mod arrows;
mod axis;
mod bands;
mod charts;
mod drawing;
mod lanes;
mod layout;
mod load;
mod plot;
mod points;
mod text;

pub(crate) use arrows::short as short_name;

use crate::result::RunResult;
use checkers::History;

/// The report of a run as one self-contained page. The same run gives the same bytes.
pub fn render(result: &RunResult, history: &History) -> String {
    page::page(result, history).into_string()
}
