//! The tokens of a GraphQL document, one at a time, in one pass and without allocating.
//!
//! It reads no more than the library's parser does, and never differently: what is counted here is what is parsed there.

use async_graphql::Pos;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    Name(&'a str),
    /// One of `! $ & ( ) : = @ [ ] { | }`.
    Punctuator(char),
    /// `...`
    Spread,
    Number,
    String,
}

/// Why a text is not a sequence of tokens, and the byte where it stops being one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    pub offset: usize,
    pub reason: &'static str,
}

#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    text: &'a str,
    offset: usize,
}

impl<'a> Lexer<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, offset: 0 }
    }

    /// The next token and where it starts; `None` at the end.
    pub fn next(&mut self) -> Result<Option<(usize, Token<'a>)>, Unreadable> {
        self.skip_ignored();
        let start = self.offset;
        let Some(byte) = self.peek(0) else { return Ok(None) };
        let token = match byte {
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => self.name(),
            b'!' | b'$' | b'&' | b'(' | b')' | b':' | b'=' | b'@' | b'[' | b']' | b'{' | b'|' | b'}' => {
                self.offset += 1;
                Token::Punctuator(char::from(byte))
            }
            b'.' if self.rest().starts_with("...") => {
                self.offset += 3;
                Token::Spread
            }
            b'-' | b'0'..=b'9' => self.number()?,
            b'"' if self.rest().starts_with("\"\"\"") => self.block_string()?,
            b'"' => self.string()?,
            _ => return Err(self.unreadable("unexpected character")),
        };
        Ok(Some((start, token)))
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.offset + ahead).copied()
    }

    fn unreadable(&self, reason: &'static str) -> Unreadable {
        Unreadable { offset: self.offset, reason }
    }

    fn skip_ignored(&mut self) {
        loop {
            match self.peek(0) {
                Some(b' ' | b'\t' | b'\n' | b'\r' | b',') => self.offset += 1,
                Some(b'#') => self.skip_while(|byte| byte != b'\n' && byte != b'\r'),
                Some(0xef) if self.rest().starts_with('\u{feff}') => self.offset += '\u{feff}'.len_utf8(),
                _ => return,
            }
        }
    }

    fn skip_while(&mut self, goes_on: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&goes_on) {
            self.offset += 1;
        }
    }

    fn name(&mut self) -> Token<'a> {
        let start = self.offset;
        self.skip_while(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
        Token::Name(self.text.get(start..self.offset).unwrap_or_default())
    }

    fn number(&mut self) -> Result<Token<'a>, Unreadable> {
        if self.peek(0) == Some(b'-') {
            self.offset += 1;
        }
        match self.peek(0) {
            Some(b'0') => self.offset += 1,
            _ => self.digits()?,
        }
        if self.peek(0) == Some(b'.') {
            self.offset += 1;
            self.digits()?;
        }
        if matches!(self.peek(0), Some(b'e' | b'E')) {
            self.offset += 1;
            if matches!(self.peek(0), Some(b'+' | b'-')) {
                self.offset += 1;
            }
            self.digits()?;
        }
        match self.peek(0) {
            Some(byte) if byte == b'_' || byte == b'.' || byte.is_ascii_alphanumeric() => {
                Err(self.unreadable("a number ends before this character"))
            }
            _ => Ok(Token::Number),
        }
    }

    fn digits(&mut self) -> Result<(), Unreadable> {
        let start = self.offset;
        self.skip_while(|byte| byte.is_ascii_digit());
        if self.offset > start { Ok(()) } else { Err(self.unreadable("expected a digit")) }
    }

    fn string(&mut self) -> Result<Token<'a>, Unreadable> {
        self.offset += 1;
        loop {
            match self.peek(0) {
                Some(b'"') => {
                    self.offset += 1;
                    return Ok(Token::String);
                }
                Some(b'\\') => self.escape()?,
                None | Some(b'\n' | b'\r') => return Err(self.unreadable("a string is not closed on its line")),
                Some(_) => self.offset += 1,
            }
        }
    }

    /// Without surrogates, which no Rust string can hold.
    fn escape(&mut self) -> Result<(), Unreadable> {
        let bytes = match self.peek(1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') => {
                let digits = self.text.get(self.offset + 2..self.offset + 6);
                let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
                let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                code.and_then(char::from_u32).ok_or_else(|| self.unreadable("not an escape of a character"))?;
                6
            }
            _ => return Err(self.unreadable("not an escape of a character")),
        };
        self.offset += bytes;
        Ok(())
    }

    fn block_string(&mut self) -> Result<Token<'a>, Unreadable> {
        let start = self.offset;
        self.offset += 3;
        while self.offset < self.text.len() {
            match self.peek(0) {
                Some(b'"') if self.rest_starts_with(b"\"\"\"") => {
                    self.offset += 3;
                    return Ok(Token::String);
                }
                Some(b'\\') if self.rest_starts_with(b"\\\"\"\"") => self.offset += 4,
                _ => self.offset += 1,
            }
        }
        Err(Unreadable { offset: start, reason: "a block string is not closed" })
    }

    /// Whether these bytes follow, also from the middle of a character.
    fn rest_starts_with(&self, bytes: &[u8]) -> bool {
        self.text.as_bytes().get(self.offset..).is_some_and(|rest| rest.starts_with(bytes))
    }
}

