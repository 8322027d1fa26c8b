//! Where reads come from, drawn by hand and by brute force.
use super::{Registers, Source};
use crate::AnomalyKind;
use crate::testing::Rng;
use crate::transactional::sketch::draw;
use crate::transactional::{F, Status, Txn, Txns, ValueId, label};

/// The kinds of findings, and the number of reads that several transactions may explain.
fn check(text: &str, expected: &[AnomalyKind], ambiguous: usize) -> Registers {
    let registers = Registers::of(&draw(text));
    let kinds: Vec<AnomalyKind> = registers.findings.iter().map(|f| f.kind).collect();
    assert_eq!(kinds, expected, "{text}");
    assert_eq!(registers.ambiguous, ambiguous, "{text}");
    for finding in &registers.findings {
        assert!(!finding.steps.is_empty(), "{text}");
        assert!(
            finding.sentence.contains(&label(finding.txns[0])),
            "{}",
            finding.sentence
        );
    }
    registers
}

#[test]
fn what_is_wrong_by_itself_has_a_name() {
    use AnomalyKind::{
        AbortedRead, FutureRead, GarbageRead, IntermediateRead, Internal, LostUpdate,
    };
    check("0 wx1 \n 1 rx1", &[], 0);
    check("0 wx1 \n 1 rx2", &[GarbageRead], 0);
    check("0! wx1 \n 1 rx1", &[AbortedRead], 0);
    check("0 wx1 wx2 \n 1 rx1", &[IntermediateRead], 0);
    check("0 wx1 wx2 \n 1 rx2", &[], 0);
    check("0 wx1 wx2 wx1 \n 1 rx1", &[], 0);
    check("0 rx1 wx1", &[FutureRead], 0);
    check("0 rx1 wx1 wx2", &[FutureRead], 0);
    check("0 wx1 rx_", &[Internal], 0);
    check("0 wx1 rx2 \n 1 wx2", &[Internal], 0);
    check("0 wx1 wx2 rx1", &[Internal], 0);
    check("0 wx1 rx1 wx2 rx2", &[], 0);
    check("0 wx1 \n 1 wx2 \n 2 rx1 rx2", &[Internal], 0);
    check("0 wx1 \n 2 rx1 rx1", &[], 0);
    check("0 wx1 \n 1 rx1 wx2 \n 2 rx1 wx3", &[LostUpdate], 0);
    check("1 rx_ wx2 \n 2 rx_ wx3", &[LostUpdate], 0);
    check("1 rx_ wx2 \n 2 rx_ ry_ wy3", &[], 0);
    check("1 rx_ wx2 \n 2? rx_ wx3", &[], 0);
    // An aborted update lost nothing.
    check("0 wx1 \n 1 rx1 wx2 \n 2! rx1 wx3", &[], 0);
}

#[test]
fn a_value_written_twice_accuses_nobody() {
    check("0 wx1 \n 1 wx1 \n 2 rx1", &[], 1);
    check("0 wx1 \n 1? wx1 \n 2 rx1", &[], 1);
    // Another key is another matter, and so is a try that failed, or a step on the way.
    check("0 wx1 \n 1 wy1 \n 2 rx1 ry1", &[], 0);
    check("0 wx1 \n 1! wx1 \n 2 rx1", &[], 0);
    check("0 wx1 wx2 \n 1 wx1 \n 2 rx1", &[], 0);
    check("0 wx1 \n 1 rx1 wx1", &[], 0);
    check("0 wx_ \n 1 rx_", &[], 1);
    check("0! wx_ \n 1 rx_", &[], 0);
    let registers = check("0 wx1 \n 1 wx1 wy1 \n 2! wy1", &[], 0);
    assert_eq!(registers.is_unique, [false, true]);
}

#[test]
fn an_unknown_write_counts_once_it_was_seen() {
    let seen = check("0? wx1 \n 1 rx1", &[], 0);
    assert_eq!(seen.is_included, [true, true]);
    let unseen = check("0? wx1 \n 1 rx_ \n 2! rx1", &[], 0);
    assert_eq!(unseen.is_included, [false, true, false]);
}

