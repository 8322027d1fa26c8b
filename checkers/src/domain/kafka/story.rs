//! What was sent and polled, in columns.
use crate::domain::deed::{At, Deed, Deeds};
use crate::{Data, Key, Verb};
use rustc_hash::{FxHashMap, FxHashSet};

/// Everything that was sent or polled.
#[derive(Default)]
pub(super) struct Story<'d> {
    /// The keys, by number.
    pub(super) keys: Vec<&'d Data>,
    pub(super) messages: Vec<Message<'d>>,
    /// Sends that were answered with an offset, in order of invocation and then as they stand.
    pub(super) sends: Vec<Told>,
    /// Answers to polls, in order of invocation and then as they stand.
    pub(super) polls: Vec<Poll>,
    /// Who was told which message stands at which offset, sorted.
    pub(super) told: Vec<Told>,
    /// Messages that were acknowledged, and that were polled.
    pub(super) acknowledged: usize,
    pub(super) polled: usize,
    /// An operation of unknown outcome that may have polled.
    pub(super) open_poll: Option<At>,
    /// Whether anything was ever assigned or subscribed to.
    pub(super) is_assigned: bool,
    /// What transactions sent that did not fail.
    own: FxHashSet<(At, u32)>,
    numbers: FxHashMap<(Key, &'d Data), u32>,
    places: FxHashMap<(u32, &'d Data), u32>,
}

/// A value of a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'d> {
    pub(super) key: u32,
    pub(super) value: &'d Data,
    /// Of the sends that were answered the one with the lowest offset, if any was told one.
    pub(super) acknowledged: Option<(At, Option<i64>)>,
    /// The first and the last send that did not fail, and how many did not.
    pub(super) attempted: Option<At>,
    pub(super) attempted_last: Option<At>,
    pub(super) attempts: usize,
    pub(super) failed: Option<At>,
    /// Of the polls that had it the one that was answered first, and where.
    pub(super) polled: Option<(usize, At)>,
}

/// That a message stands at an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Told {
    pub(super) key: u32,
    pub(super) offset: i64,
    pub(super) message: u32,
    pub(super) by: At,
}

/// One message of an answer to a poll.
#[derive(Clone, Copy, Debug)]
pub(super) struct Poll {
    pub(super) by: At,
    /// Counts answers, so that one that goes on is told from the next; a transaction may poll often.
    pub(super) batch: u32,
    pub(super) key: u32,
    pub(super) offset: Option<i64>,
    pub(super) message: u32,
}

