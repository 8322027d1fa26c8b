//! What a node does with a request: serve it here, pass it to the leader, or refuse it.
use super::{
    bugs::Bugs,
    machine::{Machine, View},
    transact::Dirty,
    types::{Answer, Command, Kv},
};
use crate::service::{
    answers::Refusal,
    peers::{Addrs, http_client, root_cause},
};
use crate::steps::Held;
use harness::{Key, Value};
use openraft::{
    Instant, Raft, ReadPolicy,
    async_runtime::watch::WatchReceiver,
    errors::{ClientWriteError, RaftError},
};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tokio::time::{Instant as TokioInstant, timeout, timeout_at};

/// How long a proposal may stay without an outcome, before its client is told so.
pub(super) const WRITE_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a leader may take to confirm that it leads.
const READ_TIMEOUT: Duration = Duration::from_secs(1);

/// A leader that no majority has answered for so long refuses reads without asking: it could only
/// wait in vain. Longer than the lease, so that whoever refuses could not write either.
const SILENCE_MAX: Duration = Duration::from_millis(600);

/// How long the leader may take to answer what was passed to it: longer than it takes itself.
const FORWARD_TIMEOUT: Duration = Duration::from_millis(2500);

/// How long the leader may take to accept a connection.
const FORWARD_CONNECT_TIMEOUT: Duration = Duration::from_millis(300);

/// Marks a request as passed on once, so that it is never passed on again.
pub(crate) const FORWARDED: &str = "x-forwarded-by-node";

/// One node, as its HTTP interface sees it.
pub(crate) struct Node {
    pub(crate) id: u64,
    pub(crate) raft: Raft<Kv, Machine>,
    pub(crate) bugs: Bugs,
    pub(super) view: View,
    /// Of use to a planted bug alone.
    pub(super) dirty: Dirty,
    addrs: Arc<Addrs>,
    http: Mutex<reqwest::Client>,
}

/// Who should serve a request.
pub(crate) enum Place {
    Here,
    /// At the leader, which listens here.
    Leader(SocketAddr),
    Nowhere,
}

impl Node {
    pub(crate) fn new(
        id: u64,
        raft: Raft<Kv, Machine>,
        view: View,
        addrs: Arc<Addrs>,
        bugs: Bugs,
    ) -> Node {
        Node {
            id,
            raft,
            bugs,
            view,
            dirty: Dirty::default(),
            addrs,
            http: Mutex::new(http_client(FORWARD_CONNECT_TIMEOUT)),
        }
    }

    /// Who leads, as far as this node knows. It may be wrong: the leader finds out by itself.
    pub(crate) fn place(&self) -> Place {
        let leader = self.raft.metrics().borrow_watched().current_leader;
        match leader {
            Some(leader) if leader == self.id => Place::Here,
            Some(leader) => match self.addrs.get(&leader) {
                Some(addr) => Place::Leader(*addr),
                None => Place::Nowhere,
            },
            None => Place::Nowhere,
        }
    }

    /// Reads a register, as the leader.
    pub(crate) async fn read(&self, key: Key) -> Result<Option<Value>, Refusal> {
        let bug_answers_at_once = self.bugs.stale_reads || self.bugs.unconfirmed_leader;
        if !bug_answers_at_once {
            self.confirm_leadership().await?;
        }
        self.view.look(|store| match store.get(key) {
            None => Ok(None),
            Some(Held::Number(value)) => Ok(Some(*value)),
            Some(Held::List(_)) => Err(not_a_number(key)),
        })
    }

