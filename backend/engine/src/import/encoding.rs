//! What a file without a byte order mark is written in. Names that are read in the wrong encoding look like names, so what
//! is not surely right is asked for.

use anyhow::bail;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// The encoding of a name such as `windows-1252`, `Shift_JIS` or `MacRoman`.
pub fn encoding_named(name: &str) -> Result<&'static Encoding, String> {
    let name = if name.trim().eq_ignore_ascii_case("macroman") { "macintosh" } else { name };
    Encoding::for_label(name.as_bytes()).ok_or_else(|| {
        format!("`{name}` is no encoding that is known here, such as UTF-8, windows-1252, macintosh or Shift_JIS")
    })
}

/// What the bytes of a file tell, as they come in pieces.
pub struct EncodingEvidence {
    detector: EncodingDetector,
    utf8: Utf8Check,
    has_zero: bool,
    /// The line of the first byte that a Western text in Windows-1252 has no use for.
    strange: Option<u64>,
    before: u8,
}

impl Default for EncodingEvidence {
    fn default() -> Self {
        let detector = EncodingDetector::new(Iso2022JpDetection::Allow);
        Self { detector, utf8: Utf8Check::default(), has_zero: false, strange: None, before: 0 }
    }
}

impl EncodingEvidence {
    pub fn add(&mut self, piece: &[u8]) {
        self.detector.feed(piece, false);
        let mut line = self.utf8.line;
        for byte in piece {
            self.has_zero |= *byte == 0;
            line += u64::from(*byte == b'\n');
            if self.strange.is_none() && is_strange(self.before, *byte) {
                self.strange = Some(line);
            }
            self.before = *byte;
        }
        self.utf8.add(piece);
    }

    pub fn decide(&mut self) -> anyhow::Result<&'static Encoding> {
        if self.has_zero {
            bail!("it is not text, or UTF-16 without a byte order mark; save it as CSV in UTF-8, or give --encoding");
        }
        // Some bytes that are no UTF-8 among more characters that are: hardly any other encoding writes those.
        if self.utf8.broken().is_none()
            || self.utf8.long_characters > 0 && self.utf8.long_characters >= self.utf8.faults
        {
            return Ok(UTF_8);
        }
        self.detector.feed(b"", true);
        let likely = self.detector.guess(None, Utf8Detection::Deny);
        let line = self.utf8.broken().unwrap_or_default();
        if likely == WINDOWS_1252 && self.strange.is_none() && self.utf8.long_characters == 0 {
            return Ok(WINDOWS_1252);
        }
        let guess = match (likely == WINDOWS_1252, self.strange) {
            (true, _) => "macintosh".to_owned(),
            (false, _) => likely.name().to_owned(),
        };
        bail!(
            "it is not UTF-8 (see line {line}), and what else it is cannot be told for sure: save it as UTF-8, or say it \
             with --encoding (perhaps {guess}; others are windows-1250, windows-1251, windows-1252, macintosh, Shift_JIS); \
             the wrong one may garble names"
        );
    }

    /// Refuses a file that is to be UTF-8 and is not.
    pub fn check_utf8(&self) -> anyhow::Result<()> {
        match self.utf8.broken() {
            None => Ok(()),
            Some(line) => bail!(
                "line {line} is not UTF-8, and the rest is: it may have been put together of files in two encodings; correct \
                 that line, or save the parts as UTF-8 before"
            ),
        }
    }
}

/// Whether a byte does not occur where it stands in a Western text that is written in Windows-1252: letters of other
/// encodings lie where it has signs.
fn is_strange(before: u8, byte: u8) -> bool {
    let is_undefined = matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
    // An apostrophe is at home inside of words; the other signs and rare capitals are not.
    is_undefined
        || before.is_ascii_alphabetic()
            && matches!(byte, 0x80..=0x9f)
            && !matches!(byte, 0x85 | 0x91..=0x97 | 0x99 | 0x80)
}

