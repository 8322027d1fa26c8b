//! A node: proposes for its clients, answers other nodes, and catches up with what they have learned.
use super::bugs::Bugs;
use super::memory::{Mark, Memory, Told};
use super::message::{Reply, Request};
use super::proposer::{Next, Proposer, Terms};
use crate::service::{answers::Refusal, journal, peers::Peer};
use futures_util::future::join_all;
use harness::{Key, Rng, Value};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout_at};

/// How long a client waits for a decision before it is told that there is none yet: less than the
/// second after which many give up, since an answer can say that nothing was offered, and silence cannot.
const PROPOSE_TIMEOUT: Duration = Duration::from_millis(800);

/// How long another node may take to answer.
const PATIENCE: Duration = Duration::from_millis(400);

/// A proposer that has lost pauses for up to so long, and up to twice as long each further time.
const PAUSE_MAX_MS: u64 = 8;
const PAUSE_DOUBLINGS_MAX: u32 = 5;

/// How often a node asks the others for what it has missed. Not so often that no proposer would ever
/// have to find out by itself what is decided.
const CATCH_UP_EVERY: Duration = Duration::from_secs(2);

/// Questions to one node while catching up, at most: a bound on one round of it.
const CATCH_UP_QUESTIONS_MAX: usize = 1000;

/// What one node asks the acceptor of another.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Question {
    pub(super) instance: Key,
    pub(super) request: Request,
}

/// What one node tells all others.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Learned {
    pub(super) instance: Key,
    pub(super) value: Value,
}

/// Where nodes ask each other.
pub(super) const ACCEPTOR: &str = "paxos/acceptor";
pub(super) const LEARNER: &str = "paxos/learner";
pub(super) const DECISIONS: &str = "paxos/decisions";

pub(super) struct Node {
    pub(super) id: u64,
    pub(super) memory: Memory,
    terms: Terms,
    peers: Vec<Peer>,
    pauses: Mutex<Rng>,
    marks: Mutex<HashMap<u64, Mark>>,
}

impl Node {
    pub(super) fn new(id: u64, memory: Memory, peers: Vec<Peer>, bugs: Bugs, seed: u64) -> Node {
        let nodes = peers.len() + 1;
        let terms = Terms {
            nodes,
            quorum: bugs.quorum(nodes),
            bugs,
        };
        Node {
            id,
            memory,
            terms,
            peers,
            pauses: Mutex::new(Rng::new(seed)),
            marks: Mutex::default(),
        }
    }

    pub(super) fn quorum(&self) -> usize {
        self.terms.quorum
    }

    /// Has something decided, `own` if nothing else is in the way, and says what.
    ///
    /// # Errors
    /// If there is no decision in time. That is definite if `own` was never offered to an acceptor:
    /// then it is not decided, and never will be on behalf of this request.
    pub(super) async fn propose(self: &Arc<Node>, key: Key, own: Value) -> Result<Value, Refusal> {
        let deadline = Instant::now() + PROPOSE_TIMEOUT;
        let mut is_offered = false;
        let decided = timeout_at(deadline, self.decide(key, own, &mut is_offered)).await;
        let why = match decided {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no decision within {PROPOSE_TIMEOUT:?}"),
        };
        Err(match is_offered {
            true => Refusal::Unknown(format!("offered to the acceptors, and {why}")),
            false => Refusal::Definite(format!("never offered to an acceptor: {why}")),
        })
    }

    /// One ballot after the other, until something is decided. It may be dropped at any time.
    async fn decide(
        self: &Arc<Node>,
        key: Key,
        own: Value,
        is_offered: &mut bool,
    ) -> io::Result<Value> {
        let turn = self.memory.turn(key);
        let _turn = turn.lock().await;
        let mut seen = 0;
        for attempt in 0.. {
            if let Some(value) = self.memory.decided(key) {
                return Ok(value);
            }
            let (decided, seen_now) = self.ballot(key, own, seen, is_offered).await?;
            if let Some(value) = decided {
                return self.spread(key, value).await;
            }
            seen = seen_now;
            sleep(self.pause(attempt)).await;
        }
        unreachable!("attempts are not counted so far in the time of one request")
    }

