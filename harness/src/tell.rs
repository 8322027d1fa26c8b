//! Words for the user, whose terminal may be gone: that must not end a run, nor change its verdict.
use std::borrow::Cow;
use std::fmt::Display;
use std::io::Write;

/// A line on standard output, which holds results only.
pub(crate) fn out(text: impl Display) {
    let _ = writeln!(std::io::stdout(), "{}", harmless(&text.to_string()));
}

/// A line on standard error: progress, notes and complaints.
pub(crate) fn err(text: impl Display) {
    let _ = writeln!(std::io::stderr(), "{}", harmless(&text.to_string()));
}

/// What comes from a file must not reach the terminal as a command to it, nor turn its text around.
/// Escaped as JSON does it, so that a line of JSON stays one.
fn harmless(text: &str) -> Cow<'_, str> {
    let is_harmful = |c: char| match c {
        '\n' | '\t' => false,
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        c => c.is_control(),
    };
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_harmful(c) {
            shown += &format!("\\u{:04x}", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        assert_eq!(harmless("✓ PASS\n\ta"), "✓ PASS\n\ta");
        assert_eq!(
            harmless("\u{1b}]0;x\u{9b}\u{202e}"),
            "\\u001b]0;x\\u009b\\u202e"
        );
    }
}
