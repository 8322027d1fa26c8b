//! A bringer of faults. What it did goes into the history beside what the clients saw.
pub(crate) mod kill;
pub(crate) mod partition;
pub(crate) mod pause;
pub(crate) mod topology;
mod victims;

use crate::{client::Local, cluster::Cluster, network::Link, rng::Rng};
use serde::{Serialize, de::DeserializeOwned};
use std::io;

/// One kind of fault: drawn from the seed, brought about, undone.
#[expect(
    async_fn_in_trait,
    reason = "the harness runs on one thread, so futures need not be Send"
)]
pub trait Nemesis {
    /// A fault as it is planned: decided by the seed alone, before the cluster exists.
    type Fault: Serialize + DeserializeOwned;

    /// Draws the next fault for a cluster of `nodes`.
    fn draw(&mut self, nodes: u16, rng: &mut Rng) -> Self::Fault;

    /// Brings it about, and checks that it is in force.
    async fn inject(&mut self, fault: Self::Fault, cluster: &mut Cluster) -> io::Result<Injected>;

    /// Undoes what this nemesis has brought about, and checks that it is gone. Harmless when there is nothing.
    async fn heal(&mut self, cluster: &mut Cluster) -> io::Result<Healed>;
}

/// A fault that is in force.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Injected {
    /// In words: `n3 | n1 n2 n4 n5`.
    pub description: String,
    /// Links that are cut.
    pub links: Vec<Link>,
}

/// A fault that is gone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Healed {
    /// Whether it took effect on the target's own traffic.
    pub bit: bool,
    /// What was seen of it: `1,204 packets dropped on 8 of 8 links`.
    pub evidence: String,
}

/// `Nemesis`, boxed, its faults as plain data: what the catalog and the run hold.
pub(crate) trait AnyNemesis {
    fn draw(&mut self, nodes: u16, rng: &mut Rng) -> serde_json::Value;
    fn inject<'a>(
        &'a mut self,
        fault: &'a serde_json::Value,
        cluster: &'a mut Cluster,
    ) -> Local<'a, io::Result<Injected>>;
    fn heal<'a>(&'a mut self, cluster: &'a mut Cluster) -> Local<'a, io::Result<Healed>>;
}

impl<N: Nemesis> AnyNemesis for N {
    fn draw(&mut self, nodes: u16, rng: &mut Rng) -> serde_json::Value {
        serde_json::to_value(Nemesis::draw(self, nodes, rng)).expect("faults are plain data")
    }
    fn inject<'a>(
        &'a mut self,
        fault: &'a serde_json::Value,
        cluster: &'a mut Cluster,
    ) -> Local<'a, io::Result<Injected>> {
        Box::pin(async move {
            let fault = serde_json::from_value(fault.clone())?;
            Nemesis::inject(self, fault, cluster).await
        })
    }
    fn heal<'a>(&'a mut self, cluster: &'a mut Cluster) -> Local<'a, io::Result<Healed>> {
        Box::pin(Nemesis::heal(self, cluster))
    }
}
