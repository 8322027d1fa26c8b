//! Stops nodes by SIGSTOP, so that they know nothing of the time that passes, and lets them go on.
use super::victims::{Dealer, Named, Victims};
use super::{Healed, Injected, Nemesis};
use crate::{cluster::Cluster, rng::Rng};
use checkers::NodeId;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::{fs, io, time::Duration};
use tokio::time::{Instant, sleep};

#[derive(Default)]
pub(crate) struct Pause {
    dealer: Dealer,
    paused: Vec<(NodeId, Pid)>,
}

/// How long the kernel may take to stop all threads of a process, or to let them go on.
const PATIENCE: Duration = Duration::from_secs(2);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

impl Nemesis for Pause {
    type Fault = Victims;

    fn draw(&mut self, nodes: u16, rng: &mut Rng) -> Victims {
        self.dealer.deal(nodes, rng)
    }

    async fn inject(&mut self, fault: Victims, cluster: &mut Cluster) -> io::Result<Injected> {
        let victims = fault.aim(cluster.leader().await);
        for node in &victims {
            let Some(pid) = cluster.pid(*node) else {
                continue;
            };
            kill(pid, Signal::SIGSTOP)?;
            self.paused.push((*node, pid));
        }
        for (node, pid) in &self.paused {
            until(*pid, true, &format!("{node} does not stop")).await?;
        }
        Ok(Injected {
            description: Named(&victims).to_string(),
            links: Vec::new(),
        })
    }

    async fn heal(&mut self, _cluster: &mut Cluster) -> io::Result<Healed> {
        let paused = std::mem::take(&mut self.paused);
        let mut stopped = Vec::new();
        for (node, pid) in &paused {
            if is_stopped(*pid) == Some(true) {
                stopped.push(*node);
            }
            // Whoever ended meanwhile is not waited for any more, and its number belongs to nobody else.
            kill(*pid, Signal::SIGCONT)?;
            until(*pid, false, &format!("{node} does not go on")).await?;
        }
        let evidence = match &stopped[..] {
            [] => "none of them was stopped".to_owned(),
            stopped => format!(
                "stopped all the time, and running again: {}",
                Named(stopped)
            ),
        };
        Ok(Healed {
            bit: !stopped.is_empty(),
            evidence,
        })
    }
}

/// Waits until a process is stopped, or is not.
async fn until(pid: Pid, is_wished: bool, complaint: &str) -> io::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while is_stopped(pid).is_some_and(|is_stopped| is_stopped != is_wished) {
        if deadline <= Instant::now() {
            return Err(io::Error::other(complaint.to_owned()));
        }
        sleep(LOOK_AGAIN).await;
    }
    Ok(())
}

/// Whether all threads of a process are stopped; none if it has ended.
fn is_stopped(pid: Pid) -> Option<bool> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    let states: Vec<char> = threads
        .flatten()
        .filter_map(|thread| {
            let stat = fs::read_to_string(thread.path().join("stat")).ok()?;
            // The name of a thread may hold anything, parentheses too.
            stat.rsplit_once(") ")?.1.chars().next()
        })
        .filter(|state| *state != 'Z')
        .collect();
    (!states.is_empty()).then(|| states.iter().all(|state| *state == 'T'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[tokio::test]
    async fn a_process_is_seen_to_stop_and_to_go_on() {
        let mut child = Command::new("sleep").arg("20").spawn().unwrap();
        let pid = Pid::from_raw(child.id().cast_signed());
        assert_eq!(is_stopped(pid), Some(false));
        kill(pid, Signal::SIGSTOP).unwrap();
        until(pid, true, "it stops").await.unwrap();
        kill(pid, Signal::SIGCONT).unwrap();
        until(pid, false, "it goes on").await.unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(is_stopped(pid), None);
    }
}
