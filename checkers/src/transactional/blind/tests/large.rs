//! Histories of a thousand and more: with every pair forced, and with none.
use super::super::rules::Shape;
use super::generate::{self, Plan};
use super::{RULES, fits};
use crate::testing::Rng;
use crate::transactional::Family;

fn plan(txns: usize, keys: u64) -> Plan {
    Plan {
        txns,
        keys,
        steps_max: 4,
        processes: 10,
        unknown: 1,
        aborted: 1,
        old: 0,
        torn: 0,
        corrupted: 0,
        update: 30,
    }
}

#[test]
fn a_correct_store_fits_every_level() {
    let mut rng = Rng(7);
    for round in 0..4 {
        let txns = generate::history(&mut rng, plan(1000, [5, 20, 100, 1000][round]));
        for rule in RULES {
            assert_eq!(fits(&txns, rule), Some(true), "{rule:?} {round}");
        }
    }
}

#[test]
fn one_wrong_answer_among_a_thousand_transactions_is_found() {
    let mut rng = Rng(8);
    let mut refuted = 0;
    for _ in 0..20 {
        let mut plan = plan(1000, 20);
        plan.corrupted = 1;
        let txns = generate::history(&mut rng, plan);
        refuted += usize::from(fits(&txns, (Shape::Whole, Family::Strong)) == Some(false));
    }
    assert!(refuted >= 18, "{refuted}");
}

#[test]
fn size() {
    let Ok(txns) = std::env::var("TXNS") else {
        return;
    };
    let keys = std::env::var("KEYS").map_or(1000, |keys| keys.parse().expect("a number"));
    let clients = std::env::var("CLIENTS").map_or(20, |keys| keys.parse().expect("a number"));
    let mut plan = plan(txns.parse().expect("a number"), keys);
    plan.processes = clients;
    plan.update = std::env::var("UPDATE").map_or(0, |keys| keys.parse().expect("a number"));
    let txns = generate::history(&mut Rng(9), plan);
    let start = std::time::Instant::now();
    let registers = crate::transactional::Registers::of(&txns);
    eprintln!("registers {:?}", start.elapsed());
    let level = match std::env::var("LEVEL").as_deref() {
        Ok("ser") => crate::transactional::Level::Serializable,
        Ok("si") => crate::transactional::Level::SnapshotIsolation,
        Ok("ssi") => crate::transactional::Level::StrongSnapshotIsolation,
        _ => crate::transactional::Level::StrictSerializable,
    };
    let budget = crate::Budget::new(8 << 30);
    let (answer, _) = super::super::decide(&txns, &registers, level, &budget);
    eprintln!("{answer:?} {:?}", start.elapsed());
}
