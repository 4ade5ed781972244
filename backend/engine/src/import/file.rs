//! A file as it lies on the disk: what it is written in, and its digest. It is read as often as an import needs to,
//! and never held in memory as a whole.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context, bail};
use encoding_rs::{DecoderResult, Encoding, UTF_8};
use encoding_rs_io::DecodeReaderBytesBuilder;
use sha2::{Digest, Sha256};

use crate::base::digests::hexadecimal;
use crate::base::progress::{Counted, SharedProgress};
use crate::import::encoding::EncodingEvidence;
use crate::import::spreadsheet::{Sheet, read_sheet};

const BUFFER: usize = 64 * 1_024;

#[derive(Clone, Debug)]
pub struct SourceFile {
    path: PathBuf,
    name: String,
    encoding: &'static Encoding,
    /// SHA-256 of its bytes, in hexadecimal.
    pub hash: String,
    pub bytes: u64,
    modified: Option<SystemTime>,
    /// What is read of a workbook.
    sheet: Option<Arc<Sheet>>,
}

impl SourceFile {
    /// Reads the file once: in the encoding that is named, or else UTF-8 with or without byte order mark, UTF-16 with one,
    /// or what is surely Windows-1252.
    pub fn inspect(path: &Path, encoding: Option<&'static Encoding>, sheet: Option<&str>) -> anyhow::Result<Self> {
        let shown = path.display().to_string();
        let opened = File::open(path).with_context(|| format!("cannot read {shown}"))?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        inspect(opened, (path, name), (encoding, sheet)).with_context(|| format!("cannot use {shown}"))
    }

