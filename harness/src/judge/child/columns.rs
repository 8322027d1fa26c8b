//! Transactions in a columnar file are judged where they lie: a million of them make a history of gigabytes.
use super::{Asked, ask, blank, conclude};
use crate::catalog::Catalog;
use crate::columnar;
use crate::judge::judges::{self, Refusal};
use crate::judge::{Judgement, Request, reading};
use checkers::format::Recording;
use checkers::format::columnar::Columns;
use checkers::transactional::Workload;
use std::path::Path;

/// What came of a file.
pub(super) enum Seen {
    Judged(Judgement),
    /// Nobody judges it where it lies, or more is asked of it than a verdict.
    Read(Box<Recording>),
}

/// The judgement on `source`, or what it holds.
///
/// # Errors
/// If it cannot be read, or what is asked of it does not fit.
pub(super) fn see(catalog: &Catalog, source: &Path, request: &Request) -> Result<Seen, Refusal> {
    let read = |recording| Seen::Read(Box::new(recording));
    let Some(file) = reading::columnar_file(source, &request.reading) else {
        let recording = reading::read_as(source, &request.reading);
        return recording.map(read).map_err(Refusal::Broken);
    };
    let files = [&request.key, &request.order, &request.report];
    let is_verdict_enough = files.iter().all(|wish| wish.is_none());
    let seen = columnar::open(source, &file, |columns| {
        if is_verdict_enough && let Some(judgement) = judge(catalog, source, request, columns)? {
            return Ok(Seen::Judged(judgement));
        }
        let recording = columnar::whole(source, columns);
        recording.map(read).map_err(Refusal::Broken)
    });
    seen.map_err(Refusal::Broken)?
}

/// The judgement, if all judges can do without a history of all events.
fn judge(
    catalog: &Catalog,
    source: &Path,
    request: &Request,
    columns: &Columns<'_>,
) -> Result<Option<Judgement>, Refusal> {
    let Some(workload) = Workload::of_columns(columns) else {
        return Ok(None);
    };
    let recording = columnar::outline(source, columns).map_err(Refusal::Broken)?;
    let (judged_as, checkers) =
        judges::find(catalog, source, &request.by, &recording, Some(workload))?;
    let mut asked = Vec::new();
    for checker in &checkers {
        let Some(judge) = checker.in_columns() else {
            return Ok(None);
        };
        asked.push(Asked {
            name: checker.name(),
            check: Box::new(|budget| judge.check_columns(columns, budget)),
        });
    }
    let blank = blank(source, &recording, judged_as);
    let checks = ask(asked, request.limits, &blank);
    Ok(Some(conclude(&recording, blank, checks).0))
}
