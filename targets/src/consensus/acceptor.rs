//! An acceptor of one instance: what it has promised and accepted, and what it answers.
use super::message::{Ballot, Proposal, Reply, Request};
use serde::{Deserialize, Serialize};

/// The state of an acceptor. All of it has to be on disk before an answer that [binds](Reply::binds) is given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Acceptor {
    /// The highest ballot that it has promised, or accepted under.
    promised: Option<Ballot>,
    /// The highest proposal that it has accepted.
    accepted: Option<Proposal>,
}

impl Acceptor {
    /// Answers, and remembers what it answered.
    ///
    /// A request that comes twice is answered twice: the same promise made again promises nothing new.
    pub(super) fn answer(&mut self, request: Request) -> Reply {
        let ballot = match request {
            Request::Prepare(ballot) | Request::Accept(Proposal { ballot, .. }) => ballot,
        };
        if let Some(promised) = self.promised.filter(|promised| ballot < *promised) {
            return Reply::Refused { ballot, promised };
        }
        // An acceptance counts as a promise too: who missed the prepare must not go back behind it.
        self.promised = Some(ballot);
        match request {
            Request::Prepare(ballot) => Reply::Promise {
                ballot,
                accepted: self.accepted,
            },
            Request::Accept(proposal) => {
                self.accepted = Some(proposal);
                Reply::Accepted { ballot }
            }
        }
    }

    /// A ballot for a proposer of `node`, above all that this acceptor has promised and above round
    /// `seen`.
    ///
    /// It is unique if this is the acceptor of `node` itself, and promises the ballot, on disk, before
    /// anybody else hears of it: no later ballot of this node is then the same, restarts or not.
    pub(super) fn fresh_ballot(&self, node: u64, seen: u64) -> Ballot {
        let promised = self.promised.map_or(0, |promised| promised.round);
        let round = promised.max(seen) + 1;
        Ballot { round, node }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ballot(round: u64, node: u64) -> Ballot {
        Ballot { round, node }
    }

    fn accept(round: u64, node: u64, value: i64) -> Request {
        let ballot = ballot(round, node);
        Request::Accept(Proposal { ballot, value })
    }

    #[test]
    fn nothing_below_a_promise_is_promised_or_accepted() {
        let mut acceptor = Acceptor::default();
        let (low, high) = (ballot(1, 3), ballot(2, 1));
        let promise = Reply::Promise {
            ballot: high,
            accepted: None,
        };
        assert_eq!(acceptor.answer(Request::Prepare(high)), promise);
        let refused = Reply::Refused {
            ballot: low,
            promised: high,
        };
        assert_eq!(acceptor.answer(Request::Prepare(low)), refused);
        assert_eq!(acceptor.answer(accept(1, 3, 7)), refused);
        assert_eq!(acceptor.answer(Request::Prepare(high)), promise);
        let accepted = Reply::Accepted { ballot: high };
        assert_eq!(acceptor.answer(accept(2, 1, 8)), accepted);
        assert_eq!(acceptor.answer(accept(2, 1, 8)), accepted);
    }

    #[test]
    fn a_promise_tells_what_was_accepted_last_and_an_acceptance_promises() {
        let mut acceptor = Acceptor::default();
        acceptor.answer(accept(1, 1, 7));
        acceptor.answer(accept(3, 2, 8));
        let refused = Reply::Refused {
            ballot: ballot(2, 5),
            promised: ballot(3, 2),
        };
        assert_eq!(acceptor.answer(accept(2, 5, 9)), refused);
        let promise = Reply::Promise {
            ballot: ballot(4, 1),
            accepted: Some(Proposal {
                ballot: ballot(3, 2),
                value: 8,
            }),
        };
        assert_eq!(acceptor.answer(Request::Prepare(ballot(4, 1))), promise);
    }

    #[test]
    fn a_fresh_ballot_is_above_all_that_is_known() {
        let mut acceptor = Acceptor::default();
        assert_eq!(acceptor.fresh_ballot(2, 0), ballot(1, 2));
        acceptor.answer(Request::Prepare(ballot(4, 3)));
        assert_eq!(acceptor.fresh_ballot(2, 0), ballot(5, 2));
        assert_eq!(acceptor.fresh_ballot(2, 9), ballot(10, 2));
    }
}
