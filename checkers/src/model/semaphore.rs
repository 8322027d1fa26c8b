//! A semaphore: so many permits, and no more, are out at a time.
use super::Said;
use crate::{Call, Data, Process, Spec, Verb};

/// All permits are there at first. Anyone may give back what anyone took.
#[derive(Clone, Copy, Debug)]
pub struct Semaphore {
    pub permits: i64,
}

impl Spec for Semaphore {
    /// Permits that are out.
    type State = i64;

    fn init(&self) -> i64 {
        0
    }

    fn step(&self, &out: &i64, _: Process, call: &Call) -> impl IntoIterator<Item = i64> {
        let count = match &call.input {
            Data::Nil => 1,
            count => count.int().filter(|count| *count >= 0)?,
        };
        let after = match call.f {
            Verb::Acquire => out.checked_add(count).filter(|out| *out <= self.permits),
            Verb::Release => out.checked_sub(count).filter(|out| *out >= 0),
            _ => return None,
        };
        match (Said::by(call), after) {
            (Said::Done, after) => after,
            (Said::Nothing, after) => Some(after.unwrap_or(out)),
            (Said::Refused, None) => (call.f == Verb::Acquire).then_some(out),
            (Said::Refused, Some(_)) | (Said::Other(_), _) => None,
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
    use super::Semaphore;
    use crate::model::script::{accepts, rejects};

    #[test]
    fn no_more_permits_are_out_than_there_are() {
        let two = Semaphore { permits: 2 };
        accepts(
            &two,
            "acquire; acquire → true; acquire → false; release; acquire",
        );
        accepts(
            &two,
            "acquire 2; acquire → false; release 1; acquire; release 2; acquire 2",
        );
        accepts(
            &two,
            "acquire; acquire 2 → false; acquire; acquire → ?; release → ?; acquire",
        );
        accepts(
            &two,
            "acquire 9223372036854775807 → false; acquire 0; release 0",
        );
        rejects(&two, "acquire; acquire; acquire");
        rejects(&two, "acquire 3");
        rejects(&two, "acquire; acquire → false");
        rejects(&two, "release");
        rejects(&two, "acquire; release 2");
    }
}
