use std::collections::BTreeMap;

use async_graphql::{Context, Object, SimpleObject};
use chrono::NaiveDate;
use valuemap_engine::activities::entities::{cost_line, exchange_rate};
use valuemap_engine::activities::rates::Rates;
use valuemap_shared::ids::{ActivityId, CommunityId};
use valuemap_shared::{activities as domain, money};

use crate::activities::activity::Activity;
use crate::activities::enums::{CostKind, stored};
use crate::activities::loaders::{MoneyOf, load_mentioned};
use crate::error::ApiError;
use crate::wire::scalars::{Currency, Decimal, Money};

pub struct CostLine(pub cost_line::Model);

/// Something that was paid, or hours that were worked.
#[Object]
impl CostLine {
    async fn source(&self) -> &str {
        &self.0.source
    }

    async fn key(&self) -> &str {
        &self.0.external_key
    }

    /// What it was for; null for a running cost of the community.
    async fn activity(&self, context: &Context<'_>) -> Result<Option<Activity>, ApiError> {
        let Some(id) = self.0.activity_id else { return Ok(None) };
        let row = load_mentioned(context, (CommunityId(self.0.community_id), ActivityId(id))).await?;
        Ok(Some(Activity(row)))
    }

    async fn kind(&self) -> Result<CostKind, ApiError> {
        stored::<domain::CostKind, _>(&self.0.kind)
    }

    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    async fn day(&self) -> NaiveDate {
        self.0.day
    }

    /// What it comes to, in the currency that it was recorded in.
    async fn cost(&self) -> Result<Money, ApiError> {
        Ok(stored_money(&self.0.currency, self.0.amount)?.into())
    }

    /// Null where the cost is no work.
    async fn hours(&self) -> Option<Decimal> {
        self.0.hours.map(|hours| Decimal(ten_thousandths(hours)))
    }

    /// What an hour costs, fully loaded.
    async fn rate(&self) -> Option<Decimal> {
        self.0.rate.map(|rate| Decimal(ten_thousandths(rate)))
    }
}

/// A count of ten-thousandths as the decimal that it stands for.
fn ten_thousandths(count: i64) -> rust_decimal::Decimal {
    rust_decimal::Decimal::new(count, money::DECIMALS)
}

/// Money as it lies in a row. It was checked when it was stored.
pub fn stored_money(currency: &str, amount: i64) -> Result<money::Money, ApiError> {
    Ok(money::Money::from_ten_thousandths(amount, stored_currency(currency)?))
}

fn stored_currency(currency: &str) -> Result<money::Currency, ApiError> {
    currency.parse().map_err(|error: money::MoneyError| ApiError::internal(error))
}

/// What something costs when everything is counted: cash, travel, staff and the share of platforms.
#[derive(SimpleObject)]
pub struct LoadedCost {
    total: Money,
    /// The kinds that it consists of.
    by_kind: Vec<CostOfKind>,
}

#[derive(SimpleObject)]
struct CostOfKind {
    kind: CostKind,
    cost: Money,
}

impl LoadedCost {
    /// The sum of some lines of a community, or `None` when there are none.
    pub async fn of(
        context: &Context<'_>,
        community: CommunityId,
        lines: &[cost_line::Model],
    ) -> Result<Option<Self>, ApiError> {
        if lines.is_empty() {
            return Ok(None);
        }
        let money = load_mentioned(context, MoneyOf(community)).await?;
        Ok(Some(Self::sum(money.0, &money.1, lines)?))
    }

    fn sum(own: money::Currency, rates: &Rates, lines: &[cost_line::Model]) -> Result<Self, ApiError> {
        let too_large = || ApiError::internal(anyhow::anyhow!("costs add up to more than a decimal holds"));
        let mut total = rust_decimal::Decimal::ZERO;
        let mut by_kind: BTreeMap<domain::CostKind, rust_decimal::Decimal> = BTreeMap::new();
        for line in lines {
            let cost = stored_money(&line.currency, line.amount)?;
            let converted = rates.convert(own, cost, line.day).ok_or_else(|| {
                let missing = rates.missing(own, cost.currency, line.day).unwrap_or_else(|| "too large".into());
                ApiError::internal(anyhow::anyhow!("cost line {}: {missing}", line.id))
            })?;
            let kind = stored::<domain::CostKind, _>(&line.kind)?;
            let sum = by_kind.entry(kind).or_default();
            *sum = sum.checked_add(converted).ok_or_else(too_large)?;
            total = total.checked_add(converted).ok_or_else(too_large)?;
        }
        let money = |amount| Money { amount: Decimal(amount), currency: Currency(own) };
        let by_kind = by_kind.into_iter().map(|(kind, sum)| CostOfKind { kind: kind.into(), cost: money(sum) });
        Ok(Self { total: money(total), by_kind: by_kind.collect() })
    }
}

pub struct ExchangeRate(pub exchange_rate::Model);

/// What one unit of a currency is worth in the community's own, from a day on until the next rate.
#[Object]
impl ExchangeRate {
    async fn currency(&self) -> Result<Currency, ApiError> {
        Ok(Currency(stored_currency(&self.0.currency)?))
    }

    async fn valid_from(&self) -> NaiveDate {
        self.0.valid_from
    }

    async fn rate(&self) -> Result<Decimal, ApiError> {
        let rate = self.0.rate.parse().map_err(|error: rust_decimal::Error| ApiError::internal(error))?;
        Ok(Decimal(rate))
    }
}
