//! Small histories, all of them and at random, against the definitions.
use super::{ALL, agree, agree_but};
use crate::testing::Rng;
use crate::transactional::Level;
use crate::transactional::sketch::draw;
use std::fmt::Write;

/// All histories of three transactions with two, two and one steps on two keys, in every division
/// into sessions.
#[test]
fn small_histories_are_judged_by_definition() {
    let mut counts = [[0; 3]; 14];
    // A step: what, key, and for reads whose value: 3 is nil.
    let steps: Vec<(bool, u32, u32)> = (0..2)
        .flat_map(|key| (0..5).map(move |of| (of == 4, key, of)))
        .collect();
    let mut judged = 0;
    for code in 0..100_000_u32 {
        let step = |at: u32| steps[(code / 10_u32.pow(at) % 10) as usize];
        let txns = [
            vec![step(0), step(1)],
            vec![step(2), step(3)],
            vec![step(4)],
        ];
        // Each writes a key at most once, and what is read was written by somebody else.
        let makes_sense = (0..3).all(|txn: usize| {
            txns[txn]
                .iter()
                .enumerate()
                .all(|(at, &(is_write, key, of))| match of {
                    4 => txns[txn][..at]
                        .iter()
                        .all(|other| !(other.0 && other.1 == key)),
                    3 => true,
                    of => {
                        let writer: &[(bool, u32, u32)] = &txns[of as usize];
                        !is_write && of as usize != txn && writer.contains(&(true, key, 4))
                    }
                })
        });
        if !makes_sense {
            continue;
        }
        for sessions in ["000", "001", "010", "011", "012"] {
            let mut text = String::new();
            for (txn, session) in sessions.chars().enumerate() {
                text.push(session);
                for &(_, key, of) in &txns[txn] {
                    let name = ["x", "y"][key as usize];
                    match of {
                        4 => write!(text, " w{name}{txn}").expect("a string"),
                        3 => write!(text, " r{name}_").expect("a string"),
                        of => write!(text, " r{name}{of}").expect("a string"),
                    }
                }
                text.push('\n');
            }
            agree(&draw(&text), &|| text.clone(), &mut counts);
            judged += 1;
        }
    }
    println!("{judged} histories: {counts:?}");
    assert_eq!(judged, 17_250);
}

/// A history of up to five transactions; unique values, aborted and unknown ones among them.
fn any(rng: &mut Rng, text: &mut String) {
    text.clear();
    let keys = 1 + rng.below(3);
    let sessions = 1 + rng.below(4);
    let oddness = [0, 0, 0, 12][rng.below(4) as usize];
    let txns = 3 + rng.below(3);
    let most = 2 + rng.below(3);
    // What was written to each key, and by whom it was written last within a transaction.
    let mut written: [Vec<(u64, u64)>; 3] = Default::default();
    let mut plan = Vec::new();
    let mut gone = [false; 5];
    for _ in 0..txns {
        let mut session = rng.below(sessions);
        if gone[session as usize] {
            session = 10 + plan.len() as u64;
        }
        let mark = if rng.percent(oddness) {
            ['!', '?'][rng.below(2) as usize]
        } else {
            ' '
        };
        if mark == '?' && session < 5 {
            gone[session as usize] = true;
        }
        let steps = (0..1 + rng.below(most)).map(|_| (rng.percent(45), rng.below(keys)));
        plan.push((session, mark, Vec::from_iter(steps)));
    }
    let mut value = 0;
    for (txn, (_, _, steps)) in plan.iter().enumerate() {
        for &(is_write, key) in steps {
            if is_write {
                value += 1;
                let of = &mut written[key as usize];
                if let Some(last) = of.last_mut()
                    && last.0 == txn as u64
                    && !rng.percent(oddness)
                {
                    last.1 = value;
                } else {
                    of.push((txn as u64, value));
                }
            }
        }
    }
    let mut value = 0;
    for (txn, (session, mark, steps)) in plan.iter().enumerate() {
        write!(text, "{session}{}", mark.to_string().trim()).expect("a string");
        let mut held: [Option<u64>; 3] = [None; 3];
        for &(is_write, key) in steps {
            let name = ["x", "y", "z"][key as usize];
            if is_write {
                value += 1;
                held[key as usize] = Some(value);
                write!(text, " w{name}{value}").expect("a string");
                continue;
            }
            let of = &written[key as usize];
            let others: Vec<u64> = of
                .iter()
                .filter(|w| w.0 != txn as u64)
                .map(|w| w.1)
                .collect();
            let read = match held[key as usize] {
                Some(held) if !rng.percent(oddness / 2 + 2) => Some(held),
                _ if rng.percent(oddness / 4) => Some(90),
                _ => {
                    let at = rng.below(others.len() as u64 * 3 + 1);
                    // What came just before is found more often than what comes later.
                    let near = of
                        .iter()
                        .filter(|w| w.0 < txn as u64)
                        .map(|w| w.1)
                        .next_back();
                    match at {
                        0 => None,
                        _ if rng.percent(40) => near,
                        at => others.get((at - 1) as usize % others.len().max(1)).copied(),
                    }
                }
            };
            match read {
                Some(read) => write!(text, " r{name}{read}").expect("a string"),
                None => write!(text, " r{name}_").expect("a string"),
            }
        }
        text.push('\n');
    }
}

