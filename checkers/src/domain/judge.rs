//! Makes the judge of a domain, and keeps it from judging what is about something else.
use super::deed::{Deed, Deeds};
use super::finding::Finding;
use super::{DOMAINS, Domain};
use super::{
    bank, causal_reverse, consensus, g2, kafka, long_fork, monotonic, set, set_full, total_queue,
};
use crate::model::Parameters;
use crate::{Anomaly, Budget, Checker, Data, Evidence, History, Key, Verdict};

/// What one domain asks of operations that belong together.
pub(super) trait Judge: Send + Sync {
    /// Whether each key is an object of its own; if not, keys are told in values.
    fn splits(&self) -> bool {
        true
    }

    fn judge(&self, deeds: &Deeds<'_>, budget: &Budget) -> Result<Ruling, String>;
}

/// What a judge says. Without findings and without anything undecided it is legal.
#[derive(Debug, Default)]
pub(super) struct Ruling {
    pub(super) findings: Vec<Finding>,
    /// Why it cannot be called legal.
    pub(super) undecided: Option<String>,
    /// Why nothing was there that could have been wrong. If that is so everywhere, nothing is legal.
    pub(super) idle: Option<String>,
    /// What else is worth knowing: how many were recovered, latencies.
    pub(super) noted: Option<String>,
}

/// The judge of the domain that is called so.
///
/// # Errors
/// If there is no such domain, or a parameter is not one of its own or makes no sense; the text says
/// what there is.
pub fn checker(name: &str, parameters: &Parameters) -> Result<Box<dyn Checker>, String> {
    let Some(domain) = DOMAINS.iter().find(|domain| domain.name == name) else {
        let names: Vec<&str> = DOMAINS.iter().map(|domain| domain.name).collect();
        return Err(format!(
            "no domain `{name}`; there are {}",
            names.join(", ")
        ));
    };
    let is_known = |name: &&String| domain.parameters.iter().any(|known| known.0 == **name);
    if let Some(name) = parameters.keys().find(|name| !is_known(name)) {
        let known: Vec<&str> = domain.parameters.iter().map(|known| known.0).collect();
        let known = match known.is_empty() {
            true => "none".to_owned(),
            false => known.join(", "),
        };
        return Err(format!(
            "{} has no parameter `{name}`; it has {known}",
            domain.name
        ));
    }
    let told = Told(parameters);
    let judge: Box<dyn Judge> = match domain.name {
        "bank" => Box::new(bank::Bank {
            total: told.number("total")?,
            initial: parameters.get("initial").map(bank::initial).transpose()?,
            may_be_negative: told.flag("negative", false)?,
        }),
        "long-fork" => Box::new(long_fork::LongFork {
            group: told.count("group")?,
        }),
        "consensus" => Box::new(consensus::Consensus {
            is_linearizable: told.flag("linearizable", false)?,
        }),
        "causal-reverse" => Box::new(causal_reverse::CausalReverse),
        "g2" => Box::new(g2::G2),
        "monotonic" => Box::new(monotonic::Monotonic {
            is_global: told.flag("global", true)?,
        }),
        "set" => Box::new(set::FinalSet),
        "set-full" => Box::new(set_full::FullSet {
            is_linearizable: told.flag("linearizable", false)?,
        }),
        "total-queue" => Box::new(total_queue::TotalQueue {
            may_repeat: told.flag("duplicates", false)?,
        }),
        "kafka" => Box::new(kafka::Kafka),
        _ => unreachable!("every domain of the table has an arm"),
    };
    let name = format!("workload {}", domain.name);
    Ok(Box::new(Guarded {
        name,
        domain,
        judge,
    }))
}

/// Parameters by their kind.
struct Told<'p>(&'p Parameters);

impl Told<'_> {
    fn number(&self, name: &str) -> Result<Option<i64>, String> {
        let Some(value) = self.0.get(name) else {
            return Ok(None);
        };
        let number = value.int();
        number
            .map(Some)
            .ok_or_else(|| format!("{name} is a number, not {value}"))
    }

    fn count(&self, name: &str) -> Result<Option<usize>, String> {
        let Some(number) = self.number(name)? else {
            return Ok(None);
        };
        match usize::try_from(number) {
            Ok(number) if number > 0 => Ok(Some(number)),
            _ => Err(format!("{name} is a number from 1, not {number}")),
        }
    }

    fn flag(&self, name: &str, usual: bool) -> Result<bool, String> {
        match self.0.get(name) {
            None => Ok(usual),
            Some(Data::Bool(is_so)) => Ok(*is_so),
            Some(Data::Text(word)) if matches!(&**word, "true" | "false") => Ok(**word == *"true"),
            Some(other) => Err(format!("{name} is true or false, not {other}")),
        }
    }
}

