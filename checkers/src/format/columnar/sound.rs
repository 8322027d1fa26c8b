//! Whether every index of a block points at something of the right kind, so that later nobody has to ask.
use super::block::{Block, kind, verb};
use super::word::{Meaning, Word};

/// Looks at each number once.
pub(super) fn check(block: &Block<'_>) -> Result<(), String> {
    texts(block)?;
    lists(block)?;
    operations(block)?;
    events(block)?;
    notes(block)
}

/// Says which entry of which column is wrong.
fn require(holds: bool, column: &str, index: usize) -> Result<(), String> {
    if holds {
        return Ok(());
    }
    Err(format!(
        "entry {index} of its column {column} makes no sense"
    ))
}

fn texts(block: &Block<'_>) -> Result<(), String> {
    let mut start = 0;
    for (index, end) in block.text_ends.iter().enumerate() {
        let text = block.texts.get(start as usize..end as usize);
        require(text.is_some(), "text_ends", index)?;
        start = end;
    }
    require(
        start as usize == block.texts.len(),
        "text_bytes",
        start as usize,
    )?;
    for (index, text) in block.verbs.iter().enumerate() {
        require((text as usize) < block.text_ends.len(), "verbs", index)?;
    }
    Ok(())
}

fn lists(block: &Block<'_>) -> Result<(), String> {
    for index in 0..block.list_starts.len() {
        require(block.list(index as u32).is_some(), "list_lengths", index)?;
    }
    for (index, word) in block.elements.iter().enumerate() {
        let meaning = Word(word).meaning();
        let holds = is_there(block, meaning) && meaning != Meaning::Absent;
        require(holds, "elements", index)?;
    }
    Ok(())
}

/// Whether what a word points at is there.
fn is_there(block: &Block<'_>, meaning: Meaning) -> bool {
    match meaning {
        Meaning::Absent | Meaning::Nil | Meaning::Bool(_) | Meaning::Small(_) => true,
        Meaning::Wide(index) => (index as usize) < block.wides.len(),
        Meaning::Text(index) => (index as usize) < block.text_ends.len(),
        Meaning::List(index) => (index as usize) < block.list_starts.len(),
    }
}

fn is_number(meaning: Meaning) -> bool {
    match meaning {
        Meaning::Small(_) | Meaning::Wide(_) => true,
        Meaning::Absent | Meaning::Nil | Meaning::Bool(_) | Meaning::Text(_) | Meaning::List(_) => {
            false
        }
    }
}

fn operations(block: &Block<'_>) -> Result<(), String> {
    for (index, key) in block.op_keys.iter().enumerate() {
        require((key as usize) < block.keys.len(), "op_keys", index)?;
    }
    let words = block.op_inputs.iter().zip(block.op_outputs.iter());
    for (index, (op_verb, (input, output))) in block.op_verbs.iter().zip(words).enumerate() {
        let output = Word(output).meaning();
        require(is_there(block, output), "op_outputs", index)?;
        let meaning = Word(input).meaning();
        let may_be_found = output == Meaning::Absent || is_number(output);
        let (holds_input, holds_output) = match op_verb & !verb::NODE {
            verb::READ => (meaning == Meaning::Absent, may_be_found),
            verb::WRITE => (is_number(meaning), output == Meaning::Absent),
            verb::CAS => (is_swap(block, input), may_be_found),
            call => {
                let verb = usize::from(call - verb::CALL);
                require(verb < block.verbs.len(), "op_verbs", index)?;
                (meaning != Meaning::Absent, true)
            }
        };
        let is_cas = op_verb & !verb::NODE == verb::CAS;
        let holds_input = holds_input && (is_cas || is_there(block, meaning));
        require(holds_input, "op_inputs", index)?;
        require(holds_output, "op_outputs", index)?;
    }
    Ok(())
}

/// Whether there are two numbers at this place among the elements.
fn is_swap(block: &Block<'_>, start: u32) -> bool {
    let swap = block.elements.part(start, 2);
    swap.is_some_and(|swap| swap.iter().all(|word| is_number(Word(word).meaning())))
}

fn events(block: &Block<'_>) -> Result<(), String> {
    let mut errors = 0;
    for (index, (op, event_kind)) in block
        .event_ops
        .iter()
        .zip(block.event_kinds.iter())
        .enumerate()
    {
        require(usize::from(op) < block.op_verbs.len(), "event_ops", index)?;
        require(event_kind < 2 * kind::FILLED, "event_kinds", index)?;
        let is_filled = event_kind & kind::FILLED != 0;
        let is_empty = block.op_outputs.at(usize::from(op)) == Word::ABSENT.0;
        require(!(is_filled && is_empty), "event_kinds", index)?;
        errors += usize::from(matches!(
            event_kind & !kind::FILLED,
            kind::FAIL | kind::INFO
        ));
    }
    require(errors == block.errors.len(), "errors", errors)?;
    for (index, word) in block.errors.iter().enumerate() {
        let holds = (word as usize) < block.text_ends.len();
        require(holds, "errors", index)?;
    }
    let far = block
        .event_deltas
        .iter()
        .filter(|delta| *delta == super::block::FAR);
    let far = far.count();
    require(far == block.times.len(), "times", far)
}

fn notes(block: &Block<'_>) -> Result<(), String> {
    let mut before = 0;
    for (index, position) in block.note_positions.iter().enumerate() {
        let holds = before <= position && position as usize <= block.event_deltas.len();
        require(holds, "note_positions", index)?;
        before = position;
    }
    let columns = [
        ("note_authors", block.note_authors),
        ("note_fs", block.note_fs),
        ("note_values", block.note_values),
    ];
    for (name, column) in columns {
        for (index, text) in column.iter().enumerate() {
            require((text as usize) < block.text_ends.len(), name, index)?;
        }
    }
    Ok(())
}
