//! Numbers in the format of their cells: what a format adds to a number, such as its currency, belongs to what the cell says.

use crate::import::currency_signs::CurrencySign;

/// A number as an export would write it.
pub fn plain(number: f64) -> String {
    // Beyond 15 digits spreadsheets keep zeros in place of the others: such a number is no id any more.
    if number.abs() >= 1e15 {
        let text = format!("{number:e}");
        return text.replace('e', "E+");
    }
    let text = number.to_string();
    // Three decimals might be read as a group of thousands.
    let has_three = text.split_once('.').is_some_and(|(_, decimals)| decimals.len() == 3);
    if has_three { text + "0" } else { text }
}

pub fn percentage(number: f64) -> String {
    // Without what binary fractions add: 0.07 is 7%.
    format!("{}%", (number * 1e12).round() / 1e10)
}

/// A duration in days as hours, minutes and seconds.
pub fn duration(days: f64) -> String {
    let seconds = (days.abs() * 86_400.0).round() as u64;
    let sign = if days < 0.0 { "-" } else { "" };
    format!("{sign}{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// A number in the format of its cell: `"$"#,##0.00`, `[$€-407] 0.00`, `0%`, `"T-"0000`.
pub fn formatted(number: f64, format: &str) -> String {
    let pattern = Pattern::of(section(number, format));
    if pattern.is_percentage {
        return percentage(number);
    }
    if let Some(filled) = pattern.filled(number) {
        return filled;
    }
    let mut currency = None;
    for literal in [&pattern.before, &pattern.after] {
        let bare = literal.trim_matches(|c: char| c.is_whitespace() || "()+-\u{2212}.,:".contains(c));
        // Thousands that are only shown are not meant: the number is whole.
        let bare = if pattern.is_scaled { bare.trim_matches(['k', 'K', 'm', 'M', 'T', ' ']) } else { bare };
        match CurrencySign::taken_from(bare) {
            _ if bare.is_empty() => {}
            Some((sign, "")) => currency = Some(sign.text.to_owned()),
            _ => return format!("{}{}{}", pattern.before, plain(number), pattern.after).trim().to_owned(),
        }
    }
    match currency {
        Some(sign) => format!("{sign} {}", plain(number)),
        None => plain(number),
    }
}

/// The part of a format that is for such a number: those above zero, below, and zero itself.
fn section(number: f64, format: &str) -> &str {
    let (mut sections, mut start) = (Vec::new(), 0);
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (index, letter) in format.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if !is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ';' if !is_quoted => {
                sections.push(&format[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    sections.push(&format[start..]);
    let wanted = if number < 0.0 { 1 } else { 2 * usize::from(number == 0.0) };
    let has_place = |section: &&&str| section.contains(['0', '#', '?']) || section.contains("General");
    sections.get(wanted).filter(has_place).unwrap_or(&sections[0])
}

/// A section of a format.
#[derive(Default)]
struct Pattern {
    before: String,
    after: String,
    /// The places of digits and what stands between.
    places: String,
    is_percentage: bool,
    is_scaled: bool,
}

impl Pattern {
    fn of(section: &str) -> Self {
        let mut pattern = Self::default();
        let section = section.replace("General", "#");
        let mut letters = section.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '"' => {
                    let quoted: String = letters.by_ref().take_while(|letter| *letter != '"').collect();
                    pattern.literal(&quoted);
                }
                '\\' => letters.next().into_iter().for_each(|letter| pattern.literal(letter.encode_utf8(&mut [0; 4]))),
                '_' | '*' => _ = letters.next(),
                '[' => {
                    let inside: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                    pattern.literal(&currency_in(&inside));
                }
                '0' | '#' | '?' | '.' | ',' | '@' => pattern.place(letter),
                'E' | 'e' if !pattern.places.is_empty() => pattern.place(letter),
                '%' => pattern.is_percentage = true,
                letter => pattern.literal(letter.encode_utf8(&mut [0; 4])),
            }
        }
        let places = pattern.places.trim_end_matches(',');
        pattern.is_scaled = places.len() < pattern.places.len();
        pattern
    }

    fn place(&mut self, place: char) {
        // What was taken to stand behind all places stands between two.
        let between = std::mem::take(&mut self.after);
        self.places.push_str(&between);
        self.places.push(place);
    }

    fn literal(&mut self, text: &str) {
        let part = if self.places.is_empty() { &mut self.before } else { &mut self.after };
        part.push_str(text);
    }

    /// A whole number with as many digits as the format has zeros: ids keep those before them.
    fn filled(&self, number: f64) -> Option<String> {
        let zeros = self.places.matches('0').count();
        let is_id = zeros > 1 && !self.places.contains(['.', ',', '#', '?', 'E', 'e', '/']);
        if !is_id || number.fract() != 0.0 || !(0.0..1e15).contains(&number) {
            return None;
        }
        let digits = format!("{number:0>zeros$}");
        let mut rest = digits.chars();
        // Digits that have no place of their own stand before the first.
        let mut text: String = rest.by_ref().take(digits.len() - zeros).collect();
        text.extend(self.places.chars().map(|place| if place == '0' { rest.next().unwrap_or(place) } else { place }));
        Some(format!("{}{text}{}", self.before, self.after).trim().to_owned())
    }
}

/// The currency of `$€-407`, the code where the sign is that of several: `$$-409` is USD. Colours and conditions have none.
fn currency_in(brackets: &str) -> String {
    let Some(inside) = brackets.strip_prefix('$') else { return String::new() };
    let (sign, place) = inside.split_once('-').unwrap_or((inside, ""));
    let known = LOCAL_SIGNS
        .iter()
        .find(|(known, places, _)| *known == sign && places.split(' ').any(|known| known.eq_ignore_ascii_case(place)));
    known.map_or(sign, |(_, _, code)| code).to_owned()
}

/// Signs that several currencies share, with the languages of a country by number and by name.
const LOCAL_SIGNS: [(&str, &str, &str); 14] = [
    ("$", "409 en-US 540A es-US", "USD"),
    ("$", "1009 en-CA C0C fr-CA", "CAD"),
    ("$", "C09 en-AU", "AUD"),
    ("$", "1409 en-NZ", "NZD"),
    ("$", "4809 en-SG", "SGD"),
    ("$", "C04 zh-HK", "HKD"),
    ("$", "80A es-MX", "MXN"),
    ("\u{a5}", "411 ja-JP", "JPY"),
    ("\u{ffe5}", "411 ja-JP", "JPY"),
    ("\u{a5}", "804 zh-CN", "CNY"),
    ("\u{ffe5}", "804 zh-CN", "CNY"),
    ("kr", "41D sv-SE", "SEK"),
    ("kr", "414 nb-NO", "NOK"),
    ("kr.", "406 da-DK", "DKK"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_what_its_format_says() {
        let check =
            |number: f64, format: &str, expected: &str| assert_eq!(formatted(number, format), expected, "{format}");
        check(1234.5, "General", "1234.5");
        check(1234.5, "#,##0.00", "1234.5");
        check(0.125, "0.000", "0.1250");
        check(-45.0, "#,##0.00_);[Red](#,##0.00)", "-45");
        check(1234.0, "\"$\"#,##0.00", "$ 1234");
        check(-45.0, "\"$\"#,##0.00_);[Red]\\(\"$\"#,##0.00\\)", "$ -45");
        check(1234.0, "_(\"$\"* #,##0.00_);_(\"$\"* \\(#,##0.00\\);_(\"$\"* \"-\"??_);_(@_)", "$ 1234");
        check(0.0, "_(\"$\"* #,##0.00_);_(\"$\"* \\(#,##0.00\\);_(\"$\"* \"-\"??_);_(@_)", "$ 0");
        check(1234.0, "[$\u{20ac}-407]\\ #,##0.00", "\u{20ac} 1234");
        check(1234.0, "#,##0.00\\ [$\u{20ac}-407];[Red]\\-#,##0.00\\ [$\u{20ac}-407]", "\u{20ac} 1234");
        check(1234.0, "[$USD]\\ #,##0", "USD 1234");
        check(1234.0, "[$$-409]#,##0.00", "USD 1234");
        check(1234.0, "[$$-C0C]#,##0.00", "CAD 1234");
        check(1234.0, "[$\u{a5}-411]#,##0", "JPY 1234");
        check(5000.0, "#,##0,\"k \u{20ac}\"", "\u{20ac} 5000");
        // What stands behind a number may say that it is in thousands.
        check(5.0, "0 \"T\u{20ac}\"", "5 T\u{20ac}");
        check(0.25, "0%", "25%");
        check(0.07, "0.0%", "7%");
        check(771.0, "00000", "00771");
        check(771.0, "\"T-\"0000", "T-0771");
        check(123456.0, "00-000", "123-456");
        check(5.0, "0", "5");
        check(0.5, "# ?/?", "0.5");
        check(12345.0, "0.00E+00", "12345");
        check(10325678901234567.0, "0", "1.0325678901234568E+16");
    }

    #[test]
    fn durations_are_hours() {
        assert_eq!(
            (duration(0.0625), duration(2.5), duration(-0.5)),
            ("1:30:00".into(), "60:00:00".into(), "-12:00:00".into())
        );
    }
}
