//! One connection of a client to one node of a service: JSON over HTTP, every request sent once.
use harness::Failure;
use reqwest::{Method, StatusCode};
use serde::{Deserialize, de::DeserializeOwned};
use std::{io, net::SocketAddr, time::Duration};

/// How long a node may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(500);

/// A connection to one node.
///
/// Every other status than 200 comes with `{"error": "…", "definite": …}`; a failure is taken as
/// definite only if the status is 409 or 503 and `definite` is true.
pub(crate) struct Http {
    base: String,
    http: reqwest::Client,
}

impl Http {
    /// To the node at `addr`. It connects when it is first used.
    ///
    /// # Errors
    /// If the system has no room for a client.
    pub(crate) fn new(addr: SocketAddr) -> io::Result<Http> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .tcp_nodelay(true)
            .pool_max_idle_per_host(1)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .build()
            .map_err(io::Error::other)?;
        Ok(Http {
            base: format!("http://{addr}"),
            http,
        })
    }

    /// Asks, and takes the answer for an `A`.
    ///
    /// # Errors
    /// Definite if nothing was sent, or the node says so; else unknown.
    pub(crate) async fn ask<A: DeserializeOwned>(
        &self,
        method: Method,
        path: String,
        body: Option<serde_json::Value>,
    ) -> Result<A, Failure> {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = match request.send().await {
            Ok(response) => response,
            // Without a connection nothing was sent.
            Err(error) if error.is_connect() => {
                let (Failure::Definite(why) | Failure::Unknown(why)) = Failure::from(error);
                return Err(Failure::definite(why));
            }
            Err(error) => return Err(error.into()),
        };
        let status = response.status();
        let body = response.bytes().await?;
        if status == StatusCode::OK {
            serde_json::from_slice(&body).map_err(|error| malformed(&error.to_string(), &body))
        } else {
            Err(refused(status, &body))
        }
    }
}

/// What a service says when it does not serve.
#[derive(Deserialize)]
struct Refused {
    error: String,
    definite: bool,
}

fn refused(status: StatusCode, body: &[u8]) -> Failure {
    let Ok(refused) = serde_json::from_slice::<Refused>(body) else {
        return malformed(&status.to_string(), body);
    };
    let why = format!("{status}: {}", refused.error);
    let may_be_definite = [StatusCode::CONFLICT, StatusCode::SERVICE_UNAVAILABLE];
    if may_be_definite.contains(&status) && refused.definite {
        Failure::Definite(why)
    } else {
        Failure::Unknown(why)
    }
}

fn malformed(why: &str, body: &[u8]) -> Failure {
    let text = String::from_utf8_lossy(body);
    let start: String = text.chars().take(100).collect();
    Failure::Unknown(format!(
        "not an answer of this interface: {why}, in {start:?}"
    ))
}

/// The answer is one to another question.
pub(crate) fn contradiction(answer: &impl std::fmt::Debug) -> Failure {
    Failure::Unknown(format!("the answer contradicts the request: {answer:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_409_or_503_that_says_so_is_definite() {
        let check = |status: u16, body: &str| {
            let status = StatusCode::from_u16(status).expect("a status");
            matches!(refused(status, body.as_bytes()), Failure::Definite(_))
        };
        assert!(check(503, r#"{"error":"no leader","definite":true}"#));
        assert!(check(409, r#"{"error":"conflict","definite":true}"#));
        assert!(!check(409, r#"{"error":"conflict","definite":false}"#));
        assert!(!check(503, r#"{"error":"no leader","definite":false}"#));
        assert!(!check(503, r#"{"error":"no leader"}"#));
        assert!(!check(503, "upstream connect error"));
        assert!(!check(504, r#"{"error":"no answer","definite":true}"#));
        assert!(!check(500, r#"{"error":"panic","definite":true}"#));
    }
}
