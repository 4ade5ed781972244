//! How files say a currency: beside an amount, and in the name of a column.

use valuemap_shared::money::Currency;

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
    ("NT$", "TWD"),
    ("\u{ff04}", "USD CAD AUD NZD HKD SGD MXN ARS CLP COP TWD"),
    ("C$", "CAD"),
    ("A$", "AUD"),
    ("S$", "SGD"),
    ("R$", "BRL"),
    ("$", "USD CAD AUD NZD HKD SGD MXN ARS CLP COP TWD"),
    ("\u{20ac}", "EUR"),
    ("\u{a3}", "GBP"),
    ("JP\u{a5}", "JPY"),
    ("CN\u{a5}", "CNY"),
    ("\u{a5}", "JPY CNY"),
    ("\u{ffe5}", "JPY CNY"),
    ("\u{5186}", "JPY"),
    ("\u{5143}", "CNY TWD"),
    ("\u{ffe1}", "GBP"),
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
    ("SFr.", "CHF"),
    ("Fr.", "CHF"),
    ("Rs.", "INR PKR LKR NPR"),
    ("Rs", "INR PKR LKR NPR"),
    ("Ft", "HUF"),
    ("lei", "RON MDL"),
    ("\u{20ab}", "VND"),
    ("\u{e3f}", "THB"),
    ("\u{20b1}", "PHP"),
];

impl<'a> CurrencySign<'a> {
    /// The sign at the start or end of a text, and the rest.
    pub fn taken_from(text: &'a str) -> Option<(Self, &'a str)> {
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

/// The currency that the name of a column says: `Amount (USD)`, `Deal value in EUR`, `Revenue [$]`, `USD Amount`.
pub fn currency_of_column(name: &str) -> Option<CurrencySign<'_>> {
    let inside = name.trim().trim_end_matches([')', ']', '\u{ff09}']);
    let last = inside.rsplit([' ', '(', '[', '_', ':', '\u{ff08}', '\u{3000}']).next()?;
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
    let words = name.split(|letter: char| letter.is_whitespace() || "()[],;:/_\u{ff08}\u{ff09}".contains(letter));
    words.into_iter().find(|word| SCALES.contains(&word.trim_end_matches('.').to_lowercase().as_str()))
}

const SCALES: [&str; 44] = [
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
    "mn",
    "bn",
    "billion",
    "billions",
    "lakh",
    "lakhs",
    "crore",
    "crores",
    "tys",
    "milliers",
    "mila",
    "thsd",
    "\u{5343}\u{5186}",
    "\u{4e07}\u{5186}",
    "\u{767e}\u{4e07}\u{5186}",
    "\u{5104}\u{5186}",
];

#[cfg(test)]
mod tests {
    use super::*;

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
        check("\u{91d1}\u{984d}\u{ff08}\u{5186}\u{ff09}", Some("\u{5186}"));
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
            ("\u{91d1}\u{984d}\u{ff08}\u{5343}\u{5186}\u{ff09}", Some("\u{5343}\u{5186}")),
            ("Amount (USD)", None),
            ("Cost center", None),
        ] {
            assert_eq!(scale_of_column(name), expected, "{name}");
        }
    }
}
