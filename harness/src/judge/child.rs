//! The child that judges: reads the history, asks the checkers, and prints what it came to as JSON.
use self::columns::Seen;
use super::judges::{self, Refusal};
use super::{Answer, By, Judgement, Limits, Request, orders, reading, undecided};
use crate::catalog::Catalog;
use crate::result::{Check, Strength, Word};
use crate::{conclusion, page_of_recording};
use checkers::format::Recording;
use checkers::model::{self, Misfit};
use checkers::transactional::Workload;
use checkers::{Budget, Checker, History, Verdict};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;
use std::process::exit;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

mod columns;

/// A checker that does not end by itself is ended this long after its time.
const TIME_MARGIN: Duration = Duration::from_secs(10);

/// Judges `source` and prints the [`Answer`].
///
/// # Errors
/// If the limits cannot be imposed, or nobody listens.
pub(crate) fn run(catalog: &Catalog, source: &Path, request: &Request) -> io::Result<()> {
    request.limits.impose()?;
    let answer = match answer(catalog, source, request) {
        Ok(judgement) => Answer::Judged(judgement),
        Err(Refusal::Misused(why)) => Answer::Misused(why),
        Err(Refusal::Broken(why)) => Answer::Broken(why),
    };
    print(&answer)
}

fn answer(catalog: &Catalog, source: &Path, request: &Request) -> Result<Judgement, Refusal> {
    let mut recording = match columns::see(catalog, source, request)? {
        Seen::Judged(judgement) => return Ok(judgement),
        Seen::Read(recording) => *recording,
    };
    if let Some(key) = &request.key {
        reading::keep_only(key, source, &mut recording).map_err(Refusal::Misused)?;
    }
    let transactions = Workload::of(&recording.history);
    let (judged_as, checkers) =
        judges::find(catalog, source, &request.by, &recording, transactions)?;
    let blank = blank(source, &recording, judged_as);
    let history = &recording.history;
    let asked = checkers.iter().map(|checker| Asked {
        name: checker.name(),
        check: Box::new(|budget| checker.check(history, budget)),
    });
    let checks = ask(asked.collect(), request.limits, &blank);
    let (mut judgement, strength) = conclude(&recording, blank, checks);
    if judgement.verdict == Word::Unknown && request.by != By::Itself {
        fits(source, &judgement.judged_as, &checkers, history)?;
    }
    if let Some(file) = &request.order
        && judgement.verdict != Word::Fail
    {
        let text = orders::orders(history, &checkers, request.limits);
        let text = text.map_err(Refusal::Misused)?;
        judgement.save(Path::new(file), "--order", &text);
    }
    if let Some(file) = &request.report {
        let page = page_of_recording::render(source, &recording, &judgement, request, strength);
        judgement.save(Path::new(file), "--report", &page);
    }
    Ok(judgement)
}

/// What is known before anybody judges.
fn blank(source: &Path, recording: &Recording, judged_as: String) -> Judgement {
    Judgement {
        judged_as,
        format: recording.format.name().to_owned(),
        notes: reading::notes(source, recording),
        ..undecided(String::new(), Duration::ZERO)
    }
}

/// What `checks` come to, and how much that is worth.
fn conclude(recording: &Recording, blank: Judgement, checks: Vec<Check>) -> (Judgement, Strength) {
    let mut judgement = blank;
    judgement.checks = checks;
    let names = names_of_keys(&recording.history, &judgement.checks);
    judgement.notes.extend(names);
    let strength;
    (judgement.verdict, judgement.sentence, strength) =
        conclusion::of_recording(recording, &judgement.checks);
    if judgement.verdict == Word::Fail && recording.skipped > 0 {
        judgement.verdict = Word::Unknown;
        let found = &judgement.sentence;
        judgement.sentence = format!("What was skipped may explain it, but: {found}");
    }
    (judgement, strength)
}

/// A judge of something else than the history is about was asked for by mistake.
fn fits(
    source: &Path,
    judged_as: &str,
    checkers: &[Box<dyn Checker>],
    history: &History,
) -> Result<(), Refusal> {
    let misfits = checkers.iter().map(|checker| {
        let asks = checker.asks()?;
        model::misfit(asks, history)
    });
    // One of them may be about it.
    let misfits: Option<Vec<Misfit>> = misfits.collect();
    let Some(misfit) = misfits.and_then(|misfits| misfits.into_iter().next()) else {
        return Ok(());
    };
    let advice = match &*misfit.fitting {
        [] => "no model knows all that it asks: judge a part of it with --key KEY, or see `assay models`".to_owned(),
        [one] => format!("judge it with --model {one}"),
        several => format!("judge it with --model, as one of {}", several.join(", ")),
    };
    Err(Refusal::Misused(format!(
        "{} does not fit {judged_as}: `{}` at position {} is nothing that it is asked\n  {judged_as} knows {}\n  {advice}",
        source.display(),
        misfit.call.escape_debug(),
        misfit.position,
        misfit.known,
    )))
}

/// Verdicts tell keys by their numbers; so many names are told beside them.
const NAMES_MAX: usize = 5;

/// What the keys are called that anomalies are about.
fn names_of_keys(history: &History, checks: &[Check]) -> Vec<String> {
    let anomalies = checks.iter().flat_map(Check::anomalies);
    let keys: BTreeSet<_> = anomalies.filter_map(|anomaly| anomaly.key).collect();
    let named = keys.into_iter().filter_map(|key| {
        let name = history.key_name(key)?;
        Some(format!("key {key} is called {}", name.escape_debug()))
    });
    named.take(NAMES_MAX).collect()
}

/// A judge with something to judge.
struct Asked<'a> {
    name: &'a str,
    check: Box<dyn Fn(&Budget) -> Verdict + 'a>,
}

/// Asks each judge in turn. Whatever they do, this ends a little after their time.
fn ask(judges: Vec<Asked<'_>>, limits: Limits, blank: &Judgement) -> Vec<Check> {
    let budget = Arc::new(Budget::new(limits.memory_bytes));
    let done: Arc<Mutex<Vec<Check>>> = Arc::default();
    let late = Judgement {
        notes: blank.notes.clone(),
        judged_as: blank.judged_as.clone(),
        format: blank.format.clone(),
        ..undecided(
            format!("the checker did not end within {:?}", limits.time),
            limits.time,
        )
    };
    let alarm = (budget.clone(), done.clone());
    // Ends with the process; there is nothing to join.
    thread::spawn(move || {
        let (budget, done) = alarm;
        thread::sleep(limits.time);
        budget.stop();
        thread::sleep(TIME_MARGIN);
        give_up(late, lock(&done).clone());
    });
    for judge in judges {
        let began = Instant::now();
        let verdict = (judge.check)(&budget);
        let check = Check {
            name: judge.name.to_owned(),
            milliseconds: began.elapsed().as_millis() as u64,
            verdict,
        };
        lock(&done).push(check);
    }
    lock(&done).clone()
}

/// Ends the process with what was found so far: a violation must not be lost with a slow checker.
fn give_up(mut late: Judgement, done: Vec<Check>) {
    late.checks.splice(0..0, done);
    (late.verdict, late.sentence) = crate::summary::of_checks(&late.checks);
    let is_told = print(&Answer::Judged(late));
    exit(i32::from(is_told.is_err()));
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prints the first answer: that of the judges or that of the alarm, never both.
fn print(answer: &Answer) -> io::Result<()> {
    static IS_PRINTED: Mutex<bool> = Mutex::new(false);
    let mut is_printed = lock(&IS_PRINTED);
    if std::mem::replace(&mut *is_printed, true) {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, answer)?;
    out.flush()
}
