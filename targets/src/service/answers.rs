//! What a service answers when it does not serve: a status, why, and whether nothing can have happened.
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;
use std::fmt::Display;

/// Why a request was not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It certainly had no effect, and never will.
    Definite(String),
    /// The same: the request was understood, and what it found does not allow it.
    Rejected(String),
    /// It was begun, or may have been, and its outcome is not known.
    Unknown(String),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Refusal::Definite(why) => failed(StatusCode::SERVICE_UNAVAILABLE, &why, true),
            Refusal::Rejected(why) => failed(StatusCode::CONFLICT, &why, true),
            Refusal::Unknown(why) => failed(StatusCode::GATEWAY_TIMEOUT, &why, false),
        }
    }
}

/// An answer that is not 200.
#[derive(Debug)]
pub(crate) enum Failed {
    BadRequest(String),
    Refused(Refusal),
}

/// The request makes no sense.
pub(crate) fn bad_request(error: impl Display) -> Failed {
    Failed::BadRequest(error.to_string())
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Failed {
        Failed::Refused(refusal)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        match self {
            Failed::BadRequest(why) => failed(StatusCode::BAD_REQUEST, &why, true),
            Failed::Refused(refusal) => refusal.into_response(),
        }
    }
}

/// `definite` is a promise: this had no effect, and never will.
fn failed(status: StatusCode, why: &str, definite: bool) -> Response {
    (status, Json(json!({ "error": why, "definite": definite }))).into_response()
}
