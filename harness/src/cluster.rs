//! The nodes: processes of their own, each in its own network namespace and data directory.
use crate::network::{Network, ip_of};
use crate::target::{AnyTarget, Launch, Node};
use checkers::NodeId;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::os::unix::process::ExitStatusExt;
use std::{fs::File, io, net::IpAddr, path::Path, rc::Rc, time::Duration};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// A target's nodes while they run, and the network between them.
pub struct Cluster {
    target: Rc<dyn AnyTarget>,
    nodes: Rc<[Node]>,
    bugs: Vec<String>,
    children: Vec<Option<Child>>,
    network: Option<Network>,
}

const STOP_PATIENCE: Duration = Duration::from_secs(3);

impl Cluster {
    /// A cluster whose nodes share nothing, each with a directory in `folder`. Nothing runs yet.
    ///
    /// # Errors
    /// If a directory cannot be made.
    pub(crate) fn new(
        target: Rc<dyn AnyTarget>,
        network: Network,
        folder: &Path,
        bugs: &[String],
    ) -> io::Result<Cluster> {
        let port = target.about().port;
        let mut nodes = Vec::new();
        for id in network.ids() {
            let data = folder.join(id.to_string()).join("data");
            std::fs::create_dir_all(&data)?;
            nodes.push(Node {
                id,
                ip: IpAddr::V4(ip_of(id)),
                port,
                data,
            });
        }
        Ok(Cluster {
            children: nodes.iter().map(|_| None).collect(),
            nodes: nodes.into(),
            bugs: bugs.to_vec(),
            target,
            network: Some(network),
        })
    }

    /// A target that lives in the harness itself: nodes without a process and without a network.
    pub(crate) fn in_process(target: Rc<dyn AnyTarget>, count: u16) -> Cluster {
        let node = |id| Node {
            id: NodeId(id),
            ip: IpAddr::from([127, 0, 0, 1]),
            port: target.about().port,
            data: std::path::PathBuf::new(),
        };
        Cluster {
            nodes: (1..=count).map(node).collect(),
            bugs: Vec::new(),
            children: Vec::new(),
            target,
            network: None,
        }
    }

    /// The nodes, in order.
    pub fn nodes(&self) -> Rc<[Node]> {
        self.nodes.clone()
    }

    pub(crate) fn target(&self) -> Rc<dyn AnyTarget> {
        self.target.clone()
    }

    /// Who leads, as far as the target knows.
    pub async fn leader(&self) -> Option<NodeId> {
        self.target.leader(&self.nodes).await
    }

    /// The network between the nodes.
    ///
    /// # Errors
    /// If the target lives in the harness, and so has none.
    pub fn network(&mut self) -> io::Result<&mut Network> {
        self.network
            .as_mut()
            .ok_or_else(|| io::Error::other("this target has no network to break"))
    }

    /// Starts every node.
    ///
    /// # Errors
    /// If one cannot be started.
    pub(crate) fn start(&mut self) -> io::Result<()> {
        for index in 0..self.children.len() {
            self.start_node(index)?;
        }
        Ok(())
    }

    fn start_node(&mut self, index: usize) -> io::Result<()> {
        let node = &self.nodes[index];
        let launch = Launch {
            node,
            cluster: &self.nodes,
            bugs: &self.bugs,
        };
        let Some(mut command) = self.target.command(&launch) else {
            return Ok(());
        };
        let log = File::options()
            .create(true)
            .append(true)
            .open(log_of(node))?;
        command.stdin(std::process::Stdio::null());
        command.stdout(log.try_clone()?).stderr(log);
        if let Some(network) = &self.network {
            network.place(node.id, &mut command);
        }
        let child = Command::from(command).kill_on_drop(true).spawn();
        let cannot = |error| io::Error::other(format!("cannot start {}: {error}", node.id));
        self.children[index] = Some(child.map_err(cannot)?);
        Ok(())
    }

    /// Nodes that ended by themselves since this was last asked, and how.
    pub(crate) fn take_fallen(&mut self) -> Vec<(NodeId, String)> {
        let mut fallen = Vec::new();
        for (child, node) in self.children.iter_mut().zip(self.nodes.iter()) {
            if let Some(running) = child
                && let Ok(Some(status)) = running.try_wait()
            {
                fallen.push((node.id, status.to_string()));
                *child = None;
            }
        }
        fallen
    }

    /// Whether a node runs, as far as was noticed. One that needs no process of its own always does.
    pub(crate) fn is_running(&self, node: NodeId) -> bool {
        let child = self.children.get(usize::from(node.0) - 1);
        child.is_none_or(Option::is_some)
    }

    /// The process of a node, if it runs.
    pub(crate) fn pid(&self, node: NodeId) -> Option<Pid> {
        let child = self.children.get(usize::from(node.0) - 1)?.as_ref()?;
        child.id().map(|pid| Pid::from_raw(pid.cast_signed()))
    }

    /// Ends a node by SIGKILL and waits until it is gone; whether it was that which ended it.
    ///
    /// # Errors
    /// If the system refuses.
    pub(crate) async fn kill(&mut self, node: NodeId) -> io::Result<bool> {
        let child = self.children.get_mut(usize::from(node.0) - 1);
        let Some(running) = child.and_then(Option::as_mut) else {
            return Ok(false);
        };
        running.start_kill()?;
        let status = running.wait().await?;
        let is_killed = status.signal() == Some(Signal::SIGKILL as i32);
        if is_killed {
            self.children[usize::from(node.0) - 1] = None;
        }
        Ok(is_killed)
    }

    /// Starts a node that was killed, with what is left of it on its disk.
    ///
    /// # Errors
    /// If it cannot be started.
    pub(crate) fn restart(&mut self, node: NodeId) -> io::Result<()> {
        self.start_node(usize::from(node.0) - 1)
    }

    /// The last line that a node wrote into its log.
    pub(crate) fn last_words(&self, node: NodeId) -> String {
        let log = log_of(&self.nodes[usize::from(node.0) - 1]);
        let text = std::fs::read(log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text).into_owned();
        text.trim_end()
            .lines()
            .last()
            .unwrap_or("(nothing)")
            .to_owned()
    }

    /// Asks every node to end, and ends those that do not.
    pub(crate) async fn stop(&mut self) {
        for child in self.children.iter().flatten() {
            if let Some(pid) = child.id() {
                // It may have ended by itself meanwhile.
                let _ = kill(Pid::from_raw(pid.cast_signed()), Signal::SIGTERM);
            }
        }
        for child in &mut self.children {
            if let Some(mut child) = child.take()
                && timeout(STOP_PATIENCE, child.wait()).await.is_err()
            {
                // Dropping it kills it; waiting shows that it is gone.
                let _ = child.kill().await;
            }
        }
    }
}

fn log_of(node: &Node) -> std::path::PathBuf {
    node.data.with_file_name("node.log")
}
