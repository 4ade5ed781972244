//! Numbers as people and programs write them. Whether `1,234` is a thousand or one and a bit is decided by the
//! other numbers of the file or by whoever imports it, and never guessed.

use anyhow::bail;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::import::currency_signs::CurrencySign;
use crate::import::widths::half_width;

/// What stands before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalMark {
    Point,
    Comma,
}

impl DecimalMark {
    fn character(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }
}

/// What the numbers of a file tell about their decimal mark: for each answer the first cell that gave it.
#[derive(Debug, Default)]
pub struct MarkEvidence {
    point: Option<Seen>,
    comma: Option<Seen>,
    /// A point with three digits behind it, which may part thousands or decimals.
    unclear_point: Option<Seen>,
    unclear_comma: Option<Seen>,
    /// Decimals of three digits or more that can be nothing else: `0.125`, `33.3333`.
    long_decimals: bool,
}

/// A cell with its line.
type Seen = (u64, String);

impl MarkEvidence {
    pub fn add(&mut self, line: u64, cell: &str) {
        if !cell.contains([',', '.', '\u{ff0c}', '\u{ff0e}']) {
            return;
        }
        let digits = Written::of(cell).digits;
        let text = digits.as_str();
        let (slot, mark) = match mark_of(text) {
            Some(Some(mark @ DecimalMark::Point)) => (&mut self.point, Some(mark)),
            Some(Some(mark @ DecimalMark::Comma)) => (&mut self.comma, Some(mark)),
            Some(None) if text.contains('.') => (&mut self.unclear_point, None),
            Some(None) => (&mut self.unclear_comma, None),
            None => return,
        };
        slot.get_or_insert_with(|| (line, cell.trim().to_owned()));
        let decimals = mark.and_then(|mark| text.split_once(mark.character()));
        self.long_decimals |= decimals.is_some_and(|(_, decimals)| decimals.len() >= 3);
    }

    /// Whether there are numbers that can be read in two ways, and none that tells which.
    pub fn is_open(&self) -> bool {
        let is_told = self.point.is_some() || self.comma.is_some();
        !is_told && (self.unclear_point.is_some() || self.unclear_comma.is_some())
    }

    pub fn decide(self) -> anyhow::Result<DecimalMark> {
        let unclear = |(line, cell): Seen, beside: &str| -> anyhow::Error {
            anyhow::anyhow!(
                "`{cell}` on line {line} can be read in two ways, and {beside}: give --decimal-point or --decimal-comma"
            )
        };
        let beside = |(line, cell): &Seen| format!("beside `{cell}` on line {line} it would have three decimals");
        match (self.point, self.comma, self.unclear_point, self.unclear_comma) {
            (Some((point_line, point)), Some((comma_line, comma)), ..) => bail!(
                "the file writes decimals in two ways: `{point}` on line {point_line} and `{comma}` on line \
                 {comma_line}; correct it, or give --decimal-point or --decimal-comma to have the others listed"
            ),
            (Some(point), None, Some(cell), _) if !self.long_decimals => bail!(unclear(cell, &beside(&point))),
            (None, Some(comma), _, Some(cell)) if !self.long_decimals => bail!(unclear(cell, &beside(&comma))),
            (Some(_), None, ..) | (None, None, None, None) => Ok(DecimalMark::Point),
            (None, Some(_), ..) => Ok(DecimalMark::Comma),
            (None, None, Some(cell), _) | (None, None, None, Some(cell)) => {
                bail!(unclear(cell, "no other number of the file tells which is right"))
            }
        }
    }
}

