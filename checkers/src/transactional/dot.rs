//! A cycle as a drawing in the language of Graphviz.
use super::{Arc, Cycle, F, NO_KEY, Step, Txn, Txns, Via};
use std::collections::BTreeSet;
use std::fmt::Write;

/// At most so many steps of a transaction are spelt out.
const STEPS_MAX: usize = 8;

/// At most so many members of a list are spelt out: the last ones.
const MEMBERS_MAX: usize = 6;

/// The transactions of `cycle` as boxes with their steps, and its dependencies as arrows.
pub fn cycle(txns: &Txns, cycle: &Cycle) -> String {
    drawing(txns, &cycle.arcs, cycle.kind.title())
}

/// Any dependencies, with the transactions that they join.
pub fn drawing(txns: &Txns, arcs: &[Arc], title: &str) -> String {
    let mut text = format!(
        "digraph {{\n  label=\"{}\";\n  node [shape=box, fontname=\"monospace\"];\n",
        escaped(title)
    );
    let members: BTreeSet<Txn> = arcs.iter().flat_map(|arc| [arc.from, arc.to]).collect();
    for txn in members {
        let _ = writeln!(
            text,
            "  T{txn} [label=\"T{txn}\\n{}\"];",
            escaped(&steps(txns, txn))
        );
    }
    for arc in arcs {
        let (name, look) = match arc.via {
            Via::Ww => ("ww", "color=\"#a02020\""),
            Via::Wr => ("wr", "color=\"#2040a0\""),
            Via::Rw => ("rw", "color=\"#207030\""),
            Via::Process => ("process", "style=dashed"),
            Via::Realtime => ("real time", "style=dotted"),
        };
        let key = match txns.keys.get(arc.key as usize) {
            Some(key) if arc.key != NO_KEY => format!(" {key}"),
            _ => String::new(),
        };
        let _ = writeln!(
            text,
            "  T{} -> T{} [label=\"{name}{}\", {look}];",
            arc.from,
            arc.to,
            escaped(&key)
        );
    }
    text.push_str("}\n");
    text
}

fn steps(txns: &Txns, txn: Txn) -> String {
    let mut lines: Vec<String> = txns
        .steps(txn)
        .take(STEPS_MAX)
        .map(|step| line(txns, step))
        .collect();
    let left = txns.steps(txn).len().saturating_sub(STEPS_MAX);
    if left > 0 {
        lines.push(format!("and {left} more"));
    }
    lines.join("\n")
}

fn line(txns: &Txns, step: Step) -> String {
    let key = txns
        .keys
        .get(step.key as usize)
        .map(ToString::to_string)
        .unwrap_or_default();
    match step.f {
        F::Append => format!("append {key} {}", txns.value_of(step.value)),
        F::Write => format!("write {key} {}", txns.value_of(step.value)),
        F::Read if step.value == super::ValueId::NOT_TOLD => format!("read {key} ?"),
        F::Read => format!("read {key} {}", txns.value_of(step.value)),
        F::ReadList => {
            let list = txns.list(step.value);
            let shown = &list[list.len().saturating_sub(MEMBERS_MAX)..];
            let members: Vec<String> = shown
                .iter()
                .map(|&value| txns.value_of(value).to_string())
                .collect();
            let more = if shown.len() < list.len() { "… " } else { "" };
            format!("read {key} [{more}{}]", members.join(" "))
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transactional::{Status, ValueId};
    use crate::{AnomalyKind, Data, Process};

    #[test]
    fn a_cycle_is_drawn_with_steps_and_reasons() {
        let txns = Txns {
            status: vec![Status::Ok; 2],
            process: vec![Process(0), Process(1)],
            invoked: vec![0, 1],
            completed: vec![2, 3],
            starts: vec![0, 2, 4],
            f: vec![F::ReadList, F::Append, F::Read, F::Write],
            key: vec![0, 1, 1, 0],
            value: vec![ValueId(0), ValueId(7), ValueId::NIL, ValueId(8)],
            lists: vec![(0, 2)],
            elements: vec![ValueId(1), ValueId(2)],
            keys: vec![Data::Text("a\\b".into()), Data::Int(1)],
            ..Txns::default()
        };
        let arc = |from, to, key| Arc {
            from,
            to,
            via: Via::Rw,
            key,
        };
        let skew = Cycle {
            kind: AnomalyKind::G2Item,
            also: vec![],
            arcs: vec![arc(0, 1, 0), arc(1, 0, 1)],
        };
        let text = cycle(&txns, &skew);
        let parts = [
            "T0 -> T1 [label=\"rw \\\"a",
            "T1 -> T0 [label=\"rw 1\"",
            "[1 2]\\nappend 1 7\"]",
            "T1\\nread 1 nil\\nwrite",
        ];
        for part in parts {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