    /// The same of a file that people know by another name than its path.
    pub fn inspect_as(
        name: &str,
        path: &Path,
        (encoding, sheet): (Option<&'static Encoding>, Option<&str>),
    ) -> anyhow::Result<Self> {
        let opened = File::open(path).with_context(|| format!("cannot read {name}"))?;
        inspect(opened, (path, name.to_owned()), (encoding, sheet)).with_context(|| format!("cannot use {name}"))
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn is_utf8(&self) -> bool {
        self.encoding == UTF_8
    }

    /// What it is written in: an encoding, or a sheet of a workbook.
    pub fn form(&self) -> String {
        self.sheet.as_ref().map_or_else(|| self.encoding.name().to_owned(), |sheet| format!("sheet `{}`", sheet.name))
    }

    pub fn is_workbook(&self) -> bool {
        self.sheet.is_some()
    }

    /// Whether nobody wrote to it since it was inspected, as far as its size and time tell.
    pub fn is_unchanged(&self) -> bool {
        let found = std::fs::metadata(&self.path);
        found.is_ok_and(|found| found.len() == self.bytes && found.modified().ok() == self.modified)
    }

    /// Its text, in UTF-8 and with every line ended by `\n`.
    pub fn text(&self, progress: &SharedProgress) -> anyhow::Result<Box<dyn Read + Send>> {
        if let Some(sheet) = &self.sheet {
            return Ok(Box::new(Cursor::new(SheetText(sheet.clone()))));
        }
        let opened = File::open(&self.path).with_context(|| format!("cannot read {}", self.path.display()))?;
        let decoder = DecodeReaderBytesBuilder::new()
            .encoding(Some(self.encoding))
            .bom_override(true)
            .strip_bom(true)
            .utf8_passthru(true)
            .build(Counted { inner: BufReader::with_capacity(BUFFER, opened), progress: progress.clone() });
        Ok(Box::new(Lines { inner: decoder, after_return: false, at_start: true }))
    }
}

/// The text of a sheet that several readers share.
struct SheetText(Arc<Sheet>);

impl AsRef<[u8]> for SheetText {
    fn as_ref(&self) -> &[u8] {
        self.0.text.as_bytes()
    }
}

fn inspect(
    mut opened: File,
    (path, name): (&Path, String),
    (named, sheet): (Option<&'static Encoding>, Option<&str>),
) -> anyhow::Result<SourceFile> {
    let modified = opened.metadata()?.modified().ok();
    let (mut digest, mut evidence) = (Sha256::new(), EncodingEvidence::default());
    let (mut bytes, mut start) = (0_u64, Vec::new());
    let mut buffer = vec![0; BUFFER];
    loop {
        let count = opened.read(&mut buffer)?;
        let piece = &buffer[..count];
        if count == 0 {
            break;
        }
        if bytes == 0 {
            start = piece[..count.min(START)].to_vec();
        }
        digest.update(piece);
        evidence.add(piece);
        bytes += count as u64;
    }
    let hash = hexadecimal(&digest.finalize());
    if start.starts_with(b"PK\x03\x04") {
        let sheet = Some(Arc::new(read_sheet(path, sheet)?));
        return Ok(SourceFile { path: path.to_owned(), name, encoding: UTF_8, hash, bytes, modified, sheet });
    }
    if let Some(sheet) = sheet {
        bail!("it is no workbook, and has no sheet `{sheet}`");
    }
    refuse_what_is_no_table(&start)?;
    // A mark is hardly ever there by chance, and says more than what somebody supposes.
    let encoding = match (Encoding::for_bom(&start), named) {
        (Some((marked, _)), _) => marked,
        (None, Some(named)) => named,
        (None, None) => evidence.decide()?,
    };
    if encoding == UTF_8 && named.is_none() {
        evidence.check_utf8()?;
    } else {
        check_encoding(File::open(path)?, encoding)?;
    }
    Ok(SourceFile { path: path.to_owned(), name, encoding, hash, bytes, modified, sheet: None })
}

/// Refuses a file that an encoding cannot read as a whole: what it cannot read would be replaced without a word.
fn check_encoding(mut opened: File, encoding: &'static Encoding) -> anyhow::Result<()> {
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let (mut buffer, mut text) = (vec![0; BUFFER], vec![0; 4 * BUFFER]);
    let mut line = 1;
    loop {
        let count = opened.read(&mut buffer)?;
        let mut rest = &buffer[..count];
        loop {
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(rest, &mut text, count == 0);
            line += text[..written].iter().filter(|byte| **byte == b'\n').count();
            rest = &rest[read..];
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => bail!(
                    "line {line} cannot be read as {}: the file is written in another encoding, which --encoding names, or \
                     it is damaged there",
                    encoding.name()
                ),
            }
        }
        if count == 0 {
            return Ok(());
        }
    }
}

/// How much of the start of a file is looked at to tell what it is.
const START: usize = 1_024;

/// Names what often goes by the name of a table and is none.
fn refuse_what_is_no_table(start: &[u8]) -> anyhow::Result<()> {
    if start.starts_with(b"\xd0\xcf\x11\xe0") {
        bail!("it is a workbook of an old Excel (.xls); open it and save it as CSV");
    }
    if start.starts_with(b"%PDF") {
        bail!("it is a PDF; export the table as CSV");
    }
    let text = String::from_utf8_lossy(start).trim_start_matches('\u{feff}').trim_start().to_lowercase();
    if ["<html", "<!doctype", "<table", "<head", "<meta", "<?xml", "<div", "<style"]
        .iter()
        .any(|tag| text.starts_with(tag))
    {
        bail!(
            "it is a web page, whatever its name says (exports as .xls often are); open it in a spreadsheet and save it as CSV"
        );
    }
    if text.starts_with(['{']) && text.contains("\":") {
        bail!("it is JSON; export the table as CSV");
    }
    Ok(())
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
        let file = SourceFile::inspect(&path, None, None).unwrap();
        let mut read = String::new();
        file.text(&unseen()).unwrap().read_to_string(&mut read).unwrap();
        assert_eq!((file.form().as_str(), read.as_str()), (encoding, text));
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
    }

    #[test]
    fn what_an_encoding_cannot_read_is_refused_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.csv");
        let check = |bytes: &[u8], encoding: &str, expected: Result<&str, &str>| {
            std::fs::write(&path, bytes).unwrap();
            let encoding = crate::import::encoding::encoding_named(encoding).unwrap();
            let found = SourceFile::inspect(&path, Some(encoding), None);
            let found = found.map(|file| file.form()).map_err(|error| error.root_cause().to_string());
            match (found, expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found, expected),
                (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
                (found, expected) => panic!("{found:?} in place of {expected:?}"),
            }
        };
        check(b"key\nM\xfcller\n", "Shift_JIS", Err("line 2 cannot be read as Shift_JIS"));
        check(b"key\nM\xfcller\n", "UTF-8", Err("line 2 cannot be read as UTF-8"));
        check(b"key\n\nM\x83", "Shift_JIS", Err("line 3 cannot be read as Shift_JIS"));
        check(b"key\n\x83\x81\n", "Shift_JIS", Ok("Shift_JIS"));
        check(b"key\nM\x9fller\n", "macintosh", Ok("macintosh"));
        check(b"\xef\xbb\xbfkey\nM\xc3\xbcller\n", "windows-1252", Ok("UTF-8"));
        check(b"\xff\xfea\0\n\0b", "UTF-16", Err("line 2 cannot be read as UTF-16LE"));
        let late = [vec![b'\n'; 2 * BUFFER], b"\xff".to_vec()].concat();
        check(&late, "UTF-8", Err(&format!("line {} cannot", 2 * BUFFER + 1)));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for (bytes, expected) in [
            (b"PK\x03\x04....".as_slice(), "it is no Excel workbook that can be read"),
            (b"a\0b\0", "UTF-16"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
            (b"\xef\xbb\xbf \n<HTML><table>", "it is a web page, whatever its name says"),
            (b"\xef\xbb\xbfa\nb\xe9\n", "line 2 is not UTF-8"),
        ] {
            let path = folder.path().join("file.csv");
            std::fs::write(&path, bytes).unwrap();
            let message = format!("{:#}", SourceFile::inspect(&path, None, None).unwrap_err());
            assert!(message.contains(expected), "{message}");
        }
    }
}
