//! A client of registers and transactions over HTTP: what `kv-raft` speaks, and what any service may speak.
mod txn;

use crate::service::client::{Http, contradiction};
use harness::{Client, Failure, Op, Value};
use reqwest::Method;
use serde::{Deserialize, Deserializer};
use serde_json::json;
use std::{io, net::SocketAddr};

/// One connection to one node. It sends every request once.
///
/// | request | answer |
/// | --- | --- |
/// | `GET /kv/4` | `{"value": 7}` or `{"value": null}` |
/// | `PUT /kv/4` with `{"value": 7}` | `{"value": 7}` |
/// | `POST /kv/4/cas` with `{"from": 7, "to": 8}` | `{"swapped": true, "found": 7}` |
/// | `POST /txn` with `{"steps": [["append", 3, 1], ["r", 3, null]]}` | `{"steps": [["append", 3, 1], ["r", 3, [1]]]}` |
pub struct KvClient(Http);

impl KvClient {
    /// A client of the node at `addr`. It connects when it is first used.
    pub fn new(addr: SocketAddr) -> io::Result<KvClient> {
        Http::new(addr).map(KvClient)
    }
}

impl Client for KvClient {
    async fn invoke(&mut self, op: Op) -> Result<Op, Failure> {
        match op {
            Op::Read { key, .. } => {
                let held: Held = self.0.ask(Method::GET, format!("/kv/{key}"), None).await?;
                let value = held.value;
                Ok(Op::Read { key, value })
            }
            Op::Write { key, value } => {
                let body = json!({ "value": value });
                let held: Held = self
                    .0
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
                    .0
                    .ask(Method::POST, "/txn".to_owned(), Some(body))
                    .await?;
                txn::answer(*call, &done).map(Op::from)
            }
            Op::Cas { key, from, to, .. } => {
                let body = json!({ "from": from, "to": to });
                let path = format!("/kv/{key}/cas");
                let compared: Compared = self.0.ask(Method::POST, path, Some(body)).await?;
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

    #[tokio::test]
    async fn a_refused_connection_is_definite() {
        // Port 1 of this host: nobody listens there.
        let mut client = KvClient::new(([127, 0, 0, 1], 1).into()).expect("no TLS, no failure");
        let failure = client.invoke(Op::Write { key: 4, value: 7 }).await;
        assert!(matches!(failure, Err(Failure::Definite(_))), "{failure:?}");
    }
}
