//! Names that a user typed, found in a list or answered with a suggestion.
use std::fmt;

/// A name that is not in its list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnknownName {
    kind: &'static str,
    name: String,
    suggestion: Option<String>,
    known: Vec<String>,
    list: &'static str,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A name may come from a file, and must not reach the terminal as a command to it.
        let name = self.name.escape_debug();
        writeln!(f, "unknown {} `{name}`", self.kind)?;
        if let Some(suggestion) = &self.suggestion {
            write!(f, "  did you mean `{suggestion}`?")?;
        }
        let known = if self.known.is_empty() {
            "none".to_owned()
        } else {
            self.known.join(", ")
        };
        write!(f, "  known: {known}   (assay {})", self.list)
    }
}

impl std::error::Error for UnknownName {}

/// Names less alike than this are no suggestion.
const LIKENESS_MIN: f64 = 0.7;

/// Finds `name` among `known`; `list` is the command that lists them.
pub(crate) fn find<'a>(
    kind: &'static str,
    list: &'static str,
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Result<&'a str, UnknownName> {
    if let Some(found) = known.clone().find(|&candidate| candidate == name) {
        return Ok(found);
    }
    let likeness = |candidate: &&str| strsim::jaro_winkler(name, candidate);
    let nearest = known
        .clone()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    Err(UnknownName {
        kind,
        name: name.to_owned(),
        suggestion: nearest
            .filter(|near| LIKENESS_MIN <= likeness(near))
            .map(str::to_owned),
        known: known.map(str::to_owned).collect(),
        list,
    })
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_typo_gets_a_suggestion() {
        let known = ["none", "partition"];
        let error = find("nemesis", "nemeses", "partiton", known.into_iter()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown nemesis `partiton`\n  did you mean `partition`?  known: none, partition   (assay nemeses)"
        );
        let error = find("nemesis", "nemeses", "xyz", known.into_iter()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown nemesis `xyz`\n  known: none, partition   (assay nemeses)"
        );
    }
}
