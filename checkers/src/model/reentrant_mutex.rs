//! A lock that its holder may acquire again, and releases as often.
use super::Said;
use crate::{Call, Process, Spec, Verb};

/// Begins free.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReentrantMutex;

/// Who holds it, and how often.
type Hold = Option<(Process, u32)>;

impl Spec for ReentrantMutex {
    type State = Hold;

    fn init(&self) -> Hold {
        None
    }

    fn step(&self, hold: &Hold, process: Process, call: &Call) -> impl IntoIterator<Item = Hold> {
        let mine = match *hold {
            None => Some(0),
            Some((holder, times)) => (holder == process).then_some(times),
        };
        match (&call.f, Said::by(call), mine) {
            (Verb::Acquire, Said::Done | Said::Nothing, Some(times)) => {
                Some(Some((process, times + 1)))
            }
            (Verb::Acquire, Said::Refused | Said::Nothing, None) => Some(*hold),
            (Verb::Release, Said::Done | Said::Nothing, Some(times @ 1..)) => {
                Some((times > 1).then_some((process, times - 1)))
            }
            (Verb::Release, Said::Nothing, _) => Some(*hold),
            _ => None,
        }
    }

    fn is_read_only(&self, call: &Call) -> bool {
        Said::by(call) == Said::Refused
    }
}

#[cfg(test)]
mod tests {
    use super::ReentrantMutex;
    use crate::model::script::{accepts, rejects};

    #[test]
    fn its_holder_acquires_it_again_and_releases_it_as_often() {
        let mutex = ReentrantMutex;
        accepts(
            &mutex,
            "1: acquire; 1: acquire → true; 1: release; 1: release; 2: acquire",
        );
        accepts(
            &mutex,
            "1: acquire; 1: acquire; 1: release; 2: acquire → false; 2: acquire → ?",
        );
        accepts(
            &mutex,
            "1: release → ?; 1: acquire; 1: release → ?; 2: acquire → ?; 2: release",
        );
        rejects(&mutex, "1: acquire; 1: acquire; 1: release; 2: acquire");
        rejects(&mutex, "1: acquire; 1: acquire → false");
        rejects(&mutex, "1: acquire; 2: release");
        rejects(&mutex, "1: acquire; 1: release; 1: release");
        rejects(&mutex, "2: acquire → false");
    }
}
