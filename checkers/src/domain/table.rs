//! The table of all domains.
use crate::Call;
use crate::model::{Shape, Shape::*, either};
use std::fmt;

/// A workload that comes with a promise and a judge.
#[derive(Clone, Debug)]
pub struct Domain {
    /// As in `assay check -w set-full`.
    pub name: &'static str,
    /// One line: what is promised.
    pub about: &'static str,
    /// What is asked, and answered.
    pub asks: &'static [Said],
    /// What the judge may be told beforehand, each with one line.
    pub parameters: &'static [(&'static str, &'static str)],
    /// How it is decided.
    pub(super) method: &'static str,
}

/// A verb, what it takes and what it answers.
#[derive(Clone, Debug)]
pub struct Said {
    pub f: &'static str,
    /// It takes one of these.
    pub takes: &'static [Shape],
    /// And answers one of these.
    pub answers: &'static [Shape],
}

impl Domain {
    /// Whether this is asked here, and answered so.
    pub(super) fn knows(&self, call: &Call) -> bool {
        let fits = |said: &Said| {
            let is_taken = said.takes.iter().any(|shape| shape.fits(&call.input));
            let answer = call.output.as_ref();
            let is_said = answer.is_none_or(|answer| said.answers.iter().any(|s| s.fits(answer)));
            is_taken && is_said
        };
        let mut of_verb = self.asks.iter().filter(|said| said.f == call.f.name());
        of_verb.any(fits)
    }
}

/// One line: `add: a value → nothing or true`.
impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.f)?;
        either(f, self.takes)?;
        f.write_str(" → ")?;
        either(f, self.answers)
    }
}

const fn said(f: &'static str, takes: &'static [Shape], answers: &'static [Shape]) -> Said {
    Said { f, takes, answers }
}

const DONE: &[Shape] = &[Nothing, True];
const ADD: Said = said("add", &[Value], DONE);
const READ: Said = said("read", &[Nothing], &[Values]);

/// Every domain, those that are met most often first.
pub const DOMAINS: [Domain; 10] = [
    Domain {
        name: "bank",
        about: "money moves between accounts, and all of it is there whenever they are read",
        asks: &[
            said("transfer", &[Values], &[Nothing, True, False]),
            said("read", &[Nothing], &[Pairs]),
            said("txn", &[Steps], &[Steps]),
            said("write", &[Pairs], DONE),
        ],
        parameters: &[
            ("total", "what the accounts hold together"),
            (
                "initial",
                "pairs of an account and its balance at first, from which the total follows",
            ),
            (
                "negative",
                "whether an account may be overdrawn, false unless told",
            ),
        ],
        method: "sum of every read",
    },
    Domain {
        name: "set",
        about: "what was added and acknowledged is in the last read, and nothing else",
        asks: &[ADD, READ],
        parameters: &[],
        method: "last read against every addition",
    },
    Domain {
        name: "set-full",
        about: "what was added is found by every read from some time on, and nothing else is",
        asks: &[ADD, READ],
        parameters: &[(
            "linearizable",
            "whether it has to be found as soon as it is acknowledged, false unless told",
        )],
        method: "timeline of every element over all reads",
    },
    Domain {
        name: "total-queue",
        about: "what was put in and acknowledged comes out, in any order, and nothing else does",
        asks: &[
            said("enqueue", &[Value], DONE),
            said("dequeue", &[Nothing], &[Value, Nothing]),
            said("drain", &[Nothing], &[Values]),
        ],
        parameters: &[(
            "duplicates",
            "whether an element may come out more often than it was put in, false unless told",
        )],
        method: "every element counted in and out",
    },
    Domain {
        name: "long-fork",
        about: "reads of several keys agree on the order in which those were written",
        asks: &[
            said("write", &[Pair], DONE),
            said("read", &[Nothing, Reads], &[Reads]),
            said("txn", &[Steps], &[Steps]),
        ],
        parameters: &[("group", "how many keys each read asks for, any unless told")],
        method: "order of writes and reads, sorted topologically",
    },
    Domain {
        name: "consensus",
        about: "of all that is proposed one value is decided, the same for everybody, once for ever",
        asks: &[
            said("propose", &[Value], &[Value]),
            said("read", &[Nothing], &[Value, Nothing]),
        ],
        parameters: &[(
            "linearizable",
            "whether a read has to find what anybody was told before it began, false unless told",
        )],
        method: "every answer against the first, and against what was proposed",
    },
    Domain {
        name: "causal-reverse",
        about: "who sees a write sees all that was acknowledged before it began (Jepsen's comments)",
        asks: &[
            said("write", &[Value], DONE),
            said("read", &[Nothing], &[Values, Nothing]),
        ],
        parameters: &[],
        method: "counting what each read has to contain",
    },
    Domain {
        name: "g2",
        about: "of inserts that each look for the other first, one fails: no predicate write skew",
        asks: &[said(
            "insert",
            &[OneOfTwo, KeyedOneOfTwo],
            &[Nothing, True, OneOfTwo, KeyedOneOfTwo],
        )],
        parameters: &[],
        method: "counting inserts of each key",
    },
    Domain {
        name: "monotonic",
        about: "rows sorted by the database's timestamps are in the order in which they were added",
        asks: &[
            said("add", &[Nothing, Number], &[Nothing, True, Number, Values]),
            READ,
        ],
        parameters: &[(
            "global",
            "whether that holds across processes too, true unless told",
        )],
        method: "last read against the order of additions",
    },
    Domain {
        name: "kafka",
        about: "logs by key: what was sent is polled once, in order, by its offset",
        asks: &[
            said("send", &[Messages, Pair], &[Messages, Nothing, Count]),
            said("poll", &[Nothing, Messages], &[Messages, Polled]),
            said("txn", &[Messages], &[Messages]),
            said("assign", &[Values, Nothing], &[Values, Nothing, True]),
            said("subscribe", &[Values, Nothing], &[Values, Nothing, True]),
            said("crash", &[Nothing], &[Value, Nothing]),
            said(
                "debug-topic-partitions",
                &[Values, Nothing],
                &[Value, Nothing],
            ),
        ],
        parameters: &[],
        method: "log of each key from every offset that was told",
    },
];
