//! Names to things: the only list of what this binary can do.
use crate::names::{self, UnknownName};
use crate::nemesis::{AnyNemesis, kill::Kill, partition::Partition, pause::Pause};
use crate::{target::AnyTarget, target::Target, workload::Workload};
use checkers::domain::DOMAINS;
use checkers::transactional::{Level, Workload as Transactions};
use checkers::{model::MODELS, weak::PROMISES};
use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    process::ExitCode,
    rc::Rc,
};

/// A program that `assay node NAME` starts: it gets the arguments after its name, and runs until it is stopped.
type Service = fn(Vec<OsString>) -> ExitCode;

pub(crate) struct WorkloadEntry {
    pub(crate) summary: &'static str,
    make: fn() -> Box<dyn Workload>,
}

pub(crate) struct NemesisEntry {
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    /// In a smaller cluster there is nothing that it could do.
    pub(crate) nodes_min: u16,
    make: fn() -> Option<Box<dyn AnyNemesis>>,
}

/// The name of the nemesis that does nothing.
pub(crate) const NO_NEMESIS: &str = "none";

/// What can be done to a cluster; the harness brings these itself.
pub(crate) static NEMESES: [NemesisEntry; 4] = [
    NemesisEntry {
        name: NO_NEMESIS,
        summary: "nothing: to see what the system does in peace",
        nodes_min: 1,
        make: || None,
    },
    NemesisEntry {
        name: "partition",
        summary: "cuts the network with iptables: lone nodes, halves, rings, bridges, one-way cuts; every other cut is aimed at the leader",
        nodes_min: 2,
        make: || Some(Box::<Partition>::default()),
    },
    NemesisEntry {
        name: "kill",
        summary: "ends nodes by SIGKILL and starts them again: one, a minority, a majority, all; every other time the leader is among them",
        nodes_min: 1,
        make: || Some(Box::<Kill>::default()),
    },
    NemesisEntry {
        name: "pause",
        summary: "stops nodes by SIGSTOP and lets them go on: one, a minority, a majority, all; every other time the leader is among them",
        nodes_min: 1,
        make: || Some(Box::<Pause>::default()),
    },
];

/// A model, property or level by which histories can be judged.
pub(crate) fn find_model(name: &str) -> Result<&'static str, UnknownName> {
    let models = MODELS.iter().map(|model| model.name);
    let promises = PROMISES.iter().map(|promise| promise.name);
    let levels = Level::ALL.into_iter().map(Level::name);
    names::find(
        "model",
        "models",
        name,
        models.chain(promises).chain(levels),
    )
}

/// What a binary can test, and with what. A user's own crate fills one as ours does.
#[derive(Default)]
pub struct Catalog {
    pub(crate) targets: BTreeMap<&'static str, Rc<dyn AnyTarget>>,
    pub(crate) workloads: BTreeMap<&'static str, WorkloadEntry>,
    services: BTreeMap<&'static str, Service>,
}

impl Catalog {
    /// Adds a system under test.
    ///
    /// # Panics
    /// If the name is taken.
    pub fn target(&mut self, name: &'static str, target: impl Target + 'static) {
        let old = self.targets.insert(name, Rc::new(target));
        assert!(old.is_none(), "two targets named {name}");
    }

    /// Adds a workload; `make` gives a fresh one for each run.
    ///
    /// # Panics
    /// If the name is taken.
    pub fn workload(
        &mut self,
        name: &'static str,
        summary: &'static str,
        make: fn() -> Box<dyn Workload>,
    ) {
        let old = self.workloads.insert(name, WorkloadEntry { summary, make });
        assert!(old.is_none(), "two workloads named {name}");
    }

    /// Adds a program that `assay node NAME` runs, in this same binary.
    ///
    /// # Panics
    /// If the name is taken.
    pub fn service(&mut self, name: &'static str, serve: Service) {
        let old = self.services.insert(name, serve);
        assert!(old.is_none(), "two services named {name}");
    }

    pub(crate) fn find_target(&self, name: &str) -> Result<&str, UnknownName> {
        names::find("target", "targets", name, self.targets.keys().copied())
    }

    pub(crate) fn find_bug(&self, target: &str, name: &str) -> Result<&str, UnknownName> {
        let bugs = self.targets[target].about().bugs;
        names::find("bug", "targets NAME", name, bugs.iter().map(|bug| bug.name))
    }

    pub(crate) fn find_workload(&self, name: &str) -> Result<&str, UnknownName> {
        names::find(
            "workload",
            "workloads",
            name,
            self.workloads.keys().copied(),
        )
    }

    /// A workload that can be run, or only judged.
    pub(crate) fn find_any_workload<'a>(&'a self, name: &'a str) -> Result<&'a str, UnknownName> {
        let own = self.workloads.keys().copied();
        let of_transactions = Transactions::ALL.into_iter().map(Transactions::name);
        let judged = DOMAINS.iter().map(|domain| domain.name);
        let known: BTreeSet<&str> = own.chain(of_transactions).chain(judged).collect();
        names::find("workload", "workloads", name, known.iter().copied())
    }

    pub(crate) fn find_nemesis(&self, name: &str) -> Result<&'static NemesisEntry, UnknownName> {
        let name = names::find(
            "nemesis",
            "nemeses",
            name,
            NEMESES.iter().map(|entry| entry.name),
        )?;
        Ok(nemesis_entry(name))
    }

    pub(crate) fn find_service(&self, name: &str) -> Result<Service, UnknownName> {
        let name = names::find("service", "targets", name, self.services.keys().copied())?;
        Ok(self.services[name])
    }

    /// A fresh workload. The name has been found before.
    pub(crate) fn workload_named(&self, name: &str) -> Box<dyn Workload> {
        (self.workloads[name].make)()
    }

    /// A fresh nemesis, none for `none`. The name has been found before.
    pub(crate) fn nemesis_named(&self, name: &str) -> Option<Box<dyn AnyNemesis>> {
        (nemesis_entry(name).make)()
    }
}

fn nemesis_entry(name: &str) -> &'static NemesisEntry {
    let entry = NEMESES.iter().find(|entry| entry.name == name);
    entry.expect("the name has been found before")
}
