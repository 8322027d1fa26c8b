//! The bytes of a recorded history: a file, a pipe or standard input, decompressed on the way.
//!
//! What is compressed is told from its first bytes. It is decompressed piece by piece as it is
//! read, so that a small file that holds a huge one costs time and no memory; what is inside is
//! not looked at again, should it be compressed too.
use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// What users write for standard input.
const STDIN: &str = "-";

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// As much is read at once.
const CHUNK_BYTES: usize = 1 << 16;

/// Opens what users named: a file, a pipe, or `-`.
pub(crate) fn open(path: &Path) -> io::Result<Box<dyn Read>> {
    if path == Path::new(STDIN) {
        return decoded(io::stdin().lock());
    }
    let file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory));
    }
    decoded(file)
}

/// What `source` holds, decompressed if it is compressed.
fn decoded(mut source: impl Read + 'static) -> io::Result<Box<dyn Read>> {
    let start = start(&mut source)?;
    let source = io::Cursor::new(start.clone()).chain(source);
    let source = BufReader::with_capacity(CHUNK_BYTES, source);
    Ok(if start.starts_with(&GZIP) {
        Box::new(MultiGzDecoder::new(source))
    } else if start.starts_with(&ZSTD) {
        Box::new(Zstd {
            source,
            decoder: FrameDecoder::new(),
            is_open: false,
        })
    } else {
        Box::new(source)
    })
}

/// The first four bytes, or as many as there are; a pipe may give them one by one.
fn start(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    source.take(ZSTD.len() as u64).read_to_end(&mut start)?;
    Ok(start)
}

/// All frames of a zstd file, one after the other. The decoder refuses windows of more than
/// 128 MiB, so that a hostile file cannot fill the memory.
struct Zstd<R> {
    source: R,
    decoder: FrameDecoder,
    /// Whether we are inside of a frame.
    is_open: bool,
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.is_open {
                let length = self.read_frame(buffer)?;
                if length > 0 || buffer.is_empty() {
                    return Ok(length);
                }
                self.is_open = false;
            }
            if self.source.fill_buf()?.is_empty() {
                return Ok(0);
            }
            self.open_frame()?;
        }
    }
}

impl<R: BufRead> Zstd<R> {
    /// Begins the next frame, or skips one that holds no data.
    fn open_frame(&mut self) -> io::Result<()> {
        match self.decoder.init(&mut self.source) {
            Ok(()) => {
                self.is_open = true;
                Ok(())
            }
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                let mut skipped = (&mut self.source).take(u64::from(length));
                io::copy(&mut skipped, &mut io::sink()).map(drop)
            }
            Err(error) => Err(damaged(error)),
        }
    }

    /// No bytes at the end of the frame.
    fn read_frame(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            let one = BlockDecodingStrategy::UptoBlocks(1);
            let decoded = self.decoder.decode_blocks(&mut self.source, one);
            decoded.map_err(damaged)?;
        }
        let length = self.decoder.read(buffer)?;
        let is_end = length == 0 && !buffer.is_empty();
        let written = self.decoder.get_checksum_from_data();
        if is_end && written.is_some() && written != self.decoder.get_calculated_checksum() {
            return Err(damaged("its checksum does not match"));
        }
        Ok(length)
    }
}

fn damaged(error: impl std::fmt::Display) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("damaged or cut off zstd: {error}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        compress_to_vec(bytes, CompressionLevel::Fastest)
    }

    fn read(bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        decoded(io::Cursor::new(bytes))?.read_to_end(&mut text)?;
        Ok(text)
    }

    #[test]
    fn compressed_histories_are_read_as_if_they_were_not() {
        let text = b"{\"time\":1}\n".repeat(100_000);
        assert_eq!(read(text.clone()).unwrap(), text);
        assert_eq!(read(gzip(&text)).unwrap(), text);
        assert_eq!(read(zstd(&text)).unwrap(), text);
        // Several members, several frames, and one to be skipped between.
        let twice = [text.clone(), text.clone()].concat();
        assert_eq!(read([gzip(&text), gzip(&text)].concat()).unwrap(), twice);
        let skipped = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3].to_vec();
        let frames = [zstd(&text), skipped, zstd(&text)].concat();
        assert_eq!(read(frames).unwrap(), twice);
        // What is inside is not looked at again.
        assert_eq!(read(gzip(&zstd(&text))).unwrap(), zstd(&text));
    }

    #[test]
    fn short_files_are_taken_as_they_are() {
        for text in [&b""[..], b"\x1f", b"{", b"\x28\xb5\x2f", b"abcde"] {
            assert_eq!(read(text.to_vec()).unwrap(), text);
        }
    }

    #[test]
    fn damage_is_an_error() {
        let text = b"{\"time\":1}\n".repeat(1000);
        for whole in [gzip(&text), zstd(&text)] {
            for end in 4..whole.len() {
                read(whole[..end].to_vec()).expect_err("cut off");
            }
            for place in 0..whole.len() {
                let mut bytes = whole.clone();
                bytes[place] ^= 0x10;
                // It is an error or another text; it is no panic.
                read(bytes).ok();
            }
        }
    }

    #[test]
    fn what_grows_without_bound_is_read_piece_by_piece() {
        let bomb = gzip(&vec![b' '; 64 << 20]);
        assert!(bomb.len() < 100_000, "{}", bomb.len());
        let mut source = decoded(io::Cursor::new(bomb)).unwrap();
        let mut piece = [0; 1 << 12];
        let length = source.read(&mut piece).unwrap();
        assert!(length > 0 && length <= piece.len());
    }
}
