//! What the user sees while the run goes on: a bar on a terminal, lines elsewhere. Always on standard error.
use crate::recorder::Recorder;
use crate::tell;
use indicatif::{ProgressBar, ProgressStyle};
use std::cell::{Cell, RefCell};
use std::{io::IsTerminal, time::Duration};
use tokio::time::{Instant, sleep};

pub(crate) struct Progress {
    began: Instant,
    bar: Option<ProgressBar>,
    phase: RefCell<String>,
    last_ok: Cell<u64>,
}

const BAR_EVERY: Duration = Duration::from_millis(250);
const LINE_EVERY: Duration = Duration::from_secs(10);

impl Progress {
    /// Progress of a run whose traffic lasts as long as `length`.
    pub(crate) fn new(length: Duration) -> Progress {
        let style = ProgressStyle::with_template("{bar:25} {pos:>3} s of {len} s  {msg}")
            .expect("the template is ours");
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(length.as_secs());
            bar.with_style(style)
        });
        Progress {
            began: Instant::now(),
            bar,
            phase: RefCell::default(),
            last_ok: Cell::default(),
        }
    }

    /// For a run that nobody watches.
    pub(crate) fn hidden() -> Progress {
        Progress {
            bar: Some(ProgressBar::hidden()),
            ..Progress::new(Duration::ZERO)
        }
    }

    pub(crate) fn phase(&self, name: &str) {
        name.clone_into(&mut self.phase.borrow_mut());
        self.line("phase", name);
    }

    pub(crate) fn fault(&self, text: &str) {
        self.line("fault", text);
    }

    /// One line that stays.
    pub(crate) fn line(&self, kind: &str, text: &str) {
        let line = format!(
            "[{:6.1}s] {kind:<6}{text}",
            self.began.elapsed().as_secs_f64()
        );
        match &self.bar {
            Some(bar) => bar.println(line),
            None => tell::err(format_args!("{line}")),
        }
    }

    /// Shows the numbers for as long as it is polled.
    pub(crate) async fn watch(&self, recorder: &Recorder) {
        let every = if self.bar.is_some() {
            BAR_EVERY
        } else {
            LINE_EVERY
        };
        loop {
            sleep(every).await;
            // While the nodes start or settle nobody asks, and the numbers would say nothing.
            if !matches!(self.phase.borrow().as_str(), "traffic" | "last reads") {
                continue;
            }
            let tally = recorder.tally();
            let fresh = (tally.ok - self.last_ok.replace(tally.ok)) as f64;
            let (p50, p99) = recorder.take_latency();
            let text = format!(
                "{} ok ({:.0}/s)  {} fail  {} info  p50 {:.1} ms  p99 {:.1} ms",
                tally.ok,
                fresh / every.as_secs_f64(),
                tally.fail,
                tally.info,
                p50 as f64 / 1000.0,
                p99 as f64 / 1000.0
            );
            match &self.bar {
                Some(bar) => {
                    bar.set_position(self.began.elapsed().as_secs());
                    bar.set_message(text);
                }
                None => self.line("ops", &text),
            }
        }
    }

    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
