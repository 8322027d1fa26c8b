//! The state machine of one node: commands applied in order, and snapshots of what came of them.
use super::{
    disk::{Change, Disk, Image, Recovered},
    store::Store,
    types::{Answer, Kv, LogId, Membership, Snapshot, SnapshotMeta},
};
use crate::service::journal;
use futures_util::{Stream, TryStreamExt};
use openraft::{
    EntryPayload, OptionalSend, RaftSnapshotBuilder,
    storage::{EntryResponder, RaftStateMachine},
};
use std::{
    io,
    sync::{Arc, Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

/// The replicated state of one node.
///
/// It lives in memory; what survives a crash is the last snapshot and the log behind it. That is
/// enough: a write is acknowledged when a majority has it in its *log* on disk, the log is purged
/// only through a snapshot that is on disk, and `applied_state` after a restart is the snapshot's,
/// so everything after it is applied again from the log.
#[derive(Clone)]
pub(crate) struct Machine {
    disk: Disk,
    state: Arc<RwLock<State>>,
    /// The newest snapshot, which is also on disk or queued to be.
    snapshot: Arc<Mutex<Option<Image>>>,
}

/// A reader of the store, outside the Raft library.
#[derive(Clone)]
pub(crate) struct View(Arc<RwLock<State>>);

#[derive(Clone, Default)]
struct State {
    applied: Option<LogId>,
    membership: Membership,
    store: Store,
}

impl View {
    /// Looks at what is applied *here*, which may be old: see the read protocol in `node.rs`.
    /// Nothing is applied while `look` runs, so all that it sees is of one moment.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Store) -> T) -> T {
        let state = self.0.read().expect("nothing panics while it holds this");
        look(&state.store)
    }
}

impl Machine {
    /// Takes its part of what was found on disk.
    pub(crate) fn new(disk: Disk, recovered: &mut Recovered) -> Machine {
        let snapshot = recovered.snapshot.take();
        let state = snapshot.as_ref().map(State::of).unwrap_or_default();
        Machine {
            disk,
            state: Arc::new(RwLock::new(state)),
            snapshot: Arc::new(Mutex::new(snapshot)),
        }
    }

    pub(crate) fn view(&self) -> View {
        View(self.state.clone())
    }

    /// Makes `image` the snapshot, unless there is a newer one.
    ///
    /// Snapshots are built beside everything else, so one may be finished only after a newer one
    /// came from the leader and the log was purged through that: `built through 20 | installed
    /// through 50, purged through 50 | written through 20` would lose 21 to 50.
    async fn keep(&self, image: Image) -> io::Result<()> {
        let (done, durable) = tokio::sync::oneshot::channel();
        {
            let mut newest = self
                .snapshot
                .lock()
                .expect("nothing panics while it holds this");
            let is_old = newest
                .as_ref()
                .is_some_and(|newest| newest.meta.last_log_id >= image.meta.last_log_id);
            if is_old {
                return Ok(());
            }
            *newest = Some(image.clone());
            // Queued under the lock, so that disk and memory see the same order.
            self.disk.submit(Change::Snapshot(image), |result| {
                let _ = done.send(result);
            });
        }
        durable.await.map_err(io::Error::other)?
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state
            .read()
            .expect("nothing panics while it holds this")
    }

    fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.state
            .write()
            .expect("nothing panics while it holds this")
    }
}

impl State {
    fn of(image: &Image) -> State {
        State {
            applied: image.meta.last_log_id,
            membership: image.meta.last_membership.clone(),
            store: image.store.clone(),
        }
    }
}

impl RaftStateMachine<Kv> for Machine {
    type SnapshotData = Store;
    type SnapshotBuilder = Builder;

    async fn applied_state(&mut self) -> io::Result<(Option<LogId>, Membership)> {
        let state = self.state();
        Ok((state.applied, state.membership.clone()))
    }

    async fn apply<S>(&mut self, mut entries: S) -> io::Result<()>
    where
        S: Stream<Item = io::Result<EntryResponder<Kv>>> + Unpin + OptionalSend,
    {
        while let Some((entry, responder)) = entries.try_next().await? {
            let answer = {
                let mut state = self.state_mut();
                state.applied = Some(entry.log_id);
                match entry.payload {
                    EntryPayload::Blank => Answer::Nothing,
                    EntryPayload::Normal(command) => state.store.apply(entry.log_id.index, command),
                    EntryPayload::Membership(membership) => {
                        state.membership = Membership::new(Some(entry.log_id), membership);
                        Answer::Nothing
                    }
                }
            };
            if let Some(responder) = responder {
                responder.send(answer);
            }
        }
        Ok(())
    }

    async fn get_snapshot_builder(&mut self) -> Builder {
        Builder {
            machine: self.clone(),
            state: self.state().clone(),
        }
    }

    async fn install_snapshot(&mut self, meta: &SnapshotMeta, store: Store) -> io::Result<()> {
        let image = Image {
            meta: meta.clone(),
            store,
        };
        let state = State::of(&image);
        // Durable first: the log behind it is purged as soon as this returns.
        self.keep(image).await?;
        journal::info(format_args!(
            "snapshot installed through {}",
            index(state.applied)
        ));
        *self.state_mut() = state;
        Ok(())
    }

    async fn get_current_snapshot(&mut self) -> io::Result<Option<Snapshot>> {
        let newest = self
            .snapshot
            .lock()
            .expect("nothing panics while it holds this");
        Ok(newest.clone().map(|image| Snapshot {
            meta: image.meta,
            snapshot: image.store,
        }))
    }
}

/// Makes one snapshot of the state as it was when this was made.
pub(crate) struct Builder {
    machine: Machine,
    state: State,
}

impl RaftSnapshotBuilder<Kv> for Builder {
    type SnapshotData = Store;

    async fn build_snapshot(&mut self) -> io::Result<Snapshot> {
        let image = Image {
            meta: SnapshotMeta {
                last_log_id: self.state.applied,
                last_membership: self.state.membership.clone(),
            },
            store: self.state.store.clone(),
        };
        self.machine.keep(image.clone()).await?;
        journal::info(format_args!(
            "snapshot built through {}",
            index(self.state.applied)
        ));
        Ok(Snapshot {
            meta: image.meta,
            snapshot: image.store,
        })
    }
}

fn index(log_id: Option<LogId>) -> u64 {
    log_id.map_or(0, |log_id| log_id.index)
}
