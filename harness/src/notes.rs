//! What a history says beside the clients' events, so that faults can be told from the history alone.
use crate::result::Fault;
use checkers::History;
use serde::{Deserialize, Serialize};

/// A fault is in force: the note `fault`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FaultNote {
    pub(crate) nemesis: String,
    pub(crate) description: String,
    pub(crate) links: Vec<(String, String)>,
    pub(crate) began: u64,
}

/// It is gone again: the note `healed`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct HealedNote {
    pub(crate) bit: bool,
    pub(crate) evidence: String,
}

/// The note about whoever leads, each time that somebody else is seen to.
pub(crate) const LEADER: &str = "leader";
/// The note about a node that ended by itself.
pub(crate) const FALLEN: &str = "fallen";
pub(crate) const FAULT: &str = "fault";
pub(crate) const HEALED: &str = "healed";
pub(crate) const PHASE: &str = "phase";

/// The faults that a history tells of, in order.
pub(crate) fn faults(history: &History) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    for note in history.notes() {
        if note.f == FAULT
            && let Ok(told) = serde_json::from_value::<FaultNote>(note.value.clone())
        {
            faults.push(Fault {
                nemesis: told.nemesis,
                description: told.description,
                from: told.began,
                to: None,
                links: told.links,
                bit: false,
                evidence: "never healed: the run ended first".to_owned(),
            });
        } else if note.f == HEALED
            && let Ok(told) = serde_json::from_value::<HealedNote>(note.value.clone())
            && let Some(fault) = faults.last_mut()
        {
            fault.to = Some(note.time);
            fault.bit = told.bit;
            fault.evidence = told.evidence;
        }
    }
    faults
}

/// The nodes that ended by themselves, in words.
pub(crate) fn fallen(history: &History) -> Vec<String> {
    let notes = history.notes().iter().filter(|note| note.f == FALLEN);
    notes
        .filter_map(|note| note.value.as_str().map(str::to_owned))
        .collect()
}

/// How often somebody else was seen to lead.
pub(crate) fn leader_changes(history: &History) -> u64 {
    let seen = history
        .notes()
        .iter()
        .filter(|note| note.f == LEADER)
        .count() as u64;
    // The first one seen is no change.
    seen.saturating_sub(1)
}
