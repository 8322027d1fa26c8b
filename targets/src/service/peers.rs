//! The other nodes of a cluster, and how they are asked: JSON over HTTP, each question once.
use serde::{Serialize, de::DeserializeOwned};
use std::{
    collections::BTreeMap,
    error::Error,
    net::SocketAddr,
    sync::{Mutex, MutexGuard},
    time::Duration,
};

/// Where every node of a cluster listens, by its number.
pub(crate) type Addrs = BTreeMap<u64, SocketAddr>;

/// An HTTP client for one peer.
///
/// Made anew after each failure: a connection that a partition has silenced is never used again,
/// because TCP would wait ever longer before it tries that one again.
pub(crate) fn http_client(connect_timeout: Duration) -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(connect_timeout)
        .build()
        .expect("without TLS there is nothing to fail")
}

/// Why a peer gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// There was no connection: the question was never sent.
    Unsent(String),
    /// It may have been heard.
    Unknown(String),
    /// It was heard and refused, with this status and body.
    Refused(u16, String),
}

/// One other node.
pub(crate) struct Peer {
    pub(crate) id: u64,
    addr: SocketAddr,
    http: Mutex<reqwest::Client>,
}

/// How long a peer may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(300);

impl Peer {
    pub(crate) fn new(id: u64, addr: SocketAddr) -> Peer {
        let http = Mutex::new(http_client(CONNECT_TIMEOUT));
        Peer { id, addr, http }
    }

    /// All nodes of `addrs` but `own`.
    pub(crate) fn others(addrs: &Addrs, own: u64) -> Vec<Peer> {
        let others = addrs.iter().filter(|(id, _)| **id != own);
        others.map(|(id, addr)| Peer::new(*id, *addr)).collect()
    }

    /// Posts `question` to `path`, as in `paxos/prepare`.
    ///
    /// # Errors
    /// If there is no answer within `patience`, or another one than 200 and an `A`.
    pub(crate) async fn ask<A: DeserializeOwned>(
        &self,
        path: &str,
        question: &impl Serialize,
        patience: Duration,
    ) -> Result<A, Silence> {
        let url = format!("http://{}/{path}", self.addr);
        let http = self.http().clone();
        let answer = async {
            let request = http.post(url).json(question).timeout(patience);
            let response = request.send().await?;
            Ok((response.status(), response.bytes().await?))
        };
        let answer: reqwest::Result<_> = answer.await;
        let (status, body) = answer.map_err(|error| {
            *self.http() = http_client(CONNECT_TIMEOUT);
            let why = format!("node {}: {}", self.id, root_cause(&error));
            match error.is_connect() {
                true => Silence::Unsent(why),
                false => Silence::Unknown(why),
            }
        })?;
        if !status.is_success() {
            let body = String::from_utf8_lossy(&body).into_owned();
            return Err(Silence::Refused(status.as_u16(), body));
        }
        serde_json::from_slice(&body)
            .map_err(|error| Silence::Unknown(format!("node {}: {error}", self.id)))
    }

    fn http(&self) -> MutexGuard<'_, reqwest::Client> {
        self.http
            .lock()
            .expect("nothing panics while it holds this")
    }
}

/// The library says "error sending request"; what happened stands at the end of the chain.
pub(crate) fn root_cause(error: &dyn Error) -> &dyn Error {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause
}
