//! A key-value store of strings that grow: get, put and append, key by key.
use crate::{Call, Data, Process, Spec, Verb};
use std::sync::Arc;

/// Each key begins as the empty string.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kv;

impl Spec for Kv {
    type State = Arc<str>;

    fn init(&self) -> Arc<str> {
        "".into()
    }

    fn step(&self, held: &Arc<str>, _: Process, call: &Call) -> impl IntoIterator<Item = Arc<str>> {
        match (&call.f, &call.input, &call.output) {
            (Verb::Read, _, None) => Some(held.clone()),
            (Verb::Read, _, Some(Data::Text(read))) => (read == held).then(|| held.clone()),
            (Verb::Write, Data::Text(text), _) => Some(text.clone()),
            (Verb::Append, Data::Text(text), _) => Some([&**held, &**text].concat().into()),
            _ => None,
        }
    }

    fn is_owner_aware(&self) -> bool {
        false
    }

    fn is_read_only(&self, call: &Call) -> bool {
        call.f == Verb::Read
    }
}

#[cfg(test)]
mod tests {
    use super::Kv;
    use crate::model::script::{accepts, rejects};

    #[test]
    fn a_string_is_put_and_grows() {
        accepts(&Kv, r#"read → ""; append "x"; append "y"; read → "xy""#);
        accepts(
            &Kv,
            r#"write "a"; append "x" → ?; read → "ax"; write "b"; read → "b""#,
        );
        rejects(&Kv, r#"read → nil"#);
        rejects(&Kv, r#"append "x"; append "y"; read → "yx""#);
        rejects(&Kv, r#"append "x"; write "a"; read → "xa""#);
        rejects(&Kv, r#"append "x"; read → """#);
    }
}
