//! Transactions in a columnar file are judged where they lie: a million of them make a history of gigabytes.
use super::{Asked, ask, blank, conclude};
use crate::catalog::Catalog;
use crate::columnar;
use crate::judge::judges::{self, Refusal};
use crate::judge::{Judgement, Request, reading};
use checkers::format::columnar::Columns;
use checkers::transactional::Workload;
use std::path::Path;

/// The judgement on `source`; none if it is nothing of that kind, or more is asked of it than a verdict.
///
/// # Errors
/// As for any other file.
pub(super) fn answer(
    catalog: &Catalog,
    source: &Path,
    request: &Request,
) -> Result<Option<Judgement>, Refusal> {
    let files = [&request.key, &request.order, &request.report];
    if files.iter().any(|wish| wish.is_some()) {
        return Ok(None);
    }
    match reading::columnar_file(source, &request.reading) {
        Some(file) => columnar::open(source, &file, |columns| {
            judge(catalog, source, request, columns)
        })
        .map_err(Refusal::Broken)?,
        None => Ok(None),
    }
}

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
