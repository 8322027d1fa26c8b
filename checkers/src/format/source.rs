//! The bytes of a file through a window that grows as far as the longest line needs, and no further.
use std::io::{self, Read};

/// A line, or a form of EDN, is at most this long, in bytes, so that a hostile file cannot fill the memory.
pub(super) const LINE_BYTES_MAX: usize = 16 << 20;

/// As much is read at once.
const CHUNK_BYTES: usize = 1 << 20;

/// A window over a source, and where in the file it begins.
pub(super) struct Source<R> {
    reader: R,
    window: Vec<u8>,
    /// What lies before was consumed, what lies behind `end` was not read yet.
    begin: usize,
    end: usize,
    is_ended: bool,
    /// The number of the line that `begin` stands in, from 1.
    pub(super) number: usize,
}

/// A line of the window, without its end.
pub(super) struct Span {
    pub(super) length: usize,
    /// Whether it ends in a line feed: the last one of a file may be cut off.
    pub(super) is_whole: bool,
    pub(super) is_too_long: bool,
}

impl<R: Read> Source<R> {
    pub(super) fn new(reader: R) -> Source<R> {
        Source {
            reader,
            window: vec![0; CHUNK_BYTES],
            begin: 0,
            end: 0,
            is_ended: false,
            number: 1,
        }
    }

    /// The first bytes, without a byte order mark, to tell the format from.
    pub(super) fn start(&mut self) -> io::Result<&[u8]> {
        while self.end < 1 << 16 && self.fill()? {}
        if self.rest().starts_with(b"\xef\xbb\xbf") {
            self.begin += 3;
        }
        let length = self.rest().len().min(1 << 16);
        Ok(&self.rest()[..length])
    }

    /// What was read and not consumed.
    pub(super) fn rest(&self) -> &[u8] {
        &self.window[self.begin..self.end]
    }

    /// Goes on behind the next `length` bytes, in which `lines` lines end.
    pub(super) fn consume(&mut self, length: usize, lines: usize) {
        self.begin += length;
        self.number += lines;
        assert!(self.begin <= self.end);
    }

    /// As [`Source::consume`], where lines have to be counted.
    pub(super) fn consume_counting(&mut self, length: usize) {
        let lines = self.rest()[..length].iter();
        let lines = lines.filter(|byte| **byte == b'\n').count();
        self.consume(length, lines);
    }

    /// Reads more behind the window; false at the end of the file.
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        if self.is_ended {
            return Ok(false);
        }
        if self.begin > 0 {
            self.window.copy_within(self.begin..self.end, 0);
            (self.begin, self.end) = (0, self.end - self.begin);
        }
        if self.window.len() - self.end < CHUNK_BYTES / 2 {
            let length = self.window.len() * 2;
            self.window.resize(length, 0);
        }
        loop {
            match self.reader.read(&mut self.window[self.end..]) {
                Ok(0) => {
                    self.is_ended = true;
                    return Ok(false);
                }
                Ok(length) => {
                    self.end += length;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads until there is twice as much, so that what is tried again each time costs twice as
    /// much in all; false if there is nothing more.
    pub(super) fn double(&mut self) -> io::Result<bool> {
        let length = self.rest().len();
        while self.rest().len() < length * 2 && self.fill()? {}
        Ok(self.rest().len() > length || (length == 0 && self.fill()?))
    }

    /// The next line, whole in the window; none at the end of the file. One that is too long is
    /// cut where it becomes so.
    pub(super) fn line(&mut self) -> io::Result<Option<Span>> {
        let mut searched = 0;
        loop {
            let rest = self.rest();
            let found = rest[searched..].iter().position(|byte| *byte == b'\n');
            let length = found.map_or(rest.len(), |place| searched + place);
            if length > LINE_BYTES_MAX {
                return Ok(Some(Span {
                    length: LINE_BYTES_MAX,
                    is_whole: false,
                    is_too_long: true,
                }));
            }
            searched = length;
            if found.is_some() || !self.fill()? {
                let is_whole = found.is_some();
                let is_nothing = length == 0 && !is_whole;
                return Ok((!is_nothing).then_some(Span {
                    length,
                    is_whole,
                    is_too_long: false,
                }));
            }
        }
    }

    /// Goes on behind a line that [`Source::line`] found.
    pub(super) fn consume_line(&mut self, span: &Span) {
        self.consume(
            span.length + usize::from(span.is_whole),
            usize::from(span.is_whole),
        );
    }

    /// Goes on at the next line, however long the rest of this one is.
    pub(super) fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let rest = self.rest();
            if let Some(place) = rest.iter().position(|byte| *byte == b'\n') {
                self.consume(place + 1, 1);
                return Ok(());
            }
            self.consume(rest.len(), 0);
            if !self.fill()? {
                return Ok(());
            }
        }
    }
}