/// Reads a number: digits, thousands in groups of three or not at all, decimals after `mark`.
pub fn parse_number(cell: &str, mark: DecimalMark) -> Result<Decimal, String> {
    let refused = || {
        let shown: String = cell.chars().take(40).collect();
        let example = match mark {
            DecimalMark::Point => "1234.50",
            DecimalMark::Comma => "1234,50",
        };
        format!("`{shown}` is not a number like {example}")
    };
    if cell.trim_end().ends_with(['%', '\u{ff05}']) {
        return Err(format!(
            "{}: whether it counts as 0.25 or 25 where it says 25% cannot be told; write the one that is meant",
            refused()
        ));
    }
    let Written { is_negative, digits, .. } = Written::of(cell);
    let sign = if is_negative { "-" } else { "" };
    let (whole, decimals) = digits.split_once(mark.character()).unwrap_or((&digits, ""));
    let is_group_mark = |c: char| c == mark.other().character() || c == '\'' || c == '\u{2019}' || c.is_whitespace();
    let groups: Vec<&str> = whole.split(is_group_mark).collect();
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let well_grouped = match lengths[..] {
        [_] => true,
        [first, ref rest @ ..] if rest.iter().all(|length| *length == 3) => (1..=3).contains(&first),
        // Lakhs and crores: `12,34,567`.
        [first, ref middle @ .., 3] => (1..=2).contains(&first) && middle.iter().all(|length| *length == 2),
        _ => false,
    };
    let has_digits = !whole.is_empty() || !decimals.is_empty();
    if !(has_digits && well_grouped && groups.iter().all(|group| is_digits(group)) && is_digits(decimals)) {
        return Err(refused());
    }
    let plain = format!("{sign}0{}.{decimals}0", groups.concat());
    Decimal::from_str_exact(&plain).map(|number| number.normalize()).map_err(|_| refused())
}

/// A number taken apart: its sign, the digits with their marks, and the currency that stands before or after them.
struct Written<'a> {
    is_negative: bool,
    /// In ASCII, whatever the width that they are written in.
    digits: String,
    currency: Option<CurrencySign<'a>>,
}

impl<'a> Written<'a> {
    /// What is below zero has a minus before or behind it, or stands in brackets.
    fn of(cell: &'a str) -> Self {
        let mut digits = cell.trim();
        let (mut is_negative, mut currency) = (None, None);
        loop {
            let unsigned = is_negative.is_none();
            let brackets = [('(', ')'), ('\u{ff08}', '\u{ff09}')];
            let inside = brackets.iter().find_map(|(open, close)| digits.strip_prefix(*open)?.strip_suffix(*close));
            let without_minus = || digits.strip_prefix(MINUS).or(digits.strip_suffix(MINUS));
            if let Some(rest) = inside.or_else(without_minus).filter(|_| unsigned) {
                (is_negative, digits) = (Some(true), rest.trim());
            } else if let Some(rest) = digits.strip_prefix(['+', '\u{ff0b}']).filter(|_| unsigned) {
                (is_negative, digits) = (Some(false), rest.trim_start());
            } else if let Some((sign, rest)) = CurrencySign::taken_from(digits).filter(|_| currency.is_none()) {
                (currency, digits) = (Some(sign), rest.trim());
            } else {
                return Self {
                    is_negative: is_negative == Some(true),
                    digits: half_width(digits).into_owned(),
                    currency,
                };
            }
        }
    }
}

const MINUS: [char; 3] = ['-', '\u{2212}', '\u{ff0d}'];

/// The currency that is written beside a number.
pub fn currency_sign(cell: &str) -> Option<CurrencySign<'_>> {
    Written::of(cell).currency
}

