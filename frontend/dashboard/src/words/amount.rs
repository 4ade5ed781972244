//! Money as it is written on screen. No float ever holds an amount.

use rust_decimal::{Decimal, RoundingStrategy};
use valuemap_shared::money::Currency;
use valuemap_shared::value_map::AmountRange;

use super::format::with_commas;

/// An amount to the currency's smallest coin, or whole where it is whole: `€12,412.50`, `€30,000`, `CHF 7.20`.
pub fn full(amount: Decimal, currency: Currency) -> String {
    let decimals = currency.decimals();
    let rounded = round(amount, decimals).normalize();
    let decimals = if rounded.scale() == 0 { 0 } else { decimals };
    write(rounded, currency, Step { decimals, ..Step::ONES })
}

/// An amount to about three digits, as it stands on a card: `€12.4k`.
pub fn short(amount: Decimal, currency: Currency) -> String {
    write(amount, currency, Step::for_size(amount))
}

/// A difference to about three digits, with its sign: `+€1.2k`.
pub fn signed(difference: Decimal, currency: Currency) -> String {
    with_sign(difference, currency, Step::for_size(difference))
}

/// The two ends of a range: `€9.1k–€15.2k`.
pub fn range(amount: &AmountRange, currency: Currency) -> String {
    let step = Step::for_size(amount.likely);
    let (low, high) = (write(amount.low, currency, step), write(amount.high, currency, step));
    // A dash between signs is hard to read.
    let between = if low.starts_with('−') { " to " } else { "–" };
    format!("{low}{between}{high}")
}

/// Differences, written to the same digit as their sum and so that the written ones add up to it: what rounding leaves
/// goes to those that lost most by it.
pub fn signed_together(parts: &[Decimal], sum: Decimal, currency: Currency) -> Vec<String> {
    let step = Step::for_size(parts.iter().chain([&sum]).map(Decimal::abs).max().unwrap_or_default());
    let digit = step.divisor / Decimal::from(10_u32.pow(step.decimals));
    let mut steps: Vec<Decimal> = parts.iter().map(|part| (part / digit).floor()).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(parts[*index] / digit - steps[*index]));
    let missing = round(sum / digit, 0) - steps.iter().sum::<Decimal>();
    for index in order.into_iter().take(missing.try_into().unwrap_or_default()) {
        steps[index] += Decimal::ONE;
    }
    steps.into_iter().map(|count| with_sign(count * digit, currency, step)).collect()
}

/// In what an amount is written, and how many decimals of it.
#[derive(Clone, Copy)]
struct Step {
    divisor: Decimal,
    suffix: &'static str,
    decimals: u32,
}

impl Step {
    const ONES: Self = Self { divisor: Decimal::ONE, suffix: "", decimals: 0 };

    fn for_size(amount: Decimal) -> Self {
        let size = amount.abs();
        let thousand = Decimal::ONE_THOUSAND;
        let units = [(thousand * thousand * thousand, "bn"), (thousand * thousand, "m"), (thousand, "k")];
        // An amount that would round up to a unit is written in it.
        let fits = |divisor: Decimal| size >= divisor * Decimal::new(9_995, 4);
        match units.into_iter().find(|(divisor, _)| fits(*divisor)) {
            Some((divisor, suffix)) => {
                let decimals = u32::from(size < divisor * Decimal::new(9_995, 2));
                Self { divisor, suffix, decimals }
            }
            None => Self::ONES,
        }
    }
}

fn with_sign(difference: Decimal, currency: Currency, step: Step) -> String {
    let text = write(difference, currency, step);
    let is_zero = round(difference / step.divisor, step.decimals).is_zero();
    if difference.is_sign_positive() && !is_zero { format!("+{text}") } else { text }
}

fn write(amount: Decimal, currency: Currency, step: Step) -> String {
    let decimals = step.decimals as usize;
    let rounded = round(amount / step.divisor, step.decimals);
    let sign = if rounded.is_sign_negative() && !rounded.is_zero() { "−" } else { "" };
    let digits = format!("{:.decimals$}", rounded.abs());
    let (whole, fraction) = digits.split_once('.').map_or((digits.as_str(), None), |(w, f)| (w, Some(f)));
    let fraction = fraction.map(|fraction| format!(".{fraction}")).unwrap_or_default();
    format!("{sign}{}{}{fraction}{}", symbol(currency), with_commas(whole), step.suffix)
}

fn round(amount: Decimal, decimals: u32) -> Decimal {
    amount.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
}

/// What stands before the figure. Only signs that mean one currency are signs; the others are written by their code.
fn symbol(currency: Currency) -> String {
    match currency.code() {
        "EUR" => "€".to_owned(),
        "GBP" => "£".to_owned(),
        "INR" => "₹".to_owned(),
        "KRW" => "₩".to_owned(),
        "USD" => "$".to_owned(),
        code => format!("{code}\u{a0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn franc() -> Currency {
        "CHF".parse().unwrap()
    }

    #[test]
    fn full_amounts_go_to_the_smallest_coin_and_no_further() {
        let written = ["12412.5", "30000", "0.125", "-7.2", "0", "1234567.999", "30000.0000"]
            .map(|text| full(amount(text), Currency::EUR));
        assert_eq!(written, ["€12,412.50", "€30,000", "€0.13", "−€7.20", "€0", "€1,234,568", "€30,000"]);
        assert_eq!(full(amount("7.2"), franc()), "CHF\u{a0}7.20");
        assert_eq!(full(amount("712.6"), "JPY".parse().unwrap()), "JPY\u{a0}713");
    }

    #[test]
    fn short_amounts_have_about_three_digits() {
        let written = ["0.4", "812.4", "999.6", "12412.5", "99940", "99950", "123999", "999499", "999500", "2345678"]
            .map(|text| short(amount(text), Currency::EUR));
        assert_eq!(written, ["€0", "€812", "€1.0k", "€12.4k", "€99.9k", "€100k", "€124k", "€999k", "€1.0m", "€2.3m"]);
        assert_eq!(short(amount("-4500"), Currency::EUR), "−€4.5k");
        assert_eq!(short(amount("9000000000000"), Currency::EUR), "€9,000bn");
    }

    #[test]
    fn differences_have_a_sign_unless_they_round_to_nothing() {
        let written = ["1240", "-1240", "0.2", "-0.2"].map(|text| signed(amount(text), Currency::EUR));
        assert_eq!(written, ["+€1.2k", "−€1.2k", "€0", "€0"]);
    }

    #[test]
    fn ends_of_a_range_are_written_alike() {
        let of = |low, likely, high| {
            range(&AmountRange { low: amount(low), likely: amount(likely), high: amount(high) }, Currency::EUR)
        };
        assert_eq!(of("912", "12400", "15200"), "€0.9k–€15.2k");
        assert_eq!(of("-912", "400", "800"), "−€912 to €800");
    }

    #[test]
    fn written_parts_add_up_to_the_written_sum() {
        let together = |parts: &[&str], sum: &str| {
            signed_together(&parts.iter().map(|part| amount(part)).collect::<Vec<_>>(), amount(sum), Currency::EUR)
        };
        assert_eq!(together(&["1040", "1040", "1040"], "3120"), ["+€1.1k", "+€1.0k", "+€1.0k"]);
        assert_eq!(together(&["1500", "-260"], "1240"), ["+€1.5k", "−€0.3k"]);
        assert_eq!(together(&["100.4", "-30"], "70.4"), ["+€100", "−€30"]);
        assert!(together(&[], "0").is_empty());
    }
}
