//! The interface for clients and for other nodes: routes, JSON bodies and status codes.
use super::memory::{Mark, Told};
use super::message::Reply;
use super::node::{ACCEPTOR, DECISIONS, LEARNER, Learned, Node, Question};
use crate::service::answers::{Failed, Refusal, bad_request};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, State, rejection::JsonRejection, rejection::PathRejection},
    routing::{get, post},
};
use harness::{Key, Value};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{io, sync::Arc};

/// The largest body taken from anybody.
const BODY_BYTES_MAX: usize = 4 << 10;

/// All that a client or another node may ask.
pub(super) fn routes(node: Arc<Node>) -> Router {
    Router::new()
        .route("/consensus/{instance}", get(read).post(propose))
        .route("/ready", get(ready))
        .route("/status", get(status))
        .route(&format!("/{ACCEPTOR}"), post(acceptor))
        .route(&format!("/{LEARNER}"), post(learner))
        .route(&format!("/{DECISIONS}"), post(decisions))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(node)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Propose {
    propose: Value,
}

/// `{"decided": 5}`, and null for what this node has not learned.
#[derive(Serialize)]
struct Decided {
    decided: Option<Value>,
}

#[derive(Serialize)]
struct Status {
    id: u64,
    quorum: usize,
    instances: usize,
    decided: usize,
}

async fn propose(
    State(node): State<Arc<Node>>,
    instance: Result<Path<Key>, PathRejection>,
    body: Result<Json<Propose>, JsonRejection>,
) -> Result<Json<Decided>, Failed> {
    let Path(instance) = instance.map_err(bad_request)?;
    let Json(Propose { propose }) = body.map_err(bad_request)?;
    let decided = Some(node.propose(instance, propose).await?);
    Ok(Json(Decided { decided }))
}

/// What this node has learned, without asking anybody.
async fn read(
    State(node): State<Arc<Node>>,
    instance: Result<Path<Key>, PathRejection>,
) -> Result<Json<Decided>, Failed> {
    let Path(instance) = instance.map_err(bad_request)?;
    let decided = node.memory.decided(instance);
    Ok(Json(Decided { decided }))
}

/// Whether this node reaches a quorum, and knows what those nodes know.
async fn ready(State(node): State<Arc<Node>>) -> Result<Json<serde_json::Value>, Failed> {
    let reached = node.catch_up().await + 1;
    let quorum = node.quorum();
    if reached < quorum {
        let why = format!("{reached} nodes of {quorum} that are needed can be reached");
        return Err(Refusal::Definite(why).into());
    }
    Ok(Json(json!({ "ready": true })))
}

async fn status(State(node): State<Arc<Node>>) -> Json<Status> {
    let (instances, decided) = node.memory.counts();
    Json(Status {
        id: node.id,
        quorum: node.quorum(),
        instances,
        decided,
    })
}

async fn acceptor(
    State(node): State<Arc<Node>>,
    question: Result<Json<Question>, JsonRejection>,
) -> Result<Json<Reply>, Failed> {
    let Json(Question { instance, request }) = question.map_err(bad_request)?;
    let reply = node.memory.answer(instance, request).await;
    Ok(Json(reply.map_err(not_written)?))
}

async fn learner(
    State(node): State<Arc<Node>>,
    learned: Result<Json<Learned>, JsonRejection>,
) -> Result<Json<()>, Failed> {
    let Json(Learned { instance, value }) = learned.map_err(bad_request)?;
    let learned = node.memory.learn(&[(instance, value)]).await;
    Ok(Json(learned.map_err(not_written)?))
}

async fn decisions(
    State(node): State<Arc<Node>>,
    mark: Result<Json<Mark>, JsonRejection>,
) -> Result<Json<Told>, Failed> {
    let Json(mark) = mark.map_err(bad_request)?;
    Ok(Json(node.memory.tell(mark)))
}

/// It may be on disk nevertheless.
fn not_written(error: io::Error) -> Failed {
    Failed::Refused(Refusal::Unknown(error.to_string()))
}
