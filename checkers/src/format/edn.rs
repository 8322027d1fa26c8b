//! Values of EDN, the notation of Clojure, read from bytes: <https://github.com/edn-format/edn>.
//!
//! Keywords, symbols, characters and numbers that are not whole become texts; lists, vectors and
//! sets become lists, sets and maps in ascending order; tags and metadata are read over.
use crate::Data;

/// Where we are in the bytes.
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    /// How many values were read.
    values: usize,
}

/// Why there is no value.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The bytes end in the middle of it.
    More,
    /// It makes no sense at this byte.
    Nonsense { at: usize, why: String },
}

/// Values nest so deep at most: they are read by recursion, and no history needs more.
const DEPTH_MAX: usize = 128;

/// One operation consists of at most so many values, so that a hostile one cannot fill the memory.
const VALUES_MAX: usize = 1 << 20;

/// Which bytes end a number, keyword or symbol.
const ENDS: [bool; 256] = {
    let mut ends = [false; 256];
    let bytes = b" \n\r\t,\x0c;\"()[]{}";
    let mut i = 0;
    while i < bytes.len() {
        ends[bytes[i] as usize] = true;
        i += 1;
    }
    ends
};

fn is_end(byte: u8) -> bool {
    ENDS[usize::from(byte)]
}

type Result<T> = std::result::Result<T, Trouble>;

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Cursor<'a> {
        Cursor {
            bytes,
            at: 0,
            values: 0,
        }
    }

    pub(super) fn nonsense<T>(&self, why: impl Into<String>) -> Result<T> {
        let (at, why) = (self.at, why.into());
        Err(Trouble::Nonsense { at, why })
    }

    /// The byte that we stand at.
    pub(super) fn peek(&self) -> Result<u8> {
        self.bytes.get(self.at).copied().ok_or(Trouble::More)
    }

    /// Goes on behind blanks, commas, comments and what is commented out; the byte found there.
    pub(super) fn blank(&mut self, depth: usize) -> Result<u8> {
        loop {
            match self.peek()? {
                b' ' | b'\n' | b'\r' | b'\t' | b',' | b'\x0c' => self.at += 1,
                b';' => {
                    let rest = &self.bytes[self.at..];
                    let end = rest.iter().position(|byte| *byte == b'\n');
                    self.at += end.ok_or(Trouble::More)?;
                }
                b'#' if self.bytes.get(self.at + 1) == Some(&b'_') => {
                    self.at += 2;
                    self.value(depth + 1)?;
                }
                byte => return Ok(byte),
            }
        }
    }

    /// The next value.
    pub(super) fn value(&mut self, depth: usize) -> Result<Data> {
        if depth > DEPTH_MAX {
            return self.nonsense(format!("nested more than {DEPTH_MAX} deep"));
        }
        self.values += 1;
        if self.values > VALUES_MAX {
            return self.nonsense(format!("more than {VALUES_MAX} values in one operation"));
        }
        match self.blank(depth)? {
            b'"' => self.text(),
            b'[' => self.members(b']', depth),
            b'(' => self.members(b')', depth),
            b'{' => self.pairs(depth),
            b'#' => self.dispatch(depth),
            b'^' => {
                self.at += 1;
                self.value(depth + 1)?;
                self.value(depth + 1)
            }
            b'\'' => {
                self.at += 1;
                self.value(depth + 1)
            }
            b'\\' => self.character(),
            byte @ (b']' | b')' | b'}') => {
                self.nonsense(format!("`{}` closes nothing", char::from(byte)))
            }
            _ => self.atom(),
        }
    }

    /// What begins with `#`: a set, or a tag and what is tagged.
    fn dispatch(&mut self, depth: usize) -> Result<Data> {
        self.at += 1;
        match self.peek()? {
            b'{' => {
                let Data::List(members) = self.members(b'}', depth)? else {
                    unreachable!("members are a list");
                };
                let mut members = members.to_vec();
                members.sort_unstable();
                Ok(Data::List(members.into()))
            }
            b'"' => self.text(),
            b'#' => {
                self.at += 1;
                self.atom()
            }
            _ => {
                self.token()?;
                self.value(depth + 1)
            }
        }
    }

    /// The keyword that stands next, without its colon, if one does.
    pub(super) fn keyword(&mut self) -> Result<Option<&'a [u8]>> {
        if self.blank(1)? != b':' {
            return Ok(None);
        }
        self.token().map(|token| Some(&token[1..]))
    }

    /// The tag that stands before a value, if there is one; goes on behind it.
    pub(super) fn tag(&mut self) -> Result<Option<&'a [u8]>> {
        if self.peek()? != b'#' {
            return Ok(None);
        }
        let next = *self.bytes.get(self.at + 1).ok_or(Trouble::More)?;
        if matches!(next, b'{' | b'"' | b'#' | b'_') {
            return Ok(None);
        }
        self.at += 1;
        self.token().map(Some)
    }

    fn members(&mut self, end: u8, depth: usize) -> Result<Data> {
        self.at += 1;
        let mut members = Vec::new();
        while self.blank(depth)? != end {
            members.push(self.value(depth + 1)?);
        }
        self.at += 1;
        Ok(Data::List(members.into()))
    }

    fn pairs(&mut self, depth: usize) -> Result<Data> {
        self.at += 1;
        let mut pairs = Vec::new();
        while self.blank(depth)? != b'}' {
            let key = self.value(depth + 1)?;
            if self.blank(depth)? == b'}' {
                return self.nonsense(format!("the key {key} of a map has no value"));
            }
            pairs.push(Data::from(vec![key, self.value(depth + 1)?]));
        }
        self.at += 1;
        pairs.sort_unstable();
        Ok(Data::from(pairs))
    }

    /// What stands up to the next blank, bracket, quote or comment; not empty.
    pub(super) fn token(&mut self) -> Result<&'a [u8]> {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|byte| is_end(*byte));
        let length = length.ok_or(Trouble::More)?;
        if length == 0 {
            return self.nonsense(format!("`{}` is out of place", char::from(rest[0])));
        }
        self.at += length;
        Ok(&rest[..length])
    }

    /// A number, keyword or symbol.
    fn atom(&mut self) -> Result<Data> {
        let begin = self.at;
        let token = self.token()?;
        if token == b"nil" {
            return Ok(Data::Nil);
        }
        if let Some(number) = whole_number(token) {
            return Ok(Data::Int(number));
        }
        Ok(match token {
            b"true" => Data::Bool(true),
            b"false" => Data::Bool(false),
            [b':', name @ ..] => self.utf8(begin, name)?.into(),
            name => self.utf8(begin, name)?.into(),
        })
    }

    fn utf8<'b>(&self, at: usize, bytes: &'b [u8]) -> Result<&'b str> {
        let why = || "not UTF-8".to_owned();
        std::str::from_utf8(bytes).map_err(|_| Trouble::Nonsense { at, why: why() })
    }

    fn character(&mut self) -> Result<Data> {
        let begin = self.at;
        self.at += 1;
        // The character itself may be a bracket or a blank.
        self.peek()?;
        self.at += 1;
        if !is_end(self.peek()?) {
            self.token()?;
        }
        Ok(self.utf8(begin, &self.bytes[begin + 1..self.at])?.into())
    }

    fn text(&mut self) -> Result<Data> {
        self.at += 1;
        let begin = self.at;
        let rest = &self.bytes[begin..];
        let is_close = |byte: &u8| matches!(byte, b'"' | b'\\');
        let length = rest.iter().position(is_close).ok_or(Trouble::More)?;
        if rest[length] == b'"' {
            self.at += length + 1;
            return Ok(self.utf8(begin, &rest[..length])?.into());
        }
        self.escaped_text(begin)
    }

    fn escaped_text(&mut self, begin: usize) -> Result<Data> {
        let mut text = Vec::new();
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => return Ok(self.utf8(begin, &text)?.into()),
                b'\\' => {
                    let letter = self.peek()?;
                    self.at += 1;
                    match letter {
                        b'n' => text.push(b'\n'),
                        b't' => text.push(b'\t'),
                        b'r' => text.push(b'\r'),
                        b'u' => {
                            let end = self.at + 4;
                            let digits = self.bytes.get(self.at..end).ok_or(Trouble::More)?;
                            let code = std::str::from_utf8(digits).ok();
                            let code = code.and_then(|code| u32::from_str_radix(code, 16).ok());
                            // Halves of a pair have no meaning of their own.
                            let letter = code.and_then(char::from_u32).unwrap_or('\u{fffd}');
                            text.extend(letter.encode_utf8(&mut [0; 4]).as_bytes());
                            self.at = end;
                        }
                        other => text.push(other),
                    }
                }
                other => text.push(other),
            }
        }
    }
}

/// The number that is written so, if it is whole and of 64 bits: `7`, `-7`, `+7`, `7N`.
fn whole_number(token: &[u8]) -> Option<i64> {
    let digits = token.strip_suffix(b"N").unwrap_or(token);
    let (is_negative, digits) = match digits {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() {
        return None;
    }
    let mut number: i64 = 0;
    for digit in digits {
        let digit = i64::from(digit.wrapping_sub(b'0'));
        if digit > 9 {
            return None;
        }
        let digit = if is_negative { -digit } else { digit };
        number = number.checked_mul(10)?.checked_add(digit)?;
    }
    Some(number)
}
