//! A real browser opens the pages: no complaint on its console, and the verdict is in its tree.
use crate::fixtures::{chain, error, failed, lost_update, pass, stale_read, unknown};
use checkers::AnomalyKind;
use harness::{History, report::render, result::RunResult};
use std::{path::PathBuf, process::Command};

/// Pages for people to look at as well: they stay in cargo's folder for temporary files.
fn pages() -> Vec<(&'static str, (RunResult, History))> {
    vec![
        ("pass", pass()),
        ("stale-read", stale_read()),
        ("lost-update", lost_update()),
        (
            "twelve",
            failed(vec![chain(AnomalyKind::NonLinearizable, 12, 5)]),
        ),
        ("unknown", unknown()),
        ("error", error()),
        (
            "hostile",
            crate::hostile::everywhere(
                "</script><img src=x onerror=document.title=1>\0\u{202e}שלום",
            ),
        ),
    ]
}

#[test]
fn a_browser_shows_the_pages_without_complaint() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let found = |name: &&&str| Command::new(name).arg("--version").output().is_ok();
    let browser = ["chromium", "chromium-browser"].iter().find(found);
    for (name, (result, history)) in pages() {
        let path = folder.join(format!("report-{name}.html"));
        std::fs::write(&path, render(&result, &history)).expect("cargo made the folder");
        let Some(browser) = browser else {
            println!(
                "skipped: no chromium on this machine; {} was written",
                path.display()
            );
            continue;
        };
        let output = Command::new(browser)
            .args(
                "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-sync"
                    .split(' '),
            )
            .args("--disable-background-networking --disable-component-update".split(' '))
            .args(["--enable-logging=stderr", "--dump-dom"])
            .arg(format!(
                "--user-data-dir={}",
                folder.join("chromium").display()
            ))
            .arg(format!("file://{}", path.display()))
            .output()
            .expect("it answered to --version");
        let tree = String::from_utf8_lossy(&output.stdout);
        let log = String::from_utf8_lossy(&output.stderr);
        let complaints: Vec<&str> = log
            .lines()
            .filter(|line| line.contains("CONSOLE"))
            .collect();
        assert!(complaints.is_empty(), "{name}: {complaints:?}");
        assert!(tree.contains("<header id=\"verdict\""), "{name}: {tree}");
        assert!(!tree.contains("<img"), "{name}");
        // The script ran: it alone shows the button.
        assert!(
            tree.contains("<button id=\"theme\" type=\"button\" aria-label"),
            "{name}"
        );
    }
}
