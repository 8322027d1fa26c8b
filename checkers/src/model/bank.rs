//! A bank: money moves between accounts, none of which may go below zero.
use crate::model::Said;
use crate::{Call, Data, Process, Spec, Verb};
use std::collections::BTreeMap;

/// Each account begins with what `initial` says, and others with nothing.
#[derive(Clone, Debug, Default)]
pub struct Bank {
    pub initial: BTreeMap<i64, i64>,
}

/// The balance of each account that is not at zero.
type Balances = BTreeMap<i64, i64>;

impl Spec for Bank {
    type State = Balances;

    fn init(&self) -> Balances {
        let mut balances = self.initial.clone();
        balances.retain(|_, balance| *balance != 0);
        balances
    }

    fn step(
        &self,
        balances: &Balances,
        _: Process,
        call: &Call,
    ) -> impl IntoIterator<Item = Balances> {
        match (&call.f, &call.output) {
            (Verb::Read, None) => Some(balances.clone()),
            (Verb::Read, Some(read)) => (read_as(read)? == *balances).then(|| balances.clone()),
            (Verb::Transfer, _) => {
                let after = after(balances, &call.input);
                match (Said::by(call), after) {
                    (Said::Done, after) => after,
                    (Said::Nothing, after) => Some(after.unwrap_or_else(|| balances.clone())),
                    (Said::Refused, None) => Some(balances.clone()),
                    (Said::Refused, Some(_)) | (Said::Other(_), _) => None,
                }
            }
            _ => None,
        }
    }

    fn is_owner_aware(&self) -> bool {
        false
    }

    fn is_read_only(&self, call: &Call) -> bool {
        call.f == Verb::Read || Said::by(call) == Said::Refused
    }

    fn describe(&self, balances: &Balances) -> String {
        let shown = balances
            .iter()
            .map(|(account, balance)| format!("{account}: {balance}"));
        let shown: Vec<String> = shown.collect();
        if shown.is_empty() {
            "all balances 0".to_owned()
        } else {
            format!("balances {}", shown.join(", "))
        }
    }
}

/// The balances once it is done; nothing if there is too little money.
fn after(balances: &Balances, asked: &Data) -> Option<Balances> {
    let [from, to, amount] = asked.list()? else {
        return None;
    };
    let (from, to, amount) = (from.int()?, to.int()?, amount.int()?);
    let mut balances = balances.clone();
    for (account, change) in [(from, amount.checked_neg()?), (to, amount)] {
        let balance = balances.entry(account).or_default();
        *balance = balance
            .checked_add(change)
            .filter(|balance| *balance >= 0)?;
    }
    balances.retain(|_, balance| *balance != 0);
    Some(balances)
}

/// Accounts at zero are told by some banks and left out by others.
fn read_as(read: &Data) -> Option<Balances> {
    let mut balances = Balances::new();
    for pair in read.list()? {
        let (account, balance) = pair.pair()?;
        if balances.insert(account.int()?, balance.int()?).is_some() {
            return None;
        }
    }
    balances.retain(|_, balance| *balance != 0);
    Some(balances)
}

#[cfg(test)]
mod tests {
    use super::Bank;
    use crate::model::script::{accepts, rejects};

    #[test]
    fn no_money_is_lost_made_or_owed() {
        let bank = Bank {
            initial: [(0, 10), (1, 0)].into(),
        };
        accepts(
            &bank,
            "read → [[0 10] [1 0]]; transfer [0 1 4]; read → [[0 6] [1 4]]",
        );
        accepts(
            &bank,
            "transfer [0 1 10] → true; read → [[1 10]]; transfer [0 1 1] → false",
        );
        accepts(
            &bank,
            "transfer [0 1 4] → ?; read → [[0 6] [1 4]]; transfer [1 0 5] → ?; read → ?",
        );
        accepts(
            &bank,
            "transfer [0 0 10]; transfer [0 0 11] → false; read → [[0 10] [1 0]]",
        );
        rejects(&bank, "transfer [0 1 4]; read → [[0 6] [1 0]]");
        rejects(&bank, "transfer [0 1 4]; read → [[0 10] [1 4]]");
        rejects(&bank, "transfer [0 1 11]");
        rejects(&bank, "transfer [0 1 10] → false");
        rejects(&bank, "read → [[0 5] [0 5]]");
    }
}
