//! Exchange rates as the organisation stated them: what one unit of a currency is worth in the community's own, from a
//! day on.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sea_orm::IntoActiveModel;
use sea_orm::prelude::*;
use sea_orm::sea_query::OnConflict;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::money::{Currency, Money, rounded};

use super::entities::exchange_rate;

#[derive(Clone, Debug, Default)]
pub struct Rates(HashMap<Currency, BTreeMap<NaiveDate, Decimal>>);

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

/// States what one unit of a currency is worth in the community's own from a day on, in place of what was stated for
/// that day before.
pub async fn state_rate(
    db: &impl ConnectionTrait,
    community: CommunityId,
    currency: Currency,
    valid_from: NaiveDate,
    rate: Decimal,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    use exchange_rate::Column;
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
    let insert = exchange_rate::Entity::insert(row.into_active_model()).on_conflict(conflict);
    insert.exec_without_returning(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_rate_that_was_stated_by_then_is_in_force() {
        let day = |number| NaiveDate::from_ymd_opt(2026, 3, number).unwrap();
        let usd: Currency = "USD".parse().unwrap();
        let stated = BTreeMap::from([(day(1), Decimal::new(92, 2)), (day(10), Decimal::new(90, 2))]);
        let rates = Rates(HashMap::from([(usd, stated)]));
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
