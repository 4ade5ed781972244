//! A file as it lies on the disk: what it is written in, and its digest. It is read as often as an import needs to,
//! and never held in memory as a whole.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, bail};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use encoding_rs_io::DecodeReaderBytesBuilder;
use sha2::{Digest, Sha256};

use crate::base::digests::hexadecimal;
use crate::base::progress::{Counted, SharedProgress};

const BUFFER: usize = 64 * 1_024;

#[derive(Clone, Debug)]
pub struct SourceFile {
    path: PathBuf,
    encoding: &'static Encoding,
    /// SHA-256 of its bytes, in hexadecimal.
    pub hash: String,
    pub bytes: u64,
    modified: Option<SystemTime>,
}

impl SourceFile {
    /// Reads the file once: UTF-8 with or without byte order mark, UTF-16 with one, or else Windows-1252.
    pub fn inspect(path: &Path) -> anyhow::Result<Self> {
        let opened = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        inspect(opened, path).with_context(|| format!("cannot use {}", path.display()))
    }

    pub fn name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    pub fn encoding(&self) -> &'static str {
        self.encoding.name()
    }

    /// Whether nobody wrote to it since it was inspected, as far as its size and time tell.
    pub fn is_unchanged(&self) -> bool {
        let found = std::fs::metadata(&self.path);
        found.is_ok_and(|found| found.len() == self.bytes && found.modified().ok() == self.modified)
    }

    /// Its text, in UTF-8 and with every line ended by `\n`.
    pub fn text(&self, progress: &SharedProgress) -> anyhow::Result<impl Read + 'static> {
        let opened = File::open(&self.path).with_context(|| format!("cannot read {}", self.path.display()))?;
        let decoder = DecodeReaderBytesBuilder::new()
            .encoding(Some(self.encoding))
            .bom_override(true)
            .strip_bom(true)
            .utf8_passthru(true)
            .build(Counted { inner: BufReader::with_capacity(BUFFER, opened), progress: progress.clone() });
        Ok(Lines { inner: decoder, after_return: false, at_start: true })
    }
}

fn inspect(mut opened: File, path: &Path) -> anyhow::Result<SourceFile> {
    let modified = opened.metadata()?.modified().ok();
    let (mut digest, mut utf8) = (Sha256::new(), Utf8Check::default());
    let (mut bytes, mut has_zero, mut start) = (0_u64, false, [0_u8; 4]);
    let mut buffer = vec![0; BUFFER];
    loop {
        let count = opened.read(&mut buffer)?;
        let piece = &buffer[..count];
        if count == 0 {
            break;
        }
        if bytes == 0 {
            let head = count.min(start.len());
            start[..head].copy_from_slice(&piece[..head]);
        }
        digest.update(piece);
        utf8.add(piece);
        has_zero |= piece.contains(&0);
        bytes += count as u64;
    }
    let encoding = match Encoding::for_bom(&start) {
        Some((encoding, _)) => encoding,
        None if start.starts_with(b"PK\x03\x04") => {
            bail!("it is an Excel workbook or another compressed file; save it as CSV")
        }
        None if has_zero => bail!("it is not text, or UTF-16 without a byte order mark; save it as CSV in UTF-8"),
        None if utf8.is_valid() => UTF_8,
        None => WINDOWS_1252,
    };
    if encoding == UTF_8 && !utf8.is_valid() {
        bail!("it starts with the mark of UTF-8 and goes on otherwise; save it as CSV in UTF-8");
    }
    Ok(SourceFile { path: path.to_owned(), encoding, hash: hexadecimal(&digest.finalize()), bytes, modified })
}

/// Whether bytes that come in pieces are UTF-8 as a whole.
#[derive(Default)]
struct Utf8Check {
    /// The start of a character that the next piece has to end.
    open: Vec<u8>,
    is_broken: bool,
}

impl Utf8Check {
    fn add(&mut self, mut piece: &[u8]) {
        while !self.open.is_empty() && !self.is_broken {
            let Some((next, rest)) = piece.split_first() else { return };
            self.open.push(*next);
            piece = rest;
            match std::str::from_utf8(&self.open) {
                Ok(_) => self.open.clear(),
                Err(error) => self.is_broken = error.error_len().is_some(),
            }
        }
        if let Err(error) = std::str::from_utf8(piece) {
            match error.error_len() {
                Some(_) => self.is_broken = true,
                None => self.open = piece[error.valid_up_to()..].to_owned(),
            }
        }
    }

    fn is_valid(&self) -> bool {
        !self.is_broken && self.open.is_empty()
    }
}

/// Ends every line with `\n`, the last one, too, so that lines can be counted.
struct Lines<R> {
    inner: R,
    after_return: bool,
    at_start: bool,
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let count = self.inner.read(buffer)?;
            if count == 0 {
                if self.at_start {
                    return Ok(0);
                }
                self.at_start = true;
                buffer[0] = b'\n';
                return Ok(1);
            }
            let mut kept = 0;
            for index in 0..count {
                let byte = buffer[index];
                if !(byte == b'\n' && self.after_return) {
                    buffer[kept] = if byte == b'\r' { b'\n' } else { byte };
                    kept += 1;
                }
                self.after_return = byte == b'\r';
            }
            if kept > 0 {
                self.at_start = buffer[kept - 1] == b'\n';
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::progress::unseen;

    fn check(bytes: &[u8], encoding: &str, text: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.csv");
        std::fs::write(&path, bytes).unwrap();
        let file = SourceFile::inspect(&path).unwrap();
        let mut read = String::new();
        file.text(&unseen()).unwrap().read_to_string(&mut read).unwrap();
        assert_eq!((file.encoding(), read.as_str()), (encoding, text));
    }

    #[test]
    fn text_is_read_in_the_usual_encodings() {
        check("a\u{e9}\n".as_bytes(), "UTF-8", "a\u{e9}\n");
        check(b"\xef\xbb\xbfa\n", "UTF-8", "a\n");
        check(b"\xff\xfea\0\xe9\0\n\0", "UTF-16LE", "a\u{e9}\n");
        check(b"\xfe\xff\0a\0\xe9\0\n", "UTF-16BE", "a\u{e9}\n");
        check(b"caf\xe9 \x80\n", "windows-1252", "caf\u{e9} \u{20ac}\n");
    }

    #[test]
    fn every_line_ends_in_the_same_way() {
        check(b"a\r\nb\rc\nd", "UTF-8", "a\nb\nc\nd\n");
        check(b"a\r\n\r\n\n", "UTF-8", "a\n\n\n");
    }

    #[test]
    fn a_character_may_lie_across_two_pieces() {
        let text = "\u{20ac}".repeat(BUFFER);
        check(text.as_bytes(), "UTF-8", &format!("{text}\n"));
        let mut broken = text.into_bytes();
        broken.truncate(2 * BUFFER);
        let mut utf8 = Utf8Check::default();
        broken.chunks(BUFFER).for_each(|piece| utf8.add(piece));
        assert!(!utf8.is_valid());
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for (bytes, expected) in [(b"PK\x03\x04....".as_slice(), "Excel"), (b"a\0b\0", "UTF-16")] {
            let path = folder.path().join("file.csv");
            std::fs::write(&path, bytes).unwrap();
            let message = format!("{:#}", SourceFile::inspect(&path).unwrap_err());
            assert!(message.contains(expected), "{message}");
        }
    }
}
