use async_graphql::SimpleObject;
use valuemap_engine::attribution::break_even::Outlook;
use valuemap_shared::attribution::Likely;

use crate::attribution::run::money;
use crate::wire::scalars::{Count, Money};

/// How many outcomes an activity would take to pay for itself.
#[derive(SimpleObject)]
pub struct BreakEven {
    /// In a sentence.
    summary: String,
    fully_loaded_cost: Money,
    /// What past outcomes of the kind brought; null where the input says what one is worth.
    past_outcomes: Option<PastOutcomes>,
    /// What one outcome brings that would not have come otherwise, after margin.
    value_per_outcome: MoneyLikely,
    /// How many it would take: `low` where each brings the most. Null where an outcome may bring nothing.
    outcomes: CountLikely,
    /// The same as shares of the expected participants. Above 1 they are too few.
    share_of_participants: ShareLikely,
    /// What came of activities of the type before; null where nobody took part in one long enough ago.
    past_conversion: Option<PastConversion>,
}

#[derive(SimpleObject)]
struct PastOutcomes {
    count: Count,
    mean: Money,
}

#[derive(SimpleObject)]
struct MoneyLikely {
    low: Money,
    likely: Money,
    high: Money,
}

#[derive(SimpleObject)]
struct CountLikely {
    low: Option<Count>,
    likely: Option<Count>,
    high: Option<Count>,
}

#[derive(SimpleObject)]
struct ShareLikely {
    low: Option<f64>,
    likely: Option<f64>,
    high: Option<f64>,
}

/// How many of those who took part have an outcome of the kind within some days after it.
#[derive(SimpleObject)]
struct PastConversion {
    participants: Count,
    converted: Count,
    share: f64,
    /// The 95% interval of the share (Wilson).
    low: f64,
    high: f64,
    days: u32,
}

impl From<Outlook> for BreakEven {
    fn from(outlook: Outlook) -> Self {
        let currency = outlook.currency;
        let Likely { low, likely, high } = outlook.break_even.value_per_outcome;
        let outcomes = outlook.break_even.outcomes;
        let shares = outlook.shares;
        Self {
            summary: outlook.summary,
            fully_loaded_cost: money(outlook.cost, currency),
            past_outcomes: outlook
                .past
                .map(|past| PastOutcomes { count: Count(past.count), mean: money(past.mean, currency) }),
            value_per_outcome: MoneyLikely {
                low: money(low, currency),
                likely: money(likely, currency),
                high: money(high, currency),
            },
            outcomes: CountLikely {
                low: outcomes.low.map(Count),
                likely: outcomes.likely.map(Count),
                high: outcomes.high.map(Count),
            },
            share_of_participants: ShareLikely { low: shares.low, likely: shares.likely, high: shares.high },
            past_conversion: outlook.conversion.map(|conversion| {
                let interval = conversion.rate.interval();
                PastConversion {
                    participants: Count(conversion.rate.asked()),
                    converted: Count(conversion.rate.yes()),
                    share: conversion.rate.share(),
                    low: interval.low,
                    high: interval.high,
                    days: conversion.days,
                }
            }),
        }
    }
}
