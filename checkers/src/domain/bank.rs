//! Accounts between which money moves: whoever reads them all finds all of it.
//!
//! After Jepsen's `tests/bank`: each read has to show every account and no other, a number in each,
//! none of them negative unless that is allowed, and the right total. That holds under snapshot
//! isolation. The accounts and their total are told beforehand, or by writes that set them up before
//! anything is read; otherwise reads may only be accused of contradicting each other, as transfers
//! change no total and open no account.
//!
//! Whether some set of transfers explains the balances of a read is another question, of subset sums
//! and therefore not answered here; the model `bank` searches for an order that explains them all.
use super::deed::{At, Deeds};
use super::finding::{Finding, count, remark, shown};
use super::judge::{Judge, Ruling};
use crate::{AnomalyKind, Budget, Data, Verb, words};
use rustc_hash::FxHashMap;

pub(super) struct Bank {
    pub(super) total: Option<i64>,
    pub(super) initial: Option<Vec<(Data, i64)>>,
    pub(super) may_be_negative: bool,
}

/// The parameter `initial`.
pub(super) fn initial(told: &Data) -> Result<Vec<(Data, i64)>, String> {
    let pair = |pair: &Data| {
        let (account, balance) = pair.pair()?;
        Some((account.clone(), balance.int()?))
    };
    let pairs = told
        .list()
        .and_then(|pairs| pairs.iter().map(pair).collect());
    pairs.ok_or_else(|| "initial is a list of [account balance]".to_owned())
}

/// What is known of the accounts, and from where.
struct Known {
    total: Option<i128>,
    accounts: Option<FxHashMap<Data, ()>>,
    /// The operations that told either; none if it was told beforehand.
    total_by: Option<At>,
    accounts_by: Option<At>,
    /// Reads that began before this position may have come before the accounts were there.
    from: usize,
}

/// One read.
struct Look<'d> {
    at: At,
    pairs: Vec<(&'d Data, &'d Data)>,
}

impl Look<'_> {
    fn total(&self) -> i128 {
        self.pairs
            .iter()
            .filter_map(|(_, balance)| balance.int())
            .map(i128::from)
            .sum()
    }
}

impl Judge for Bank {
    fn judge(&self, deeds: &Deeds<'_>, budget: &Budget) -> Result<Ruling, String> {
        let mut known = self.known(deeds)?;
        let looks = looks(deeds, known.accounts.as_ref());
        let (mut judged, is_told) = (0, known.total.is_some());
        let mut ruling = Ruling::default();
        let mut worst: [Option<(i128, Finding)>; 3] = [None, None, None];
        for look in looks
            .iter()
            .filter(|look| deeds.all[look.at].invoked >= known.from)
        {
            if judged % READS_BETWEEN_LOOKS == 0
                && let Some(reason) = budget.spent()
            {
                return Err(reason);
            }
            judged += 1;
            if known.accounts.is_none() {
                // Reads then have to agree with the first of them.
                let accounts = look
                    .pairs
                    .iter()
                    .map(|(account, _)| ((*account).clone(), ()));
                known.accounts = Some(accounts.collect());
                known.accounts_by = Some(look.at);
            }
            let finding = self.look(deeds, &known, look);
            if known.total.is_none() && finding.is_none() {
                known.total = Some(look.total());
                known.total_by = Some(look.at);
            }
            if let Some((badness, finding)) = finding {
                let slot = match finding.kind {
                    AnomalyKind::WrongTotal => 0,
                    AnomalyKind::NegativeBalance => 1,
                    _ => 2,
                };
                // The first and the worst of each kind are told.
                match &mut worst[slot] {
                    Some((most, _)) if badness <= *most => {}
                    Some(held) => *held = (badness, finding),
                    held @ None => {
                        ruling.findings.push(finding.clone());
                        *held = Some((badness, finding));
                    }
                }
            }
        }
        for (_, finding) in worst.into_iter().flatten() {
            if ruling.findings.iter().all(|told| told.cast != finding.cast) {
                ruling.findings.push(finding);
            }
        }
        ruling.noted = Some(format!("{} of all accounts", count(judged, "read")));
        if judged == 0 {
            ruling.undecided = Some("the accounts were never read".to_owned());
        } else if !is_told {
            let why = "nobody says what the accounts hold together, though all reads agree; tell it with `total`, or `initial`";
            ruling.undecided = Some(why.to_owned());
        }
        Ok(ruling)
    }
}

