//! What outcomes are credited to in the returns of activities: summed up by day where the model allows it, else from the
//! records.

use valuemap_shared::attribution::{AttributionError, Bucket, Conversion, Journeys, Outcomes, Parameters, Touch};
use valuemap_shared::money::DECIMALS;
use valuemap_shared::value_map::Element;
use valuemap_shared::value_map::comparison::Comparison;

use crate::attribution::grouping::Grouping;
use crate::attribution::history::{Happened, History};
use crate::attribution::met::Met;
use crate::value_map::day_credits::{UncreditedOutcomes, WHOLE};
use crate::value_map::days::Span;
use crate::value_map::kept_credits::CreditsByDay;
use crate::value_map::money::element_of;
use rust_decimal::Decimal;

#[derive(Debug)]
pub enum Credits {
    Records(History),
    Days(CreditedDays),
}

/// The outcomes of some days.
#[derive(Debug, Default)]
pub struct CreditedDays {
    credited: Vec<Credited>,
    uncredited: Vec<UncreditedOutcomes>,
}

#[derive(Debug)]
struct Credited {
    bucket: Bucket,
    outcome: Happened,
    /// By activity and channel.
    credits: Vec<(u32, u32, f64)>,
}

impl CreditedDays {
    /// Those of some kinds in a span.
    pub fn of(met: &Met, days: &CreditsByDay, span: Span, parameters: &Parameters, comparisons: &[Comparison]) -> Self {
        let indexes = met.indexes();
        let mut found = Self::default();
        for (day, credits) in days.range(span.first..=span.last) {
            let numbers = indexes.of(&credits.activities, &credits.channels);
            let is_asked = |kind| parameters.outcomes.contains(&kind);
            for of_day in credits.outcomes.iter().filter(|outcome| is_asked(outcome.kind)) {
                let credit = |(activity, channel, credit): &(u32, u32, u64)| {
                    let (activity, channel) = numbers.source(*activity, *channel)?;
                    Some((activity, channel, *credit as f64 / WHOLE))
                };
                let mut outcome = Happened::credited(of_day.kind, of_day.is_first, of_day.amount);
                outcome.is_replaced = outcome.kind.takes_money()
                    && comparisons.iter().any(|comparison| comparison.covers(outcome.element(), *day));
                let bucket = Bucket::of_hash(of_day.bucket.into());
                found.credited.push(Credited {
                    bucket,
                    outcome,
                    credits: of_day.credits.iter().filter_map(credit).collect(),
                });
            }
            found.uncredited.extend(credits.uncredited.iter().filter(|sums| is_asked(sums.kind)).cloned());
        }
        found
    }

    fn journeys(&self, grouping: &Grouping, value: impl Fn(&Happened) -> i64) -> Result<Journeys, AttributionError> {
        let mut builder = Journeys::credited_builder(grouping.kind(), grouping.sources.len() as u32)?;
        for Credited { bucket, outcome, credits } in &self.credited {
            let touch = |(activity, channel, credit): &(u32, u32, f64)| Touch {
                source: grouping.source_of(*activity, *channel),
                at: outcome.at,
                weight: *credit,
            };
            let conversion = Conversion {
                is_replaced: outcome.is_replaced,
                is_refund: outcome.amount < 0,
                ..Conversion::new(outcome.at, value(outcome))
            };
            builder.add(*bucket, credits.iter().map(touch), Some(conversion))?;
        }
        for UncreditedOutcomes { count, amount, .. } in &self.uncredited {
            builder.add_uncredited(Outcomes { count: *count, value: Decimal::new(*amount, DECIMALS) })?;
        }
        Ok(builder.build())
    }
}

impl Credits {
    /// The journeys to all outcomes, each outcome worth what `value` says. Those that are not credited are worth their
    /// amounts where days are summed up.
    pub fn journeys(
        &self,
        grouping: &Grouping,
        parameters: &Parameters,
        value: impl Fn(&Happened) -> i64,
    ) -> Result<Journeys, AttributionError> {
        match self {
            Self::Records(history) => grouping.journeys(history, parameters, value),
            Self::Days(days) => days.journeys(grouping, value),
        }
    }

    /// The largest absolute amount of an outcome that belongs to an element, in ten-thousandths.
    pub fn largest(&self, element: Element) -> u64 {
        let of = |outcome: &Happened| (outcome.element() == element).then_some(outcome.amount.unsigned_abs());
        let largest = match self {
            Self::Records(history) => history.outcomes.iter().filter_map(of).max(),
            Self::Days(days) => {
                let uncredited = days.uncredited.iter();
                let uncredited = uncredited.filter(|sums| element_of(sums.kind, sums.is_first) == element);
                let credited = days.credited.iter().filter_map(|credited| of(&credited.outcome));
                credited.chain(uncredited.map(|sums| sums.largest)).max()
            }
        };
        largest.unwrap_or_default()
    }

    /// Whether anything of an element was refunded to somebody who had met something.
    pub fn has_refunds(&self, element: Element) -> bool {
        let is_refund = |outcome: &Happened| outcome.element() == element && outcome.amount < 0;
        match self {
            Self::Records(history) => history.outcomes.iter().any(is_refund),
            Self::Days(days) => days.credited.iter().any(|credited| is_refund(&credited.outcome)),
        }
    }
}
