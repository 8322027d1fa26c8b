//! The life of one worker: ask, record, invoke, record, until there is nothing left to ask.
use crate::client::{AnyClient, Failure};
use crate::{recorder::Recorder, target::AnyTarget, target::Node};
use checkers::{Op, Process};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// A place from which one process at a time asks one node. When a process ends in an unknown
/// outcome, its number is never used again, and the worker goes on as the next one.
pub(crate) struct Worker<'a> {
    pub(crate) target: &'a dyn AnyTarget,
    pub(crate) node: &'a Node,
    pub(crate) recorder: &'a Recorder,
    pub(crate) deadline: Duration,
    /// The distance from one process number of this worker to the next: no other worker comes between.
    pub(crate) stride: u32,
    pub(crate) process: Process,
}

/// A node that refuses at once must not be asked in a tight loop. The pause doubles from one failure
/// to the next, up to the longest: a node that is down would else be asked more often than all others.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(10);
const PAUSE_AFTER_FAILURE_MAX: Duration = Duration::from_millis(160);

impl Worker<'_> {
    /// Asks what `next` gives until it gives nothing.
    pub(crate) async fn drive(&mut self, mut next: impl AsyncFnMut() -> Option<Op>) {
        let mut client: Option<Box<dyn AnyClient>> = None;
        let mut pause = PAUSE_AFTER_FAILURE;
        while let Some(op) = next().await {
            let (process, node) = (self.process, self.node.id);
            let invoked = self.recorder.invoke(process, node, &op);
            let outcome = self.ask(&mut client, op.clone()).await;
            let failure = outcome.as_ref().err().cloned();
            self.recorder.complete(process, node, invoked, op, outcome);
            if failure.is_none() {
                pause = PAUSE_AFTER_FAILURE;
                continue;
            }
            if let Some(Failure::Unknown(_)) = failure {
                // The connection may still carry the old answer: nobody may ask on it again.
                client = None;
                self.process.0 += self.stride;
            }
            sleep(pause).await;
            pause = PAUSE_AFTER_FAILURE_MAX.min(pause * 2);
        }
    }

    async fn ask(&self, client: &mut Option<Box<dyn AnyClient>>, op: Op) -> Result<Op, Failure> {
        let answer = async {
            if client.is_none() {
                // Nothing has been sent as long as there is no connection.
                *client = Some(
                    self.target
                        .connect(self.node)
                        .await
                        .map_err(Failure::definite)?,
                );
            }
            client.as_mut().expect("connected above").invoke(op).await
        };
        match timeout(self.deadline, answer).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Failure::Unknown(format!(
                "no answer within {:?}",
                self.deadline
            ))),
        }
    }
}
