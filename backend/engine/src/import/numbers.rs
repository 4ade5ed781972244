//! Numbers as people and programs write them. Whether `1,234` is a thousand or one and a bit is decided by the
//! other numbers of the file or by whoever imports it, and never guessed.

use anyhow::bail;
use rust_decimal::Decimal;
use valuemap_shared::money::Currency;

/// What stands before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    point: Option<(u64, String)>,
    comma: Option<(u64, String)>,
    /// A mark with three digits behind it.
    unclear: Option<(u64, String)>,
}

impl MarkEvidence {
    pub fn add(&mut self, line: u64, cell: &str) {
        if !cell.contains([',', '.']) {
            return;
        }
        let slot = match mark_of(bare(cell)) {
            Some(Some(DecimalMark::Point)) => &mut self.point,
            Some(Some(DecimalMark::Comma)) => &mut self.comma,
            Some(None) => &mut self.unclear,
            None => return,
        };
        slot.get_or_insert_with(|| (line, cell.trim().to_owned()));
    }

    pub fn decide(self) -> anyhow::Result<DecimalMark> {
        match (self.point, self.comma, self.unclear) {
            (Some((point_line, point)), Some((comma_line, comma)), _) => bail!(
                "the file writes decimals in two ways: `{point}` on line {point_line} and `{comma}` on line \
                 {comma_line}; correct it, or give --decimal-point or --decimal-comma to have the others listed"
            ),
            (Some(_), None, _) | (None, None, None) => Ok(DecimalMark::Point),
            (None, Some(_), _) => Ok(DecimalMark::Comma),
            (None, None, Some((line, cell))) => bail!(
                "`{cell}` on line {line} can be read in two ways, and no other number of the file tells which is \
                 right: give --decimal-point or --decimal-comma"
            ),
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
    let text = bare(cell);
    let (sign, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, decimals) = text.split_once(mark.character()).unwrap_or((text, ""));
    let is_group_mark = |c: char| c == mark.other().character() || c == '\'' || c == '\u{2019}' || c.is_whitespace();
    let groups: Vec<&str> = whole.split(is_group_mark).collect();
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let well_grouped =
        groups.len() == 1 || (1..=3).contains(&groups[0].len()) && groups[1..].iter().all(|group| group.len() == 3);
    let has_digits = !whole.is_empty() || !decimals.is_empty();
    if !(has_digits && well_grouped && groups.iter().all(|group| is_digits(group)) && is_digits(decimals)) {
        return Err(refused());
    }
    let plain = format!("{sign}0{}.{decimals}0", groups.concat());
    Decimal::from_str_exact(&plain).map(|number| number.normalize()).map_err(|_| refused())
}

/// The currency whose sign a number carries, where that sign is of one currency only.
pub fn signed_currency(cell: &str) -> Option<Currency> {
    let code = cell.chars().find_map(|c| match c {
        '\u{20ac}' => Some("EUR"),
        '\u{a3}' => Some("GBP"),
        _ => None,
    });
    code?.parse().ok()
}

/// A number without currency sign and spaces around it.
fn bare(cell: &str) -> &str {
    cell.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{20ac}' | '\u{a3}' | '\u{a5}' | '$'))
}

/// What a number tells about the decimal mark: nothing when it is no number, `None` when either fits.
fn mark_of(text: &str) -> Option<Option<DecimalMark>> {
    let fits = |mark| parse_number(text, mark).is_ok();
    match (fits(DecimalMark::Point), fits(DecimalMark::Comma)) {
        (false, false) => None,
        (true, false) => Some(Some(DecimalMark::Point)),
        (false, true) => Some(Some(DecimalMark::Comma)),
        // `0.125` would be a group of thousands that starts with nothing.
        (true, true) if text.trim_start_matches('-').starts_with("0.") => Some(Some(DecimalMark::Point)),
        (true, true) if text.trim_start_matches('-').starts_with("0,") => Some(Some(DecimalMark::Comma)),
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
        for bad in ["12,34.5", "1,23", "1.2.3", "", "-", "1e3", "12 EUR", "(5)", "1,2345", ",", "."] {
            point(bad, &format!("`{bad}` is not a number like 1234.50"));
        }
        comma("1,234.50", "`1,234.50` is not a number like 1234,50");
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
    }

    #[test]
    fn what_could_be_either_is_refused_and_so_is_a_mixture() {
        let refused = decide(&["5", "1,234"]).unwrap_err();
        assert!(refused.contains("`1,234` on line 3 can be read in two ways"), "{refused}");
        let refused = decide(&["1234.5", "1234,5"]).unwrap_err();
        assert!(refused.contains("`1234.5` on line 2 and `1234,5` on line 3"), "{refused}");
    }

    #[test]
    fn signs_of_one_currency_name_it() {
        assert_eq!(signed_currency("\u{20ac} 5"), Some(Currency::EUR));
        assert_eq!(signed_currency("$5"), None);
    }
}
