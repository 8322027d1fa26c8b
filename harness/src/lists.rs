//! What `assay targets`, `workloads` and `nemeses` print.
use crate::catalog::{Catalog, NEMESES, NemesisEntry};
use checkers::domain::DOMAINS;
use checkers::transactional::Level;
use checkers::{model::MODELS, weak::PROMISES};
use std::fmt::Write;

pub(crate) fn targets(catalog: &Catalog) -> String {
    columns(
        catalog
            .targets
            .iter()
            .map(|(name, target)| (*name, target.about().summary)),
    )
}

/// All about one target.
pub(crate) fn target(catalog: &Catalog, name: &str) -> String {
    let about = catalog.targets[name].about();
    let mut text = format!(
        "{name} {}\n  {}\n  port {}\n",
        about.version, about.summary, about.port
    );
    if !about.bugs.is_empty() {
        text += "\nplanted bugs (--bug NAME):\n";
        let rows = about.bugs.iter().map(|bug| (bug.name, bug.summary));
        text += &columns(rows);
        let found = about
            .bugs
            .iter()
            .map(|bug| format!("{} by -w {}", bug.name, bug.found_by));
        let _ = write!(text, "\n\nfound: {}", found.collect::<Vec<_>>().join(", "));
    }
    text
}

pub(crate) fn workloads(catalog: &Catalog) -> String {
    let own = catalog.workloads.iter();
    let own = own.map(|(name, entry)| (*name, entry.summary));
    let judged = DOMAINS.iter().map(|domain| (domain.name, domain.about));
    let judged = judged.filter(|(name, _)| !catalog.workloads.contains_key(name));
    format!(
        "{}\n\njudged in recorded histories (assay check -w NAME):\n{}",
        columns(own),
        columns(judged)
    )
}

pub(crate) fn nemeses() -> String {
    columns(NEMESES.iter().map(|entry| (entry.name, entry.summary)))
}

/// What histories can be judged by: objects, and weaker promises of registers.
pub(crate) fn models() -> String {
    let models = MODELS.iter().map(|model| (model.name, model.about));
    let promises = PROMISES.iter().map(|promise| (promise.name, promise.about));
    let levels = Level::ALL
        .into_iter()
        .map(|level| (level.name(), level.about()));
    format!(
        "objects, linearizable or, with --sequential, sequentially consistent:\n{}\n\nweaker promises of registers:\n{}\n\nisolation levels of transactions, the strongest first:\n{}",
        columns(models),
        columns(promises),
        columns(levels)
    )
}

/// All about one of them.
pub(crate) fn model(name: &str) -> String {
    let model = MODELS.iter().find(|model| model.name == name);
    let promise = PROMISES.iter().find(|promise| promise.name == name);
    let (about, asks, parameters) = match (model, promise) {
        (Some(model), _) => (model.about, model.asks, model.parameters),
        (None, Some(promise)) => (promise.about, promise.asks, promise.parameters),
        (None, None) => return level(name),
    };
    let mut text = format!("{name}\n  {about}\n");
    if promise.is_some() {
        text += "  a promise of registers\n";
    }
    text += "\nasked, and answered:\n";
    for asks in asks {
        let _ = writeln!(text, "  {asks}");
    }
    if !parameters.is_empty() {
        text += "\ntold beforehand (--with NAME=VALUE):\n";
        text += &columns(parameters.iter().copied());
    }
    text.trim_end().to_owned()
}

/// All about one isolation level: what it promises, and where it stands among the others.
fn level(name: &str) -> String {
    let level = Level::named(name).expect("the name has been found");
    let mut text = format!(
        "{name}\n  {}\n  an isolation level of transactions",
        level.about()
    );
    for (title, others) in [("weaker", level.weaker()), ("stronger", level.stronger())] {
        let others = others.iter().filter(|other| *other != level);
        let others: Vec<&str> = others.map(Level::name).collect();
        if !others.is_empty() {
            let _ = write!(text, "\n\n{title}:\n  {}", others.join("\n  "));
        }
    }
    text
}

/// All about one workload.
pub(crate) fn workload(catalog: &Catalog, name: &str) -> String {
    if let Some(entry) = catalog.workloads.get(name) {
        let judges = catalog.workload_named(name).checkers();
        let judges: Vec<&str> = judges.iter().map(|judge| judge.name()).collect();
        let summary = entry.summary;
        return format!("{name}\n  {summary}\n  judged: {}", judges.join(", "));
    }
    let mut domains = DOMAINS.iter();
    let domain = domains.find(|domain| domain.name == name);
    let domain = domain.expect("the name has been found");
    let mut text = format!("{name}\n  {}\n\nasked, and answered:\n", domain.about);
    for asks in domain.asks {
        let _ = writeln!(text, "  {asks}");
    }
    if !domain.parameters.is_empty() {
        text += "\ntold beforehand (--with NAME=VALUE):\n";
        text += &columns(domain.parameters.iter().copied());
    }
    text.trim_end().to_owned()
}

/// All about one nemesis.
pub(crate) fn nemesis(entry: &NemesisEntry) -> String {
    format!(
        "{}\n  {}\n  needs --nodes {} or more",
        entry.name, entry.summary, entry.nodes_min
    )
}

fn columns<'a>(rows: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> String {
    let width = rows.clone().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines: Vec<String> = rows
        .map(|(name, text)| format!("{name:width$}  {text}"))
        .collect();
    lines.join("\n")
}
