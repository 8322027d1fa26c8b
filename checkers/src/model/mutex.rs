//! A lock that one may hold, and anyone may release.
use super::Said;
use crate::{Call, Process, Spec, Verb};

/// Begins free. To release a free one is an error that no lock answers with success.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mutex;

impl Spec for Mutex {
    /// Whether it is held.
    type State = bool;

    fn init(&self) -> bool {
        false
    }

    fn step(&self, &is_held: &bool, _: Process, call: &Call) -> impl IntoIterator<Item = bool> {
        match (&call.f, Said::by(call)) {
            (Verb::Acquire, Said::Done) => (!is_held).then_some(true),
            (Verb::Acquire, Said::Refused) => is_held.then_some(true),
            (Verb::Acquire, Said::Nothing) => Some(true),
            (Verb::Release, Said::Done) => is_held.then_some(false),
            (Verb::Release, Said::Nothing) => Some(false),
            _ => None,
        }
    }

    fn is_owner_aware(&self) -> bool {
        false
    }

    fn is_read_only(&self, call: &Call) -> bool {
        Said::by(call) == Said::Refused
    }

    fn describe(&self, is_held: &bool) -> String {
        if *is_held { "held" } else { "free" }.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::Mutex;
    use crate::model::script::{accepts, rejects};

    #[test]
    fn one_holds_it_and_anyone_releases_it() {
        accepts(
            &Mutex,
            "1: acquire; 1: release; 2: acquire → true; 2: release → true",
        );
        accepts(
            &Mutex,
            "1: acquire; 2: acquire → false; 2: release; 2: acquire",
        );
        accepts(
            &Mutex,
            "1: acquire → ?; 2: acquire → false; 1: release → ?; 2: acquire",
        );
        accepts(
            &Mutex,
            "1: release → ?; 1: acquire; 2: acquire → ?; 2: release",
        );
        rejects(&Mutex, "1: acquire; 2: acquire");
        rejects(&Mutex, "1: acquire → false");
        rejects(&Mutex, "1: release");
        rejects(&Mutex, "1: acquire; 1: release; 1: release");
    }
}
