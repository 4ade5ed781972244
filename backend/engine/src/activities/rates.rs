//! Exchange rates as the organisation stated them: what one unit of a currency is worth in the community's own, from a
//! day on.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use rust_decimal::Decimal;
use sea_orm::IntoActiveModel;
use sea_orm::prelude::*;
use sea_orm::sea_query::OnConflict;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::{Currency, Money, rounded};

use crate::activities::entities::exchange_rate;
use crate::tenancy::entities::community;

/// The largest rate that is taken: more than any two currencies lie apart.
const LARGEST: i64 = 1_000_000_000;
const DECIMALS: u32 = 12;

/// Why a rate is not taken.
#[derive(Debug, thiserror::Error)]
pub enum RateError {
    #[error("`{0}` is not an exchange rate: it is a number above zero, like 0.92, with at most {DECIMALS} decimals")]
    NotARate(String),
    #[error("the community counts in {0} itself, so that currency needs no rate")]
    OwnCurrency(Currency),
    #[error("{0} is not between 1970 and 9998")]
    Day(NaiveDate),
    #[error("there is no such community")]
    NoCommunity,
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Reads a rate as it is written: digits with a point before the decimals.
pub fn parse_rate(text: &str) -> Result<Decimal, RateError> {
    let refused = || RateError::NotARate(text.chars().take(40).collect());
    checked(Decimal::from_str_exact(text.trim()).map_err(|_| refused())?)
}

fn checked(rate: Decimal) -> Result<Decimal, RateError> {
    let rate = rate.normalize();
    let is_rate = rate > Decimal::ZERO && rate <= Decimal::from(LARGEST) && rate.scale() <= DECIMALS;
    if is_rate { Ok(rate) } else { Err(RateError::NotARate(rate.to_string())) }
}

/// All that is wrong with a rate, each problem with the field that it is about.
pub fn rate_problems(
    own: &str,
    currency: Currency,
    valid_from: NaiveDate,
    rate: Decimal,
) -> Vec<(&'static str, RateError)> {
    let mut problems = Vec::new();
    if own == currency.code() {
        problems.push(("currency", RateError::OwnCurrency(currency)));
    }
    if !(1970..=9998).contains(&valid_from.year()) {
        problems.push(("validFrom", RateError::Day(valid_from)));
    }
    problems.extend(checked(rate).err().map(|error| ("rate", error)));
    problems
}

/// States what one unit of a currency is worth in the community's own from a day on, in place of what had been stated
/// for that day. Amounts that are stored keep their currency, so figures of that time change with it.
pub async fn state_rate(
    db: &impl ConnectionTrait,
    community: CommunityId,
    currency: Currency,
    valid_from: NaiveDate,
    rate: Decimal,
    now: DateTime<Utc>,
) -> Result<exchange_rate::Model, RateError> {
    use exchange_rate::Column;
    let found = community::Entity::find_by_id(community.0).one(db).await?.ok_or(RateError::NoCommunity)?;
    if let Some((_, problem)) = rate_problems(&found.currency, currency, valid_from, rate).into_iter().next() {
        return Err(problem);
    }
    let row = exchange_rate::Model {
        community_id: community.0,
        currency: currency.to_string(),
        valid_from,
        rate: rate.normalize().to_string(),
        recorded_at: now,
    };
    let conflict = OnConflict::columns([Column::CommunityId, Column::Currency, Column::ValidFrom])
        .update_columns([Column::Rate, Column::RecordedAt])
        .to_owned();
    let insert = exchange_rate::Entity::insert(row.clone().into_active_model().reset_all()).on_conflict(conflict);
    insert.exec_without_returning(db).await?;
    Ok(row)
}

#[derive(Clone, Debug, Default)]
pub struct Rates(BTreeMap<Currency, BTreeMap<NaiveDate, Decimal>>);

impl Rates {
    pub async fn of(db: &impl ConnectionTrait, community: CommunityId) -> Result<Self, DbErr> {
        let rows = exchange_rate::Entity::find().filter(exchange_rate::Column::CommunityId.eq(community.0)).all(db);
        let mut rates = Self::default();
        for row in rows.await? {
            if let (Ok(currency), Ok(rate)) = (row.currency.parse(), row.rate.parse()) {
                rates.0.entry(currency).or_default().insert(row.valid_from, rate);
            }
        }
        Ok(rates)
    }

    /// The rate in force on a day: the latest that was stated for that day or an earlier one.
    fn on(&self, own: Currency, currency: Currency, day: NaiveDate) -> Option<Decimal> {
        if currency == own {
            return Some(Decimal::ONE);
        }
        self.0.get(&currency)?.range(..=day).next_back().map(|(_, rate)| *rate)
    }

    /// All that are in force on a day.
    pub fn in_force(&self, day: NaiveDate) -> Vec<(Currency, Decimal)> {
        let latest = |(currency, rates): (&Currency, &BTreeMap<NaiveDate, Decimal>)| {
            Some((*currency, *rates.range(..=day).next_back()?.1))
        };
        self.0.iter().filter_map(latest).collect()
    }

    /// Money in the community's own currency. `None` without a rate, which is refused before money is stored.
    pub fn convert(&self, own: Currency, money: Money, day: NaiveDate) -> Option<Decimal> {
        self.on(own, money.currency, day)?.checked_mul(money.amount).map(rounded)
    }

    /// What to do about a rate that is missing, if it is.
    pub fn missing(&self, own: Currency, currency: Currency, day: NaiveDate) -> Option<String> {
        match self.on(own, currency, day) {
            Some(_) => None,
            None => Some(format!(
                "there is no exchange rate from {currency} to {own} on {day}; state one with `valuemap rate` or setExchangeRate"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_number_above_zero() {
        assert_eq!(parse_rate(" 0.920 ").unwrap().to_string(), "0.92");
        for bad in ["0", "-1", "0,92", "1e3", "", "much", "1000000001", "0.0000000000001"] {
            assert!(parse_rate(bad).is_err(), "{bad} was accepted");
        }
    }

    #[test]
    fn the_latest_rate_that_was_stated_by_then_is_in_force() {
        let day = |number| NaiveDate::from_ymd_opt(2026, 3, number).unwrap();
        let usd: Currency = "USD".parse().unwrap();
        let stated = BTreeMap::from([(day(1), Decimal::new(92, 2)), (day(10), Decimal::new(90, 2))]);
        let rates = Rates(BTreeMap::from([(usd, stated)]));
        let hundred = Money { amount: Decimal::from(100), currency: usd };
        let check = |number, expected: Option<i64>| {
            assert_eq!(rates.convert(Currency::EUR, hundred, day(number)), expected.map(Decimal::from));
        };
        check(1, Some(92));
        check(9, Some(92));
        check(10, Some(90));
        let before = NaiveDate::from_ymd_opt(2026, 2, 28).unwrap();
        assert_eq!(rates.convert(Currency::EUR, hundred, before), None);
        assert!(rates.missing(Currency::EUR, usd, before).unwrap().contains("from USD to EUR on 2026-02-28"));
        assert_eq!(rates.convert(usd, hundred, before), Some(Decimal::from(100)));
    }
}
