//! Messages to one other node: all that has gathered goes together, one batch after the other.
use super::{machine::Input, messages::Message, node::Node};
use crate::service::peers::{Peer, Silence};
use serde::{Deserialize, Serialize};
use std::{sync::Weak, time::Duration};
use tokio::sync::mpsc::UnboundedReceiver;

/// Where messages go.
pub(crate) const PATH: &str = "2pc/messages";

/// Where nodes ask each other whether they are there.
pub(crate) const PING: &str = "2pc/ping";

/// How long a node may take to say that it has heard a batch.
const PATIENCE: Duration = Duration::from_millis(1000);

/// Messages of one batch, at most.
const BATCH_MAX: usize = 256;

/// What one node sends to another.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Letter {
    pub(crate) from: u64,
    pub(crate) messages: Vec<Message>,
}

/// Sends what comes in, each message at most once, until the node is gone. What did not arrive is
/// given back.
///
/// There is one batch on its way at a time, so messages arrive in their order, or not at all; and
/// the more there is to say, the more goes together.
pub(crate) async fn deliver(
    own: u64,
    peer: Peer,
    mut queue: UnboundedReceiver<Message>,
    node: Weak<Node>,
) {
    let mut messages = Vec::new();
    while 0 < queue.recv_many(&mut messages, BATCH_MAX).await {
        let letter = Letter {
            from: own,
            messages: std::mem::take(&mut messages),
        };
        let heard: Result<(), Silence> = peer.ask(PATH, &letter, PATIENCE).await;
        let Err(silence) = heard else { continue };
        let Some(node) = node.upgrade() else { return };
        let may_be_heard = !matches!(silence, Silence::Unsent(_));
        let lost = |message, may_be_heard| Input::Lost {
            to: peer.id,
            message,
            may_be_heard,
        };
        let sent = letter.messages.into_iter();
        node.feed(sent.map(|message| lost(message, may_be_heard)));
        // What has gathered meanwhile would wait as long again, and the queue would grow.
        let mut unsent = Vec::new();
        while let Ok(message) = queue.try_recv() {
            unsent.push(lost(message, false));
        }
        node.feed(unsent);
    }
}
