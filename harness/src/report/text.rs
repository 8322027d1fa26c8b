//! Numbers with their units, and foreign text made safe to look at.
use std::fmt::Write;

/// Most characters of a foreign text that a page shows in one place.
pub(super) const SHOWN_MAX: usize = 1_000;

const MS: u64 = 1_000_000;
const S: u64 = 1_000 * MS;

/// `213,404`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 operation`, `213,404 operations`.
pub(super) fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(number))
}

/// A length of time: `640 ns`, `1.25 ms`, `341 ms`, `4.1 s`, `12 min 31 s`.
pub(super) fn span(ns: u64) -> String {
    let float = ns as f64;
    match ns {
        0 => "0 s".to_owned(),
        1..1_000 => format!("{ns} ns"),
        1_000..MS => format!("{:.0} µs", float / 1e3),
        MS..10_000_000 => format!("{} ms", decimal(float / 1e6, 2)),
        10_000_000..S => format!("{:.0} ms", float / 1e6),
        S..100_000_000_000 => format!("{} s", decimal(float / 1e9, 2)),
        _ => long_span(ns / S),
    }
}

fn long_span(seconds: u64) -> String {
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    if hours == 0 {
        format!("{minutes} min {} s", seconds % 60)
    } else {
        format!("{} h {minutes} min", count(hours))
    }
}

/// A point in time since the run began, to the millisecond: `1,210.834 s`.
pub(super) fn moment(ns: u64) -> String {
    format!("{}.{:03} s", count(ns / S), ns % S / MS)
}

/// `12.50` is `12.5`, and `12.00` is `12`.
pub(super) fn decimal(number: f64, places: usize) -> String {
    let text = format!("{number:.places$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A coordinate in a drawing: a tenth of a pixel is as fine as eyes and files need.
pub(super) fn px(coordinate: f64) -> String {
    decimal(coordinate, 1)
}

/// A share in percent, which says 100 % only if nothing is missing.
pub(super) fn percent(part: u64, whole: u64) -> String {
    match whole {
        0 => "–".to_owned(),
        _ if part == whole => "100 %".to_owned(),
        _ => format!("{:.1} %", (100.0 * part as f64 / whole as f64).min(99.9)),
    }
}

/// Foreign text for a page: cut to a bearable length, with what is invisible or turns the line around spelt out.
///
/// Markup is not touched: the templates escape it.
pub(super) fn clean(text: &str, chars_max: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(4 * chars_max));
    for (i, letter) in text.chars().enumerate() {
        if i == chars_max {
            let chars = count(text.chars().count() as u64);
            write!(shown, "… ({chars} characters in all)").expect("a String takes everything");
            break;
        }
        push_visible(&mut shown, letter);
    }
    shown
}

/// Foreign text for one line of a drawing: cut to `chars_max`, on one line.
pub(super) fn label(text: &str, chars_max: usize) -> String {
    let mut shown = String::new();
    for (i, letter) in text.chars().enumerate() {
        if i + 1 == chars_max && text.chars().nth(chars_max).is_some() {
            shown.push('…');
            break;
        }
        let letter = if letter.is_whitespace() { ' ' } else { letter };
        push_visible(&mut shown, letter);
    }
    shown
}

fn push_visible(shown: &mut String, letter: char) {
    match letter {
        '\n' | '\t' => shown.push(letter),
        // The control characters have pictures of their own, in the same order.
        '\0'..='\x1f' => {
            shown.push(char::from_u32(0x2400 + letter as u32).expect("a picture each"));
        }
        '\x7f'..='\u{9f}'
        | '\u{61c}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => {
            write!(shown, "⟨U+{:04X}⟩", letter as u32).expect("a String takes everything");
        }
        _ => shown.push(letter),
    }
}

/// How wide a text will be, in pixels, at `per_letter` for a Latin letter. Fonts differ: this errs on the wide side.
pub(super) fn width(text: &str, per_letter: f64) -> f64 {
    let cells: usize = text
        .chars()
        .map(|c| if c < '\u{1100}' { 1 } else { 2 })
        .sum();
    // Arrows and dashes stand above U+1100 and are narrow; counting them double is the wide side.
    cells as f64 * per_letter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_have_units() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(213_404), "213,404");
        assert_eq!(counted(1, "operation"), "1 operation");
        assert_eq!(moment(1_210_834_900_000), "1,210.834 s");
        let spans: Vec<String> = [0, 640, 12_000, 1_250_000, 341 * MS, 4_100 * MS, 751 * S]
            .map(span)
            .to_vec();
        let expected = [
            "0 s",
            "640 ns",
            "12 µs",
            "1.25 ms",
            "341 ms",
            "4.1 s",
            "12 min 31 s",
        ];
        assert_eq!(spans, expected);
        assert_eq!(span(u64::MAX), "5,124,095 h 34 min");
    }

    #[test]
    fn a_hundred_percent_means_all() {
        assert_eq!(percent(9_999, 10_000), "99.9 %");
        assert_eq!(percent(7, 7), "100 %");
        assert_eq!(percent(0, 0), "–");
    }

    #[test]
    fn invisible_letters_are_spelt_out() {
        assert_eq!(clean("a\0b\u{202e}c", 99), "a␀b⟨U+202E⟩c");
        assert_eq!(clean("abcdef", 3), "abc… (6 characters in all)");
        assert_eq!(label("a\nb", 9), "a b");
        assert_eq!(label("abcdef", 4), "abc…");
        assert_eq!(label("abcd", 4), "abcd");
    }
}
