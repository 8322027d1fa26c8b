//! The palette can be read: text at 4.5 to 1 and graphics at 3 to 1, light and dark.
use std::collections::BTreeMap;

const STYLE: &str = include_str!("../../src/report/style.css");

/// What is written in, drawn with, and stands on what.
const TEXTS: [(&str, &[&str]); 9] = [
    (
        "fg",
        &[
            "bg",
            "card",
            "box-ok",
            "box-info",
            "pass-tint",
            "fail-tint",
            "unknown-tint",
            "error-tint",
        ],
    ),
    (
        "muted",
        &[
            "bg",
            "card",
            "pass-tint",
            "fail-tint",
            "unknown-tint",
            "error-tint",
        ],
    ),
    ("link", &["bg", "card"]),
    ("pass-tone", &["pass-tint", "bg"]),
    ("fail-tone", &["fail-tint", "bg"]),
    ("unknown-tone", &["unknown-tint", "bg"]),
    ("error-tone", &["error-tint", "bg"]),
    ("bg", &["f-cut", "f-kill", "f-pause", "f-clock", "f-other"]),
    ("bg", &["wr", "ww", "rw", "rt"]),
];
const GRAPHICS: [(&str, &[&str]); 4] = [
    (
        "bg",
        &["ok", "fail", "info", "wr", "ww", "rw", "rt", "muted"],
    ),
    (
        "card",
        &[
            "ok", "fail", "info", "wr", "ww", "rw", "rt", "f-cut", "f-kill", "f-pause", "f-clock",
            "f-other",
        ],
    ),
    ("box-ok", &["ok"]),
    ("box-info", &["info"]),
];

/// The palette as light and dark: `--name: light-dark(#rrggbb, #rrggbb);`.
fn palette() -> BTreeMap<&'static str, [f64; 2]> {
    let lines = STYLE
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--"));
    lines
        .filter_map(|line| {
            let (name, value) = line.split_once(": light-dark(")?;
            let (light, dark) = value.trim_end_matches(");").split_once(", ")?;
            Some((name, [luminance(light), luminance(dark)]))
        })
        .collect()
}

/// Relative luminance as WCAG 2 defines it.
fn luminance(hex: &str) -> f64 {
    let channel = |at: usize| {
        let value = u8::from_str_radix(&hex[at..at + 2], 16).expect("two hexadecimal digits");
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn assert_contrast(pairs: &[(&str, &[&str])], least: f64) {
    let palette = palette();
    for (a, others) in pairs {
        for b in *others {
            for (i, theme) in ["light", "dark"].iter().enumerate() {
                let (a_light, b_light) = (palette[a][i], palette[b][i]);
                let ratio = (a_light.max(b_light) + 0.05) / (a_light.min(b_light) + 0.05);
                assert!(
                    least <= ratio,
                    "{theme}: --{a} and --{b} are at {ratio:.2} to 1, not {least}"
                );
            }
        }
    }
}

#[test]
fn text_can_be_read() {
    assert_contrast(&TEXTS, 4.5);
}

#[test]
fn graphics_can_be_seen() {
    assert_contrast(&GRAPHICS, 3.0);
}
