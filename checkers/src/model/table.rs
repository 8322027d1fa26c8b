//! The table of all models.
use super::Asks;
use super::shape::Shape::{self, *};
use crate::Verb;

/// An object that comes with us.
#[derive(Clone, Debug)]
pub struct Model {
    /// As in `assay check --model queue`.
    pub name: &'static str,
    /// One line.
    pub about: &'static str,
    /// What it is asked, and answers.
    pub asks: &'static [Asks],
    /// What it may be told beforehand, each with one line.
    pub parameters: &'static [(&'static str, &'static str)],
}

const fn asks(f: Verb, takes: &'static [Shape], answers: &'static [Shape]) -> Asks {
    Asks { f, takes, answers }
}

const READ: Asks = asks(Verb::Read, &[Nothing], &[Value, Nothing]);
const WRITE: Asks = asks(Verb::Write, &[Value, Nothing], &[Nothing]);
const CAS: Asks = asks(Verb::Cas, &[Pair], &[True, False]);
const CHANGED: &[Shape] = &[Nothing, True, False];
const LOCKED: &[Shape] = &[Nothing, True, False];
const RELEASE: Asks = asks(Verb::Release, &[Nothing], &[Nothing, True]);
const ACQUIRE: Asks = asks(Verb::Acquire, &[Nothing], LOCKED);

/// What a register is asked.
pub(crate) const REGISTER: &[Asks] = &[READ, WRITE, CAS];

/// Every model, those that are met most often first.
pub const MODELS: [Model; 22] = [
    Model {
        name: "register",
        about: "one value, read and written",
        asks: REGISTER,
        parameters: &[("initial", "what it holds at first, nil unless told")],
    },
    Model {
        name: "cas-register",
        about: "a register with compare-and-set",
        asks: REGISTER,
        parameters: &[("initial", "what it holds at first, nil unless told")],
    },
    Model {
        name: "map",
        about: "a register for each key",
        asks: REGISTER,
        parameters: &[("initial", "what each key holds at first, nil unless told")],
    },
    Model {
        name: "kv",
        about: "a string for each key: get, put and append",
        asks: &[
            asks(Verb::Read, &[Nothing], &[Text]),
            asks(Verb::Write, &[Text], &[Nothing]),
            asks(Verb::Append, &[Text], &[Nothing]),
        ],
        parameters: &[],
    },
    Model {
        name: "multi-register",
        about: "several registers, read and written together",
        asks: &[asks(Verb::Txn, &[Steps], &[Steps])],
        parameters: &[("initial", "pairs of a register and what it holds at first")],
    },
    Model {
        name: "set",
        about: "elements that are in it or not",
        asks: &[
            asks(Verb::Add, &[Value], CHANGED),
            asks(Verb::Remove, &[Value], CHANGED),
            asks(Verb::Contains, &[Value], &[True, False]),
            asks(Verb::Read, &[Nothing], &[Values]),
        ],
        parameters: &[],
    },
    Model {
        name: "grow-only-set",
        about: "a set that nothing is removed from",
        asks: &[
            asks(Verb::Add, &[Value], CHANGED),
            asks(Verb::Contains, &[Value], &[True, False]),
            asks(Verb::Read, &[Nothing], &[Values]),
        ],
        parameters: &[],
    },
    Model {
        name: "bag",
        about: "elements, some of them several times, that come out in any order",
        asks: &[
            asks(Verb::Add, &[Value], &[Nothing]),
            asks(Verb::Remove, &[Nothing, Value], &[Value, Nothing]),
            asks(Verb::Read, &[Nothing], &[Values]),
        ],
        parameters: &[],
    },
    Model {
        name: "counter",
        about: "a sum of what was added",
        asks: &[
            asks(Verb::Add, &[Number], &[Nothing, Number]),
            asks(Verb::Read, &[Nothing], &[Number]),
        ],
        parameters: &[],
    },
    Model {
        name: "queue",
        about: "first in, first out",
        asks: &[
            asks(Verb::Enqueue, &[Value], &[Nothing]),
            asks(Verb::Dequeue, &[Nothing], &[Value, Nothing]),
        ],
        parameters: &[],
    },
    Model {
        name: "stack",
        about: "last in, first out",
        asks: &[
            asks(Verb::Push, &[Value], &[Nothing]),
            asks(Verb::Pop, &[Nothing], &[Value, Nothing]),
        ],
        parameters: &[],
    },
    Model {
        name: "priority-queue",
        about: "the least number comes out first",
        asks: &[
            asks(Verb::Insert, &[Number], &[Nothing]),
            asks(Verb::DeleteMin, &[Nothing], &[Number, Nothing]),
        ],
        parameters: &[],
    },
    Model {
        name: "mutex",
        about: "a lock for one, that anyone may release",
        asks: &[ACQUIRE, RELEASE],
        parameters: &[],
    },
    Model {
        name: "owner-mutex",
        about: "a lock for one, that only its holder may release",
        asks: &[ACQUIRE, RELEASE],
        parameters: &[],
    },
    Model {
        name: "reentrant-mutex",
        about: "a lock that its holder may acquire again, and releases as often",
        asks: &[ACQUIRE, RELEASE],
        parameters: &[],
    },
    Model {
        name: "fenced-mutex",
        about: "a lock that hands out a greater token each time",
        asks: &[
            asks(Verb::Acquire, &[Nothing], &[Number, Nothing, True, False]),
            RELEASE,
        ],
        parameters: &[],
    },
    Model {
        name: "rw-lock",
        about: "a lock for one writer or several readers",
        asks: &[
            asks(Verb::AcquireRead, &[Nothing], LOCKED),
            asks(Verb::AcquireWrite, &[Nothing], LOCKED),
            RELEASE,
        ],
        parameters: &[],
    },
    Model {
        name: "semaphore",
        about: "so many permits, and no more, are out at a time",
        asks: &[
            asks(Verb::Acquire, &[Nothing, Count], LOCKED),
            asks(Verb::Release, &[Nothing, Count], &[Nothing, True]),
        ],
        parameters: &[("permits", "how many there are, 1 unless told")],
    },
    Model {
        name: "log",
        about: "values in the order in which they were appended",
        asks: &[
            asks(Verb::Append, &[Value, Nothing], &[Nothing, Count]),
            asks(Verb::Read, &[Nothing], &[Values]),
        ],
        parameters: &[],
    },
    Model {
        name: "bank",
        about: "money that moves between accounts, none of which goes below zero",
        asks: &[
            asks(Verb::Transfer, &[Shape::Transfer], &[Nothing, True, False]),
            asks(Verb::Read, &[Nothing], &[Balances]),
        ],
        parameters: &[(
            "initial",
            "pairs of an account and its balance at first; needed",
        )],
    },
    Model {
        name: "unique-ids",
        about: "ids, no two the same",
        asks: &[asks(Verb::Generate, &[Nothing], &[Value])],
        parameters: &[],
    },
    Model {
        name: "monotone-ids",
        about: "ids, each greater than those before",
        asks: &[asks(Verb::Generate, &[Nothing], &[Number])],
        parameters: &[],
    },
];
