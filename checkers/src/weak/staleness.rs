//! How stale reads of registers were: in versions, and in time.
//!
//! Values have to be written once each, and not by compare-and-sets: those must not be stale at all.
use super::version::Registers;
use super::versions::{Read, at_least, at_most};
use super::zones::{Zone, least};
use crate::model::{Asks, REGISTER};
use crate::{Budget, Checker, Evidence, History, Key, Verdict};
use std::fmt;

/// The stalest of all reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Staleness {
    /// Some read is at least so many versions old: 1 is the newest.
    pub versions_min: u64,
    /// Some order explains all reads by versions at most so old.
    pub versions_max: u64,
    /// Everything is explained if reads look back by so many events, and by nothing less.
    pub events: u64,
    /// The same in nanoseconds, by the times in the history.
    pub nanoseconds: u64,
    /// The key on which reads had to look back furthest in time, if on any.
    pub key: Option<Key>,
}

/// Reads return one of so many newest versions.
#[derive(Clone, Copy, Debug)]
pub struct KAtomic {
    pub versions: u64,
}

/// Reads return what was there at some instant at most so long before they began.
#[derive(Clone, Copy, Debug, Default)]
pub struct BoundedStaleness {
    pub nanoseconds: u64,
}

/// How stale the reads of a history were.
///
/// # Errors
/// If that cannot be told of some key, or the budget is spent; the text says why.
pub fn staleness(history: &History, budget: &Budget) -> Result<Staleness, String> {
    Ok(Measured::new(history, budget)?.worst)
}

/// What was measured, and what shows it.
pub(super) struct Measured<'h> {
    pub(super) registers: Registers<'h>,
    pub(super) worst: Staleness,
    /// Two versions that reads have to look back for, the worst in time.
    pair: Option<(Zone, Zone)>,
    /// The same by events, for histories without times.
    pair_of_events: Option<(Zone, Zone)>,
    /// The read that is most versions old for certain.
    read: Option<Read>,
}

impl<'h> Measured<'h> {
    fn new(history: &'h History, budget: &Budget) -> Result<Measured<'h>, String> {
        let registers = Registers::new(history);
        let keys = keys(&registers)?;
        let mut worst = Staleness {
            versions_min: 1,
            versions_max: 1,
            ..Staleness::default()
        };
        let (mut pair, mut pair_of_events, mut read) = (None, None, None);
        for (place, (versions, reads)) in keys.iter().enumerate() {
            if let Some(reason) = budget.spent() {
                return Err(reason);
            }
            let state = &registers.keys[place];
            let by_events = zones(&registers, state.first, versions, reads, &|position| {
                position as u64
            });
            let (events, found) = least(&by_events);
            let Some(found) = found else { continue };
            if worst.events < events {
                worst.events = events;
                pair_of_events = Some(found);
            }
            let time = |position: usize| match position.checked_sub(1) {
                None => 0,
                Some(position) => history.events()[position].time.saturating_add(1),
            };
            let by_time = zones(&registers, state.first, versions, reads, &time);
            let (nanoseconds, found) = least(&by_time);
            if worst.nanoseconds < nanoseconds {
                worst.nanoseconds = nanoseconds;
                worst.key = Some(state.key);
                pair = found;
            }
            let (versions_min, oldest) = at_least(&registers, versions, reads);
            if worst.versions_min < versions_min.max(2) {
                worst.versions_min = versions_min.max(2);
                read = oldest;
            }
            let versions_max = at_most(&registers, versions, reads);
            worst.versions_max = worst.versions_max.max(versions_max);
        }
        Ok(Measured {
            registers,
            worst,
            pair,
            pair_of_events,
            read,
        })
    }

    fn evidence(&self) -> Evidence {
        Evidence {
            method: format!("zones of versions: {}", self.worst),
            operations: self.registers.operations.len() as u64,
            keys: self.registers.keys.len() as u64,
            ..Evidence::default()
        }
    }
}

/// The written versions and the reads of one key.
type OfKey = (Vec<u32>, Vec<Read>);

/// Those of each key, if its staleness can be told.
fn keys(registers: &Registers<'_>) -> Result<Vec<OfKey>, String> {
    for state in &registers.keys {
        if let Some(why) = state.outside {
            return Err(format!("key {} cannot be judged: {why}", state.key));
        }
    }
    let mut keys = vec![(Vec::new(), Vec::new()); registers.keys.len()];
    for (op, access) in (0_u32..).zip(&registers.accesses) {
        let (versions, reads) = &mut keys[access.key as usize];
        if access.read.is_some() && access.wrote.is_some() {
            let key = registers.keys[access.key as usize].key;
            return Err(format!(
                "key {key} cannot be judged: it has compare-and-sets"
            ));
        }
        // A write of unknown outcome that nobody read need not have happened.
        let is_there = |version: &u32| registers.version(*version).known < usize::MAX;
        versions.extend(access.wrote.filter(is_there));
        reads.extend(access.read.map(|version| Read {
            op,
            version,
            began: registers.operations[op as usize].invoked + 1,
        }));
    }
    if keys.iter().all(|(_, reads)| reads.is_empty()) {
        return Err("no read of a register was ever answered".to_owned());
    }
    Ok(keys)
}

/// The zone of each version, in order of `known`, by the time at each position.
fn zones(
    registers: &Registers<'_>,
    first: u32,
    versions: &[u32],
    reads: &[Read],
    time: &dyn Fn(usize) -> u64,
) -> Vec<Zone> {
    let mut zones: Vec<Zone> = Vec::with_capacity(versions.len() + 1);
    let began = Zone {
        version: first,
        known: 0,
        wrote: 0,
        read: 0,
    };
    zones.push(began);
    zones.extend(versions.iter().map(|&version| Zone {
        version,
        known: time(registers.version(version).known),
        wrote: time(registers.version(version).began),
        read: 0,
    }));
    zones.sort_unstable_by_key(|zone| zone.version);
    for read in reads {
        let place = zones.binary_search_by_key(&read.version, |zone| zone.version);
        let zone = &mut zones[place.expect("what was read is there")];
        zone.read = zone.read.max(time(read.began));
    }
    zones.sort_by_key(|zone| zone.known);
    zones
}

impl Checker for BoundedStaleness {
    fn name(&self) -> &'static str {
        "staleness"
    }