impl<'d> Story<'d> {
    pub(super) fn of(deeds: &'d Deeds<'_>) -> Story<'d> {
        let mut story = Story::default();
        let mut batch = 0;
        for (at, deed) in deeds.all.iter().enumerate() {
            match deed.f().name() {
                "send" => story.send_all(at, deed),
                "poll" => story.poll_all(at, deed, &mut batch),
                _ if *deed.f() == Verb::Txn => {
                    story.send_all(at, deed);
                    story.poll_all(at, deed, &mut batch);
                }
                "assign" | "subscribe" => story.is_assigned = true,
                _ => {}
            }
        }
        let messages = story.messages.iter();
        story.acknowledged = messages
            .clone()
            .filter(|m| m.acknowledged.is_some())
            .count();
        story.polled = messages.filter(|m| m.polled.is_some()).count();
        let polls = story.polls.iter().filter_map(|poll| {
            Some(Told {
                key: poll.key,
                offset: poll.offset?,
                message: poll.message,
                by: poll.by,
            })
        });
        story.told = polls.chain(story.sends.iter().copied()).collect();
        story.told.sort_unstable();
        // Each message once at each offset, and who was told so first.
        story
            .told
            .dedup_by_key(|told| (told.key, told.offset, told.message));
        story
    }

    /// Whether this transaction sent the message itself.
    pub(super) fn is_own(&self, message: u32, by: At) -> bool {
        self.own.contains(&(by, message))
    }

    fn message(&mut self, key: Key, name: &'d Data, value: &'d Data) -> u32 {
        let next = u32::try_from(self.keys.len()).expect("fewer than 2^32 keys");
        let number = *self.numbers.entry((key, name)).or_insert(next);
        if number == next {
            self.keys.push(name);
        }
        let next = u32::try_from(self.messages.len()).expect("fewer than 2^32 messages");
        let place = *self.places.entry((number, value)).or_insert(next);
        if place == next {
            self.messages.push(Message {
                key: number,
                value,
                acknowledged: None,
                attempted: None,
                attempted_last: None,
                attempts: 0,
                failed: None,
                polled: None,
            });
        }
        place
    }

    fn send_all(&mut self, at: At, deed: &'d Deed<'_>) {
        let asked = deed.call.input.list().unwrap_or_default();
        // `send [key value]`, answered with an offset.
        if let [name, value] = asked
            && deed.is_named("send")
            && name.list().is_none()
        {
            let offset = deed.output().and_then(Data::int);
            return self.send(at, deed, name, value, offset);
        }
        let answered = deed.output().and_then(Data::list).unwrap_or_default();
        for (place, step) in asked.iter().enumerate() {
            let Some([Data::Text(f), name, value]) = step.list() else {
                continue;
            };
            if **f != *"send" {
                continue;
            }
            // `["send" key [offset value]]`
            let told = answered.get(place).and_then(Data::list);
            let told = told.and_then(|told| told.get(2)).and_then(Data::pair);
            let told = told.filter(|(_, same)| *same == value);
            let offset = told.and_then(|(offset, _)| offset.int());
            self.send(at, deed, name, value, offset);
        }
    }

    fn send(
        &mut self,
        at: At,
        deed: &Deed<'_>,
        name: &'d Data,
        value: &'d Data,
        offset: Option<i64>,
    ) {
        let number = self.message(deed.call.key, name, value);
        let message = &mut self.messages[number as usize];
        if deed.is_failed() {
            message.failed.get_or_insert(at);
            return;
        }
        message.attempts += 1;
        message.attempted.get_or_insert(at);
        message.attempted_last = Some(at);
        if *deed.f() == Verb::Txn {
            self.own.insert((at, number));
        }
        if deed.answered().is_none() {
            return;
        }
        let is_lower = |known: i64| offset.is_some_and(|offset| offset < known);
        match message.acknowledged {
            Some((_, Some(known))) if !is_lower(known) => {}
            Some((_, None)) if offset.is_none() => {}
            _ => message.acknowledged = Some((at, offset)),
        }
        if let Some(offset) = offset {
            self.sends.push(Told {
                key: message.key,
                offset,
                message: number,
                by: at,
            });
        }
    }

    fn poll_all(&mut self, at: At, deed: &'d Deed<'_>, batch: &mut u32) {
        let is_poll =
            |step: &Data| matches!(step.list(), Some([Data::Text(f), ..]) if **f == *"poll");
        let asked = deed.call.input.list().unwrap_or_default();
        if deed.is_unknown() && (deed.is_named("poll") || asked.iter().any(is_poll)) {
            self.open_poll.get_or_insert(at);
        }
        let Some(answered) = deed.answered() else {
            return;
        };
        let answer = deed.output().and_then(Data::list).unwrap_or_default();
        let key = deed.call.key;
        if answer.iter().any(|step| is_poll(step) || is_send(step)) {
            for step in answer.iter().filter(|step| is_poll(step)) {
                let polled = step
                    .list()
                    .and_then(|step| step.get(1))
                    .and_then(Data::list);
                self.poll((answered, at), key, polled.unwrap_or_default(), batch);
            }
        } else if deed.is_named("poll") {
            self.poll((answered, at), key, answer, batch);
        }
    }

    /// `[[key [[offset value] …]] …]`
    fn poll(&mut self, this: (usize, At), key: Key, polled: &'d [Data], batch: &mut u32) {
        *batch += 1;
        for (name, messages) in polled.iter().filter_map(Data::pair) {
            let messages = messages.list().unwrap_or_default();
            for (offset, value) in messages.iter().filter_map(Data::pair) {
                let number = self.message(key, name, value);
                let message = &mut self.messages[number as usize];
                message.polled = Some(message.polled.map_or(this, |first| first.min(this)));
                self.polls.push(Poll {
                    by: this.1,
                    batch: *batch,
                    key: message.key,
                    offset: offset.int(),
                    message: number,
                });
            }
        }
    }
}

fn is_send(step: &Data) -> bool {
    matches!(step.list(), Some([Data::Text(f), _, _]) if **f == *"send")
}
