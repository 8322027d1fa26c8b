//! A packet over each link, to see whether it is cut: one UDP socket on every node, all held by the controller.
use crate::namespace::Namespace;
use crate::network::{Link, ip_of};
use checkers::NodeId;
use std::collections::{BTreeMap, BTreeSet};
use std::{io, time::Duration};
use tokio::net::UdpSocket;
use tokio::time::{Instant, sleep, timeout_at};

/// The discard port, which no target listens on.
const PORT: u16 = 9;
const AGAIN: Duration = Duration::from_millis(50);

pub(crate) struct Probe {
    sockets: Vec<UdpSocket>,
    sent: BTreeMap<Link, u64>,
    round: u32,
}

impl Probe {
    pub(crate) fn open(ids: &[NodeId], namespaces: &[Namespace]) -> io::Result<Probe> {
        let open = |(id, namespace): (&NodeId, &Namespace)| {
            let address = (ip_of(*id), PORT);
            let socket = namespace.run(move || std::net::UdpSocket::bind(address))?;
            socket.set_nonblocking(true)?;
            UdpSocket::from_std(socket)
        };
        Ok(Probe {
            sockets: ids
                .iter()
                .zip(namespaces)
                .map(open)
                .collect::<io::Result<_>>()?,
            sent: BTreeMap::new(),
            round: 0,
        })
    }

    /// Sends over each of `links`, again and again, until all were heard or patience ends.
    pub(crate) async fn unheard(
        &mut self,
        links: &[Link],
        patience: Duration,
    ) -> io::Result<Vec<Link>> {
        self.round += 1;
        let deadline = Instant::now() + patience;
        let mut missing: BTreeSet<Link> = links.iter().copied().collect();
        while !missing.is_empty() {
            for link in &missing {
                let from = &self.sockets[usize::from(link.from.0) - 1];
                from.send_to(&self.round.to_be_bytes(), (ip_of(link.to), PORT))
                    .await?;
                *self.sent.entry(*link).or_default() += 1;
            }
            self.listen(&mut missing, deadline.min(Instant::now() + AGAIN))
                .await;
            if deadline <= Instant::now() {
                break;
            }
        }
        Ok(missing.into_iter().collect())
    }

    async fn listen(&self, missing: &mut BTreeSet<Link>, until: Instant) {
        for (socket, to) in self.sockets.iter().zip(1..) {
            let to = NodeId(to);
            while missing.iter().any(|link| link.to == to) {
                let mut packet = [0; 8];
                let received = timeout_at(until, socket.recv_from(&mut packet)).await;
                let Ok(Ok((length, sender))) = received else {
                    break;
                };
                // A packet of an earlier round says nothing about now.
                if packet[..length] == self.round.to_be_bytes() {
                    missing.retain(|link| link.to != to || sender.ip() != ip_of(link.from));
                }
            }
        }
        if !missing.is_empty() {
            sleep(until.saturating_duration_since(Instant::now())).await;
        }
    }

    pub(crate) fn sent_since_cut(&self, link: Link) -> u64 {
        self.sent.get(&link).copied().unwrap_or(0)
    }

    pub(crate) fn forget(&mut self) {
        self.sent.clear();
    }
}
