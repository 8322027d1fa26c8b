//! Acceptors and proposers under random schedules: messages lost, late, doubled and out of order, nodes that crash.
use super::acceptor::Acceptor;
use super::bugs::Bugs;
use super::message::{Ballot, Proposal, Reply, Request};
use super::proposer::{Next, Proposer, Terms};
use harness::{Rng, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A proposer and the node that it runs on; the number under which it is known is never used again.
type Proposers = BTreeMap<usize, (u64, Proposer)>;

/// A message on its way between a proposer and an acceptor.
#[derive(Clone, Copy, Debug)]
enum Message {
    Ask(Request),
    Answer(Reply),
}

/// One instance on a few nodes, and what an observer who sees everything knows of it.
struct World {
    terms: Terms,
    rng: Rng,
    acceptors: BTreeMap<u64, Acceptor>,
    /// What a crash leaves of them.
    on_disk: BTreeMap<u64, Acceptor>,
    proposers: Proposers,
    begun: usize,
    /// Between which proposer and which acceptor, and what.
    network: Vec<(usize, u64, Message)>,
    /// By proposal: who has ever accepted it.
    accepted: BTreeMap<(Ballot, Value), BTreeSet<u64>>,
    proposed: BTreeSet<Value>,
    decided: BTreeSet<Value>,
    /// The value behind each ballot.
    ballots: BTreeMap<Ballot, Value>,
}

impl World {
    fn new(seed: u64, nodes: usize, bugs: Bugs) -> World {
        let terms = Terms {
            nodes,
            quorum: bugs.quorum(nodes),
            bugs,
        };
        let acceptors = (1..=nodes as u64).map(|node| (node, Acceptor::default()));
        let acceptors: BTreeMap<u64, Acceptor> = acceptors.collect();
        World {
            terms,
            rng: Rng::new(seed),
            on_disk: acceptors.clone(),
            acceptors,
            proposers: Proposers::new(),
            begun: 0,
            network: Vec::new(),
            accepted: BTreeMap::new(),
            proposed: BTreeSet::new(),
            decided: BTreeSet::new(),
            ballots: BTreeMap::new(),
        }
    }

    /// What the acceptor of `node` answers; on disk before it is said, unless the node is forgetful.
    fn answer(&mut self, node: u64, request: Request) -> Reply {
        let acceptor = self.acceptors.get_mut(&node).expect("a node");
        let reply = acceptor.answer(request);
        if reply.binds() && !self.terms.bugs.forgetful {
            self.on_disk.insert(node, *acceptor);
        }
        if let (Request::Accept(Proposal { ballot, value }), Reply::Accepted { .. }) =
            (request, reply)
        {
            let by = self.accepted.entry((ballot, value)).or_default();
            by.insert(node);
        }
        reply
    }

    /// A proposer on `node` takes its ballot from the acceptor there, and asks everybody else.
    fn propose(&mut self, node: u64, seen: u64) {
        self.begun += 1;
        let (me, own) = (self.begun, self.begun as Value);
        self.proposed.insert(own);
        let ballot = self.acceptors[&node].fresh_ballot(node, seen);
        let promise = self.answer(node, Request::Prepare(ballot));
        let proposer = Proposer::new(self.terms, ballot, own);
        self.proposers.insert(me, (node, proposer));
        self.ask_others(me);
        self.hear(me, node, promise);
    }

    fn ask_others(&mut self, me: usize) {
        let (node, proposer) = &self.proposers[&me];
        let request = Message::Ask(proposer.request());
        let others = self.acceptors.keys().filter(|other| *other != node);
        self.network
            .extend(others.map(|&other| (me, other, request)));
    }

    fn hear(&mut self, me: usize, from: u64, reply: Reply) {
        let Some((node, proposer)) = self.proposers.get_mut(&me) else {
            return;
        };
        let (node, next) = (*node, proposer.hear(from, reply));
        match next {
            None => {}
            Some(Next::Accept(Proposal { ballot, value })) => {
                let known = self.ballots.insert(ballot, value);
                let is_unique = known.is_none() || self.terms.bugs.forgetful;
                assert!(is_unique, "{ballot:?} was used twice");
                let request = self.proposers[&me].1.request();
                self.ask_others(me);
                let reply = self.answer(node, request);
                self.hear(me, node, reply);
            }
            Some(Next::Decided(value)) => {
                self.decided.insert(value);
                self.proposers.remove(&me);
            }
            Some(Next::Lost) => {
                let seen = self.proposers[&me].1.seen();
                self.proposers.remove(&me);
                self.propose(node, seen);
            }
        }
    }

    /// One thing happens.
    fn step(&mut self) {
        let node = self.rng.between(1, self.terms.nodes as u64);
        match self.rng.below(100) {
            0..6 => self.propose(node, 0),
            6..9 => self.crash(node),
            9..12 => drop(self.on_disk.insert(node, self.acceptors[&node])),
            _ => self.travel(),
        }
    }

    /// Everything in memory is gone.
    fn crash(&mut self, node: u64) {
        self.acceptors.insert(node, self.on_disk[&node]);
        self.proposers.retain(|_, (home, _)| *home != node);
    }

    /// Some message arrives, or is lost, or arrives and will once more.
    fn travel(&mut self) {
        if self.network.is_empty() {
            return;
        }
        let at = self.rng.below(self.network.len() as u64) as usize;
        let (me, node, message) = self.network[at];
        let fate = self.rng.below(100);
        if fate >= 10 {
            self.network.swap_remove(at);
        }
        if fate >= 90 {
            return;
        }
        match message {
            Message::Answer(reply) => self.hear(me, node, reply),
            Message::Ask(request) => {
                let reply = self.answer(node, request);
                self.network.push((me, node, Message::Answer(reply)));
            }
        }
    }

    /// What is wrong, if anything is. What is chosen is so whether anybody knows it or not.
    fn wrong(&self) -> Option<String> {
        let majority = self.terms.nodes / 2 + 1;
        let chosen = self.accepted.iter().filter(|(_, by)| by.len() >= majority);
        let mut values: BTreeSet<Value> = chosen.map(|((_, value), _)| *value).collect();
        values.extend(&self.decided);
        if 1 < values.len() {
            return Some(format!("chosen or decided: {values:?}"));
        }
        let strange = values.difference(&self.proposed).next();
        strange.map(|value| format!("{value} was never proposed"))
    }

    /// The network is whole again, and one proposer, which begins again whenever it loses, has to
    /// bring about a decision.
    fn heal(&mut self, seed: u64) {
        self.network.clear();
        self.proposers.clear();
        let node = self.rng.between(1, self.terms.nodes as u64);
        self.propose(node, 0);
        while let Some((me, node, message)) = self.network.pop() {
            match message {
                Message::Answer(reply) => self.hear(me, node, reply),
                Message::Ask(request) => {
                    let reply = self.answer(node, request);
                    self.hear(me, node, reply);
                }
            }
        }
        let is_over = self.proposers.is_empty() && !self.decided.is_empty();
        assert!(
            is_over,
            "seed {seed}: no decision in a network that is whole"
        );
    }
}

/// What is wrong after one random schedule, and after healing; how many values were decided before.
fn run(seed: u64, nodes: usize, bugs: Bugs) -> (Option<String>, usize) {
    let mut world = World::new(seed, nodes, bugs);
    let steps = world.rng.between(20, 160);
    for _ in 0..steps {
        world.step();
    }
    let decided = world.decided.len();
    // What was chosen or decided once stays on the books, so it is enough to look at the end.
    let wrong = world.wrong();
    if wrong.is_none() && bugs == Bugs::default() {
        world.heal(seed);
        return (world.wrong(), decided);
    }
    (wrong, decided)
}

const SCHEDULES: u64 = 20_000;

#[test]
fn at_most_one_value_is_chosen_and_it_was_proposed_and_one_is_once_all_is_well() {
    for nodes in [1, 3, 4, 5] {
        let mut decided = 0;
        for seed in 0..SCHEDULES {
            let (wrong, count) = run(seed, nodes, Bugs::default());
            assert_eq!(wrong, None, "{nodes} nodes, seed {seed}");
            decided += count;
        }
        // Else there was nothing that could have gone wrong.
        assert!(
            SCHEDULES / 4 < decided as u64,
            "{decided} with {nodes} nodes"
        );
    }
}

#[test]
fn each_planted_bug_breaks_it() {
    let off = Bugs::default();
    let bugs = [
        Bugs {
            ignores_accepted: true,
            ..off
        },
        Bugs {
            half_quorum: true,
            ..off
        },
        Bugs {
            forgetful: true,
            ..off
        },
    ];
    for bugs in bugs {
        let is_wrong = |seed: &u64| run(*seed, 5, bugs).0.is_some();
        let found = (0..SCHEDULES).filter(is_wrong).count();
        assert!(20 < found, "{bugs:?}: in {found} of {SCHEDULES} schedules");
    }
}
