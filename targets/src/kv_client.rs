//! A client of registers and transactions over HTTP: what `kv-raft` speaks, and what any service may speak.
mod txn;

use harness::{Client, Failure, Op, Value};
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::json;
use std::{io, net::SocketAddr, time::Duration};

/// How long a node may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(500);

/// One connection to one node. It sends every request once.
///
/// | request | answer |
/// | --- | --- |
/// | `GET /kv/4` | `{"value": 7}` or `{"value": null}` |
/// | `PUT /kv/4` with `{"value": 7}` | `{"value": 7}` |
/// | `POST /kv/4/cas` with `{"from": 7, "to": 8}` | `{"swapped": true, "found": 7}` |
/// | `POST /txn` with `{"steps": [["append", 3, 1], ["r", 3, null]]}` | `{"steps": [["append", 3, 1], ["r", 3, [1]]]}` |
///
/// Every other status than 200 comes with `{"error": "…", "definite": …}`; a failure is taken as
/// definite only if the status is 409 or 503 and `definite` is true.
pub struct KvClient {
    base: String,
    http: reqwest::Client,
}

impl KvClient {
    /// A client of the node at `addr`. It connects when it is first used.
    pub fn new(addr: SocketAddr) -> io::Result<KvClient> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .tcp_nodelay(true)
            .pool_max_idle_per_host(1)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .build()
            .map_err(io::Error::other)?;
        Ok(KvClient {
            base: format!("http://{addr}"),
            http,
        })
    }

    async fn ask<A: DeserializeOwned>(
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

impl Client for KvClient {
    async fn invoke(&mut self, op: Op) -> Result<Op, Failure> {
        match op {
            Op::Read { key, .. } => {
                let held: Held = self.ask(Method::GET, format!("/kv/{key}"), None).await?;
                let value = held.value;
                Ok(Op::Read { key, value })
            }
            Op::Write { key, value } => {
                let body = json!({ "value": value });
                let held: Held = self
                    .ask(Method::PUT, format!("/kv/{key}"), Some(body))
                    .await?;
                if held.value != Some(value) {
                    return Err(contradiction(&held));
                }
                Ok(Op::Write { key, value })
            }
            Op::Call(call) => {
                let body = txn::request(&call)?;
                let done = self
                    .ask(Method::POST, "/txn".to_owned(), Some(body))
                    .await?;
                txn::answer(*call, &done).map(Op::from)
            }
            Op::Cas { key, from, to, .. } => {
                let body = json!({ "from": from, "to": to });
                let path = format!("/kv/{key}/cas");
                let compared: Compared = self.ask(Method::POST, path, Some(body)).await?;
                let found = compared.found;
                if compared.swapped != (found == Some(from)) {
                    return Err(contradiction(&compared));
                }
                Ok(Op::Cas {
                    key,
                    from,
                    to,
                    found,
                })
            }
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Held {
    #[serde(deserialize_with = "present")]
    value: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Compared {
    swapped: bool,
    #[serde(deserialize_with = "present")]
    found: Option<Value>,
}

/// Null is a value; a field that is left out is a mistake, and must not be read as "absent key".
fn present<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Value>, D::Error> {
    Option::deserialize(field)
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

fn contradiction(answer: &impl std::fmt::Debug) -> Failure {
    Failure::Unknown(format!("the answer contradicts the request: {answer:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(body: &str) -> Result<Option<Value>, String> {
        let held: Result<Held, _> = serde_json::from_str(body);
        held.map(|held| held.value)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn null_is_an_answer_and_an_empty_object_is_not() {
        assert_eq!(held(r#"{"value":7}"#), Ok(Some(7)));
        assert_eq!(held(r#"{"value":null}"#), Ok(None));
        assert!(held("{}").is_err());
        assert!(held(r#"{"value":"7"}"#).is_err());
        assert!(held(r#"{"value":7,"more":1}"#).is_err());
    }

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

    #[tokio::test]
    async fn a_refused_connection_is_definite() {
        // Port 1 of this host: nobody listens there.
        let mut client = KvClient::new(([127, 0, 0, 1], 1).into()).expect("no TLS, no failure");
        let failure = client.invoke(Op::Write { key: 4, value: 7 }).await;
        assert!(matches!(failure, Err(Failure::Definite(_))), "{failure:?}");
    }
}
