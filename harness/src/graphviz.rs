//! Counter-examples in the language of Graphviz, for whoever wants another picture than the report's.
use crate::report;
use checkers::{Anomaly, Edge};
use petgraph::dot::Dot;
use petgraph::graph::{DiGraph, EdgeReference, NodeIndex};
use std::fmt;

/// A graph for each anomaly that is told by arrows: a box for each operation, an arrow for each step
/// that orders two of them. None if there is nothing to draw.
pub(crate) fn draw<'a>(anomalies: impl IntoIterator<Item = &'a Anomaly>) -> Option<String> {
    let graphs: Vec<String> = anomalies.into_iter().filter_map(graph).collect();
    (!graphs.is_empty()).then(|| graphs.concat())
}

/// An arrow, shown by its short name.
#[derive(Clone, Copy, Debug)]
struct Arrow(Edge);

impl fmt::Display for Arrow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(report::short_name(self.0))
    }
}

fn graph(anomaly: &Anomaly) -> Option<String> {
    let mut graph = DiGraph::new();
    for op in &anomaly.witness {
        graph.add_node(format!("{}, process {}\n{}", op.label, op.process, op.text));
    }
    for step in &anomaly.steps {
        if let Some((from, to)) = step.between {
            graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), Arrow(step.edge));
        }
    }
    if graph.edge_count() == 0 {
        return None;
    }
    let line = |_: &DiGraph<String, Arrow>, arrow: EdgeReference<'_, Arrow>| {
        let line = match arrow.weight().0 {
            Edge::WriteWrite => "color=\"#a02020\"",
            Edge::WriteRead => "color=\"#2040a0\"",
            Edge::ReadWrite => "color=\"#207030\"",
            Edge::Order => "",
            Edge::Process => "style=dashed",
            Edge::RealTime | Edge::None => "style=dotted",
        };
        line.to_owned()
    };
    let shape = |_: &_, _: (NodeIndex, &String)| "shape=box fontname=monospace".to_owned();
    let drawing = Dot::with_attr_getters(&graph, &[], &line, &shape);
    let title = anomaly.sentence.replace(char::is_control, " ");
    Some(format!("// {title}\n{drawing}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use checkers::{AnomalyKind, Step, WitnessOp};

    fn op(label: &str, text: &str) -> WitnessOp {
        WitnessOp {
            label: label.to_owned(),
            process: 3,
            node: None,
            invoked: 0,
            completed: Some(1),
            start: 0,
            end: Some(1),
            text: text.to_owned(),
            role: String::new(),
        }
    }

    fn anomaly(between: Option<(usize, usize)>) -> Anomaly {
        Anomaly {
            kind: AnomalyKind::G2Item,
            also: Vec::new(),
            sentence: "two\nlines".to_owned(),
            key: None,
            witness: vec![op("T1", "r \"x\" → [1 2]"), op("T2", "append \"x\" 3")],
            steps: vec![Step {
                between,
                edge: Edge::ReadWrite,
                text: String::new(),
            }],
            is_minimal: true,
        }
    }

    #[test]
    fn operations_are_boxes_and_steps_are_arrows() {
        let text = draw([&anomaly(Some((0, 1)))]).unwrap();
        for part in [
            "// two lines\ndigraph {",
            "r \\\"x\\\" → [1 2]",
            "0 -> 1 [ label = \"rw\"",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn what_has_no_arrow_is_not_drawn() {
        assert_eq!(draw([&anomaly(None)]), None);
        let both = draw([&anomaly(None), &anomaly(Some((1, 0)))]).unwrap();
        assert_eq!(both.matches("digraph").count(), 1);
    }
}