/// Whether bytes that come in pieces are UTF-8 as a whole, and where they are not.
struct Utf8Check {
    /// The start of a character that the next piece has to end.
    open: Vec<u8>,
    /// The line of the first byte that is not.
    broken: Option<u64>,
    /// How many such bytes there are.
    faults: u64,
    /// How many characters of more than one byte there are.
    long_characters: u64,
    line: u64,
}

impl Default for Utf8Check {
    fn default() -> Self {
        Self { open: Vec::new(), broken: None, faults: 0, long_characters: 0, line: 1 }
    }
}

impl Utf8Check {
    /// The line of the first byte that is no UTF-8; a character that was never ended is none.
    fn broken(&self) -> Option<u64> {
        self.broken.or((!self.open.is_empty()).then_some(self.line))
    }

    fn add(&mut self, piece: &[u8]) {
        let mut bytes = std::mem::take(&mut self.open);
        bytes.extend_from_slice(piece);
        let mut rest = bytes.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => return self.count(text),
                Err(error) => {
                    let (fine, after) = rest.split_at(error.valid_up_to());
                    self.count(std::str::from_utf8(fine).unwrap_or_default());
                    match error.error_len() {
                        Some(length) => {
                            self.broken.get_or_insert(self.line);
                            self.faults += 1;
                            rest = &after[length..];
                        }
                        None => {
                            self.open = after.to_owned();
                            return;
                        }
                    }
                }
            }
        }
    }

    fn count(&mut self, text: &str) {
        self.line += text.bytes().filter(|byte| *byte == b'\n').count() as u64;
        self.long_characters += text.chars().filter(|c| c.len_utf8() > 1 && *c != '\u{feff}').count() as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: &str) {
        for size in [1, bytes.len().max(1)] {
            let mut evidence = EncodingEvidence::default();
            bytes.chunks(size).for_each(|piece| evidence.add(piece));
            let found = evidence.decide().and_then(|encoding| {
                if encoding == UTF_8 {
                    evidence.check_utf8()?;
                }
                Ok(encoding.name().to_owned())
            });
            let found = found.unwrap_or_else(|error| error.to_string());
            assert!(found.contains(expected), "{found}");
        }
    }

    fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        encoding.encode(text).0.into_owned()
    }

    #[test]
    fn what_is_sure_is_told() {
        check("key,name\n1,M\u{fc}ller\n".as_bytes(), "UTF-8");
        check(b"key,name\n1,Acme\n", "UTF-8");
        check(&encoded("key,name\n1,M\u{fc}ller \u{20ac} L\u{2019}Or\u{e9}al\n", WINDOWS_1252), "windows-1252");
    }

    #[test]
    fn one_byte_of_another_encoding_is_found() {
        check(b"key\nM\xc3\xbcller\nCaf\xe9\nM\xc3\xbcller\n", "line 3 is not UTF-8, and the rest is");
    }

    #[test]
    fn what_is_not_sure_is_asked_for() {
        let asked = "it is not UTF-8 (see line 2), and what else it is cannot be told for sure";
        check(
            &encoded(
                "key\n\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}, \u{43c}\u{438}\u{440}\n",
                encoding_rs::WINDOWS_1251,
            ),
            asked,
        );
        check(&encoded("key\n\u{682a}\u{5f0f}\u{4f1a}\u{793e}\u{30e1}\u{30e2}\n", encoding_rs::SHIFT_JIS), asked);
        check(b"key\nM\x9fller GmbH\n", asked);
        check(
            &encoded(
                "key\nPawe\u{142} Wi\u{15b}niewski, Ko\u{15b}ci\u{f3}\u{142} \u{17b}\u{f3}\u{142}ty\n",
                encoding_rs::WINDOWS_1250,
            ),
            asked,
        );
        check(b"a\0b\0", "UTF-16 without a byte order mark");
    }
}
