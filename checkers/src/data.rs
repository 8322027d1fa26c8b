//! Values in requests and answers of objects other than plain registers.
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// What a client sent or got: the common ground of JSON and EDN.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Data {
    /// Nothing: JSON's `null`, EDN's `nil`.
    #[default]
    Nil,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A string, or an EDN keyword without its colon.
    Text(Arc<str>),
    /// A list, a vector, a set in ascending order, or the pairs of a map in ascending order.
    List(Arc<[Data]>),
}

impl Data {
    /// The number, if it is one.
    pub fn int(&self) -> Option<i64> {
        match self {
            Data::Int(number) => Some(*number),
            Data::Nil | Data::Bool(_) | Data::Text(_) | Data::List(_) => None,
        }
    }

    /// The members, if it is a list.
    pub fn list(&self) -> Option<&[Data]> {
        match self {
            Data::List(members) => Some(members),
            Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Text(_) => None,
        }
    }

    /// Both members, if it is a pair.
    pub fn pair(&self) -> Option<(&Data, &Data)> {
        match self.list()? {
            [first, second] => Some((first, second)),
            _ => None,
        }
    }
}

impl From<i64> for Data {
    fn from(number: i64) -> Data {
        Data::Int(number)
    }
}

impl From<bool> for Data {
    fn from(is_so: bool) -> Data {
        Data::Bool(is_so)
    }
}

impl From<&str> for Data {
    fn from(text: &str) -> Data {
        Data::Text(text.into())
    }
}

impl<T: Into<Data>> From<Vec<T>> for Data {
    fn from(members: Vec<T>) -> Data {
        Data::List(members.into_iter().map(Into::into).collect())
    }
}

/// As in reports: `nil`, `true`, `7`, `"text"`, `[1 2]`.
impl fmt::Display for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Data::Nil => f.write_str("nil"),
            Data::Bool(is_so) => write!(f, "{is_so}"),
            Data::Int(number) => write!(f, "{number}"),
            Data::Text(text) => write!(f, "{text:?}"),
            Data::List(members) => {
                f.write_str("[")?;
                for (i, member) in members.iter().enumerate() {
                    let space = if i > 0 { " " } else { "" };
                    write!(f, "{space}{member}")?;
                }
                f.write_str("]")
            }
        }
    }
}