    /// One ballot: what it decided, if it did, and the highest round that was heard of.
    async fn ballot(
        self: &Arc<Node>,
        key: Key,
        own: Value,
        seen: u64,
        is_offered: &mut bool,
    ) -> io::Result<(Option<Value>, u64)> {
        let (ballot, promise) = self.memory.take_ballot(key, seen).await?;
        let mut proposer = Proposer::new(self.terms, ballot, own);
        let mut replies = self.ask_others(key, proposer.request());
        let mut heard = Some((self.id, promise));
        while let Some((from, reply)) = heard {
            match proposer.hear(from, reply) {
                None => {}
                Some(Next::Lost) => break,
                Some(Next::Decided(value)) => return Ok((Some(value), proposer.seen())),
                Some(Next::Accept(proposal)) => {
                    *is_offered |= proposal.value == own;
                    let request = proposer.request();
                    replies = self.ask_others(key, request);
                    let reply = self.memory.answer(key, request).await?;
                    heard = Some((self.id, reply));
                    continue;
                }
            }
            heard = replies.recv().await;
        }
        Ok((None, proposer.seen()))
    }

    /// Asks the acceptors of all other nodes. Their answers come in as they are given; the end comes
    /// when each has answered, or failed to.
    ///
    /// Each question is a task of its own, so that one that is no longer waited for arrives all the same.
    fn ask_others(
        self: &Arc<Node>,
        instance: Key,
        request: Request,
    ) -> mpsc::UnboundedReceiver<(u64, Reply)> {
        let (answered, answers) = mpsc::unbounded_channel();
        for at in 0..self.peers.len() {
            let (node, answered) = (self.clone(), answered.clone());
            tokio::spawn(async move {
                let peer = &node.peers[at];
                let question = Question { instance, request };
                if let Ok(reply) = peer.ask(ACCEPTOR, &question, PATIENCE).await {
                    // The proposer may have gone on without it.
                    let _ = answered.send((peer.id, reply));
                }
            });
        }
        answers
    }

    /// Learns what a quorum has accepted, and tells everybody. Returns what was learned first.
    async fn spread(self: &Arc<Node>, instance: Key, value: Value) -> io::Result<Value> {
        for at in 0..self.peers.len() {
            let node = self.clone();
            tokio::spawn(async move {
                let learned = Learned { instance, value };
                // Whoever is not reached now catches up later.
                let _: Result<(), _> = node.peers[at].ask(LEARNER, &learned, PATIENCE).await;
            });
        }
        self.memory.learn(&[(instance, value)]).await?;
        Ok(self.memory.decided(instance).unwrap_or(value))
    }

    /// Random, so that two proposers do not go on overtaking each other.
    fn pause(&self, attempt: u32) -> Duration {
        let max = PAUSE_MAX_MS << attempt.min(PAUSE_DOUBLINGS_MAX);
        let mut pauses = self
            .pauses
            .lock()
            .expect("nothing panics while it holds this");
        Duration::from_millis(pauses.below(max + 1))
    }

    /// Learns what the others have learned since they were asked last. Returns how many answered.
    pub(super) async fn catch_up(&self) -> usize {
        let caught_up = self.peers.iter().map(|peer| self.catch_up_with(peer));
        let caught_up = join_all(caught_up).await;
        caught_up.into_iter().filter(|is_done| *is_done).count()
    }

    async fn catch_up_with(&self, peer: &Peer) -> bool {
        for _ in 0..CATCH_UP_QUESTIONS_MAX {
            let mark = self.marks().get(&peer.id).copied().unwrap_or_default();
            let Ok(told) = peer.ask::<Told>(DECISIONS, &mark, PATIENCE).await else {
                return false;
            };
            if let Err(error) = self.memory.learn(&told.decisions).await {
                journal::error(error);
                return false;
            }
            self.marks().insert(peer.id, told.mark);
            if told.is_all {
                return true;
            }
        }
        true
    }

    fn marks(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Mark>> {
        self.marks
            .lock()
            .expect("nothing panics while it holds this")
    }

    /// Catches up again and again.
    pub(super) async fn keep_up(self: Arc<Node>) {
        loop {
            self.catch_up().await;
            sleep(CATCH_UP_EVERY).await;
        }
    }
}