#[test]
fn random_histories_are_judged_by_definition() {
    let mut rng = Rng(20_260);
    let mut counts = [[0; 3]; 14];
    let mut text = String::new();
    for _ in 0..200_000 {
        any(&mut rng, &mut text);
        agree(&draw(&text), &|| text.clone(), &mut counts);
    }
    for (case, [fits, refuted, open]) in ALL.iter().zip(counts) {
        println!("{case:?}: {fits} fit, {refuted} refuted, {open} open");
        assert!(fits > 10_000 && refuted > 2_000, "{case:?}: {counts:?}");
    }
}

/// Up to sixty transactions of many sessions, whose processes come back under other names, on
/// replicas that lag behind; with one answer changed now and then.
#[test]
fn lagging_replicas_are_judged_by_definition() {
    let mut rng = Rng(5);
    let mut counts = [[0; 3]; 14];
    for _ in 0..800 {
        let keys = 2 + rng.below(5);
        let clients = 2 + rng.below(12);
        let (lag, again, wrong) = (rng.below(12), rng.below(40), rng.below(12));
        // What each transaction wrote: key and value; and on which replica.
        let mut log: Vec<(u64, Vec<(u64, u64)>)> = Vec::new();
        let mut names: Vec<u64> = (0..clients).collect();
        let mut far = [0_usize; 3];
        let mut text = String::new();
        let mut value = 0;
        for txn in 0..10 + rng.below(50) {
            let client = rng.below(clients) as usize;
            if rng.percent(again) {
                names[client] = 100 + txn;
            }
            let replica = client as u64 % 3;
            let reach = &mut far[replica as usize];
            *reach = (*reach).max(log.len().saturating_sub(rng.below(lag + 1) as usize));
            let is_unknown = rng.percent(8);
            let name = if is_unknown {
                format!("{}?", 500 + txn)
            } else {
                names[client].to_string()
            };
            text += &name;
            let mut own: Vec<(u64, u64)> = Vec::new();
            for _ in 0..1 + rng.below(4) {
                let key = rng.below(keys);
                let letter = char::from(b'a' + key as u8);
                if rng.percent(40) {
                    value += 1;
                    own.retain(|write| write.0 != key);
                    own.push((key, value));
                    write!(text, " w{letter}{value}").expect("a string");
                    continue;
                }
                let mine = own.iter().find(|write| write.0 == key).map(|write| write.1);
                let seen = log.iter().enumerate().rev();
                let mut seen = seen
                    .filter(|(at, (by, _))| *at < *reach || *by == replica)
                    .filter_map(|(_, (_, writes))| writes.iter().find(|w| w.0 == key));
                let passed = if rng.percent(wrong) { 1 } else { 0 };
                let found = mine.or_else(|| seen.nth(passed).map(|write| write.1));
                match found {
                    Some(found) => write!(text, " r{letter}{found}").expect("a string"),
                    None => write!(text, " r{letter}_").expect("a string"),
                }
            }
            log.push((replica, own));
            text.push('\n');
        }
        // Update atomic is the one level that needs all orders.
        agree_but(
            &draw(&text),
            Some(Level::UpdateAtomic),
            &|| text.clone(),
            &mut counts,
        );
    }
    for (case, [fits, refuted, _]) in ALL.iter().zip(counts) {
        println!("{case:?}: {fits} fit, {refuted} refuted");
    }
    let [fits, refuted, _] = counts[13];
    assert!(fits > 150 && refuted > 150, "{counts:?}");
}
