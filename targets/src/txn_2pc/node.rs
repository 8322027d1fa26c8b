//! The machine of one node in the world: its disk, its clock, its clients and its peers.
use super::{
    machine::{Input, Machine, Seat, Status},
    messages::{Image, Message, Record, TxnId},
    outbox::{Effect, Outcome},
    post::{self, PING},
};
use crate::service::{
    answers::Refusal,
    peers::{Addrs, Peer, Silence},
    rows::{Batch, Found, Rows},
};
use crate::steps::Txn;
use futures_util::future::join_all;
use harness::Key;
use std::{
    collections::{BTreeMap, HashMap},
    io,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::sync::{mpsc, oneshot};

/// How often a node looks at what has waited for long.
const TICK: Duration = Duration::from_millis(20);

/// How long another node may take to say that it is there.
const PING_PATIENCE: Duration = Duration::from_millis(400);

/// One node, as its HTTP interface sees it.
pub(crate) struct Node {
    inner: Mutex<Inner>,
    rows: Rows,
    post: BTreeMap<u64, mpsc::UnboundedSender<Message>>,
    /// Asked only whether they are there.
    peers: Vec<Peer>,
    started: Instant,
    failure: mpsc::Sender<io::Error>,
}

struct Inner {
    machine: Machine,
    clients: HashMap<u64, oneshot::Sender<Outcome>>,
    ticket: u64,
    writes: u64,
}

impl Node {
    /// Starts the node's own tasks. The receiver tells when the disk has failed, after which the
    /// node cannot go on.
    pub(crate) fn start(
        seat: Seat,
        image: &Image,
        rows: Rows,
        addrs: &Addrs,
    ) -> (Arc<Node>, mpsc::Receiver<io::Error>) {
        let own = seat.own;
        let (failure, failed) = mpsc::channel(1);
        let (mut post, mut queues) = (BTreeMap::new(), Vec::new());
        for peer in Peer::others(addrs, own) {
            let (sender, queue) = mpsc::unbounded_channel();
            post.insert(peer.id, sender);
            queues.push((peer, queue));
        }
        let inner = Inner {
            machine: Machine::recover(seat, image),
            clients: HashMap::new(),
            ticket: 0,
            writes: 0,
        };
        let node = Arc::new(Node {
            inner: Mutex::new(inner),
            rows,
            post,
            peers: Peer::others(addrs, own),
            started: Instant::now(),
            failure,
        });
        for (peer, queue) in queues {
            tokio::spawn(post::deliver(own, peer, queue, Arc::downgrade(&node)));
        }
        let ticked = Arc::downgrade(&node);
        tokio::spawn(async move {
            while let Some(node) = ticked.upgrade() {
                node.feed([Input::Tick]);
                drop(node);
                tokio::time::sleep(TICK).await;
            }
        });
        (node, failed)
    }

    /// Does all of `txn` at one moment between request and answer, or nothing of it.
    pub(crate) async fn transact(self: &Arc<Self>, txn: Txn) -> Outcome {
        let (client, answer) = oneshot::channel();
        {
            let mut inner = self.inner();
            inner.ticket += 1;
            let ticket = inner.ticket;
            inner.clients.insert(ticket, client);
            let clock = SystemTime::now().duration_since(UNIX_EPOCH);
            // Before 1970 the machine's own count has to do.
            let clock = clock.map_or(0, |clock| clock.as_micros() as u64);
            self.handle(&mut inner, Input::Begin { ticket, txn, clock });
        }
        let stopped = |_| Refusal::Unknown("the node is being stopped".to_owned());
        answer.await.map_err(stopped)?
    }

    /// Gives the machine what has happened, and does what it wants done.
    pub(crate) fn feed(self: &Arc<Self>, inputs: impl IntoIterator<Item = Input>) {
        let mut inner = self.inner();
        for input in inputs {
            self.handle(&mut inner, input);
        }
    }

    fn handle(self: &Arc<Self>, inner: &mut Inner, input: Input) {
        for effect in inner.machine.handle(self.now(), input) {
            match effect {
                Effect::Send(to, message) => {
                    if let Some(post) = self.post.get(&to) {
                        // If its task is gone, so is this node.
                        let _ = post.send(message);
                    }
                }
                Effect::Write(records) => {
                    inner.writes += 1;
                    self.write(inner.writes, &records);
                }
                Effect::Answer(ticket, outcome) => {
                    if let Some(client) = inner.clients.remove(&ticket) {
                        // It may have gone away; what was done stays done.
                        let _ = client.send(outcome);
                    }
                }
            }
        }
    }

    fn write(self: &Arc<Self>, number: u64, records: &[Record]) {
        let written = self.rows.write(batch(records));
        let node = Arc::downgrade(self);
        tokio::spawn(async move {
            let result = written.await;
            let Some(node) = node.upgrade() else { return };
            match result {
                Ok(()) => node.feed([Input::Written(number)]),
                Err(error) => {
                    // One failure is enough to stop.
                    let _ = node.failure.try_send(error);
                }
            }
        });
    }

    /// Whether all nodes are there right now: every transaction may need any of them.
    pub(crate) async fn reach_all(&self) -> Result<(), Refusal> {
        let pings = self.peers.iter().map(|peer| async {
            let heard: Result<(), Silence> = peer.ask(PING, &(), PING_PATIENCE).await;
            heard.map_err(|_| Refusal::Definite(format!("node {} is not reached", peer.id)))
        });
        join_all(pings).await.into_iter().collect()
    }

    pub(crate) fn status(&self) -> Status {
        self.inner().machine.status(self.now())
    }

    fn now(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner
            .lock()
            .expect("nothing panics while it holds this")
    }
}

/// The rows of a node: `key/4`, `prepared/…`, `decided/…`.
fn batch(records: &[Record]) -> Batch {
    let mut batch = Batch::default();
    for record in records {
        batch = match record {
            Record::Key(key, held) => batch.put(format!("key/{key}"), &(key, held)),
            Record::Prepared(id, prepared) => batch.put(format!("prepared/{id}"), &(id, prepared)),
            Record::Unprepared(id) => batch.delete(format!("prepared/{id}")),
            Record::Decided(id, nodes) => batch.put(format!("decided/{id}"), &(id, nodes)),
            Record::Ended(id) => batch.delete(format!("decided/{id}")),
        };
    }
    batch
}

/// The same rows, read.
///
/// # Errors
/// If they are not what this service writes.
pub(crate) fn image(found: &Found) -> io::Result<Image> {
    let keys: Vec<(String, (Key, _))> = found.starting_with("key/")?;
    let prepared: Vec<(String, (TxnId, _))> = found.starting_with("prepared/")?;
    let decided: Vec<(String, (TxnId, _))> = found.starting_with("decided/")?;
    Ok(Image {
        keys: keys.into_iter().map(|(_, row)| row).collect(),
        prepared: prepared.into_iter().map(|(_, row)| row).collect(),
        decided: decided.into_iter().map(|(_, row)| row).collect(),
    })
}
