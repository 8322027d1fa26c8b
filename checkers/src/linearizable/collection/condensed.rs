//! A part of a history, with its positions counted anew.
use super::{NONE, Span, Stay, Stays};
use crate::linearizable::timed::NEVER;

/// The given values and empty answers only. What is decided of them takes as long as there are many
/// of them, however long the history is that they are from.
pub(in crate::linearizable) fn condensed(
    values: impl IntoIterator<Item = Stay>,
    empties: impl IntoIterator<Item = Span>,
) -> Stays {
    let mut stays: Vec<Stay> = values.into_iter().collect();
    let mut empties: Vec<Span> = empties.into_iter().collect();
    let spans = stays.iter().flat_map(|stay| [stay.put, stay.taken]);
    let spans = spans.chain(empties.iter().copied());
    let ends = spans.flat_map(|span| [span.invoked, span.returned]);
    let mut positions: Vec<u32> = ends.filter(|&position| position != NEVER).collect();
    positions.sort_unstable();
    positions.dedup();
    let counted = |position: u32| match position {
        NEVER => NEVER,
        _ => positions.partition_point(|&other| other < position) as u32,
    };
    let anew = |span: Span| Span {
        invoked: counted(span.invoked),
        returned: counted(span.returned),
    };
    for stay in &mut stays {
        stay.put = anew(stay.put);
        stay.taken = anew(stay.taken);
    }
    for empty in &mut empties {
        *empty = anew(*empty);
    }
    Stays {
        stays,
        empties,
        unknown: Vec::new(),
        events: positions.len() as u32,
    }
}

/// The history without the values that nobody said that he took.
pub(in crate::linearizable) fn without_left_over(gathered: &Stays) -> Stays {
    let mut gathered = gathered.clone();
    for stay in &mut gathered.stays {
        if !stay.is_taken() {
            stay.put = NONE;
        }
    }
    gathered
}
