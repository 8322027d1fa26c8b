//! Cuts the network with iptables, and proves by packets that it is cut, and that it is whole again.
use super::topology::{Dealer, Topology};
use super::{Healed, Injected, Nemesis};
use crate::{cluster::Cluster, network::Link, rng::Rng};
use std::{io, time::Duration};

#[derive(Default)]
pub(crate) struct Partition {
    dealer: Dealer,
    cut: Vec<Link>,
}

/// How long a probe over a cut link is given to arrive after all.
const PROBE_CUT: Duration = Duration::from_millis(60);
/// How long a healed link is given to carry a packet again.
const PROBE_HEALED: Duration = Duration::from_secs(5);

impl Nemesis for Partition {
    type Fault = Topology;

    fn draw(&mut self, nodes: u16, rng: &mut Rng) -> Topology {
        self.dealer.deal(nodes, rng)
    }

    async fn inject(&mut self, mut fault: Topology, cluster: &mut Cluster) -> io::Result<Injected> {
        if fault.leader {
            fault.aim(cluster.leader().await);
        }
        let links = fault.cuts();
        let network = cluster.network()?;
        network.begin_cut();
        self.cut.clone_from(&links);
        network.set_cuts(&links).await?;
        let unheard = network.unheard(&links, PROBE_CUT).await?;
        if unheard != links {
            let leaks = links.len() - unheard.len();
            let text = format!(
                "{leaks} of {} links that were cut still carry packets",
                links.len()
            );
            return Err(io::Error::other(text));
        }
        Ok(Injected {
            description: fault.to_string(),
            links,
        })
    }

    async fn heal(&mut self, cluster: &mut Cluster) -> io::Result<Healed> {
        if self.cut.is_empty() {
            return Ok(Healed::default());
        }
        let network = cluster.network()?;
        let dropped = network.dropped().await?.packets;
        network.set_cuts(&[]).await?;
        let links = network.links();
        let unheard = network.unheard(&links, PROBE_HEALED).await?;
        if let Some(Link { from, to }) = unheard.first() {
            let text = format!("{to} still does not hear {from} after healing");
            return Err(io::Error::other(text));
        }
        self.cut.clear();
        let packets: u64 = dropped.values().sum();
        let biting = dropped.values().filter(|&&packets| 0 < packets).count();
        Ok(Healed {
            bit: 0 < packets,
            evidence: format!(
                "{packets} packets dropped on {biting} of {} links",
                dropped.len()
            ),
        })
    }
}
