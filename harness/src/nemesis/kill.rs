//! Ends nodes by SIGKILL, and starts them again from what is on their disks.
use super::victims::{Dealer, Named, Victims};
use super::{Healed, Injected, Nemesis};
use crate::{cluster::Cluster, rng::Rng};
use checkers::NodeId;
use std::io;

#[derive(Default)]
pub(crate) struct Kill {
    dealer: Dealer,
    /// Who was running, and is not any more.
    killed: Vec<NodeId>,
}

impl Nemesis for Kill {
    type Fault = Victims;

    fn draw(&mut self, nodes: u16, rng: &mut Rng) -> Victims {
        self.dealer.deal(nodes, rng)
    }

    async fn inject(&mut self, fault: Victims, cluster: &mut Cluster) -> io::Result<Injected> {
        let victims = fault.aim(cluster.leader().await);
        for node in &victims {
            if cluster.kill(*node).await? {
                self.killed.push(*node);
            }
        }
        Ok(Injected {
            description: Named(&victims).to_string(),
            links: Vec::new(),
        })
    }

    async fn heal(&mut self, cluster: &mut Cluster) -> io::Result<Healed> {
        let killed = std::mem::take(&mut self.killed);
        for node in &killed {
            cluster.restart(*node)?;
        }
        let evidence = match &killed[..] {
            [] => "none of them was running".to_owned(),
            killed => format!("ended by signal 9 and started again: {}", Named(killed)),
        };
        Ok(Healed {
            bit: !killed.is_empty(),
            evidence,
        })
    }
}
