//! How a leader commits a transaction: run it on a snapshot, propose its writes, validate its reads.
use super::{
    node::{Node, WRITE_TIMEOUT},
    txn,
    types::{Answer, Command},
};
use crate::service::answers::Refusal;
use crate::steps::{Abort, Attempt, Held, Ran, Step, Txn, Version};
use harness::Key;
use std::{
    hash::{BuildHasher, RandomState},
    sync::{Mutex, MutexGuard},
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout};

/// How often a transaction is tried that others get ahead of.
const ATTEMPTS_MAX: u32 = 10;

/// The longest pause before the second attempt; it doubles with each further one.
const PAUSE: Duration = Duration::from_millis(2);
const PAUSE_MAX: Duration = Duration::from_millis(50);

/// The bug `read-skew` leaves so much time between two reads.
const BUG_BETWEEN_READS: Duration = Duration::from_millis(15);

impl Node {
    /// Does all of `txn` at one moment between request and answer, or nothing of it. As the leader.
    ///
    /// Optimistic concurrency control with backward validation (Kung and Robinson, 1981): the steps
    /// run on one snapshot of what is applied here; the writes go into the log together with the
    /// versions of all that was read; and whoever applies that entry drops it if a version has
    /// changed. So what is committed might as well have run whole at the place of its entry, and
    /// what only reads needs no entry: its place is that of its snapshot, which holds all that was
    /// acknowledged before, by the read protocol.
    ///
    /// Only an attempt that certainly came to nothing, because its entry was applied and dropped,
    /// is followed by another. One whose outcome is unknown never is: it could commit twice.
    pub(crate) async fn transact(&self, txn: &Txn) -> Result<Vec<Step>, Refusal> {
        let deadline = Instant::now() + WRITE_TIMEOUT;
        let attempts = if self.bugs.dirty_read {
            1
        } else {
            ATTEMPTS_MAX
        };
        for attempt in 0..attempts {
            if 0 < attempt {
                sleep(pause(attempt)).await;
            }
            let bug_is_alone = self.bugs.stale_snapshot && txn.is_read_only();
            if !bug_is_alone {
                self.confirm_leadership_until(deadline).await?;
            }
            let bug_is_apart = self.bugs.read_skew && txn.is_read_only();
            let ran = if bug_is_apart {
                self.run_apart(txn).await
            } else {
                self.run(txn)
            };
            let ran = ran.map_err(|Abort(why)| Refusal::Rejected(why))?;
            if ran.writes.is_empty() {
                return Ok(ran.steps);
            }
            let _bug_shows = self.bugs.dirty_read.then(|| self.dirty.show(&ran.writes));
            let reads = self.validated(ran.reads, &ran.writes);
            let writes = ran.writes;
            let commit = Command::Commit { reads, writes };
            match self.propose_until(commit, deadline).await? {
                Answer::Committed { is_done: true } => return Ok(ran.steps),
                Answer::Committed { is_done: false } => {}
                answer => {
                    let text = format!("a commit was answered with {answer:?}");
                    return Err(Refusal::Unknown(text));
                }
            }
        }
        let text = format!("conflict: others changed what it read, {attempts} times in a row");
        Err(Refusal::Rejected(text))
    }

    /// The read protocol, for as long as there is time.
    async fn confirm_leadership_until(&self, deadline: Instant) -> Result<(), Refusal> {
        let left = deadline.saturating_duration_since(Instant::now());
        let confirmed = timeout(left, self.confirm_leadership()).await;
        confirmed.unwrap_or_else(|_| {
            let text = format!("conflict: not committed within {WRITE_TIMEOUT:?}");
            Err(Refusal::Rejected(text))
        })
    }

    fn run(&self, txn: &Txn) -> Result<Ran, Abort> {
        if !self.bugs.dirty_read {
            return self.view.look(|store| txn::run(txn, store));
        }
        let mut attempt = Attempt::new(txn.floor());
        for step in txn.steps() {
            attempt.take(step, |key| {
                let (held, version) = self.look(key);
                (self.dirty.seen(key).or(held), version)
            })?;
        }
        attempt.finish()
    }

    /// The bug `read-skew`: every step sees a moment of its own.
    async fn run_apart(&self, txn: &Txn) -> Result<Ran, Abort> {
        let mut attempt = Attempt::new(txn.floor());
        for step in txn.steps() {
            attempt.take(step, |key| self.look(key))?;
            sleep(BUG_BETWEEN_READS).await;
        }
        attempt.finish()
    }

    fn look(&self, key: Key) -> (Option<Held>, Version) {
        self.view
            .look(|store| (store.get(key).cloned(), store.version(key)))
    }

    /// The versions that have to be the same still when the writes are applied.
    fn validated(
        &self,
        mut reads: Vec<(Key, Version)>,
        writes: &[(Key, Held)],
    ) -> Vec<(Key, Version)> {
        if self.bugs.lost_update {
            reads.clear();
        }
        if self.bugs.write_skew {
            reads.retain(|(read, _)| writes.iter().any(|(written, _)| written == read));
        }
        reads
    }
}

/// Random, so that those who met once do not meet again.
fn pause(attempt: u32) -> Duration {
    let longest = PAUSE_MAX.min(PAUSE * (1 << attempt.min(10)));
    let dice = RandomState::new().hash_one(attempt);
    Duration::from_nanos(dice % longest.as_nanos() as u64)
}

/// The bug `dirty-read`: what is proposed and not decided yet, for everybody to see.
#[derive(Default)]
pub(crate) struct Dirty(Mutex<Shown>);

#[derive(Default)]
struct Shown {
    count: u64,
    writes: Vec<(u64, Vec<(Key, Held)>)>,
}

/// Takes away, when it goes, what was shown.
struct Showing<'a> {
    dirty: &'a Dirty,
    number: u64,
}

impl Dirty {
    fn show(&self, writes: &[(Key, Held)]) -> Showing<'_> {
        let mut shown = self.shown();
        shown.count += 1;
        let number = shown.count;
        shown.writes.push((number, writes.to_vec()));
        Showing {
            dirty: self,
            number,
        }
    }

    fn seen(&self, key: Key) -> Option<Held> {
        let shown = self.shown();
        let all = shown.writes.iter().rev().flat_map(|(_, writes)| writes);
        let mut of_key = all.filter(|(written, _)| *written == key);
        of_key.next().map(|(_, held)| held.clone())
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.0.lock().expect("nothing panics while it holds this")
    }
}

impl Drop for Showing<'_> {
    fn drop(&mut self) {
        let mut shown = self.dirty.shown();
        shown.writes.retain(|(number, _)| *number != self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_differ_and_stay_short() {
        let pauses: Vec<Duration> = (1..100).map(pause).collect();
        assert!(pauses.iter().all(|pause| *pause < PAUSE_MAX));
        assert!(pauses.windows(2).any(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn what_is_shown_is_seen_until_it_is_decided() {
        let dirty = Dirty::default();
        let first = dirty.show(&[(1, Held::Number(7))]);
        let second = dirty.show(&[(1, Held::Number(8)), (2, Held::Number(9))]);
        assert_eq!(dirty.seen(1), Some(Held::Number(8)));
        drop(second);
        assert_eq!(dirty.seen(1), Some(Held::Number(7)));
        assert_eq!(dirty.seen(2), None);
        drop(first);
        assert_eq!(dirty.seen(1), None);
    }
}
