//! A lock that hands out a greater token each time, so that a late holder can be told.
use super::Said;
use crate::{Call, Process, Spec, Verb};

/// Begins free. Anyone may release it.
#[derive(Clone, Copy, Debug, Default)]
pub struct FencedMutex;

/// Whether it is held, and the last token that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Fence {
    pub is_held: bool,
    pub token: Option<i64>,
}

impl Spec for FencedMutex {
    type State = Fence;

    fn init(&self) -> Fence {
        Fence::default()
    }

    fn step(&self, fence: &Fence, _: Process, call: &Call) -> impl IntoIterator<Item = Fence> {
        let held = |is_held| Fence { is_held, ..*fence };
        match (&call.f, Said::by(call)) {
            (Verb::Acquire, Said::Other(token)) => {
                let token = token.int();
                let is_possible = !fence.is_held && token > fence.token;
                is_possible.then_some(Fence {
                    is_held: true,
                    token,
                })
            }
            (Verb::Acquire, Said::Done) => (!fence.is_held).then_some(held(true)),
            (Verb::Acquire, Said::Refused) => fence.is_held.then_some(*fence),
            // Its token, if it got one, has not been told: nothing has to be greater than that.
            (Verb::Acquire, Said::Nothing) => Some(held(true)),
            (Verb::Release, Said::Done) => fence.is_held.then_some(held(false)),
            (Verb::Release, Said::Nothing) => Some(held(false)),
            _ => None,
        }
    }

    fn describe(&self, fence: &Fence) -> String {
        let held = if fence.is_held { "held" } else { "free" };
        match fence.token {
            Some(token) => format!("{held}, the last token {token}"),
            None => format!("{held}, no token yet"),
        }
    }

    fn is_owner_aware(&self) -> bool {
        false
    }

    fn is_read_only(&self, call: &Call) -> bool {
        Said::by(call) == Said::Refused
    }
}

#[cfg(test)]
mod tests {
    use super::FencedMutex;
    use crate::model::script::{accepts, rejects};

    #[test]
    fn tokens_grow() {
        accepts(
            &FencedMutex,
            "acquire → 1; release; acquire → 5; acquire → false; release",
        );
        accepts(
            &FencedMutex,
            "acquire → -3; release → ?; acquire → ?; release; acquire → -2",
        );
        rejects(&FencedMutex, "acquire → 2; release; acquire → 2");
        rejects(&FencedMutex, "acquire → 2; release; acquire → 1");
        rejects(&FencedMutex, "acquire → 1; acquire → 2");
        rejects(&FencedMutex, "acquire → false");
        rejects(&FencedMutex, "release");
    }
}
