//! One connection, used by one process, one operation at a time.
use checkers::Op;
use std::{error::Error, fmt, pin::Pin};

/// A boxed future that may borrow; one is made per operation.
pub(crate) type Local<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// One connection to the system under test.
#[expect(
    async_fn_in_trait,
    reason = "the harness runs on one thread, so futures need not be Send"
)]
pub trait Client {
    /// Applies `op`. `Ok` returns it with its blanks filled in.
    ///
    /// The harness puts its own deadline on every call: a call that is dropped counts as unknown.
    async fn invoke(&mut self, op: Op) -> Result<Op, Failure>;
}

/// Why an operation brought no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It certainly had no effect, and never will.
    Definite(String),
    /// It may have happened, may happen later, or never. The safe choice.
    Unknown(String),
}

impl Failure {
    /// The system promised, or the way it failed proves, that nothing happened.
    pub fn definite(why: impl fmt::Display) -> Failure {
        Failure::Definite(why.to_string())
    }
}

/// `?` on any error says "unknown": a definite failure has to be claimed by name.
impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::Unknown(with_sources(&error))
    }
}

/// The error and what caused it: an HTTP client hides "connection reset" two levels down.
fn with_sources(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.contains(&cause) {
            text += ": ";
            text += &cause;
        }
        source = error.source();
    }
    text
}

/// `Client`, boxed: what the catalog and the run hold.
pub(crate) trait AnyClient {
    fn invoke<'a>(&'a mut self, op: Op) -> Local<'a, Result<Op, Failure>>;
}

impl<C: Client> AnyClient for C {
    fn invoke<'a>(&'a mut self, op: Op) -> Local<'a, Result<Op, Failure>> {
        Box::pin(Client::invoke(self, op))
    }
}
