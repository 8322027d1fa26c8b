//! What somebody has seen of each session, and what they had to see with it.
use super::forced::{Notes, Sink};
use super::order::Forced;
use super::placed::Placed;
use super::runs::Runs;
use super::view::{INITIAL, NONE, View};
use crate::transactional::Txn;

/// How far into each session somebody has seen, and whom there.
pub(super) struct Sight {
    pub(super) far: Notes<(u32, Txn)>,
    pub(super) sessions: Vec<u32>,
    /// The furthest place in an order of anyone seen.
    last: u32,
}

impl Sight {
    pub(super) fn new(view: &View<'_>) -> Sight {
        Sight {
            far: Notes::new(view.sessions() as usize, (0, NONE)),
            sessions: Vec::new(),
            last: 0,
        }
    }

    /// Somebody else begins to see.
    pub(super) fn forget(&mut self) {
        self.sessions.clear();
        self.last = 0;
    }

    /// `owner` has seen `writer`, whose place in the order that is tried `place` tells.
    pub(super) fn see(
        &mut self,
        view: &View<'_>,
        owner: u32,
        writer: Txn,
        place: impl Fn(Txn) -> u32,
    ) {
        if writer == INITIAL {
            return;
        }
        self.last = self.last.max(place(writer));
        let (session, index) = (view.session[writer as usize], view.index[writer as usize]);
        match self.far.get(owner, session) {
            Some((far, _)) if index <= far => {}
            Some(_) => self.far.set(owner, session, (index, writer)),
            None => {
                self.sessions.push(session);
                self.far.set(owner, session, (index, writer));
            }
        }
    }

    /// For each session, what was written to `key` before the furthest transaction seen of it, and
    /// may stand in the wrong place in the order that is tried.
    pub(super) fn ask(
        &self,
        (view, writers, placed): (&View<'_>, &Runs, &Placed),
        owner: u32,
        (key, second, reader): (u32, Txn, Txn),
        sink: &mut Sink<'_>,
    ) -> bool {
        let (own, place) = match second {
            INITIAL => (NONE, 0),
            _ => (view.session[second as usize], view.index[second as usize]),
        };
        if second != INITIAL {
            // All that is before the one seen of a session stands before it in the order.
            let around = placed.around(key, second, self.last);
            if around.len() <= 2 * self.sessions.len() {
                let mut seen = around.iter().filter_map(|&first| {
                    let (session, index) =
                        (view.session[first as usize], view.index[first as usize]);
                    let (far, through) = self.far.get(owner, session)?;
                    let is_known = session == own && index <= place;
                    (index < far && first != reader && !is_known).then_some((first, through))
                });
                return seen.all(|(first, through)| {
                    sink(Forced {
                        first,
                        second,
                        reader,
                        key,
                        through,
                    })
                });
            }
        }
        let mut ask = |run: usize, (far, through): (u32, Txn)| {
            let mut found = writers.last_before(run, far);
            if found.is_some_and(|(first, _)| first == reader) {
                // Nobody has to see itself before it writes, but what came before it.
                found = writers.last_before(run, view.index[reader as usize]);
            }
            let Some((first, at)) = found else {
                return true;
            };
            let is_known = writers.session(run) == own && at <= place;
            is_known
                || sink(Forced {
                    first,
                    second,
                    reader,
                    key,
                    through,
                })
        };
        let runs = writers.of_key(key);
        // Whichever are fewer: sessions that wrote the key, or sessions that were seen.
        if runs.len() / 4 <= self.sessions.len() {
            let mut runs = runs.filter_map(|run| {
                let far = self.far.get(owner, writers.session(run))?;
                Some((run, far))
            });
            return runs.all(|(run, far)| ask(run, far));
        }
        let mut seen = self.sessions.iter().filter_map(|&session| {
            let far = self.far.get(owner, session)?;
            Some((writers.find(key, session)?, far))
        });
        seen.all(|(run, far)| ask(run, far))
    }
}
