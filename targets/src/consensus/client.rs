//! A client of decisions over HTTP.
use crate::service::client::{Http, contradiction};
use harness::{Call, Client, Data, Failure, Op, Value, Verb};
use reqwest::Method;
use serde::{Deserialize, Deserializer};
use serde_json::json;
use std::{io, net::SocketAddr};

/// One connection to one node. It sends every request once.
///
/// | request | answer |
/// | --- | --- |
/// | `POST /consensus/4` with `{"propose": 7}` | `{"decided": 5}` |
/// | `GET /consensus/4` | `{"decided": 5}` or `{"decided": null}` |
pub struct ConsensusClient(Http);

impl ConsensusClient {
    /// A client of the node at `addr`. It connects when it is first used.
    ///
    /// # Errors
    /// If the system has no room for a client.
    pub fn new(addr: SocketAddr) -> io::Result<ConsensusClient> {
        Http::new(addr).map(ConsensusClient)
    }

    async fn propose(&self, call: Call) -> Result<Op, Failure> {
        let (Verb::Propose, Some(value)) = (&call.f, call.input.int()) else {
            let Call { f, input, .. } = &call;
            return Err(Failure::definite(format!("unsupported: {f} {input}")));
        };
        let path = format!("/consensus/{}", call.key);
        let body = json!({ "propose": value });
        let answer: Decided = self.0.ask(Method::POST, path, Some(body)).await?;
        match answer.decided {
            Some(decided) => Ok(call.answered(Data::Int(decided)).into()),
            None => Err(contradiction(&answer)),
        }
    }
}

impl Client for ConsensusClient {
    async fn invoke(&mut self, op: Op) -> Result<Op, Failure> {
        match op {
            Op::Read { key, .. } => {
                let path = format!("/consensus/{key}");
                let answer: Decided = self.0.ask(Method::GET, path, None).await?;
                let value = answer.decided;
                Ok(Op::Read { key, value })
            }
            Op::Call(call) => self.propose(*call).await,
            Op::Write { .. } | Op::Cas { .. } => {
                Err(Failure::definite(format!("unsupported: {op}")))
            }
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    #[serde(deserialize_with = "present")]
    decided: Option<Value>,
}

/// Null is an answer; a field that is left out is a mistake, and must not be read as "not decided".
fn present<'de, D: Deserializer<'de>>(field: D) -> Result<Option<Value>, D::Error> {
    Option::deserialize(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_an_answer_and_an_empty_object_is_not() {
        let decided = |body: &str| {
            let decided: Result<Decided, _> = serde_json::from_str(body);
            decided.map(|decided| decided.decided).ok()
        };
        assert_eq!(decided(r#"{"decided":7}"#), Some(Some(7)));
        assert_eq!(decided(r#"{"decided":null}"#), Some(None));
        assert_eq!(decided("{}"), None);
        assert_eq!(decided(r#"{"decided":7,"more":1}"#), None);
    }

    #[tokio::test]
    async fn what_is_not_sent_is_definite() {
        // Port 1 of this host: nobody listens there.
        let mut client = ConsensusClient::new(([127, 0, 0, 1], 1).into()).expect("room");
        let ops = [
            Call::new(Verb::Propose, 4, 7).into(),
            Call::new(Verb::Propose, 4, "seven").into(),
            Op::Write { key: 4, value: 7 },
        ];
        for op in ops {
            let failure = client.invoke(op).await;
            assert!(matches!(failure, Err(Failure::Definite(_))), "{failure:?}");
        }
    }
}
