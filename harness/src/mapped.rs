//! Reads a file where it lies, mapped into memory; from a copy of our own where that is not safe.
use memmap2::Mmap;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;

/// What `read` makes of all bytes of `file`.
///
/// Pipes and devices are copied, and so is what changed while it was read: then whatever was made of
/// it is thrown away, and made again of the copy, which cannot change between being checked and
/// being believed. If somebody cuts a mapped file short, the kernel ends this process by SIGBUS:
/// there is no verdict then. Histories are only ever appended to, and what writes them anew,
/// `assay convert --force`, puts another file under the name.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn read<T>(mut file: &File, read: impl Fn(&[u8]) -> T) -> io::Result<T> {
    let before = file.metadata()?;
    if before.is_file() {
        // SAFETY: the mapping is read only and ends here, and what `read` makes borrows nothing of
        // it. Bytes that somebody else changes meanwhile are noticed by their stamp below, and no reading of
        // them, however odd, is used.
        if let Ok(map) = unsafe { Mmap::map(file) } {
            let made = read(&map);
            drop(map);
            if stamp(&before) == stamp(&file.metadata()?) {
                return Ok(made);
            }
        }
    }
    let mut copy = Vec::new();
    file.read_to_end(&mut copy)?;
    Ok(read(&copy))
}

/// Changes whenever the bytes of a file do.
fn stamp(metadata: &std::fs::Metadata) -> [i64; 5] {
    [
        metadata.size().cast_signed(),
        metadata.mtime(),
        metadata.mtime_nsec(),
        metadata.ctime(),
        metadata.ctime_nsec(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::io::Write;
    use std::time::Duration;

    #[test]
    fn a_file_is_read_once_where_it_lies_and_again_if_it_changed() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"ASSAYH").unwrap();
        io::Seek::rewind(&mut file).unwrap();
        let times = Cell::new(0);
        let text = read(&file, |bytes| {
            times.set(times.get() + 1);
            bytes.to_vec()
        });
        assert_eq!((text.unwrap().as_slice(), times.get()), (&b"ASSAYH"[..], 1));
        // Stamps of time are coarse.
        std::thread::sleep(Duration::from_millis(20));
        let text = read(&file, |bytes| {
            if times.get() == 1 {
                std::os::unix::fs::FileExt::write_all_at(&file, b"S", 0).unwrap();
            }
            times.set(times.get() + 1);
            bytes.to_vec()
        });
        assert_eq!((text.unwrap().as_slice(), times.get()), (&b"SSSAYH"[..], 3));
    }

    #[test]
    fn a_pipe_and_an_empty_file_are_read_like_any_other() {
        let (reader, mut writer) = io::pipe().unwrap();
        writer.write_all(b"ASSAYH").unwrap();
        drop(writer);
        let pipe = File::from(std::os::fd::OwnedFd::from(reader));
        assert_eq!(read(&pipe, <[u8]>::to_vec).unwrap(), b"ASSAYH");
        let empty = tempfile::tempfile().unwrap();
        assert_eq!(read(&empty, <[u8]>::to_vec).unwrap(), b"");
    }
}
