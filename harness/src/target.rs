//! A system under test: how one node is started, and how a client reaches it.
use crate::client::{AnyClient, Client, Local};
use checkers::NodeId;
use std::{
    io,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    process::Command,
};

/// A place for one process of the system under test.
#[derive(Clone, Debug)]
pub struct Node {
    /// Counted from 1, written `n1`.
    pub id: NodeId,
    /// Its own address: each node has one.
    pub ip: IpAddr,
    /// The target's usual port.
    pub port: u16,
    /// Its own directory, which outlives a kill.
    pub data: PathBuf,
}

impl Node {
    /// Where its clients and its peers reach it.
    pub fn addr(&self) -> SocketAddr {
        (self.ip, self.port).into()
    }
}

/// What the lists and the reports say of a target.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// One line: what it is and what it promises.
    pub summary: &'static str,
    /// The version under test.
    pub version: &'static str,
    /// The port that its nodes listen on.
    pub port: u16,
    /// Faults that were put into it on purpose, switched on by name.
    pub bugs: &'static [Bug],
}

/// A planted bug: what a harness is measured by.
#[derive(Clone, Copy, Debug)]
pub struct Bug {
    /// What `--bug` takes.
    pub name: &'static str,
    /// What the system does wrong when it is on.
    pub summary: &'static str,
    /// The workload that finds it.
    pub found_by: &'static str,
}

/// All that decides how one node is started.
#[derive(Clone, Copy, Debug)]
pub struct Launch<'a> {
    /// The node to start.
    pub node: &'a Node,
    /// All nodes, this one among them.
    pub cluster: &'a [Node],
    /// Names of planted bugs to switch on.
    pub bugs: &'a [String],
}

/// A system under test. `command` and `connect` are all that a target needs.
#[expect(
    async_fn_in_trait,
    reason = "the harness runs on one thread, so futures need not be Send"
)]
pub trait Target {
    /// How a process talks to it.
    type Client: Client + 'static;

    /// What it is.
    fn about(&self) -> About;

    /// The command that runs a node in the foreground; the harness starts, kills and pauses it.
    /// None for a target that lives in the harness itself, as in tests and benchmarks.
    fn command(&self, launch: &Launch<'_>) -> Option<Command>;

    /// A connection to `node`, made lazily: it should not fail because the node is cut off.
    async fn connect(&self, node: &Node) -> io::Result<Self::Client>;

    /// Succeeds once `node` serves clients; asked repeatedly while the cluster starts and settles.
    async fn ready(&self, node: &Node) -> io::Result<()> {
        self.connect(node).await.map(drop)
    }

    /// Once, when every node runs: make tables, join members.
    async fn prepare(&self, _cluster: &[Node]) -> io::Result<()> {
        Ok(())
    }

    /// Who leads, if this target has leaders and one of them says so. Used to aim faults.
    async fn leader(&self, _cluster: &[Node]) -> Option<NodeId> {
        None
    }
}

/// `Target`, boxed: what the catalog and the run hold.
pub(crate) trait AnyTarget {
    fn about(&self) -> About;
    fn command(&self, launch: &Launch<'_>) -> Option<Command>;
    fn connect<'a>(&'a self, node: &'a Node) -> Local<'a, io::Result<Box<dyn AnyClient>>>;
    fn ready<'a>(&'a self, node: &'a Node) -> Local<'a, io::Result<()>>;
    fn prepare<'a>(&'a self, cluster: &'a [Node]) -> Local<'a, io::Result<()>>;
    fn leader<'a>(&'a self, cluster: &'a [Node]) -> Local<'a, Option<NodeId>>;
}

impl<T: Target> AnyTarget for T {
    fn about(&self) -> About {
        Target::about(self)
    }
    fn command(&self, launch: &Launch<'_>) -> Option<Command> {
        Target::command(self, launch)
    }
    fn connect<'a>(&'a self, node: &'a Node) -> Local<'a, io::Result<Box<dyn AnyClient>>> {
        Box::pin(async move {
            let client = Target::connect(self, node).await?;
            Ok(Box::new(client) as Box<dyn AnyClient>)
        })
    }
    fn ready<'a>(&'a self, node: &'a Node) -> Local<'a, io::Result<()>> {
        Box::pin(Target::ready(self, node))
    }
    fn prepare<'a>(&'a self, cluster: &'a [Node]) -> Local<'a, io::Result<()>> {
        Box::pin(Target::prepare(self, cluster))
    }
    fn leader<'a>(&'a self, cluster: &'a [Node]) -> Local<'a, Option<NodeId>> {
        Box::pin(Target::leader(self, cluster))
    }
}
