//! The interface for clients: routes, JSON bodies and status codes.
use super::node::{FORWARDED, Forwarded, Node, Place};
use crate::service::answers::{Failed, Refusal, bad_request};
use crate::steps::{Step, Txn};
use axum::{
    Json, Router,
    body::{Body, to_bytes},
    extract::{
        DefaultBodyLimit, Path, Request, State, rejection::JsonRejection, rejection::PathRejection,
    },
    http::{Method, StatusCode, header::CONTENT_TYPE},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use harness::{Key, Value};
use openraft::async_runtime::watch::WatchReceiver;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{sync::Arc, time::Duration};

/// How long `/ready` may take: it is asked again and again while a cluster starts.
const READY_TIMEOUT: Duration = Duration::from_millis(500);

/// The largest body taken from a client: a transaction of as many steps as it may have.
const BODY_BYTES_MAX: usize = 64 << 10;

/// Where transactions go.
const TXN: &str = "/txn";

/// All that a client may ask.
pub(crate) fn routes(node: Arc<Node>) -> Router {
    Router::new()
        .route("/kv/{key}", get(read).put(write))
        .route("/kv/{key}/cas", post(cas))
        .route(TXN, post(txn))
        .route("/ready", get(ready))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(node.clone(), at_the_leader))
        .route("/status", get(status))
        .with_state(node)
}

/// `{"value": 7}`, and null for a key that was never written.
#[derive(Serialize, Deserialize)]
struct Held<V> {
    value: V,
}

#[derive(Deserialize)]
struct Cas {
    from: Value,
    to: Value,
}

#[derive(Serialize)]
struct Compared {
    swapped: bool,
    found: Option<Value>,
}

#[derive(Serialize)]
struct Done {
    steps: Vec<Step>,
}

#[derive(Serialize)]
struct Status {
    id: u64,
    leader: Option<u64>,
    is_leader: bool,
    term: u64,
    applied: u64,
    snapshot: Option<u64>,
}

/// Lets a request through at the leader, and passes it on to the leader, once, everywhere else.
async fn at_the_leader(State(node): State<Arc<Node>>, request: Request, next: Next) -> Response {
    let is_get = request.method() == Method::GET;
    let is_ready = request.uri().path() == "/ready";
    let (request, is_reading_txn) = match look_into(request).await {
        Ok(known) => known,
        Err(failed) => return failed.into_response(),
    };
    let is_read = is_get || is_reading_txn;
    let bug_serves_here = (node.bugs.stale_reads && is_get && !is_ready)
        || (node.bugs.stale_snapshot && is_reading_txn);
    if bug_serves_here {
        return next.run(request).await;
    }
    let is_forwarded = request.headers().contains_key(FORWARDED);
    let answer = match node.place() {
        Place::Here => return next.run(request).await,
        Place::Leader(addr) if !is_forwarded => forward(&node, addr, request).await,
        Place::Leader(_) => Err(Refusal::Definite("this node does not lead".to_owned())),
        Place::Nowhere => Err(Refusal::Definite("no leader is known here".to_owned())),
    };
    match answer {
        Ok(response) => response,
        // A read has no effect, whether it was answered or not.
        Err(Refusal::Unknown(why)) if is_read => Refusal::Definite(why).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

/// Whether this is a transaction that only reads: as for any read, no answer then means no effect.
async fn look_into(request: Request) -> Result<(Request, bool), Failed> {
    if request.uri().path() != TXN {
        return Ok((request, false));
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_BYTES_MAX).await.map_err(bad_request)?;
    let is_reading = serde_json::from_slice(&body).is_ok_and(|txn: Txn| txn.is_read_only());
    Ok((Request::from_parts(parts, Body::from(body)), is_reading))
}

async fn forward(
    node: &Node,
    leader: std::net::SocketAddr,
    request: Request,
) -> Result<Response, Refusal> {
    let method = request.method().clone();
    let url = format!("http://{leader}{}", request.uri().path());
    let body = to_bytes(request.into_body(), BODY_BYTES_MAX).await;
    let body = body.map_err(|error| Refusal::Definite(format!("the body: {error}")))?;
    let forwarded = Forwarded {
        method,
        url,
        body: body.to_vec(),
    };
    let (status, body) = node.forward(forwarded).await?;
    let status = StatusCode::from_u16(status)
        .map_err(|error| Refusal::Unknown(format!("the leader's answer: {error}")))?;
    Ok((status, [(CONTENT_TYPE, "application/json")], body).into_response())
}

async fn read(
    State(node): State<Arc<Node>>,
    key: Result<Path<Key>, PathRejection>,
) -> Result<Json<Held<Option<Value>>>, Failed> {
    let Path(key) = key.map_err(bad_request)?;
    let value = node.read(key).await?;
    Ok(Json(Held { value }))
}

async fn write(
    State(node): State<Arc<Node>>,
    key: Result<Path<Key>, PathRejection>,
    body: Result<Json<Held<Value>>, JsonRejection>,
) -> Result<Json<Held<Value>>, Failed> {
    let Path(key) = key.map_err(bad_request)?;
    let Json(Held { value }) = body.map_err(bad_request)?;
    node.write(key, value).await?;
    Ok(Json(Held { value }))
}

async fn cas(
    State(node): State<Arc<Node>>,
    key: Result<Path<Key>, PathRejection>,
    body: Result<Json<Cas>, JsonRejection>,
) -> Result<Json<Compared>, Failed> {
    let Path(key) = key.map_err(bad_request)?;
    let Json(Cas { from, to }) = body.map_err(bad_request)?;
    let (found, swapped) = node.cas(key, from, to).await?;
    Ok(Json(Compared { swapped, found }))
}

async fn txn(
    State(node): State<Arc<Node>>,
    body: Result<Json<Txn>, JsonRejection>,
) -> Result<Json<Done>, Failed> {
    let Json(txn) = body.map_err(bad_request)?;
    txn.check().map_err(bad_request)?;
    let steps = node.transact(&txn).await?;
    Ok(Json(Done { steps }))
}

/// Whether a linearizable read through this node works right now. No bug makes this lie.
async fn ready(State(node): State<Arc<Node>>) -> Result<Json<serde_json::Value>, Failed> {
    let confirmed = tokio::time::timeout(READY_TIMEOUT, node.confirm_leadership()).await;
    confirmed.unwrap_or_else(|_| Err(Refusal::Definite("not ready in time".to_owned())))?;
    Ok(Json(json!({ "ready": true })))
}

/// What this node believes, without asking anybody.
async fn status(State(node): State<Arc<Node>>) -> Json<Status> {
    let metrics = node.raft.metrics();
    let metrics = metrics.borrow_watched();
    Json(Status {
        id: node.id,
        leader: metrics.current_leader,
        is_leader: metrics.current_leader == Some(node.id),
        term: metrics.current_term,
        applied: metrics.last_applied.map_or(0, |applied| applied.index),
        snapshot: metrics.snapshot.map(|snapshot| snapshot.index),
    })
}