    fn asks(&self) -> Option<&'static [Asks]> {
        Some(REGISTER)
    }

    fn check(&self, history: &History, budget: &Budget) -> Verdict {
        let measured = match Measured::new(history, budget) {
            Ok(measured) => measured,
            Err(reason) => return unknown(reason),
        };
        let mut evidence = measured.evidence();
        let worst = measured.worst;
        let is_late = self.nanoseconds < worst.nanoseconds;
        let pair = if is_late {
            measured.pair
        } else {
            measured.pair_of_events
        };
        // Without a bound there are no excuses: events in one instant have an order too.
        let is_wrong = is_late || self.nanoseconds == 0 && worst.events > 0;
        match pair.filter(|_| is_wrong) {
            None => {
                evidence.keys_valid = evidence.keys;
                Verdict::Valid { evidence }
            }
            Some(pair) => {
                evidence.keys_invalid = 1;
                let anomalies = vec![measured.anomaly(history, pair)];
                Verdict::Invalid {
                    anomalies,
                    evidence,
                }
            }
        }
    }
}

impl Checker for KAtomic {
    fn name(&self) -> &'static str {
        "k-atomic"
    }

    fn asks(&self) -> Option<&'static [Asks]> {
        Some(REGISTER)
    }

    fn check(&self, history: &History, budget: &Budget) -> Verdict {
        let measured = match Measured::new(history, budget) {
            Ok(measured) => measured,
            Err(reason) => return unknown(reason),
        };
        let mut evidence = measured.evidence();
        let worst = measured.worst;
        if worst.versions_max <= self.versions {
            evidence.keys_valid = evidence.keys;
            return Verdict::Valid { evidence };
        }
        if worst.versions_min <= self.versions {
            let reason = worst.to_string();
            return Verdict::Unknown { reason, evidence };
        }
        evidence.keys_invalid = 1;
        let anomaly = match (measured.read, measured.pair_of_events) {
            (Some(read), _) => measured.old(history, read, self.versions),
            (None, Some(pair)) => measured.anomaly(history, pair),
            (None, None) => unreachable!("more than one version shows by a read or by a pair"),
        };
        Verdict::Invalid {
            anomalies: vec![anomaly],
            evidence,
        }
    }
}

fn unknown(reason: String) -> Verdict {
    let evidence = Evidence::default();
    Verdict::Unknown { reason, evidence }
}

impl fmt::Display for Staleness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Staleness {
            versions_min,
            versions_max,
            events,
            nanoseconds,
            ..
        } = self;
        if versions_max <= &1 {
            return f.write_str("every read returned the newest version");
        }
        if versions_min == versions_max {
            write!(f, "the stalest read was {versions_min} versions old")?;
        } else {
            write!(
                f,
                "the stalest read was at least {versions_min} and at most {versions_max} versions old"
            )?;
        }
        let (ms, tenth) = (nanoseconds / 1_000_000, nanoseconds / 100_000 % 10);
        write!(
            f,
            " (1 is the newest), and {ms}.{tenth} ms or {events} events late"
        )
    }
}