/// Leaves undecided what is about something else, and hides nothing that is wrong elsewhere.
struct Guarded {
    /// `workload bank`, as there is a model of that name too.
    name: String,
    domain: &'static Domain,
    judge: Box<dyn Judge>,
}

/// What all parts together come to.
#[derive(Default)]
struct Sum {
    anomalies: Vec<Anomaly>,
    undecided: Vec<String>,
    idle: Vec<String>,
    noted: Vec<String>,
}

/// As soon as so many anomalies are written out, only the most telling are kept.
const ANOMALIES_HELD_MAX: usize = 1_000;

impl Checker for Guarded {
    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self, history: &History, budget: &Budget) -> Verdict {
        let deeds = Deeds::of(history);
        let operations = deeds.all.iter().filter(|deed| !deed.is_failed()).count();
        let parts = match self.judge.splits() {
            true => deeds.by_key(),
            false => vec![deeds],
        };
        let mut evidence = Evidence {
            method: self.domain.method.to_owned(),
            operations: operations as u64,
            keys: parts.len() as u64,
            keys_contended: parts.iter().filter(|part| part.is_contended()).count() as u64,
            ..Evidence::default()
        };
        let mut sum = Sum::default();
        for part in &parts {
            if let Some(reason) = budget.spent() {
                sum.undecided.push(reason);
                break;
            }
            let key = part.all.first().map(|deed| deed.call.key);
            let key = key.filter(|_| parts.len() > 1);
            self.one(part, key, budget, &mut sum, &mut evidence);
        }
        if let Some(first) = sum.noted.first() {
            evidence.method = format!("{}; {first}", evidence.method);
        }
        if !sum.anomalies.is_empty() {
            let anomalies = Anomaly::most_telling(sum.anomalies);
            return Verdict::Invalid {
                anomalies,
                evidence,
            };
        }
        match (sum.undecided.first(), evidence.operations) {
            (_, 0) => Verdict::Unknown {
                reason: "nothing was asked".to_owned(),
                evidence,
            },
            (None, _) if sum.idle.len() == parts.len() => Verdict::Unknown {
                reason: sum.idle.swap_remove(0),
                evidence,
            },
            (None, _) => Verdict::Valid { evidence },
            (Some(first), _) => {
                let reason = match parts.len() {
                    1 => first.clone(),
                    total => {
                        let count = sum.undecided.len();
                        format!("{count} of {total} keys were not decided: {first}")
                    }
                };
                Verdict::Unknown { reason, evidence }
            }
        }
    }
}

impl Guarded {
    fn one(
        &self,
        part: &Deeds<'_>,
        key: Option<Key>,
        budget: &Budget,
        sum: &mut Sum,
        evidence: &mut Evidence,
    ) {
        let name = |text: String| match key {
            Some(key) => format!("key {}: {text}", named(part.history, key)),
            None => text,
        };
        let ruling = match self.stranger(part) {
            Some(reason) => Err(reason),
            None => self.judge.judge(part, budget),
        };
        let ruling = match ruling {
            Ok(ruling) => ruling,
            Err(reason) => return sum.undecided.push(name(reason)),
        };
        sum.noted.extend(ruling.noted.map(name));
        if !ruling.findings.is_empty() {
            evidence.keys_invalid += 1;
        } else if let Some(reason) = ruling.undecided {
            sum.undecided.push(name(reason));
        } else {
            evidence.keys_valid += 1;
            sum.idle.extend(ruling.idle);
        }
        for finding in &ruling.findings {
            let key = self.judge.splits().then(|| part.all[0].call.key);
            sum.anomalies.push(finding.anomaly(part, key));
            if sum.anomalies.len() > ANOMALIES_HELD_MAX {
                sum.anomalies = Anomaly::most_telling(std::mem::take(&mut sum.anomalies));
            }
        }
    }

    /// Why this is about something else, if it is.
    fn stranger(&self, part: &Deeds<'_>) -> Option<String> {
        let is_strange = |deed: &&Deed<'_>| !self.domain.knows(&deed.call);
        let deed = part.all.iter().find(is_strange)?;
        let asks = self
            .domain
            .asks
            .iter()
            .find(|asks| asks.f == deed.f().name());
        let domain = self.domain.name;
        let knows = match asks {
            Some(asks) => asks.to_string(),
            None => {
                let mut names: Vec<&str> = self.domain.asks.iter().map(|asks| asks.f).collect();
                names.dedup();
                names.join(", ")
            }
        };
        let text = crate::words::cut(&deed.call.to_string(), TEXT_CHARS_MAX);
        let position = deed.invoked;
        Some(format!(
            "`{text}` at position {position} is not a call of this domain ({domain} knows {knows})"
        ))
    }
}

/// Characters of a call that are shown.
const TEXT_CHARS_MAX: usize = 80;

fn named(history: &History, key: Key) -> String {
    let name = history.key_name(key).map(str::to_owned);
    name.unwrap_or_else(|| key.to_string())
}
