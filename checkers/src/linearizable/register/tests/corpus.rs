//! Histories that others recorded, with the verdicts that others found. They lie outside of the
//! repository; where they are missing this says so and passes.
use crate::Budget;
use crate::linearizable::register::cell::{Act, NEVER, NIL, Register, RegisterOp, State};
use crate::linearizable::register::decide::{Decision, decide};
use crate::linearizable::register::shrink::shrink;
use crate::linearizable::register::sources::Sources;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// One line of such a history.
struct Line {
    process: String,
    kind: String,
    f: String,
    value: String,
}

/// `INFO  jepsen.util - 2 :invoke :cas [3 0]`, with tabs or blanks between.
fn read_log(text: &str) -> Vec<Line> {
    let lines = text.lines().filter_map(|line| line.split_once(" - "));
    let lines = lines.filter_map(|(_, said)| {
        let mut words = said.split_whitespace().map(str::to_owned);
        Some(Line {
            process: words.next()?,
            kind: words.next()?,
            f: words.next()?,
            value: words.collect::<Vec<_>>().join(" "),
        })
    });
    lines.collect()
}

/// `{:process 4, :type :invoke, :f :cas, :value [0 2]}`, and comments.
fn read_edn(text: &str) -> Vec<Line> {
    let maps = outer_maps(text);
    let lines = maps.iter().map(|map| Line {
        process: field(map, "process"),
        kind: field(map, "type"),
        f: field(map, "f"),
        value: field(map, "value"),
    });
    lines.collect()
}

/// What stands between the outer braces, without what stands between inner ones.
fn outer_maps(text: &str) -> Vec<String> {
    let said = text
        .lines()
        .filter(|line| !line.trim_start().starts_with(';'));
    let mut maps: Vec<String> = Vec::new();
    let mut depth = 0;
    for letter in said.flat_map(|line| line.chars().chain([' '])) {
        match letter {
            '{' => {
                depth += 1;
                if depth == 1 {
                    maps.push(String::new());
                }
            }
            '}' => depth -= 1,
            _ if depth == 1 => maps.last_mut().expect("begun").push(letter),
            _ => {}
        }
    }
    maps
}

/// The text of a field: `4`, `:ok`, `[0 2]`.
fn field(map: &str, name: &str) -> String {
    let parts: Vec<&str> = map.split(':').map(str::trim).collect();
    let is_it = |part: &&str| part.split(' ').next() == Some(name);
    let place = parts.iter().position(is_it);
    let place = place.unwrap_or_else(|| panic!("no {name} in {map}"));
    match parts[place][name.len()..].trim_matches([',', ' ']) {
        "" => format!(":{}", parts[place + 1].trim_matches([',', ' '])),
        own => own.to_owned(),
    }
}

/// `[3 0]`, `4` and `nil` as states: a number's is one more, as none stands for the absent key.
fn states(value: &str) -> Vec<State> {
    let words = value.trim_matches(['[', ']']).split([' ', ',']);
    let words = words.filter(|word| !word.is_empty());
    let states = words.map(|word| word.parse::<State>().map_or(NIL, |value| value + 1));
    states.collect()
}

/// The register behind the lines. Porcupine takes refusals, and reads of nil, by their word
/// (`is_told`); Knossos takes neither.
fn register(lines: &[Line], init: Option<State>, is_told: bool) -> Register {
    let mut ops: Vec<RegisterOp> = Vec::new();
    let mut open: HashMap<&str, (usize, &Line)> = HashMap::new();
    if let Some(init) = init {
        ops.push(RegisterOp {
            act: Act::Write(init),
            invoked: 0,
            returned: 1,
        });
    }
    for (position, line) in (2_u32..).zip(lines) {
        if line.kind == ":invoke" {
            open.insert(&line.process, (ops.len(), line));
            ops.push(RegisterOp {
                act: asked(line),
                invoked: position,
                returned: NEVER,
            });
            continue;
        }
        let Some((op, asked)) = open.remove(line.process.as_str()) else {
            continue;
        };
        match (line.kind.as_str(), line.f.as_str()) {
            // Knossos asks nothing of a read that says nil.
            (":ok", ":read") if !is_told && states(&line.value) == [NIL] => {}
            (":ok", ":read") => {
                ops[op].act = Act::Observe(states(&line.value)[0]);
                ops[op].returned = position;
            }
            (":ok", _) => ops[op].returned = position,
            (":fail", ":cas") if is_told => {
                ops[op].act = Act::ObserveNot(states(&asked.value)[0]);
                ops[op].returned = position;
            }
            (":fail", _) => ops[op].act = Act::Observe(NIL),
            _ => {}
        }
    }
    // What only looks and was never answered says nothing; that includes what failed.
    ops.retain(|op| op.is_answered() || !op.act.is_pure());
    Register::close_gaps(ops)
}

fn asked(line: &Line) -> Act {
    let states = states(&line.value);
    match line.f.as_str() {
        ":read" => Act::Observe(NIL),
        ":write" => Act::Write(states[0]),
        ":cas" if states[0] == states[1] => Act::Observe(states[0]),
        ":cas" => Act::Swap {
            from: states[0],
            to: states[1],
        },
        other => panic!("unknown verb {other}"),
    }
}

#[test]
fn recorded_histories_get_the_verdicts_that_others_found() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/histories/linearizability");
    let Ok(manifest) = fs::read_to_string(folder.join("manifest.json")) else {
        println!(
            "no recorded histories in {}: nothing was compared",
            folder.display()
        );
        return;
    };
    let manifest: Vec<serde_json::Value> = serde_json::from_str(&manifest).expect("a manifest");
    let mut count = 0;
    for entry in manifest
        .iter()
        .filter(|entry| entry["model"] == "cas-register")
    {
        let file = entry["file"].as_str().expect("a file name");
        let text = fs::read_to_string(folder.join(file)).expect("a file that the manifest names");
        let is_log = entry["format"] == "jepsen-log";
        let register = if is_log {
            register(&read_log(&text), None, true)
        } else {
            let init = entry["init"].as_u64().map(|init| init as State + 1);
            register(&read_edn(&text), init, false)
        };
        assert!(!register.ops.is_empty(), "{file}");
        let budget = Budget::new(1 << 30);
        match (decide(&register, &budget).0, entry["expected"].as_str()) {
            (Decision::Legal { .. }, Some("valid")) => {}
            (Decision::Illegal { stuck, core, .. }, Some("invalid")) => {
                let core = shrink(&Sources::new(&register), stuck, core.as_ref(), &budget);
                let size = core.projection.parts.len();
                println!("{file}: {size} of {} operations", register.ops.len());
                assert!(core.is_minimal, "{file}");
            }
            (decision, expected) => panic!("{file}: {decision:?} instead of {expected:?}"),
        }
        count += 1;
    }
    println!("{count} recorded histories");
    assert!(count > 100, "{count}");
}
