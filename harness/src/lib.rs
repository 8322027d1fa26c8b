//! Runs a workload against a target under faults, records what happened, and has it judged.

// The four roles.
mod client;
mod nemesis;
mod target;
mod workload;

// One run.
mod catalog;
mod columnar;
mod control;
mod faults;
mod kept;
mod notes;
mod pace;
mod plan;
mod process;
mod recorder;
mod rehearsal;
mod rng;
mod run;
mod schedule;

// Where it takes place.
mod cluster;
mod firewall;
mod namespace;
mod network;
mod probe;
mod sandbox;

// What becomes of it.
mod check;
mod claim;
mod conclusion;
mod convert;
mod environment;
mod graphviz;
mod input;
mod judge;
mod mapped;
mod page_of_recording;
pub mod report;
pub mod result;
mod store;
mod strength;
mod summary;
mod trial;

// How it is asked for.
mod cli;
mod doctor;
mod lists;
mod names;
mod progress;
mod tell;

pub use catalog::Catalog;
pub use checkers::{
    AnomalyKind, Call, Checker, Data, Event, Fit, History, Key, Kind, NodeId, Op, Process, Value,
    Verb, Verdict,
};
pub use cli::main;
pub use client::{Client, Failure};
pub use cluster::Cluster;
pub use nemesis::{Healed, Injected, Nemesis};
pub use network::{Link, Network};
pub use plan::Plan;
pub use rehearsal::rehearse;
pub use rng::Rng;
pub use target::{About, Bug, Launch, Node, Target};
pub use workload::Workload;