    /// The read protocol (ReadIndex, section 6.4 of Ongaro's dissertation): once this returns, the
    /// state *here* holds everything that was acknowledged before it was called.
    ///
    /// Without it: `old leader, cut off |------------- r 1 |`, `new leader |- w 2 -|`.
    pub(crate) async fn confirm_leadership(&self) -> Result<(), Refusal> {
        if self.is_cut_off() {
            return Err(Refusal::Definite(format!(
                "no majority has answered this node for {SILENCE_MAX:?}"
            )));
        }
        let confirmed = self.raft.ensure_linearizable(ReadPolicy::ReadIndex);
        match timeout(READ_TIMEOUT, confirmed).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(RaftError::APIError(_))) => Err(Refusal::Definite(
                "no majority confirmed that this node leads".to_owned(),
            )),
            Ok(Err(error)) => Err(Refusal::Definite(error.to_string())),
            Err(_) => Err(Refusal::Definite(format!(
                "no majority confirmed that this node leads within {READ_TIMEOUT:?}"
            ))),
        }
    }

    /// Whether this node leads and has not heard from a majority for a while. A node that is alone
    /// in its cluster is a majority by itself, and hears from nobody.
    fn is_cut_off(&self) -> bool {
        let acked = self.raft.metrics().borrow_watched().last_quorum_acked;
        1 < self.addrs.len() && acked.is_some_and(|acked| SILENCE_MAX < acked.elapsed())
    }

    /// Sets a register, as the leader.
    pub(crate) async fn write(&self, key: Key, value: Value) -> Result<(), Refusal> {
        let command = Command::Write { key, value };
        if self.bugs.early_ack {
            let raft = self.raft.clone();
            tokio::spawn(async move { raft.client_write(command).await });
            return Ok(());
        }
        self.propose(command).await.map(drop)
    }

    /// Compares and sets a register, as the leader. Returns what it held, and whether it was set.
    pub(crate) async fn cas(
        &self,
        key: Key,
        from: Value,
        to: Value,
    ) -> Result<(Option<Value>, bool), Refusal> {
        if self.bugs.racy_cas {
            let found = self.read(key).await?;
            let swapped = found == Some(from);
            if swapped {
                self.propose(Command::Write { key, value: to }).await?;
            }
            return Ok((found, swapped));
        }
        match self.propose(Command::Cas { key, from, to }).await? {
            Answer::Compared { found, swapped } => Ok((found, swapped)),
            Answer::NotANumber => Err(not_a_number(key)),
            answer @ (Answer::Nothing | Answer::Written | Answer::Committed { .. }) => {
                let text = format!("a compare-and-set was answered with {answer:?}");
                Err(Refusal::Unknown(text))
            }
        }
    }

    /// Puts a command into the log, and waits until it is applied here.
    async fn propose(&self, command: Command) -> Result<Answer, Refusal> {
        self.propose_until(command, TokioInstant::now() + WRITE_TIMEOUT)
            .await
    }

    /// The same, for as long as there is time.
    pub(super) async fn propose_until(
        &self,
        command: Command,
        deadline: TokioInstant,
    ) -> Result<Answer, Refusal> {
        let written = self.raft.client_write(command);
        match timeout_at(deadline, written).await {
            Ok(Ok(written)) => Ok(written.data),
            // The library answers this, and only this, before it appends anything.
            Ok(Err(RaftError::APIError(ClientWriteError::ForwardToLeader(_)))) => Err(
                Refusal::Definite("this node does not lead, or has lost its majority".to_owned()),
            ),
            // An entry dropped from *this* log may be in that of the next leader.
            Ok(Err(error)) => Err(Refusal::Unknown(error.to_string())),
            Err(_) => Err(Refusal::Unknown(format!(
                "proposed, and no outcome within {WRITE_TIMEOUT:?}"
            ))),
        }
    }

    /// Sends a request to the leader and returns its answer as it is. Tried once: a second attempt
    /// after a lost answer could write twice.
    pub(crate) async fn forward(&self, request: Forwarded) -> Result<(u16, Vec<u8>), Refusal> {
        let http = self.http().clone();
        let answer = async {
            let response = http
                .request(request.method, request.url)
                .header(FORWARDED, self.id)
                .header("content-type", "application/json")
                .body(request.body)
                .timeout(FORWARD_TIMEOUT)
                .send()
                .await?;
            Ok((response.status().as_u16(), response.bytes().await?.to_vec()))
        };
        let answer: reqwest::Result<_> = answer.await;
        answer.map_err(|error| {
            *self.http() = http_client(FORWARD_CONNECT_TIMEOUT);
            let cause = root_cause(&error);
            // Without a connection nothing was sent.
            if error.is_connect() {
                Refusal::Definite(format!("could not connect to the leader: {cause}"))
            } else {
                Refusal::Unknown(format!("passed to the leader, and no answer: {cause}"))
            }
        })
    }

    fn http(&self) -> MutexGuard<'_, reqwest::Client> {
        self.http
            .lock()
            .expect("nothing panics while it holds this")
    }
}

fn not_a_number(key: Key) -> Refusal {
    Refusal::Rejected(format!("key {key} holds a list, not a number"))
}

/// A request on its way to the leader.
pub(crate) struct Forwarded {
    pub(crate) method: reqwest::Method,
    pub(crate) url: String,
    pub(crate) body: Vec<u8>,
}
