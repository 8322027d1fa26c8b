//! The interface for clients and for the other nodes: routes, JSON bodies and status codes.
use super::{
    machine::{Input, Status},
    node::Node,
    post::{Letter, PATH, PING},
};
use crate::service::answers::{Failed, bad_request};
use crate::steps::{Step, Txn};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State, rejection::JsonRejection},
    routing::{get, post},
};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;

/// The largest body taken from a client: a transaction of as many steps as it may have.
const BODY_BYTES_MAX: usize = 64 << 10;

/// The largest letter taken from another node: what a batch of the largest transactions reads.
const LETTER_BYTES_MAX: usize = 256 << 20;

/// All that may be asked of a node.
pub(crate) fn routes(node: Arc<Node>) -> Router {
    Router::new()
        .route("/txn", post(txn))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .route(
            &format!("/{PATH}"),
            post(letter).layer(DefaultBodyLimit::max(LETTER_BYTES_MAX)),
        )
        .route(&format!("/{PING}"), post(async || Json(())))
        .route("/ready", get(ready))
        .route("/status", get(status))
        .with_state(node)
}

#[derive(Serialize)]
struct Done {
    steps: Vec<Step>,
}

async fn txn(
    State(node): State<Arc<Node>>,
    body: Result<Json<Txn>, JsonRejection>,
) -> Result<Json<Done>, Failed> {
    let Json(txn) = body.map_err(bad_request)?;
    txn.check().map_err(bad_request)?;
    let steps = node.transact(txn).await?;
    Ok(Json(Done { steps }))
}

async fn letter(
    State(node): State<Arc<Node>>,
    body: Result<Json<Letter>, JsonRejection>,
) -> Result<Json<()>, Failed> {
    let Json(Letter { from, messages }) = body.map_err(bad_request)?;
    let heard = messages.into_iter();
    node.feed(heard.map(|message| Input::Hear { from, message }));
    Ok(Json(()))
}

/// Whether a transaction over any keys through this node works right now.
async fn ready(State(node): State<Arc<Node>>) -> Result<Json<serde_json::Value>, Failed> {
    node.reach_all().await?;
    Ok(Json(json!({ "ready": true })))
}

/// What this node believes, without asking anybody.
async fn status(State(node): State<Arc<Node>>) -> Json<Status> {
    Json(node.status())
}
