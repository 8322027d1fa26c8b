//! The packet filter of one node: a chain of our own in its namespace, replaced as a whole.
use crate::namespace::Namespace;
use crate::network::{ip_of, mac_of};
use checkers::NodeId;
use std::{io, path::Path, process::Stdio};
use tokio::io::AsyncWriteExt;

/// Our own chain; whatever else stands in the filter is not touched.
const CHAIN: &str = "ASSAY";

pub(crate) struct Firewall {
    namespace: Namespace,
    is_installed: bool,
    deaf_to: Vec<NodeId>,
}

/// Both address families, so that nobody slips through by the other one.
#[derive(Clone, Copy, PartialEq)]
enum Family {
    V4,
    V6,
}

impl Family {
    fn all() -> &'static [Family] {
        // A kernel without IPv6 has nothing to slip through.
        if Path::new("/proc/net/if_inet6").exists() {
            &[Family::V4, Family::V6]
        } else {
            &[Family::V4]
        }
    }

    fn program(self, what: &str) -> String {
        match self {
            Family::V4 => format!("iptables{what}"),
            Family::V6 => format!("ip6tables{what}"),
        }
    }

    /// What drops everything that `from` sends. IPv6 addresses are many, so there it is the hardware address.
    fn rule(self, from: NodeId) -> String {
        match self {
            Family::V4 => format!("-A {CHAIN} -s {}/32 -j DROP\n", ip_of(from)),
            Family::V6 => {
                let mac = mac_of(from).map(|byte| format!("{byte:02x}")).join(":");
                format!("-A {CHAIN} -m mac --mac-source {mac} -j DROP\n")
            }
        }
    }
}

impl Firewall {
    pub(crate) fn new(namespace: Namespace) -> Firewall {
        Firewall {
            namespace,
            is_installed: false,
            deaf_to: Vec::new(),
        }
    }

    /// From now on drops what these nodes send, and nothing else. One transaction a family.
    ///
    /// Incoming packets are dropped rather than outgoing ones: a sender whose own filter drops a
    /// packet is told so and sends again, which is not what a broken network does.
    pub(crate) async fn drop_from(&mut self, deaf_to: &[NodeId]) -> io::Result<()> {
        if self.deaf_to == deaf_to {
            return Ok(());
        }
        for family in Family::all() {
            // Naming the chain creates it, or empties it if it exists.
            let mut rules = format!("*filter\n:{CHAIN} - [0:0]\n");
            if !self.is_installed {
                rules += &format!("-I INPUT 1 -j {CHAIN}\n");
            }
            for &from in deaf_to {
                rules += &family.rule(from);
            }
            rules += "COMMIT\n";
            self.call(&family.program("-restore"), &["--noflush", "-w"], &rules)
                .await?;
        }
        self.is_installed = true;
        self.deaf_to = deaf_to.to_vec();
        Ok(())
    }

    /// Packets dropped by each rule since it was set, both families together.
    pub(crate) async fn counters(&self) -> io::Result<Vec<(NodeId, u64)>> {
        let mut sums: Vec<(NodeId, u64)> = self.deaf_to.iter().map(|&from| (from, 0)).collect();
        if sums.is_empty() {
            return Ok(sums);
        }
        for family in Family::all() {
            let saved = self
                .call(&family.program("-save"), &["-c", "-t", "filter"], "")
                .await?;
            let counts: Vec<u64> = saved.lines().filter_map(count_of_ours).collect();
            if counts.len() != sums.len() {
                return Err(io::Error::other(format!(
                    "the filter has {} rules in chain {CHAIN}, not {}: somebody else changed it",
                    counts.len(),
                    sums.len()
                )));
            }
            for ((_, sum), count) in sums.iter_mut().zip(counts) {
                *sum += count;
            }
        }
        Ok(sums)
    }

    async fn call(&self, program: &str, args: &[&str], input: &str) -> io::Result<String> {
        let mut command = std::process::Command::new(program);
        command.args(args);
        // The legacy variant locks a file in /run, which an ordinary user may not write.
        command.env("XTABLES_LOCKFILE", "/dev/null");
        // An ordinary user's path often lacks these. An empty part of it would mean this folder.
        let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/bin:/bin".to_owned());
        command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
        self.namespace.confine(&mut command);
        let mut child = tokio::process::Command::from(command)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                io::Error::new(error.kind(), format!("cannot start {program}: {error}"))
            })?;
        let mut stdin = child.stdin.take().expect("piped above");
        stdin.write_all(input.as_bytes()).await?;
        drop(stdin);
        let output = child.wait_with_output().await?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        Err(io::Error::other(format!("{program}: {}", complaint.trim())))
    }
}

/// `[12:720] -A ASSAY …` → 12.
fn count_of_ours(line: &str) -> Option<u64> {
    let (counters, rule) = line.strip_prefix('[')?.split_once("] ")?;
    rule.starts_with(&format!("-A {CHAIN} ")).then_some(())?;
    counters.split_once(':')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_rules_are_counted() {
        assert_eq!(
            count_of_ours("[12:720] -A ASSAY -s 10.77.0.2/32 -j DROP"),
            Some(12)
        );
        assert_eq!(count_of_ours("[12:720] -A INPUT -j ASSAY"), None);
        assert_eq!(count_of_ours(":ASSAY - [0:0]"), None);
    }

    #[test]
    fn each_family_has_a_way_to_name_a_node() {
        assert_eq!(
            Family::V4.rule(NodeId(3)),
            "-A ASSAY -s 10.77.0.3/32 -j DROP\n"
        );
        assert_eq!(
            Family::V6.rule(NodeId(3)),
            "-A ASSAY -m mac --mac-source 02:00:00:00:00:03 -j DROP\n"
        );
    }
}
