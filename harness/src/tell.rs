//! Words for the user, whose terminal may be gone: that must not end a run, nor change its verdict.
use std::fmt::Display;
use std::io::Write;

/// A line on standard output, which holds results only.
pub(crate) fn out(text: impl Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// A line on standard error: progress, notes and complaints.
pub(crate) fn err(text: impl Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
