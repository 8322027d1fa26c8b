//! Whether one register is legal: asks the engines in turn until one knows.
use super::blocks::{Answer, blocks};
use super::cell::Register;
use super::projection::Projection;
use super::screen::{screen, stands_out};
use super::search::{End, Found, search};
use super::sources::Sources;
use crate::Budget;

/// What is known of one register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Some order of the operations explains every answer.
    Legal { configurations: u64 },
    /// None does. The operations up to the return of `stuck` are enough to see it; and so is `core`,
    /// where the engine knows one.
    Illegal {
        stuck: u32,
        core: Option<Projection>,
        configurations: u64,
    },
    /// The budget did not suffice.
    Undecided { reason: String, configurations: u64 },
}

impl Decision {
    /// How many configurations were looked at.
    pub(super) fn configurations(&self) -> u64 {
        match self {
            Decision::Legal { configurations }
            | Decision::Illegal { configurations, .. }
            | Decision::Undecided { configurations, .. } => *configurations,
        }
    }
}

/// Which algorithm decided, and why none that is more special did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Method {
    /// What it is called in a verdict.
    pub(super) engine: &'static str,
    /// Why the register is outside of what the engines before it decide.
    pub(super) because: Option<&'static str>,
}

impl Method {
    /// What was not even tried.
    pub(super) const NONE: Method = Method {
        engine: "no algorithm",
        because: Some("they were asked what registers are not"),
    };
}

/// What an engine says of a register.
pub(super) enum Said {
    Decided(Decision),
    /// This is not for me; and why, where that is worth saying.
    Pass(Option<&'static str>),
}

/// A way to decide, and what it is called.
struct Engine {
    name: &'static str,
    ask: fn(&Register, &Budget) -> Said,
}

/// From the most special to the most general; the last one always answers.
const ENGINES: [Engine; 3] = [
    Engine {
        name: "blocks of unique writes",
        ask: by_blocks,
    },
    Engine {
        name: "a screen for what nobody can have found",
        ask: by_screen,
    },
    Engine {
        name: "WGL search",
        ask: by_search,
    },
];

/// Decides one register, and says how.
pub(super) fn decide(register: &Register, budget: &Budget) -> (Decision, Method) {
    let mut because = None;
    for Engine { name, ask } in ENGINES {
        match ask(register, budget) {
            Said::Decided(decision) => {
                let engine = name;
                return (decision, Method { engine, because });
            }
            Said::Pass(why) => because = because.or(why),
        }
    }
    unreachable!("the search always answers")
}

/// Decides registers in which every value is written once. The few operations that it points at
/// are searched too: an engine must not accuse on its own.
pub(super) fn by_blocks(register: &Register, budget: &Budget) -> Said {
    let core = match blocks(register) {
        Answer::Outside(why) => return Said::Pass(Some(why)),
        Answer::Legal => return Said::Decided(Decision::Legal { configurations: 0 }),
        Answer::Illegal(core) => core,
    };
    let stuck = core.last_consumer(register);
    let found = search(&core.register(register), budget, u64::MAX);
    match found.end {
        End::Legal => Said::Pass(None),
        End::Illegal { .. } | End::GaveUp { .. } | End::TooWide { .. } => {
            Said::Decided(Decision::Illegal {
                stuck,
                core: Some(core),
                configurations: found.configurations,
            })
        }
    }
}

/// Finds the violations that stand out in one pass, which a search may take long to get to.
/// What it points at is searched too.
fn by_screen(register: &Register, budget: &Budget) -> Said {
    if !stands_out(register) {
        return Said::Pass(None);
    }
    let Some(core) = screen(register, &Sources::new(register)) else {
        return Said::Pass(None);
    };
    let stuck = core.last_consumer(register);
    let found = search(&core.register(register), budget, u64::MAX);
    match found.end {
        End::Illegal { .. } => Said::Decided(Decision::Illegal {
            stuck,
            core: Some(core),
            configurations: found.configurations,
        }),
        End::Legal | End::GaveUp { .. } | End::TooWide { .. } => Said::Pass(None),
    }
}

/// Decides every register, given time and memory.
pub(super) fn by_search(register: &Register, budget: &Budget) -> Said {
    let Found {
        end,
        configurations,
    } = search(register, budget, u64::MAX);
    let reason = match end {
        End::Legal => return Said::Decided(Decision::Legal { configurations }),
        End::Illegal { stuck } => {
            return Said::Decided(Decision::Illegal {
                stuck,
                core: None,
                configurations,
            });
        }
        End::GaveUp { why } => format!("{why}, having tried {configurations} configurations"),
        End::TooWide { open } => format!("{open} operations were open at once"),
    };
    Said::Decided(Decision::Undecided {
        reason,
        configurations,
    })
}