/// Line and column of a byte, both counted from 1, columns in characters.
pub fn position(text: &str, offset: usize) -> Pos {
    let (mut line, mut column) = (1, 1);
    let mut characters = text.char_indices().take_while(|(at, _)| *at < offset).map(|(_, c)| c).peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\r' => (line, column) = (line + 1, 1),
            _ => column += 1,
        }
    }
    Pos { line, column }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tokens(text: &str) -> Result<Vec<Token<'_>>, Unreadable> {
        let mut lexer = Lexer::new(text);
        let mut tokens = Vec::new();
        while let Some((_, token)) = lexer.next()? {
            tokens.push(token);
        }
        Ok(tokens)
    }

    #[test]
    fn a_document_is_names_punctuators_numbers_and_strings() {
        use Token::*;
        let text = "\u{feff}{ a(b: -1.5e+3, c: \"\\\"\\u00e9\") ...F } # }\r\n@d";
        let expected = [
            Punctuator('{'),
            Name("a"),
            Punctuator('('),
            Name("b"),
            Punctuator(':'),
            Number,
            Name("c"),
            Punctuator(':'),
            String,
            Punctuator(')'),
            Spread,
            Name("F"),
            Punctuator('}'),
            Punctuator('@'),
            Name("d"),
        ];
        assert_eq!(tokens(text).unwrap(), expected);
    }

    #[test]
    fn strings_end_where_the_specification_says() {
        for one in ["\"\"", "\"\"\"\"\"\"", "\"\"\" \" \"\" \\\"\"\" \n\"\"\"", "\"# not a comment\"", "\"é🎉\\n\""]
        {
            assert_eq!(tokens(one), Ok(vec![Token::String]), "{one}");
        }
        for open in ["\"", "\"a\nb\"", "\"\"\"a\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\u{1f600}\"", "\"\"\"é"]
        {
            assert!(tokens(open).is_err(), "{open}");
        }
    }

    #[test]
    fn numbers_are_followed_by_something_else() {
        for number in ["0", "-0", "10", "0.5", "1e9", "1E-9"] {
            assert_eq!(tokens(number), Ok(vec![Token::Number]), "{number}");
        }
        for wrong in ["-", "01", "1.", "1e", "1a", "1.2.3", "--1", "1_"] {
            assert!(tokens(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn positions_are_lines_and_columns() {
        let text = "ab\r\ncé\n\rd";
        let expected = [(0, 1, 1), (1, 1, 2), (4, 2, 1), (5, 2, 2), (7, 2, 3), (9, 4, 1)];
        for (offset, line, column) in expected {
            assert_eq!(position(text, offset), Pos { line, column }, "{offset}");
        }
    }

    proptest! {
        /// Every token takes at least one byte, and whatever is read ends within the text, so that the time is linear.
        #[test]
        fn any_text_is_read_to_its_end_or_refused(text in "[\\PC\r\n\t\"\\\\#.{}()\\[\\]$:@0-9eE_\u{feff}-]{0,80}") {
            let mut lexer = Lexer::new(&text);
            let mut end = 0;
            loop {
                match lexer.next() {
                    Ok(Some((start, _))) => {
                        prop_assert!(start >= end && lexer.offset > start);
                        end = lexer.offset;
                    }
                    Ok(None) => break,
                    Err(unreadable) => {
                        prop_assert!(unreadable.offset <= text.len());
                        position(&text, unreadable.offset);
                        break;
                    }
                }
            }
            prop_assert!(lexer.offset <= text.len());
        }
    }
}
