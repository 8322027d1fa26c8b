//! The network of a run: one namespace a node, all on one bridge, which stands where the controller is.
use crate::namespace::Namespace;
use crate::{firewall::Firewall, probe::Probe};
use checkers::NodeId;
use futures_util::TryStreamExt;
use rtnetlink::{Handle, LinkBridge, LinkUnspec, LinkVeth};
use std::net::{IpAddr, Ipv4Addr};
use std::{collections::BTreeMap, io, process::Command};

/// A directed link: what `from` sends and `to` should hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Link {
    /// Who sends.
    pub from: NodeId,
    /// Who hears it, or not.
    pub to: NodeId,
}

/// What became of a cut, as the kernel counted it.
#[derive(Clone, Debug, Default)]
pub struct Dropped {
    /// Packets of the target itself that were dropped, by link.
    pub packets: BTreeMap<Link, u64>,
}

/// The namespaces of the nodes, and what is cut between them.
pub struct Network {
    nodes: Vec<NodeNet>,
    probe: Probe,
}

struct NodeNet {
    namespace: Namespace,
    firewall: Firewall,
}

const BRIDGE: &str = "br0";
const SUBNET: [u8; 3] = [10, 77, 0];
const CONTROLLER: u8 = 254;
/// Addresses 1 to 253 of the subnet.
pub(crate) const NODES_MAX: u16 = 253;

/// The address of a node. The same in every run: each run has its own network namespaces.
pub(crate) fn ip_of(node: NodeId) -> Ipv4Addr {
    let last = u8::try_from(node.0).expect("at most NODES_MAX nodes");
    Ipv4Addr::new(SUBNET[0], SUBNET[1], SUBNET[2], last)
}

/// The hardware address of a node, by which IPv6 packets are told apart.
pub(crate) fn mac_of(node: NodeId) -> [u8; 6] {
    let [high, low] = node.0.to_be_bytes();
    [0x02, 0, 0, 0, high, low]
}

impl Network {
    /// Builds the network for nodes 1 to `count`. Needs a network namespace of our own.
    ///
    /// # Errors
    /// If the kernel refuses a namespace or a device.
    pub(crate) async fn build(count: u16) -> io::Result<Network> {
        assert!((1..=NODES_MAX).contains(&count));
        let ids: Vec<NodeId> = (1..=count).map(NodeId).collect();
        let namespaces: Vec<Namespace> = ids
            .iter()
            .map(|_| Namespace::new())
            .collect::<io::Result<_>>()?;
        lay_cables(&ids, &namespaces)
            .await
            .map_err(|error| io::Error::other(format!("cannot lay the network: {error}")))?;
        for (id, namespace) in ids.iter().zip(&namespaces) {
            let id = *id;
            namespace
                .run(move || configure_inside(id))
                .map_err(|error| io::Error::other(format!("cannot set up {id}: {error}")))?;
        }
        let probe = Probe::open(&ids, &namespaces)?;
        let nodes = namespaces
            .into_iter()
            .map(|namespace| NodeNet {
                firewall: Firewall::new(namespace.clone()),
                namespace,
            })
            .collect();
        Ok(Network { nodes, probe })
    }

    /// Makes `command` start on `node`.
    pub(crate) fn place(&self, node: NodeId, command: &mut Command) {
        self.nodes[usize::from(node.0) - 1]
            .namespace
            .confine(command);
    }

    /// The nodes, in order.
    pub fn ids(&self) -> Vec<NodeId> {
        (1..=self.nodes.len() as u16).map(NodeId).collect()
    }

    /// Lets exactly `cut` be cut from now on: each node changes its rules in one atomic step.
    ///
    /// # Errors
    /// If iptables refuses.
    pub async fn set_cuts(&mut self, cut: &[Link]) -> io::Result<()> {
        let changes = self.nodes.iter_mut().zip(1..).map(|(node, id)| {
            let deaf_to: Vec<NodeId> = cut
                .iter()
                .filter(|link| link.to == NodeId(id))
                .map(|link| link.from)
                .collect();
            async move { node.firewall.drop_from(&deaf_to).await }
        });
        futures_util::future::try_join_all(changes).await.map(drop)
    }

