//! Figures and quarters as they are written on screen.

use valuemap_shared::calendar::Quarter;
use valuemap_shared::value_map::Interval;

/// A figure with a fixed number of decimals, a real minus sign and commas at the thousands.
pub fn decimal(value: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    let sign = if value < 0.0 && !is_zero(&digits) { "−" } else { "" };
    let (whole, fraction) = digits.split_once('.').map_or((digits.as_str(), None), |(w, f)| (w, Some(f)));
    let fraction = fraction.map(|fraction| format!(".{fraction}")).unwrap_or_default();
    format!("{sign}{}{fraction}", with_commas(whole))
}

/// A figure that always has its sign, unless it rounds to zero.
pub fn signed(value: f64, decimals: usize) -> String {
    let text = decimal(value, decimals);
    if value > 0.0 && !is_zero(&text) { format!("+{text}") } else { text }
}

/// An input of a formula: whole where it is whole, else to two decimals.
pub fn quantity(value: f64) -> String {
    decimal(value, if value.fract() == 0.0 { 0 } else { 2 })
}

pub fn count(number: u64) -> String {
    with_commas(&number.to_string())
}

/// A count with its noun, in the singular where it is one.
pub fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A share in 0..1.
pub fn percent(share: f64) -> String {
    format!("{}%", decimal(100.0 * share, 0))
}

/// A chance that was simulated, which is never certain.
pub fn chance(share: f64) -> String {
    match share {
        _ if share > 0.99 => "over 99%".into(),
        _ if share < 0.01 => "under 1%".into(),
        _ => percent(share),
    }
}

/// The two ends of an interval; `write` writes one of them.
pub fn range(interval: &Interval, write: impl Fn(f64) -> String) -> String {
    format!("{}% interval {}", quantity(100.0 * interval.level), ends(interval.low, interval.high, write))
}

/// The two ends of a range without its level; `write` writes one of them.
pub fn ends(low: f64, high: f64, write: impl Fn(f64) -> String) -> String {
    let (low, high) = (write(low), write(high));
    // A dash between signs is hard to read.
    let between = if low.starts_with(['−', '+']) || high.starts_with(['−', '+']) { " to " } else { "–" };
    format!("{low}{between}{high}")
}

pub fn quarter(quarter: Quarter) -> String {
    let text = quarter.to_string();
    match text.split_once('-') {
        Some((year, number)) => format!("{number} {year}"),
        None => text,
    }
}

/// Whether a written figure is nothing.
pub fn is_zero(text: &str) -> bool {
    !text.contains(|character: char| ('1'..='9').contains(&character))
}

/// Commas at the thousands.
pub fn with_commas(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.char_indices() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(low: f64, high: f64) -> Interval {
        Interval { low, high, level: 0.95 }
    }

    #[test]
    fn decimals_are_fixed_and_minus_is_minus() {
        let written = [(65.0, 1), (65.049, 1), (-12.34, 1), (-0.04, 1), (12_480.5, 2), (-1000.0, 0)]
            .map(|(value, decimals)| decimal(value, decimals));
        assert_eq!(written, ["65.0", "65.0", "−12.3", "0.0", "12,480.50", "−1,000"]);
    }

    #[test]
    fn signs_are_written_unless_there_is_nothing_to_sign() {
        assert_eq!(
            [3.21, -3.21, 0.0, 0.04, -0.04].map(|value| signed(value, 1)),
            ["+3.2", "−3.2", "0.0", "0.0", "0.0"]
        );
    }

    #[test]
    fn whole_quantities_have_no_decimals() {
        assert_eq!([140.0, 2.345_67, 0.0, 12_000.0].map(quantity), ["140", "2.35", "0", "12,000"]);
    }

    #[test]
    fn counts_agree_with_their_noun() {
        let written = [0, 1, 2, 999, 1_000, 1_234_567].map(|number| counted(number, "answer"));
        assert_eq!(
            written,
            ["0 answers", "1 answer", "2 answers", "999 answers", "1,000 answers", "1,234,567 answers"]
        );
    }

    #[test]
    fn intervals_name_their_level_and_keep_signs_apart() {
        let plain = |value| decimal(value, 1);
        assert_eq!(range(&interval(61.23, 68.94), plain), "95% interval 61.2–68.9");
        assert_eq!(range(&interval(-3.0, 4.5), plain), "95% interval −3.0 to 4.5");
        assert_eq!(range(&interval(-0.01, 4.5), plain), "95% interval 0.0–4.5");
        assert_eq!(range(&interval(3.0, 41.0), |value| signed(value, 0)), "95% interval +3 to +41");
        assert_eq!(range(&interval(0.2, 41.0), |value| signed(value, 0)), "95% interval 0 to +41");
        assert_eq!(range(&interval(0.612, 0.689), percent), "95% interval 61%–69%");
    }

    #[test]
    fn quarters_lead_with_their_number() {
        assert_eq!(quarter(Quarter::new(2026, 4).unwrap()), "Q4 2026");
    }
}
