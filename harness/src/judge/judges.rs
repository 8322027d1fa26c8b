//! Who judges a history: found by the name of a workload, a model or a level, or by what is asked in it.
use super::By;
use crate::catalog::{self, Catalog};
use crate::names::{self, UnknownName};
use checkers::format::Recording;
use checkers::model::{self, Consistency, Parameters};
use checkers::transactional::{Level, Transactional, Workload};
use checkers::weak::{self, PROMISES};
use checkers::{Checker, domain};
use std::collections::BTreeSet;
use std::path::Path;

/// Why there is nothing to judge.
pub(super) enum Refusal {
    /// The user asked for what does not exist, or does not fit.
    Misused(String),
    /// The history could not be read.
    Broken(String),
}

impl From<UnknownName> for Refusal {
    fn from(error: UnknownName) -> Refusal {
        Refusal::Misused(error.to_string())
    }
}

/// How the judges are called, and the judges.
type Chosen = (String, Vec<Box<dyn Checker>>);

/// Who judges, and by what name; `transactions` are what the history is of, if it is of such.
///
/// # Errors
/// If what is named does not exist, or nothing is named and several are as likely.
pub(super) fn find(
    catalog: &Catalog,
    source: &Path,
    by: &By,
    recording: &Recording,
    transactions: Option<Workload>,
) -> Result<Chosen, Refusal> {
    let nothing = Parameters::default();
    match by {
        By::Workload {
            name,
            level,
            parameters,
        } => of_workload(catalog, recording, name, level.as_deref(), parameters),
        By::Model {
            name,
            parameters,
            is_sequential,
        } => match (Level::named(name), transactions) {
            (Some(level), Some(workload)) => {
                if *is_sequential || !parameters.is_empty() {
                    return Err(misused(format!(
                        "{name} is a level of transactions, which is told nothing\n  leave --sequential and --with away"
                    )));
                }
                transactional(recording, workload, Some(level.name()))
            }
            _ => of_model(name, parameters, *is_sequential),
        },
        By::Itself => {
            let told = recording.header.as_ref();
            if let Some(name) = told.and_then(|header| header.workload.as_deref()) {
                let level = told.and_then(|header| header.level.as_deref());
                return of_workload(catalog, recording, name, level, &nothing);
            }
            if let Some(workload) = transactions {
                return transactional(recording, workload, None);
            }
            let guessed = model::guess(&recording.history);
            let guessed = guessed.ok_or_else(|| unnamed(source, recording))?;
            of_model(guessed, &nothing, false)
        }
    }
}

fn of_workload(
    catalog: &Catalog,
    recording: &Recording,
    name: &str,
    level: Option<&str>,
    parameters: &Parameters,
) -> Result<Chosen, Refusal> {
    let transactions = Workload::ALL
        .into_iter()
        .find(|workload| workload.name() == name);
    let is_told = !parameters.is_empty();
    if let Some(workload) = transactions {
        if is_told {
            return Err(misused(format!(
                "{name} is told nothing beforehand\n  leave --with away"
            )));
        }
        return transactional(recording, workload, level);
    }
    if domain::DOMAINS.iter().any(|domain| domain.name == name) {
        if level.is_some() {
            return Err(misused(format!(
                "{name} has no levels\n  leave --model away"
            )));
        }
        let checker = domain::checker(name, parameters).map_err(misused)?;
        return Ok((name.to_owned(), vec![checker]));
    }
    let name = catalog.find_any_workload(name)?;
    if level.is_some() || is_told {
        return Err(misused(format!(
            "{name} is judged by its own checkers\n  leave --model and --with away"
        )));
    }
    Ok((name.to_owned(), catalog.workload_named(name).checkers()))
}

/// Transactions by a level, the strongest that the history can tell anything of unless one is named.
fn transactional(
    recording: &Recording,
    workload: Workload,
    level: Option<&str>,
) -> Result<Chosen, Refusal> {
    let level = match level {
        Some(name) => find_level(name)?,
        None if recording.history.has_real_time() => Level::StrictSerializable,
        None => Level::Serializable,
    };
    let judge = Transactional::new(workload, level);
    Ok((workload.name().to_owned(), vec![Box::new(judge)]))
}

/// The level called `name`, by which a run of `workload` is to be judged.
///
/// # Errors
/// If the workload has no levels, or there is no such level.
pub(crate) fn promised(workload: &str, name: &str) -> Result<&'static str, String> {
    if !Workload::ALL.iter().any(|known| known.name() == workload) {
        let known = Workload::ALL.map(Workload::name);
        return Err(format!(
            "{workload} has no levels\n  leave --model away, or choose a workload of transactions: {}",
            known.join(", ")
        ));
    }
    match find_level(name) {
        Ok(level) => Ok(level.name()),
        Err(Refusal::Misused(why) | Refusal::Broken(why)) => Err(why),
    }
}

fn find_level(name: &str) -> Result<Level, Refusal> {
    if let Some(level) = Level::named(name) {
        return Ok(level);
    }
    let known = Level::ALL.into_iter().map(Level::name);
    let found = names::find("isolation level", "models", name, known)?;
    Ok(Level::named(found).expect("it is the name of a level"))
}

fn of_model(name: &str, parameters: &Parameters, is_sequential: bool) -> Result<Chosen, Refusal> {
    let name = catalog::find_model(name)?;
    let is_promise = PROMISES.iter().any(|promise| promise.name == name);
    let is_model = model::MODELS.iter().any(|model| model.name == name);
    let checker = match (is_promise, is_sequential) {
        _ if !is_promise && !is_model => {
            return Err(misused(format!(
                "{name} is a level of transactions, and this history holds none\n  `assay models` tells by what else it can be judged"
            )));
        }
        (true, true) => Err(format!(
            "{name} is no object that could be judged sequentially"
        )),
        (true, false) => weak::checker(name, parameters),
        (false, true) => model::checker(name, parameters, Consistency::Sequential),
        (false, false) => model::checker(name, parameters, Consistency::Linearizable),
    };
    let checker = checker.map_err(|why| {
        misused(format!(
            "{why}\n  `assay models {name}` tells what it takes"
        ))
    })?;
    Ok((name.to_owned(), vec![checker]))
}

fn misused(why: String) -> Refusal {
    Refusal::Misused(why)
}

fn unnamed(source: &Path, recording: &Recording) -> Refusal {
    let events = recording.history.events();
    let verbs: BTreeSet<&str> = events.iter().map(|event| event.op.f()).collect();
    let verbs: Vec<String> = verbs
        .iter()
        .take(VERBS_MAX)
        .map(|verb| verb.escape_debug().to_string())
        .collect();
    let asked = if verbs.is_empty() {
        "holds no operation".to_owned()
    } else {
        format!(
            "asks {}, which is not the manner of one model alone",
            verbs.join(", ")
        )
    };
    misused(format!(
        "{} {asked}, and does not say of which workload it is\n  say it with -w NAME (assay workloads), or name a model with --model NAME (assay models)",
        source.display()
    ))
}

/// So many verbs are named in a complaint.
const VERBS_MAX: usize = 8;