/// How often the budget is looked at.
const READS_BETWEEN_LOOKS: usize = 1_024;

/// Reads of all accounts that were answered. A transaction counts if it only reads; one that reads
/// fewer accounts than there are says nothing of the total.
fn looks<'d>(deeds: &'d Deeds<'_>, accounts: Option<&FxHashMap<Data, ()>>) -> Vec<Look<'d>> {
    let mut looks = Vec::new();
    for (at, deed) in deeds.all.iter().enumerate() {
        let Some(members) = deed.output().and_then(Data::list) else {
            continue;
        };
        let pairs: Option<Vec<(&Data, &Data)>> = match deed.f() {
            Verb::Read => members.iter().map(Data::pair).collect(),
            Verb::Txn => members.iter().map(read_step).collect(),
            _ => None,
        };
        let is_part = |pairs: &[(&Data, &Data)]| {
            *deed.f() == Verb::Txn && accounts.is_none_or(|known| pairs.len() < known.len())
        };
        if let Some(pairs) = pairs.filter(|pairs| !is_part(pairs)) {
            looks.push(Look { at, pairs });
        }
    }
    looks
}

/// The account and its balance, if the step reads one.
fn read_step(step: &Data) -> Option<(&Data, &Data)> {
    match step.list()? {
        [Data::Text(f), account, balance] if **f == *"r" => Some((account, balance)),
        _ => None,
    }
}

impl Bank {
    /// What was told beforehand, or by writes.
    fn known(&self, deeds: &Deeds<'_>) -> Result<Known, String> {
        let mut known = Known {
            total: self.total.map(i128::from),
            accounts: None,
            total_by: None,
            accounts_by: None,
            from: 0,
        };
        let writes = deeds.all.iter().enumerate();
        let mut writes = writes.filter(|(_, deed)| *deed.f() == Verb::Write && !deed.is_failed());
        let mut balances: Vec<(Data, i64)> = Vec::new();
        for (at, deed) in &mut writes {
            let why = || "the outcome of setting up the accounts is unknown".to_owned();
            let ended = deed.answered().ok_or_else(why)?;
            known.from = known.from.max(ended + 1);
            known.total_by = Some(at).filter(|_| balances.is_empty());
            known.accounts_by = known.total_by;
            balances.extend(initial(&deed.call.input)?);
        }
        if known.from > 0 && !deeds.history.has_real_time() {
            // Only whoever set the accounts up knows that they were there.
            return Err("this history has no real time to tell reads from the set-up".to_owned());
        }
        if let Some(initial) = &self.initial {
            balances.clone_from(initial);
            (known.total_by, known.accounts_by) = (None, None);
        }
        if balances.is_empty() {
            return Ok(known);
        }
        let sum = balances
            .iter()
            .map(|(_, balance)| i128::from(*balance))
            .sum();
        let accounts: FxHashMap<Data, ()> = balances
            .iter()
            .map(|(account, _)| (account.clone(), ()))
            .collect();
        if accounts.len() < balances.len() {
            return Err("an account is set up twice".to_owned());
        }
        if known.total.is_some_and(|total| total != sum) {
            let total = known.total.unwrap_or_default();
            return Err(format!(
                "the accounts are set up with {sum}, not with {total} as told"
            ));
        }
        known.total = Some(sum);
        known.accounts = Some(accounts);
        Ok(known)
    }

