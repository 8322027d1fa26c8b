//! A lock that only its holder may release.
use super::Said;
use crate::{Call, Process, Spec, Verb};

/// Begins free. Whoever holds it does not get it again.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwnerMutex;

impl Spec for OwnerMutex {
    /// Who holds it.
    type State = Option<Process>;

    fn init(&self) -> Option<Process> {
        None
    }

    fn step(
        &self,
        &holder: &Option<Process>,
        process: Process,
        call: &Call,
    ) -> impl IntoIterator<Item = Option<Process>> {
        let is_free = holder.is_none();
        let is_mine = holder == Some(process);
        match (&call.f, Said::by(call)) {
            (Verb::Acquire, Said::Done) => is_free.then_some(Some(process)),
            (Verb::Acquire, Said::Refused) => (!is_free).then_some(holder),
            (Verb::Acquire, Said::Nothing) => Some(holder.or(Some(process))),
            (Verb::Release, Said::Done) => is_mine.then_some(None),
            (Verb::Release, Said::Nothing) => Some(holder.filter(|_| !is_mine)),
            _ => None,
        }
    }

    fn is_read_only(&self, call: &Call) -> bool {
        Said::by(call) == Said::Refused
    }

    fn describe(&self, holder: &Option<Process>) -> String {
        holder.map_or_else(
            || "free".to_owned(),
            |Process(p)| format!("held by process {p}"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::OwnerMutex;
    use crate::model::script::{accepts, rejects};

    #[test]
    fn only_its_holder_releases_it() {
        accepts(
            &OwnerMutex,
            "1: acquire; 2: acquire → false; 1: release → true; 2: acquire",
        );
        accepts(
            &OwnerMutex,
            "1: acquire; 1: acquire → false; 2: release → ?; 2: acquire → false",
        );
        accepts(
            &OwnerMutex,
            "1: acquire; 1: release → ?; 2: acquire → ?; 1: acquire → false",
        );
        rejects(&OwnerMutex, "1: acquire; 2: release");
        rejects(&OwnerMutex, "1: acquire; 2: acquire");
        rejects(&OwnerMutex, "1: acquire; 1: acquire");
        rejects(&OwnerMutex, "1: acquire → false");
        rejects(&OwnerMutex, "1: acquire; 2: release → ?; 2: acquire");
        rejects(&OwnerMutex, "1: release");
    }
}
