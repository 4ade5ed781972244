//! Numbers as people and programs write them. Whether `1,234` is a thousand or one and a bit is decided by the
//! other numbers of the file or by whoever imports it, and never guessed.

use anyhow::bail;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use valuemap_shared::money::Currency;

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
        if !cell.contains([',', '.']) {
            return;
        }
        let text = Written::of(cell).digits;
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
    let Written { is_negative, digits: text, .. } = Written::of(cell);
    let sign = if is_negative { "-" } else { "" };
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

/// A number taken apart: its sign, the digits with their marks, and the currency that stands before or after them.
struct Written<'a> {
    is_negative: bool,
    digits: &'a str,
    currency: Option<CurrencySign<'a>>,
}

impl<'a> Written<'a> {
    fn of(cell: &'a str) -> Self {
        let mut digits = cell.trim();
        let (mut is_negative, mut currency) = (false, None);
        loop {
            if let Some(rest) = digits.strip_prefix(['-', '\u{2212}']).filter(|_| !is_negative) {
                (is_negative, digits) = (true, rest.trim_start());
            } else if let Some((sign, rest)) = CurrencySign::taken_from(digits).filter(|_| currency.is_none()) {
                (currency, digits) = (Some(sign), rest.trim());
            } else {
                return Self { is_negative, digits, currency };
            }
        }
    }
}

/// What stands beside an amount to say its currency: a code, or a sign that several currencies may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrencySign<'a> {
    pub text: &'a str,
    /// Empty where it is a code.
    codes: &'static str,
}

/// Signs of currencies, the longer ones first, each with the currencies that it may mean.
const SIGNS: &[(&str, &str)] = &[
    ("US$", "USD"),
    ("CA$", "CAD"),
    ("AU$", "AUD"),
    ("NZ$", "NZD"),
    ("HK$", "HKD"),
    ("MX$", "MXN"),
    ("C$", "CAD"),
    ("A$", "AUD"),
    ("S$", "SGD"),
    ("R$", "BRL"),
    ("$", "USD CAD AUD NZD HKD SGD MXN ARS CLP COP TWD"),
    ("\u{20ac}", "EUR"),
    ("\u{a3}", "GBP"),
    ("\u{a5}", "JPY CNY"),
    ("\u{20b9}", "INR"),
    ("\u{20a9}", "KRW"),
    ("\u{20bd}", "RUB"),
    ("\u{20ba}", "TRY"),
    ("\u{20b4}", "UAH"),
    ("\u{20aa}", "ILS"),
    ("z\u{142}", "PLN"),
    ("K\u{10d}", "CZK"),
    ("kr.", "SEK NOK DKK ISK"),
    ("kr", "SEK NOK DKK ISK"),
    ("Fr.", "CHF"),
];

impl<'a> CurrencySign<'a> {
    /// The sign at the start or end of a text, and the rest.
    fn taken_from(text: &'a str) -> Option<(Self, &'a str)> {
        for (sign, codes) in SIGNS {
            if let Some(rest) = text.strip_prefix(sign) {
                return Some((Self { text: &text[..sign.len()], codes }, rest));
            }
            if let Some(rest) = text.strip_suffix(sign) {
                return Some((Self { text: &text[rest.len()..], codes }, rest));
            }
        }
        let is_code =
            |code: &str| code.bytes().all(|byte| byte.is_ascii_uppercase()) && code.parse::<Currency>().is_ok();
        let parts = [text.split_at_checked(3), text.len().checked_sub(3).and_then(|at| text.split_at_checked(at))];
        let [before, after] = [parts[0], parts[1].map(|(rest, code)| (code, rest))];
        let (code, rest) = [before, after].into_iter().flatten().find(|(code, _)| is_code(code))?;
        Some((Self { text: code, codes: "" }, rest))
    }

    /// Whether it may stand beside an amount in this currency.
    pub fn may_mean(self, currency: Currency) -> bool {
        if self.codes.is_empty() { self.text == currency.code() } else { self.codes.contains(currency.code()) }
    }

