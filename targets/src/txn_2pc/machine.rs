//! One node as a state machine: what it hears goes in, what it wants done comes out. It knows no clock, disk or network.
use super::{
    bugs::Bugs,
    coordinator::Coordinator,
    messages::{Image, Message},
    outbox::{Effect, Outbox, Turn},
    participant::Participant,
};
use crate::steps::Txn;
use serde::Serialize;

/// What happens to a node.
#[derive(Debug)]
pub(crate) enum Input {
    /// A client asks; its answer carries the ticket. The clock is in microseconds.
    Begin {
        ticket: u64,
        txn: Txn,
        clock: u64,
    },
    Hear {
        from: u64,
        message: Message,
    },
    /// A message was not delivered; it may have been heard nevertheless.
    Lost {
        to: u64,
        message: Message,
        may_be_heard: bool,
    },
    /// The write of this number, and all before it, are on disk.
    Written(u64),
    /// Some time has passed.
    Tick,
}

/// A node: a coordinator, a participant, and what they want done.
#[derive(Debug)]
pub(crate) struct Machine {
    coordinator: Coordinator,
    participant: Participant,
    out: Outbox,
}

/// What a node believes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Status {
    id: u64,
    /// Transactions that this node coordinates and that are not decided.
    undecided: usize,
    /// Committed transactions that some participant has not confirmed.
    unacknowledged: usize,
    /// Attempts that older transactions, or a lost lock, made vain, and that were followed by others.
    retries: u64,
    /// Transactions that wait for locks here.
    waiting: usize,
    /// Transactions that are prepared here and wait for their coordinator's decision.
    in_doubt: usize,
    oldest_in_doubt_ms: u64,
}

#[cfg(test)]
impl Status {
    /// Whether nothing is left to do.
    pub(crate) fn is_idle(&self) -> bool {
        let busy = [
            self.undecided,
            self.unacknowledged,
            self.waiting,
            self.in_doubt,
        ];
        busy.iter().all(|count| *count == 0)
    }
}

/// Where a node stands among the others, and what was switched on.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    pub(crate) own: u64,
    /// All, in order: it says whose keys are whose.
    pub(crate) nodes: Vec<u64>,
    /// How often this node has been started.
    pub(crate) epoch: u64,
    pub(crate) bugs: Bugs,
}

impl Machine {
    /// As it goes on after a start, with what was on disk.
    pub(crate) fn recover(seat: Seat, image: &Image) -> Machine {
        let Seat {
            own,
            nodes,
            epoch,
            bugs,
        } = seat;
        Machine {
            coordinator: Coordinator::recover(image, nodes, epoch, bugs),
            participant: Participant::recover(image, bugs),
            out: Outbox::new(own),
        }
    }

    /// Takes one input, `now` milliseconds after the start, and says what is to be done.
    pub(crate) fn handle(&mut self, now: u64, input: Input) -> Vec<Effect> {
        let Machine {
            coordinator,
            participant,
            out,
        } = self;
        out.now = now;
        match input {
            Input::Begin { ticket, txn, clock } => coordinator.begin(ticket, txn, clock, out),
            Input::Hear { from, message } => self.hear(from, message),
            Input::Lost {
                to,
                message,
                may_be_heard,
            } => coordinator.lost(to, &message, may_be_heard, participant, out),
            Input::Written(write) => out.written(write),
            Input::Tick => {
                coordinator.tick(participant, out);
                participant.tick(out);
                out.tick();
            }
        }
        while let Some(turn) = self.out.next_turn() {
            match turn {
                Turn::Hear(message) => self.hear(self.out.own, message),
                Turn::Decided(id) => self.coordinator.decided(id, &mut self.out),
                Turn::Applied(id) => self.participant.applied(id, &mut self.out),
            }
        }
        self.out.take()
    }

    fn hear(&mut self, from: u64, message: Message) {
        let Machine {
            coordinator,
            participant,
            out,
        } = self;
        match message {
            Message::Prepare(part) => {
                coordinator.hear_of(part.id);
                participant.prepare(part, out);
            }
            Message::Vote(id, vote) => coordinator.vote(from, id, vote, participant, out),
            Message::Confirm(id) => participant.confirm(id, out),
            Message::Confirmed(id, is_held) => {
                coordinator.confirmed(from, id, is_held, participant, out);
            }
            Message::Commit(id) => participant.commit(id, out),
            Message::Abort(id) => participant.abort(id, out),
            Message::Done(id) => coordinator.done(from, id, out),
            Message::Inquire(id) => coordinator.inquire(from, id, out),
            Message::Unknown(id) => participant.presume(id, out),
            Message::Wound(id) => coordinator.wound(id, participant, out),
        }
    }

    pub(crate) fn status(&self, now: u64) -> Status {
        let (undecided, unacknowledged, retries) = self.coordinator.counts();
        let in_doubt = self.participant.in_doubt(now);
        Status {
            id: self.out.own,
            undecided,
            unacknowledged,
            retries,
            waiting: self.participant.waiting(),
            in_doubt: in_doubt.count,
            oldest_in_doubt_ms: in_doubt.oldest_ms,
        }
    }
}

#[cfg(test)]
mod tests;