#[test]
fn findings_of_a_kind_are_counted_beyond_what_is_told() {
    let text: String = (0..300).map(|_| "0 rx7 \n").collect();
    let registers = Registers::of(&draw(&text));
    assert_eq!(registers.findings.len(), Registers::FINDINGS_MAX);
    assert_eq!(registers.counts, [(AnomalyKind::GarbageRead, 300)]);
    assert_eq!(registers.broken, 300);
}

/// By definition: every transaction that may have committed `value` as its last word on `key`.
fn writers(txns: &Txns, key: u32, value: ValueId, reader: Txn) -> Vec<Txn> {
    let all = 0..txns.len() as Txn;
    let last = |txn| {
        let own = txns.steps(txn).filter(|s| s.f == F::Write && s.key == key);
        own.last().map(|step| step.value)
    };
    all.filter(|&txn| txns.status[txn as usize] != Status::Aborted && txn != reader)
        .filter(|&txn| last(txn) == Some(value))
        .collect()
}

/// Values that are dense by key, dense in all, and neither.
#[test]
fn sources_are_what_a_search_finds() {
    let mut rng = Rng(3);
    let mut kinds = [0; 3];
    for round in 0..60_000 {
        let spread = [1, 1, 977_777][round % 3];
        let keys = 1 + rng.below(3);
        let mut counter = 0;
        let mut text = String::new();
        for _ in 0..1 + rng.below(5) {
            let mark = ["", "", "", "!", "?"][rng.below(5) as usize];
            text += &format!("{}{mark}", rng.below(3));
            for _ in 0..rng.below(5) {
                let key = char::from(b'x' + rng.below(keys) as u8);
                counter += 1;
                let is_unique = round % 2 == 0;
                let value = 1 + if is_unique { counter } else { rng.below(4) };
                match rng.below(2) {
                    0 => text += &format!(" w{key}{}", value * spread),
                    _ => match rng.below(if is_unique { counter + 2 } else { 6 }) {
                        0 => text += &format!(" r{key}_"),
                        value => text += &format!(" r{key}{}", value * spread),
                    },
                }
            }
            text += "\n";
        }
        let txns = draw(&text);
        let registers = Registers::of(&txns);
        for txn in 0..txns.len() as Txn {
            let mut reads = registers.reads_of(txn).iter();
            let mut last = None;
            let mut held: Vec<Option<(ValueId, bool)>> = vec![None; txns.keys.len()];
            let is_ok = txns.status[txn as usize] == Status::Ok;
            for step in txns.steps(txn).filter(|_| is_ok) {
                let known = &mut held[step.key as usize];
                let is_own = known.is_some_and(|(_, is_own)| is_own);
                let is_again = last == Some((step.key, step.value));
                if step.f == F::Read && !is_own && !is_again {
                    last = Some((step.key, step.value));
                    let read = reads.next().expect("an external read");
                    let writers = writers(&txns, step.key, step.value, txn);
                    let expected = match writers.as_slice() {
                        [] if step.value == ValueId::NIL => Source::INITIAL,
                        [] => Source::BROKEN,
                        [writer] if step.value != ValueId::NIL => {
                            let version = registers.write_to(*writer, step.key).unwrap();
                            assert_eq!(registers.key_of(version), step.key);
                            assert_eq!(registers.value[version as usize], step.value);
                            assert!(registers.is_included[*writer as usize]);
                            Source::of(version)
                        }
                        _ => Source::AMBIGUOUS,
                    };
                    assert_eq!(read.source, expected, "{text}");
                    kinds[expected.version().map_or(0, |_| 1)] += 1;
                    kinds[2] += usize::from(expected == Source::BROKEN);
                }
                let is_written = step.f == F::Write || known.is_some_and(|known| known.1);
                *known = Some((step.value, is_written));
            }
            assert_eq!(reads.next(), None, "{text}");
        }
    }
    assert!(kinds.iter().all(|&count| count > 5_000), "{kinds:?}");
}