    /// The only currency that it means, where it is one.
    pub fn currency(self) -> Option<Currency> {
        if self.codes.is_empty() { self.text.parse().ok() } else { self.codes.parse().ok() }
    }
}

/// The currency that is written beside a number.
pub fn currency_sign(cell: &str) -> Option<CurrencySign<'_>> {
    Written::of(cell).currency
}

/// The currency that the name of a column says: `Amount (USD)`, `Deal value in EUR`, `Revenue [$]`, `USD Amount`.
pub fn currency_of_column(name: &str) -> Option<CurrencySign<'_>> {
    let last = name.trim().trim_end_matches([')', ']']).rsplit([' ', '(', '[', '_', ':']).next()?;
    if let Some((sign, "")) = CurrencySign::taken_from(last) {
        return Some(sign);
    }
    let words = name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !NO_CODES.contains(word));
    let mut signs = words.filter_map(|word| match CurrencySign::taken_from(word) {
        Some((sign, "")) if sign.codes.is_empty() => Some(sign),
        _ => None,
    });
    let first = signs.next()?;
    signs.all(|sign| sign == first).then_some(first)
}

/// Words that are codes of currencies, too.
const NO_CODES: [&str; 3] = ["ALL", "TOP", "TRY"];

/// The word in the name of a column that says that its amounts are not in whole units of their currency: `Umsatz (T€)`,
/// `ARR (USD k)`, `Amount (Cents)`.
pub fn scale_of_column(name: &str) -> Option<&str> {
    let words = name.split(|letter: char| letter.is_whitespace() || "()[],;:/_".contains(letter));
    words.into_iter().find(|word| SCALES.contains(&word.trim_end_matches('.').to_lowercase().as_str()))
}

const SCALES: [&str; 28] = [
    "k",
    "thousand",
    "thousands",
    "tsd",
    "tausend",
    "mio",
    "mln",
    "million",
    "millions",
    "millionen",
    "cent",
    "cents",
    "pence",
    "teur",
    "keur",
    "meur",
    "tusd",
    "kusd",
    "t\u{20ac}",
    "k\u{20ac}",
    "\u{20ac}k",
    "m\u{20ac}",
    "\u{20ac}m",
    "k$",
    "$k",
    "$m",
    "k\u{a3}",
    "\u{a3}k",
];

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
        for bad in ["12,34.5", "1,23", "1.2.3", "", "-", "1e3", "12 EURO", "(5)", "1,2345", ",", ".", "--5", "EUR"] {
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
        assert_eq!(currency_sign("$5").unwrap().currency(), None);
        assert_eq!(currency_sign("US$5").unwrap().currency().unwrap().code(), "USD");
        assert_eq!(currency_sign("5"), None);
    }

    #[test]
    fn a_column_may_be_named_after_its_currency() {
        let check = |name: &str, expected: Option<&str>| {
            assert_eq!(currency_of_column(name).map(|sign| sign.text), expected, "{name}");
        };
        check("Amount (USD)", Some("USD"));
        check("Deal value in EUR", Some("EUR"));
        check("Revenue [$]", Some("$"));
        check("Amount", None);
        check("USD Amount", Some("USD"));
        check("Amount (GBP, net)", Some("GBP"));
        check("Amount (converted)", None);
        check("ALL deals", None);
        check("EUR or USD amount", None);
        check("Total", None);
    }

    #[test]
    fn a_column_may_be_of_thousands_or_cents() {
        for (name, expected) in [
            ("Umsatz (T\u{20ac})", Some("T\u{20ac}")),
            ("Revenue (k\u{20ac})", Some("k\u{20ac}")),
            ("Revenue (in thousands)", Some("thousands")),
            ("ARR (USD k)", Some("k")),
            ("Umsatz in Tsd. EUR", Some("Tsd.")),
            ("amount_cents", Some("cents")),
            ("Amount (USD)", None),
            ("Cost center", None),
        ] {
            assert_eq!(scale_of_column(name), expected, "{name}");
        }
    }
}
