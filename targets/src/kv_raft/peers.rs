//! The way to the other nodes: Raft's messages as JSON over HTTP, in both directions.
use super::{
    disk::Image,
    machine::Machine,
    store::Store,
    types::{Kv, Snapshot, Vote},
};
use crate::service::peers::{Addrs, http_client};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    routing::post,
};
use openraft::{
    EmptyNode, OptionalSend, Raft,
    errors::{RPCError, ReplicationClosed, StreamingError, Unreachable},
    network::{Backoff, RPCOption, RaftNetworkFactory, v2::RaftNetworkV2},
    raft::{
        AppendEntriesRequest, AppendEntriesResponse, SnapshotResponse, VoteRequest, VoteResponse,
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{fmt::Display, io, net::SocketAddr, sync::Arc, time::Duration};

/// How long entries may take to reach a follower's disk. Longer than a heartbeat may: an fsync on
/// a busy disk is no reason to send everything again.
const APPEND_TIMEOUT: Duration = Duration::from_millis(400);

/// How long a snapshot may take to reach a follower's disk.
const SNAPSHOT_TIMEOUT: Duration = Duration::from_secs(5);

/// The pause before the next attempt to reach a peer. Constant, so that a healed link is used soon.
const RETRY_AFTER: Duration = Duration::from_millis(100);

/// The largest message taken from a peer: a snapshot of some million numbers.
const MESSAGE_BYTES_MAX: usize = 64 << 20;

/// Makes the connections that the Raft library asks for.
pub(crate) struct Peers(pub(crate) Arc<Addrs>);

impl RaftNetworkFactory<Kv> for Peers {
    type Network = Peer;

    async fn new_client(&mut self, target: u64, _: &EmptyNode) -> Peer {
        Peer {
            id: target,
            addr: self.0.get(&target).copied(),
            http: http_client(APPEND_TIMEOUT),
        }
    }
}

/// One connection to one peer, used for one message at a time.
pub(crate) struct Peer {
    id: u64,
    addr: Option<SocketAddr>,
    http: reqwest::Client,
}

impl Peer {
    async fn ask<Q: Serialize, A: DeserializeOwned>(
        &mut self,
        message: &str,
        question: &Q,
        timeout: Duration,
    ) -> Result<A, Unreachable<Kv>> {
        let Some(addr) = self.addr else {
            let text = format!("node {} is not on the list of peers", self.id);
            return Err(Unreachable::new(&io::Error::other(text)));
        };
        let url = format!("http://{addr}/raft/{message}");
        let answer = async {
            let request = self.http.post(url).json(question).timeout(timeout);
            request.send().await?.error_for_status()?.json().await
        };
        let answer: reqwest::Result<A> = answer.await;
        answer.map_err(|error| {
            self.http = http_client(APPEND_TIMEOUT);
            Unreachable::new(&error)
        })
    }
}

impl RaftNetworkV2<Kv> for Peer {
    type SnapshotData = Store;

    async fn append_entries(
        &mut self,
        request: AppendEntriesRequest<Kv>,
        option: RPCOption,
    ) -> Result<AppendEntriesResponse<Kv>, RPCError<Kv>> {
        let is_heartbeat = request.entries.is_empty();
        let timeout = if is_heartbeat {
            option.soft_ttl()
        } else {
            APPEND_TIMEOUT
        };
        Ok(self.ask("append", &request, timeout).await?)
    }

    async fn vote(
        &mut self,
        request: VoteRequest<Kv>,
        option: RPCOption,
    ) -> Result<VoteResponse<Kv>, RPCError<Kv>> {
        Ok(self.ask("vote", &request, option.soft_ttl()).await?)
    }

    async fn pre_vote(
        &mut self,
        request: VoteRequest<Kv>,
        option: RPCOption,
    ) -> Result<VoteResponse<Kv>, RPCError<Kv>> {
        Ok(self.ask("pre-vote", &request, option.soft_ttl()).await?)
    }

    async fn full_snapshot(
        &mut self,
        vote: Vote,
        snapshot: Snapshot,
        cancel: impl Future<Output = ReplicationClosed> + OptionalSend + 'static,
        _: RPCOption,
    ) -> Result<SnapshotResponse<Kv>, StreamingError<Kv>> {
        let image = Image {
            meta: snapshot.meta,
            store: snapshot.snapshot,
        };
        let parcel = Parcel { vote, image };
        tokio::select! {
            closed = cancel => Err(closed.into()),
            answer = self.ask("snapshot", &parcel, SNAPSHOT_TIMEOUT) => Ok(answer?),
        }
    }

    fn backoff(&self) -> Option<Backoff> {
        Some(Backoff::new(std::iter::repeat(RETRY_AFTER)))
    }
}

/// A snapshot on its way.
#[derive(Serialize, Deserialize)]
struct Parcel {
    vote: Vote,
    image: Image,
}

/// The receiving side of the above.
pub(crate) fn routes(raft: Raft<Kv, Machine>) -> Router {
    Router::new()
        .route("/raft/append", post(append))
        .route("/raft/vote", post(vote))
        .route("/raft/pre-vote", post(pre_vote))
        .route("/raft/snapshot", post(snapshot))
        .layer(DefaultBodyLimit::max(MESSAGE_BYTES_MAX))
        .with_state(raft)
}

type Here = State<Raft<Kv, Machine>>;
type Reply<A> = Result<Json<A>, (StatusCode, String)>;

async fn append(
    State(raft): Here,
    Json(request): Json<AppendEntriesRequest<Kv>>,
) -> Reply<AppendEntriesResponse<Kv>> {
    reply(raft.append_entries(request).await)
}

async fn vote(State(raft): Here, Json(request): Json<VoteRequest<Kv>>) -> Reply<VoteResponse<Kv>> {
    reply(raft.vote(request).await)
}

async fn pre_vote(
    State(raft): Here,
    Json(request): Json<VoteRequest<Kv>>,
) -> Reply<VoteResponse<Kv>> {
    reply(raft.pre_vote(request).await)
}

async fn snapshot(
    State(raft): Here,
    Json(Parcel { vote, image }): Json<Parcel>,
) -> Reply<SnapshotResponse<Kv>> {
    let snapshot = Snapshot {
        meta: image.meta,
        snapshot: image.store,
    };
    reply(raft.install_full_snapshot(vote, snapshot).await)
}

/// An error here is fatal to this node; its peers are told no more than that.
fn reply<A, E: Display>(result: Result<A, E>) -> Reply<A> {
    match result {
        Ok(answer) => Ok(Json(answer)),
        Err(error) => Err((StatusCode::INTERNAL_SERVER_ERROR, error.to_string())),
    }
}
