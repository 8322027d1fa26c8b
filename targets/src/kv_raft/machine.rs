//! The registers themselves: what committed commands do to them, and their snapshots.
use super::{
    disk::{Change, Disk, Image, Recovered},
    journal,
    types::{Answer, Command, Kv, LogId, Membership, Registers, Snapshot, SnapshotMeta},
};
use futures_util::{Stream, TryStreamExt};
use harness::{Key, Value};
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

/// A reader of the registers, outside the Raft library.
#[derive(Clone)]
pub(crate) struct View(Arc<RwLock<State>>);

#[derive(Clone, Default)]
struct State {
    applied: Option<LogId>,
    membership: Membership,
    registers: Registers,
}

impl View {
    /// What is applied *here*, which may be old: see the read protocol in `node.rs`.
    pub(crate) fn read(&self, key: Key) -> Option<Value> {
        let state = self.0.read().expect("nothing panics while it holds this");
        state.registers.get(&key).copied()
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
            registers: image.registers.clone(),
        }
    }
}

/// What a command does; the same on every node, for it depends on nothing else.
pub(crate) fn apply(registers: &mut Registers, command: Command) -> Answer {
    match command {
        Command::Write { key, value } => {
            registers.insert(key, value);
            Answer::Written
        }
        Command::Cas { key, from, to } => {
            let found = registers.get(&key).copied();
            let swapped = found == Some(from);
            if swapped {
                registers.insert(key, to);
            }
            Answer::Compared { found, swapped }
        }
    }
}

impl RaftStateMachine<Kv> for Machine {
    type SnapshotData = Registers;
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
                    EntryPayload::Normal(command) => apply(&mut state.registers, command),
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

    async fn install_snapshot(
        &mut self,
        meta: &SnapshotMeta,
        registers: Registers,
    ) -> io::Result<()> {
        let image = Image {
            meta: meta.clone(),
            registers,
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
            snapshot: image.registers,
        }))
    }
}

/// Makes one snapshot of the state as it was when this was made.
pub(crate) struct Builder {
    machine: Machine,
    state: State,
}

impl RaftSnapshotBuilder<Kv> for Builder {
    type SnapshotData = Registers;

    async fn build_snapshot(&mut self) -> io::Result<Snapshot> {
        let image = Image {
            meta: SnapshotMeta {
                last_log_id: self.state.applied,
                last_membership: self.state.membership.clone(),
            },
            registers: self.state.registers.clone(),
        };
        self.machine.keep(image.clone()).await?;
        journal::info(format_args!(
            "snapshot built through {}",
            index(self.state.applied)
        ));
        Ok(Snapshot {
            meta: image.meta,
            snapshot: image.registers,
        })
    }
}

fn index(log_id: Option<LogId>) -> u64 {
    log_id.map_or(0, |log_id| log_id.index)
}