/// What a number tells about the decimal mark: nothing when it is no number, `None` when either fits.
fn mark_of(text: &str) -> Option<Option<DecimalMark>> {
    let fits = |mark| parse_number(text, mark).is_ok();
    match (fits(DecimalMark::Point), fits(DecimalMark::Comma)) {
        (false, false) => None,
        (true, false) => Some(Some(DecimalMark::Point)),
        (false, true) => Some(Some(DecimalMark::Comma)),
        // `0.125` would be a group of thousands that starts with nothing.
        (true, true) if text.starts_with("0.") => Some(Some(DecimalMark::Point)),
        (true, true) if text.starts_with("0,") => Some(Some(DecimalMark::Comma)),
        (true, true) => Some(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, mark: DecimalMark) -> String {
        parse_number(text, mark).map_or_else(|reason| reason, |number| number.to_string())
    }

    #[test]
    fn numbers_are_read_with_their_separators() {
        let point = |text: &str, expected: &str| assert_eq!(read(text, DecimalMark::Point), expected, "{text}");
        let comma = |text: &str, expected: &str| assert_eq!(read(text, DecimalMark::Comma), expected, "{text}");
        point("1234.50", "1234.5");
        point("1,234,567.5", "1234567.5");
        point("-5", "-5");
        point("$1,234", "1234");
        point(".5", "0.5");
        comma("\u{20ac} 1.234,50", "1234.5");
        comma("1\u{202f}234,5 \u{20ac}", "1234.5");
        comma("1'234", "1234");
        point("EUR 5,000.00", "5000");
        point("12 EUR", "12");
        point("-$99.50", "-99.5");
        point("$-99.50", "-99.5");
        point("1,234.50 US$", "1234.5");
        comma("1.234,50 kr", "1234.5");
        point("(45.00)", "-45");
        point("($1,234.50)", "-1234.5");
        point("$(45)", "-45");
        point("45.00-", "-45");
        point("45.00- USD", "-45");
        point("-$45", "-45");
        point("+5.00", "5");
        comma("(45,00)", "-45");
        comma("-45,00 \u{20ac}", "-45");
        point("1\u{2009}234.50", "1234.5");
        point("1\u{2019}234.50", "1234.5");
        point("\u{ff11}\u{ff0c}\u{ff12}\u{ff13}\u{ff14}\u{5186}", "1234");
        point("\u{20b9} 12,34,567.50", "1234567.5");
        for bad in
            ["12,34.5", "1,23", "1.2.3", "", "-", "1e3", "12 EURO", "(-5)", "1,2345", ",", ".", "--5", "EUR", "()"]
        {
            point(bad, &format!("`{bad}` is not a number like 1234.50"));
        }
        comma("1,234.50", "`1,234.50` is not a number like 1234,50");
        assert!(read("25%", DecimalMark::Point).contains("whether it counts as 0.25 or 25"));
    }

    fn decide(cells: &[&str]) -> Result<DecimalMark, String> {
        let mut evidence = MarkEvidence::default();
        (2..).zip(cells).for_each(|(line, cell)| evidence.add(line, cell));
        evidence.decide().map_err(|error| error.to_string())
    }

    #[test]
    fn the_mark_is_told_by_the_file_as_a_whole() {
        assert_eq!(decide(&["1", "x, y", "1234"]), Ok(DecimalMark::Point));
        assert_eq!(decide(&["1,234", "1234.5"]), Ok(DecimalMark::Point));
        assert_eq!(decide(&["1,234", "1,234,567"]), Ok(DecimalMark::Point));
        assert_eq!(decide(&["1.234", "12,5"]), Ok(DecimalMark::Comma));
        assert_eq!(decide(&["1.234", "\u{20ac} 1.234,50"]), Ok(DecimalMark::Comma));
        assert_eq!(decide(&["1.234", "0.125"]), Ok(DecimalMark::Point));
        assert_eq!(decide(&["1,234", "99.5", "33.3333"]), Ok(DecimalMark::Point));
    }

    #[test]
    fn what_could_be_either_is_refused_and_so_is_a_mixture() {
        let refused = decide(&["5", "1,234"]).unwrap_err();
        assert!(refused.contains("`1,234` on line 3 can be read in two ways"), "{refused}");
        let refused = decide(&["1.234", "99.5"]).unwrap_err();
        assert!(
            refused.contains("beside `99.5` on line 3 it would have three decimals: give --decimal-point"),
            "{refused}"
        );
        let refused = decide(&["USD 99,5", "1,234 USD"]).unwrap_err();
        assert!(refused.contains("`1,234 USD` on line 3 can be read in two ways"), "{refused}");
        let refused = decide(&["1234.5", "1234,5"]).unwrap_err();
        assert!(refused.contains("`1234.5` on line 2 and `1234,5` on line 3"), "{refused}");
    }

    #[test]
    fn a_sign_or_a_code_says_the_currency() {
        let check = |cell: &str, means: &[&str], not: &[&str]| {
            let sign = currency_sign(cell).unwrap();
            let may_mean = |code: &&&str| sign.may_mean(code.parse().unwrap());
            assert_eq!((means.iter().filter(may_mean).count(), not.iter().filter(may_mean).count()), (means.len(), 0));
        };
        check("\u{20ac} 5", &["EUR"], &["USD"]);
        check("-$5", &["USD", "CAD"], &["EUR"]);
        check("5 USD", &["USD"], &["CAD"]);
        check("\u{ffe5}500", &["JPY", "CNY"], &["EUR"]);
        check("500\u{5186}", &["JPY"], &["CNY"]);
        check("(Rs. 12,34,567.00)", &["INR"], &["EUR"]);
        assert_eq!(currency_sign("$5").unwrap().currency(), None);
        assert_eq!(currency_sign("US$5").unwrap().currency().unwrap().code(), "USD");
        assert_eq!(currency_sign("5"), None);
    }
}
