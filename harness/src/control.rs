//! Whether the run is to stop before its time, and why.
use crate::conclusion::INTERRUPTED;
use std::cell::{Cell, RefCell};
use tokio::sync::Notify;

/// Shared by whoever may end a run and whoever has to notice. The first reason counts.
#[derive(Debug, Default)]
pub(crate) struct Control {
    reason: RefCell<Option<String>>,
    is_torn: Cell<bool>,
    wake: Notify,
}

impl Control {
    /// Ends the traffic and the faults; healing, last reads, checks and report follow.
    pub(crate) fn stop(&self, reason: &str) {
        self.reason
            .borrow_mut()
            .get_or_insert_with(|| reason.to_owned());
        self.wake.notify_waiters();
    }

    /// Ends the wait for a cluster that does not come up as well.
    pub(crate) fn interrupt(&self) {
        self.is_torn.set(true);
        self.stop(INTERRUPTED);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.reason.borrow().is_some()
    }

    pub(crate) fn is_torn(&self) -> bool {
        self.is_torn.get()
    }

    pub(crate) fn reason(&self) -> Option<String> {
        self.reason.borrow().clone()
    }

    /// Returns when somebody ends the run.
    pub(crate) async fn stopped(&self) {
        let waiting = self.wake.notified();
        if !self.is_stopped() {
            waiting.await;
        }
    }
}
