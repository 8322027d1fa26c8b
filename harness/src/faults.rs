//! Brings each fault of a schedule at its time, and undoes all of them whatever happens.
use crate::control::Control;
use crate::nemesis::AnyNemesis;
use crate::notes::{self, FaultNote, HealedNote};
use crate::progress::Progress;
use crate::run::{Ran, WATCH, tell_of_fallen};
use crate::schedule::{FAULT_MS_MIN, Planned};
use crate::{cluster::Cluster, recorder::Recorder};
use checkers::NodeId;
use std::io;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

pub(crate) struct Faults<'a> {
    pub(crate) recorder: &'a Recorder,
    pub(crate) control: &'a Control,
    pub(crate) progress: &'a Progress,
    pub(crate) cluster: &'a mut Cluster,
    pub(crate) ran: &'a mut Ran,
}

impl Faults<'_> {
    /// From `began`, when the traffic begins, to its `end`.
    pub(crate) async fn bring(
        &mut self,
        nemesis: Option<&mut (dyn AnyNemesis + '_)>,
        schedule: &[Planned],
        began: Instant,
        end: Instant,
    ) -> Result<(), String> {
        let mut result = Ok(());
        if let Some(nemesis) = nemesis {
            for planned in schedule {
                if let Err(error) = self.one(nemesis, planned, began).await {
                    let error = format!("the nemesis {} failed: {error}", planned.nemesis);
                    self.control.stop(&error);
                    result = Err(error);
                    break;
                }
            }
            // What a failed fault left behind has to go as well, before anything is read.
            if let Err(error) = nemesis.heal(self.cluster).await {
                result = result.and(Err(format!("healing failed: {error}")));
            }
        }
        self.idle(end).await;
        result
    }

    /// One fault, unless the run stops before it or its time is over.
    async fn one(
        &mut self,
        nemesis: &mut dyn AnyNemesis,
        planned: &Planned,
        began: Instant,
    ) -> io::Result<()> {
        let until = began + Duration::from_millis(planned.until_ms);
        self.idle(began + Duration::from_millis(planned.at_ms))
            .await;
        let is_late = until < Instant::now() + Duration::from_millis(FAULT_MS_MIN);
        if is_late || self.control.is_stopped() {
            return Ok(());
        }
        let began = self.recorder.now();
        let injected = nemesis.inject(&planned.fault, self.cluster).await?;
        let text = |id: NodeId| id.to_string();
        let links = injected
            .links
            .iter()
            .map(|link| (text(link.from), text(link.to)));
        let note = FaultNote {
            nemesis: planned.nemesis.clone(),
            description: injected.description,
            links: links.collect(),
            began,
        };
        self.progress
            .fault(&format!("{} {}", note.nemesis, note.description));
        self.recorder.note("nemesis", notes::FAULT, &note);
        self.idle(until).await;
        let healed = nemesis.heal(self.cluster).await?;
        self.progress.fault(&format!("healed: {}", healed.evidence));
        let note = HealedNote {
            bit: healed.bit,
            evidence: healed.evidence,
        };
        self.recorder.note("nemesis", notes::HEALED, &note);
        Ok(())
    }

    /// Waits, with an eye on nodes that end by themselves, and not longer than the run goes on.
    async fn idle(&mut self, until: Instant) {
        loop {
            tell_of_fallen(self.cluster, self.recorder, self.progress, self.ran);
            if self.control.is_stopped() || until <= Instant::now() {
                return;
            }
            let tick = until.min(Instant::now() + WATCH);
            tokio::select! { () = sleep_until(tick) => {}, () = self.control.stopped() => {} }
        }
    }
}
