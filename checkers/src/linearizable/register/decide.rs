//! Whether one register is legal: asks the engines in turn until one knows.
use super::cell::Register;
use super::screen::screen;
use super::search::{End, Found, search};
use crate::Budget;

/// What is known of one register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Some order of the operations explains every answer.
    Legal { configurations: u64 },
    /// None does. The operations up to the return of `stuck` are enough to see it.
    Illegal { stuck: u32, configurations: u64 },
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

/// A way to decide. It answers nothing where a register is outside of what it can handle.
pub(super) type Engine = fn(&Register, &Budget) -> Option<Decision>;

/// From the most special to the most general; the last one always answers.
const ENGINES: [Engine; 2] = [by_screen, by_search];

/// Decides one register.
pub(super) fn decide(register: &Register, budget: &Budget) -> Decision {
    let mut answers = ENGINES.iter().filter_map(|engine| engine(register, budget));
    answers.next().expect("the search always answers")
}

/// Finds the violations that stand out in one pass, which a search may take long to get to.
/// The few operations that it points at are searched too: an engine must not accuse on its own.
fn by_screen(register: &Register, budget: &Budget) -> Option<Decision> {
    let core = screen(register)?;
    let stuck = core.last_consumer(register);
    let found = search(&core.register(register), budget, u64::MAX);
    match found.end {
        End::Illegal { .. } => Some(Decision::Illegal {
            stuck,
            configurations: found.configurations,
        }),
        End::Legal | End::GaveUp { .. } | End::TooWide { .. } => None,
    }
}

/// Decides every register, given time and memory.
pub(super) fn by_search(register: &Register, budget: &Budget) -> Option<Decision> {
    let Found {
        end,
        configurations,
    } = search(register, budget, u64::MAX);
    let reason = match end {
        End::Legal => return Some(Decision::Legal { configurations }),
        End::Illegal { stuck } => {
            return Some(Decision::Illegal {
                stuck,
                configurations,
            });
        }
        End::GaveUp { why } => format!("{why}, having tried {configurations} configurations"),
        End::TooWide { open } => format!("{open} operations were open at once"),
    };
    Some(Decision::Undecided {
        reason,
        configurations,
    })
}
