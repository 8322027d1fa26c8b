//! A proposer under one ballot: from its prepare to a decision, or to the news that others were ahead.
use super::bugs::Bugs;
use super::message::{Ballot, Proposal, Reply, Request};
use harness::Value;
use std::collections::BTreeSet;

/// What a proposer is told beforehand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// How many acceptors there are.
    pub(super) nodes: usize,
    /// How many of them have to agree.
    pub(super) quorum: usize,
    pub(super) bugs: Bugs,
}

/// One attempt to have a value chosen. It is given up, not repeated: the next one has another ballot.
#[derive(Clone, Debug)]
pub(super) struct Proposer {
    terms: Terms,
    ballot: Ballot,
    /// What it would like to be decided.
    own: Value,
    /// None while it prepares; then what is to be accepted.
    value: Option<Value>,
    /// The highest proposal that a promise told of.
    highest: Option<Proposal>,
    /// Who has agreed in this phase.
    agreed: BTreeSet<u64>,
    /// Who has refused, in either phase.
    refused: BTreeSet<u64>,
    /// The highest ballot that is known to be promised.
    seen: Ballot,
    is_over: bool,
}

/// What follows from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A quorum has promised: ask all acceptors to accept this.
    Accept(Proposal),
    /// A quorum has accepted: this is chosen, and nothing else ever will be.
    Decided(Value),
    /// So many have refused that no quorum is left.
    Lost,
}

impl Proposer {
    /// Begins with a [prepare](Request::Prepare) to all acceptors. Nobody else may use `ballot`.
    pub(super) fn new(terms: Terms, ballot: Ballot, own: Value) -> Proposer {
        Proposer {
            terms,
            ballot,
            own,
            value: None,
            highest: None,
            agreed: BTreeSet::new(),
            refused: BTreeSet::new(),
            seen: ballot,
            is_over: false,
        }
    }

    /// What to ask all acceptors now.
    pub(super) fn request(&self) -> Request {
        let ballot = self.ballot;
        match self.value {
            None => Request::Prepare(ballot),
            Some(value) => Request::Accept(Proposal { ballot, value }),
        }
    }

    /// The highest round that anybody told of.
    pub(super) fn seen(&self) -> u64 {
        self.seen.round
    }

    /// Takes an answer of the acceptor `from`. Answers may come late, twice and in any order.
    pub(super) fn hear(&mut self, from: u64, reply: Reply) -> Option<Next> {
        if self.is_over {
            return None;
        }
        match reply {
            Reply::Promise { ballot, accepted } if ballot == self.ballot => {
                self.promised(from, accepted)
            }
            Reply::Accepted { ballot } if ballot == self.ballot => self.accepted(from),
            Reply::Refused { ballot, promised } if ballot == self.ballot => {
                self.seen = self.seen.max(promised);
                self.refused.insert(from);
                let is_lost = self.terms.nodes - self.refused.len() < self.terms.quorum;
                self.is_over = is_lost;
                is_lost.then_some(Next::Lost)
            }
            // To another ballot.
            Reply::Promise { .. } | Reply::Accepted { .. } | Reply::Refused { .. } => None,
        }
    }

    fn promised(&mut self, from: u64, accepted: Option<Proposal>) -> Option<Next> {
        if self.value.is_some() {
            return None;
        }
        let ballot = |proposal: Option<Proposal>| proposal.map(|proposal| proposal.ballot);
        if ballot(self.highest) < ballot(accepted) {
            self.highest = accepted;
        }
        self.agreed.insert(from);
        if self.agreed.len() < self.terms.quorum {
            return None;
        }
        self.agreed.clear();
        // What may already have been chosen under a lower ballot is among what was accepted, and is
        // the highest of that: only this may be proposed, or anything if there is none.
        let bug_ignores_accepted = self.terms.bugs.ignores_accepted;
        let value = match self.highest {
            Some(highest) if !bug_ignores_accepted => highest.value,
            Some(_) | None => self.own,
        };
        self.value = Some(value);
        let ballot = self.ballot;
        Some(Next::Accept(Proposal { ballot, value }))
    }

    fn accepted(&mut self, from: u64) -> Option<Next> {
        let value = self.value?;
        self.agreed.insert(from);
        self.is_over = self.agreed.len() >= self.terms.quorum;
        self.is_over.then_some(Next::Decided(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BALLOT: Ballot = Ballot { round: 5, node: 1 };

    fn proposer() -> Proposer {
        let terms = Terms {
            nodes: 5,
            quorum: 3,
            bugs: Bugs::default(),
        };
        Proposer::new(terms, BALLOT, 7)
    }

    fn promise(accepted: Option<(u64, Value)>) -> Reply {
        let accepted = accepted.map(|(round, value)| Proposal {
            ballot: Ballot { round, node: 2 },
            value,
        });
        Reply::Promise {
            ballot: BALLOT,
            accepted,
        }
    }

    fn accept(value: Value) -> Option<Next> {
        let ballot = BALLOT;
        Some(Next::Accept(Proposal { ballot, value }))
    }

    #[test]
    fn three_promises_and_three_acceptances_decide_and_none_counts_twice() {
        let mut proposer = proposer();
        assert_eq!(proposer.request(), Request::Prepare(BALLOT));
        for from in [1, 1, 2, 2] {
            assert_eq!(proposer.hear(from, promise(None)), None);
        }
        assert_eq!(proposer.hear(4, promise(None)), accept(7));
        let done = Reply::Accepted { ballot: BALLOT };
        for (from, reply) in [(1, done), (1, done), (5, promise(Some((4, 9)))), (2, done)] {
            assert_eq!(proposer.hear(from, reply), None);
        }
        assert_eq!(proposer.hear(3, done), Some(Next::Decided(7)));
        assert_eq!(proposer.hear(4, done), None);
    }

    #[test]
    fn what_was_accepted_under_the_highest_ballot_is_adopted() {
        let mut proposer = proposer();
        proposer.hear(1, promise(Some((2, 20))));
        proposer.hear(2, promise(Some((3, 30))));
        assert_eq!(proposer.hear(3, promise(Some((1, 10)))), accept(30));
    }

    #[test]
    fn it_is_lost_when_no_quorum_is_left() {
        let mut proposer = proposer();
        let refused = |ballot| Reply::Refused {
            ballot,
            promised: Ballot { round: 8, node: 3 },
        };
        assert_eq!(proposer.hear(1, promise(None)), None);
        let other = Ballot { round: 4, node: 1 };
        assert_eq!(proposer.hear(2, refused(other)), None);
        assert_eq!(proposer.hear(2, refused(BALLOT)), None);
        assert_eq!(proposer.hear(3, refused(BALLOT)), None);
        assert_eq!(proposer.hear(4, refused(BALLOT)), Some(Next::Lost));
        assert_eq!(proposer.seen(), 8);
    }
}
