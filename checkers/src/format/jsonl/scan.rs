//! Lines as we write them, and others without escapes, read in one pass over the bytes.
//!
//! What is not understood here, or is wrong, is left to the JSON parser and its messages.
use super::line::Type;
use crate::{Data, NodeId};
use std::borrow::Cow;

/// The fields of a client's event.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    pub(super) time: u64,
    pub(super) process: u32,
    pub(super) node: Option<NodeId>,
    pub(super) kind: Type,
    pub(super) f: Cow<'a, str>,
    pub(super) key: Option<Named<'a>>,
    pub(super) value: Option<Data>,
    pub(super) from: Option<i64>,
    pub(super) to: Option<i64>,
    pub(super) found: Option<i64>,
    pub(super) result: Option<Data>,
    pub(super) error: Option<Cow<'a, str>>,
}

/// A key as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named<'a> {
    Number(u64),
    Name(Cow<'a, str>),
}

/// Lists nest so deep at most; deeper ones are left to the JSON parser and its own limit.
const DEPTH_MAX: usize = 16;

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// The event that the bytes begin with, and where it ends.
pub(super) fn scan(bytes: &[u8]) -> Option<(Fields<'_>, usize)> {
    let mut cursor = Cursor { bytes, at: 0 };
    let cursor = &mut cursor;
    let (mut time, mut process, mut kind, mut f) = (None, None, None, None);
    let (mut node, mut key, mut value, mut result) = (None, None, None, None);
    let (mut from, mut to, mut found, mut error) = (None, None, None, None);
    cursor.expect(b'{')?;
    loop {
        cursor.blank();
        let name = cursor.text()?;
        cursor.blank();
        cursor.expect(b':')?;
        cursor.blank();
        let is_first = match name {
            b"time" => time.replace(cursor.natural()?).is_none(),
            b"process" => process.replace(cursor.natural()?).is_none(),
            b"node" => node.replace(cursor.node()?).is_none(),
            b"type" => kind.replace(cursor.kind()?).is_none(),
            b"f" => f.replace(cursor.utf8()?).is_none(),
            b"key" => key.replace(cursor.key()?).is_none(),
            b"value" => value.replace(cursor.data(0)?).is_none(),
            b"from" => from.replace(cursor.integer()?).is_none(),
            b"to" => to.replace(cursor.integer()?).is_none(),
            b"found" => found.replace(cursor.integer()?).is_none(),
            b"result" => result.replace(cursor.data(0)?).is_none(),
            b"error" => error.replace(cursor.utf8()?).is_none(),
            _ => false,
        };
        if !is_first {
            return None;
        }
        cursor.blank();
        match cursor.next()? {
            b',' => {}
            b'}' => break,
            _ => return None,
        }
    }
    let fields = Fields {
        time: time?,
        process: u32::try_from(process?).ok()?,
        node,
        kind: kind?,
        f: f?.into(),
        key,
        value,
        from,
        to,
        found,
        result,
        error: error.map(Cow::Borrowed),
    };
    Some((fields, cursor.at))
}

impl<'a> Cursor<'a> {
    fn next(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blank(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then_some(())
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let is_it = self.bytes[self.at..].starts_with(word);
        self.at += word.len();
        is_it.then_some(())
    }

    /// A string without escapes.
    fn text(&mut self) -> Option<&'a [u8]> {
        self.expect(b'"')?;
        let rest = &self.bytes[self.at..];
        let is_end = |byte: &u8| *byte == b'"' || *byte == b'\\' || *byte < b' ';
        let length = rest.iter().position(is_end)?;
        self.at += length;
        self.expect(b'"')?;
        Some(&rest[..length])
    }

    fn utf8(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.text()?).ok()
    }

    /// A whole number from 0, written without exponent.
    fn natural(&mut self) -> Option<u64> {
        let begin = self.at;
        let mut number: u64 = 0;
        while let Some(digit) = self.peek().map(|byte| byte.wrapping_sub(b'0')) {
            if digit > 9 {
                break;
            }
            number = number.checked_mul(10)?.checked_add(u64::from(digit))?;
            self.at += 1;
        }
        let is_written_so = match self.at - begin {
            0 => false,
            1 => true,
            _ => self.bytes[begin] != b'0',
        };
        let is_whole = !matches!(self.peek(), Some(b'.' | b'e' | b'E'));
        (is_written_so && is_whole).then_some(number)
    }

    fn integer(&mut self) -> Option<i64> {
        if self.peek()? == b'-' {
            self.at += 1;
            return 0_i64.checked_sub_unsigned(self.natural()?);
        }
        i64::try_from(self.natural()?).ok()
    }

    fn node(&mut self) -> Option<NodeId> {
        self.word(b"\"n")?;
        let number = self.natural()?;
        self.expect(b'"')?;
        u16::try_from(number).ok().map(NodeId)
    }

    fn key(&mut self) -> Option<Named<'a>> {
        if self.peek()? == b'"' {
            return self.utf8().map(|name| Named::Name(name.into()));
        }
        self.natural().map(Named::Number)
    }

    fn kind(&mut self) -> Option<Type> {
        match self.text()? {
            b"invoke" => Some(Type::Invoke),
            b"ok" => Some(Type::Ok),
            b"fail" => Some(Type::Fail),
            b"info" => Some(Type::Info),
            _ => None,
        }
    }

    fn data(&mut self, depth: usize) -> Option<Data> {
        match self.peek()? {
            b'"' => self.utf8().map(Data::from),
            b'n' => self.word(b"null").map(|()| Data::Nil),
            b't' => self.word(b"true").map(|()| Data::Bool(true)),
            b'f' => self.word(b"false").map(|()| Data::Bool(false)),
            b'[' if depth < DEPTH_MAX => self.members(depth),
            _ => self.integer().map(Data::Int),
        }
    }

    fn members(&mut self, depth: usize) -> Option<Data> {
        self.at += 1;
        self.blank();
        let mut members = Vec::new();
        if self.peek()? == b']' {
            self.at += 1;
            return Some(Data::List(members.into()));
        }
        loop {
            self.blank();
            members.push(self.data(depth + 1)?);
            self.blank();
            match self.next()? {
                b',' => {}
                b']' => return Some(Data::List(members.into())),
                _ => return None,
            }
        }
    }
}