    /// What is wrong with one read, and how much.
    fn look(&self, deeds: &Deeds<'_>, known: &Known, look: &Look<'_>) -> Option<(i128, Finding)> {
        let who = deeds.who(look.at);
        let wrong = |kind, sentence: String, last: String| Finding {
            kind,
            sentence,
            cast: vec![(look.at, "reads the accounts")],
            steps: vec![remark(last)],
        };
        if let Some(strange) = known.strange(look) {
            let sentence = format!("{who} {strange}");
            let finding = wrong(
                AnomalyKind::WrongAccounts,
                sentence,
                format!("{{0}} {strange}, and accounts stay as they are"),
            );
            return Some((1, known.shown_by(deeds, known.accounts_by, finding)));
        }
        let total = look.total();
        if let Some(right) = known.total.filter(|right| *right != total) {
            let sentence = format!("{who} found {total} in all accounts together, not {right}");
            let sum = words::cut(&sum_of(look), SUM_CHARS_MAX);
            let last =
                format!("{{0}} found {sum} = {total}, and no transfer makes that of {right}");
            let finding = wrong(AnomalyKind::WrongTotal, sentence, last);
            return Some((
                (total - right).abs(),
                known.shown_by(deeds, known.total_by, finding),
            ));
        }
        let negative = look
            .pairs
            .iter()
            .filter(|(_, balance)| balance.int() < Some(0));
        let (account, balance) = *negative.min_by_key(|(_, balance)| balance.int())?;
        if self.may_be_negative || balance.int().is_none() {
            return None;
        }
        let (account, balance) = (shown(account), shown(balance));
        let finding = wrong(
            AnomalyKind::NegativeBalance,
            format!("{who} found account {account} overdrawn, at {balance}"),
            format!("{{0}} found {balance} in account {account}, and none may be overdrawn"),
        );
        Some((1, finding))
    }
}

/// Characters of a sum that are shown.
const SUM_CHARS_MAX: usize = 100;

/// `10 + 0 + -3`.
fn sum_of(look: &Look<'_>) -> String {
    let balances = look
        .pairs
        .iter()
        .take(SUM_CHARS_MAX)
        .map(|(_, balance)| balance.to_string());
    balances.collect::<Vec<_>>().join(" + ")
}

impl Known {
    /// What is wrong with the accounts of a read, in words.
    fn strange(&self, look: &Look<'_>) -> Option<String> {
        let accounts = self.accounts.as_ref()?;
        let mut seen: FxHashMap<&Data, ()> = FxHashMap::default();
        for (account, balance) in &look.pairs {
            if !accounts.contains_key(*account) {
                return Some(format!(
                    "found an account {} that there is not",
                    shown(account)
                ));
            }
            if seen.insert(account, ()).is_some() {
                return Some(format!("found account {} twice", shown(account)));
            }
            if balance.int().is_none() {
                let balance = shown(balance);
                return Some(format!(
                    "found {balance} in account {}, not a number",
                    shown(account)
                ));
            }
        }
        let missing = accounts
            .keys()
            .filter(|account| !seen.contains_key(account));
        let missing = missing.min()?;
        Some(format!("did not find account {}", shown(missing)))
    }

    /// With the operation that shows what there is, if one does.
    fn shown_by(&self, deeds: &Deeds<'_>, by: Option<At>, mut finding: Finding) -> Finding {
        let Some(by) = by.filter(|by| *by != finding.cast[0].0) else {
            return finding;
        };
        finding.cast.push((by, "shows what there is"));
        let accounts = self.accounts.as_ref().map_or(0, FxHashMap::len);
        let accounts = count(accounts, "account");
        let verb = match deeds.all[by].f() {
            Verb::Write => "set up",
            _ => "found",
        };
        let total = self
            .total
            .filter(|_| finding.kind == AnomalyKind::WrongTotal);
        let text = match total {
            Some(total) => format!("{{1}} {verb} {accounts} with {total} together"),
            None => format!("{{1}} {verb} {accounts}"),
        };
        finding.steps.insert(0, remark(text));
        finding
    }
}
