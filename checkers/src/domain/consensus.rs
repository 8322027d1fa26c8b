//! Consensus: of all that is proposed one value is decided, the same for everybody, once for ever.
//!
//! Agreement: nobody is told another decision than anybody else. Validity: what is decided was
//! proposed, by a proposal that had begun and did not fail (Lamport, "Paxos Made Simple", section 1).
//! Without reads of nil this is the same as linearizability of an object that keeps the first value
//! it is given: its proposal takes effect before anybody is told, and everything else only looks.
//!
//! A read that finds nothing says by itself only that its node has learned nothing yet. Where it
//! asks the others (`linearizable`), it must find what anybody was told before it began.
use super::deed::{At, Deeds};
use super::finding::{Finding, before, remark, shown};
use super::judge::{Judge, Ruling};
use super::set::{additions, early, nowhere};
use crate::{AnomalyKind, Budget, Data, Verb};
use rustc_hash::FxHashSet;

pub(super) struct Consensus {
    /// Whether a read has to find what was decided before it began.
    pub(super) is_linearizable: bool,
}

impl Judge for Consensus {
    fn judge(&self, deeds: &Deeds<'_>, _budget: &Budget) -> Result<Ruling, String> {
        let told = told(deeds);
        let Some(&(first, decided)) = told.first() else {
            return Ok(Ruling {
                idle: Some("nobody was told a decision".to_owned()),
                ..Ruling::default()
            });
        };
        let proposals = additions(deeds, &Verb::Propose);
        let mut findings = Vec::new();
        let mut values = FxHashSet::default();
        for &(at, value) in &told {
            // Whoever was told a value first shows best what is wrong with it.
            if !values.insert(value) {
                continue;
            }
            let proposed = proposals.get(value).copied().unwrap_or_default();
            match proposed.attempted {
                None => {
                    let words = &["proposed", "proposal"];
                    findings.push(nowhere(deeds, value, proposed.failed, at, words));
                }
                Some(proposal) if deeds.is_before(at, proposal) => {
                    findings.push(early(deeds, value, proposal, at));
                }
                Some(_) => {}
            }
            if value != decided {
                findings.push(disagreement(deeds, (first, decided), (at, value)));
            }
        }
        if self.is_linearizable {
            let missed = nothing_found(deeds).find(|read| deeds.is_before(first, *read));
            findings.extend(missed.map(|read| stale(deeds, (first, decided), read)));
        }
        Ok(Ruling {
            findings,
            ..Ruling::default()
        })
    }
}

/// Who was told a decision, and which, in the order in which they were told.
fn told<'d>(deeds: &'d Deeds<'_>) -> Vec<(At, &'d Data)> {
    let decision = |at: At| {
        let decided = deeds.all[at].output()?;
        (*decided != Data::Nil).then_some((at, decided))
    };
    let mut told: Vec<_> = (0..deeds.all.len()).filter_map(decision).collect();
    told.sort_by_key(|(at, _)| deeds.all[*at].answered());
    told
}

/// The reads that found no decision.
fn nothing_found(deeds: &Deeds<'_>) -> impl Iterator<Item = At> {
    (0..deeds.all.len()).filter(|at| deeds.all[*at].output() == Some(&Data::Nil))
}

fn disagreement(
    deeds: &Deeds<'_>,
    (first, decided): (At, &Data),
    (second, other): (At, &Data),
) -> Finding {
    let (decided, other) = (shown(decided), shown(other));
    let opening = match deeds.is_before(first, second) {
        true => before(
            0,
            1,
            format!("{{0}} was told that {decided} is decided, before {{1}} began"),
        ),
        false => remark(format!("{{0}} was told that {decided} is decided")),
    };
    Finding {
        kind: AnomalyKind::Disagreement,
        sentence: format!(
            "{} was told that {decided} is decided, and {} was told {other}",
            deeds.who(first),
            deeds.who(second)
        ),
        cast: vec![(first, "is told one"), (second, "is told another")],
        steps: vec![
            opening,
            remark(format!(
                "one value is decided once for ever, and {{1}} was told {other}"
            )),
        ],
    }
}

fn stale(deeds: &Deeds<'_>, (told, decided): (At, &Data), read: At) -> Finding {
    let decided = shown(decided);
    Finding {
        kind: AnomalyKind::StaleRead,
        sentence: format!(
            "{} found no decision, although {} had been told {decided} before",
            deeds.who(read),
            deeds.who(told)
        ),
        cast: vec![(told, "is told"), (read, "finds nothing")],
        steps: vec![
            before(
                0,
                1,
                format!("{{0}} was told that {decided} is decided, before {{1}} began"),
            ),
            remark("what is decided stays so, and {1} found nothing"),
        ],
    }
}