    /// How many packets each cut link has dropped since it was cut, our own probes not counted.
    ///
    /// # Errors
    /// If iptables refuses.
    pub async fn dropped(&mut self) -> io::Result<Dropped> {
        let mut dropped = Dropped::default();
        for (node, id) in self.nodes.iter_mut().zip(1..) {
            for (from, packets) in node.firewall.counters().await? {
                let link = Link {
                    from,
                    to: NodeId(id),
                };
                let own = self.probe.sent_since_cut(link);
                dropped.packets.insert(link, packets.saturating_sub(own));
            }
        }
        Ok(dropped)
    }

    /// Sends a packet over each of `links` and returns those that did not arrive.
    ///
    /// # Errors
    /// If a probe cannot be sent at all.
    pub async fn unheard(
        &mut self,
        links: &[Link],
        patience: std::time::Duration,
    ) -> io::Result<Vec<Link>> {
        self.probe.unheard(links, patience).await
    }

    /// Forgets the probes sent until now: what the counters show from here on belongs to a new cut.
    pub fn begin_cut(&mut self) {
        self.probe.forget();
    }

    /// Every directed link.
    pub fn links(&self) -> Vec<Link> {
        let ids = self.ids();
        let mut links = Vec::new();
        for &from in &ids {
            for &to in &ids {
                if from != to {
                    links.push(Link { from, to });
                }
            }
        }
        links
    }
}

type Netlink<T> = Result<T, rtnetlink::Error>;

/// The bridge, and a pair of virtual Ethernet devices for each node, one end of it in the node's namespace.
async fn lay_cables(ids: &[NodeId], namespaces: &[Namespace]) -> Netlink<()> {
    let (connection, handle, _) = rtnetlink::new_connection().map_err(as_netlink)?;
    let connection = tokio::spawn(connection);
    up(&handle, "lo").await?;
    handle
        .link()
        .add(LinkBridge::new(BRIDGE).up().build())
        .execute()
        .await?;
    let bridge = index(&handle, BRIDGE).await?;
    let address = Ipv4Addr::new(SUBNET[0], SUBNET[1], SUBNET[2], CONTROLLER);
    handle
        .address()
        .add(bridge, IpAddr::V4(address), 24)
        .execute()
        .await?;
    for (id, namespace) in ids.iter().zip(namespaces) {
        let (here, there) = (format!("v{}", id.0), format!("p{}", id.0));
        handle
            .link()
            .add(LinkVeth::new(&here, &there).build())
            .execute()
            .await?;
        let plugged = LinkUnspec::new_with_name(&here).controller(bridge).up();
        handle.link().set(plugged.build()).execute().await?;
        let moved = LinkUnspec::new_with_index(index(&handle, &there).await?)
            .name("eth0")
            .address(mac_of(*id).to_vec())
            .setns_by_fd(namespace.raw_fd());
        handle.link().set(moved.build()).execute().await?;
    }
    connection.abort();
    Ok(())
}

/// Runs on a thread inside the node's namespace.
fn configure_inside(id: NodeId) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let configured: Netlink<()> = runtime.block_on(async {
        let (connection, handle, _) = rtnetlink::new_connection().map_err(as_netlink)?;
        tokio::spawn(connection);
        up(&handle, "lo").await?;
        let device = index(&handle, "eth0").await?;
        handle
            .address()
            .add(device, IpAddr::V4(ip_of(id)), 24)
            .execute()
            .await?;
        up(&handle, "eth0").await
    });
    configured.map_err(io::Error::other)
}

async fn up(handle: &Handle, name: &str) -> Netlink<()> {
    handle
        .link()
        .set(LinkUnspec::new_with_name(name).up().build())
        .execute()
        .await
}

async fn index(handle: &Handle, name: &str) -> Netlink<u32> {
    let mut links = handle.link().get().match_name(name.to_owned()).execute();
    let link = links
        .try_next()
        .await?
        .ok_or(rtnetlink::Error::RequestFailed)?;
    Ok(link.header.index)
}

fn as_netlink(error: io::Error) -> rtnetlink::Error {
    rtnetlink::Error::NamespaceError(error.to_string())
}
