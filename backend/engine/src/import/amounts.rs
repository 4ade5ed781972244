//! Amounts of money in a row: a number, and the currency that it is in, which is said by a column, beside the number, by the
//! name of its column, or by whoever imports it. Where they contradict each other nothing is read.

use rust_decimal::{Decimal, RoundingStrategy};
use valuemap_shared::money::{Currency, Money, checked};

use crate::import::currency_signs::{CurrencySign, currency_of_column, scale_of_column};
use crate::import::numbers::currency_sign;
use crate::import::row::Row;

impl Row<'_> {
    /// The amount of a field in its currency, rounded to that currency's smallest coin.
    pub fn money(&mut self, field: &str, currency_field: &str) -> Option<Money> {
        self.text(field)?;
        let currency = self.currency(field, currency_field)?;
        Some(Money { amount: self.amount(field, currency)?, currency })
    }

    /// The currency of an amount: what its own column says, what is written beside it, or what holds for the whole file.
    pub fn currency(&mut self, field: &str, currency_field: &str) -> Option<Currency> {
        let written = self.text(field).and_then(currency_sign);
        let column = self.column_read(field);
        if let Some(word) = column.and_then(scale_of_column) {
            self.problem(
                field,
                format!("its column is of `{word}`: amounts have to be in whole units of their currency"),
            );
            return None;
        }
        let of_column = column.and_then(currency_of_column);
        if let Some((beside, above)) = written.zip(of_column)
            && let Some((one, other)) = beside.currency().zip(above.currency())
            && one != other
        {
            let reason = format!("it is marked as {}, and its column as {}", beside.text, above.text);
            self.problem(field, reason);
            return None;
        }
        let said = match self.text(currency_field) {
            Some(_) => Some(self.named_currency(currency_field)?),
            None => None,
        };
        let named = said.or(written.and_then(CurrencySign::currency)).or(of_column.and_then(CurrencySign::currency));
        let currency = named.unwrap_or(self.settings.currency);
        self.assumes_currency |= named.is_none() && !self.settings.is_currency_said;
        if named.is_none() && self.column(currency_field).is_some() {
            self.note(format!("Amounts whose cell for the currency is empty, taken as {currency}"));
        }
        match written.or(of_column).filter(|sign| !sign.may_mean(currency)) {
            None => Some(currency),
            Some(sign) => {
                let reason = match named {
                    Some(_) => format!("it is marked as {}, and the row is in {currency}", sign.text),
                    None => format!(
                        "it is marked as {}, and amounts that do not name their currency are taken as {currency}: give \
                         --currency, such as --currency USD",
                        sign.text
                    ),
                };
                self.problem(field, reason);
                None
            }
        }
    }

    /// The number of an amount, rounded to the smallest coin of a currency.
    pub fn amount(&mut self, field: &str, currency: Currency) -> Option<Decimal> {
        let amount = self.number(field)?;
        let rounded = amount.round_dp_with_strategy(currency.decimals(), RoundingStrategy::MidpointAwayFromZero);
        if rounded != amount {
            self.note(format!("Amounts rounded to the smallest coin of {currency}"));
        }
        match checked(rounded) {
            Ok(amount) => Some(amount),
            Err(error) => {
                self.problem(field, error);
                None
            }
        }
    }
}
