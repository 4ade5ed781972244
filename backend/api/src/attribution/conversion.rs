//! From lead to sale, over GraphQL.

use async_graphql::{Enum, InputObject, SimpleObject, Union};
use chrono::NaiveDate;
use valuemap_shared::attribution::Asked;
use valuemap_shared::conversion as domain;

use crate::activities::Audience;
use crate::attribution::enums::AttributionUnit;
use crate::value_map::wire::{Interval, NoScore, Verdict};
use crate::wire::scalars::{Count, Quarter};

/// How far a member or account has come on the way to a sale.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::Stage")]
pub enum Stage {
    Lead,
    Opportunity,
    /// A purchase or an upgrade. A renewal needs no lead.
    Sale,
}

/// Who is followed, and what counts as touched. What is left out is as the community's scoring model has it.
#[derive(Default, InputObject)]
pub struct ConversionOptions {
    /// Members or accounts.
    unit: Option<AttributionUnit>,
    /// How long before they entered a stage they count as touched; 1 to 3650.
    lookback_days: Option<i32>,
    /// Identity links of less confidence are left aside; 0 to 1.
    minimum_confidence: Option<f64>,
    /// Only those who were this on the day on which they entered a stage.
    pub audience: Option<Audience>,
}

impl ConversionOptions {
    pub fn asked(self, from: Quarter, until: Quarter) -> Asked {
        Asked {
            by: self.unit.map(Into::into),
            lookback_days: self.lookback_days.map(i64::from),
            minimum_confidence: self.minimum_confidence,
            ..Asked::of(from.0, until.0)
        }
    }
}

/// How far those who entered a stage in some quarters have come, and how long it took.
#[derive(SimpleObject)]
pub struct Conversion {
    from: Quarter,
    until: Quarter,
    /// The last day whose outcomes are known: who had got no further by then is on the way.
    followed_until: NaiveDate,
    /// Who is followed.
    unit: AttributionUnit,
    /// Only those who were this on the day on which they entered a stage; null for all.
    audience: Option<Audience>,
    /// How long before they entered a stage they count as touched.
    lookback_days: u32,
    /// Leads and opportunities of the quarters that belong to nobody, so that nobody can be followed.
    of_nobody: Count,
    /// By member, the ones that belong to an account, so that it is not known which member's they are; 0 by account.
    of_accounts: Count,
    /// From lead to opportunity, from opportunity to sale, and from lead to sale.
    steps: Vec<ConversionStep>,
}

/// From one stage to another.
#[derive(SimpleObject)]
struct ConversionStep {
    from: Stage,
    to: Stage,
    /// All of it in a sentence or two.
    summary: String,
    all: ConversionGroup,
    /// Those whom the community had touched before they entered the stage.
    touched: ConversionGroup,
    untouched: ConversionGroup,
    /// The share of the touched less that of the others.
    difference: DifferenceReading,
}

#[derive(SimpleObject)]
struct ConversionGroup {
    /// How many entered the stage.
    entered: Count,
    reading: RateReading,
}

/// A rate, or the reason why there is none.
#[derive(Union)]
enum RateReading {
    ConversionRate(ConversionRate),
    NoScore(NoScore),
}

/// How many have got to the other stage so far, and when.
#[derive(SimpleObject)]
struct ConversionRate {
    reached: Count,
    /// In 0..1.
    share: f64,
    /// Wilson's.
    interval: Interval,
    /// In how many days half of all get there, with those who are on the way censored (Kaplan, Meier 1958).
    time: MedianReading,
    /// In how many days half of those got there who did; null where nobody did. It errs on the short side, because those
    /// who are on the way take longer.
    median_days_of_reached: Option<f64>,
}

/// A median, or the reason why there is none.
#[derive(Union)]
enum MedianReading {
    MedianTime(MedianTime),
    NoScore(NoScore),
}

/// Days above 50 are exact to 2 %.
#[derive(SimpleObject)]
struct MedianTime {
    days: f64,
    /// The lower end of the 95 % interval.
    low: f64,
    /// The upper end; null where it lies beyond what has been seen.
    high: Option<f64>,
}

/// A difference, or the reason why there is none.
#[derive(Union)]
enum DifferenceReading {
    Difference(ShareDifference),
    NoScore(NoScore),
}

/// A difference of shares: an association, not an effect.
#[derive(SimpleObject)]
struct ShareDifference {
    /// In -1..1.
    value: f64,
    /// Newcombe's.
    interval: Interval,
    verdict: Verdict,
}

impl From<domain::Conversion> for Conversion {
    fn from(found: domain::Conversion) -> Self {
        Self {
            from: Quarter(found.from),
            until: Quarter(found.until),
            followed_until: found.followed_until,
            unit: found.unit.into(),
            audience: found.audience.map(Into::into),
            lookback_days: found.lookback_days,
            of_nobody: Count(found.of_nobody),
            of_accounts: Count(found.of_accounts),
            steps: found.steps.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<domain::ConversionStep> for ConversionStep {
    fn from(step: domain::ConversionStep) -> Self {
        let difference = match step.difference {
            domain::DifferenceReading::ShareDifference(domain::ShareDifference { value, interval, verdict }) => {
                let (interval, verdict) = (interval.into(), verdict.into());
                DifferenceReading::Difference(ShareDifference { value, interval, verdict })
            }
            domain::DifferenceReading::NoScore(absence) => DifferenceReading::NoScore(absence.into()),
        };
        Self {
            from: step.from.into(),
            to: step.to.into(),
            summary: step.summary,
            all: step.all.into(),
            touched: step.touched.into(),
            untouched: step.untouched.into(),
            difference,
        }
    }
}

impl From<domain::ConversionGroup> for ConversionGroup {
    fn from(group: domain::ConversionGroup) -> Self {
        let reading = match group.reading {
            domain::RateReading::ConversionRate(rate) => RateReading::ConversionRate(rate.into()),
            domain::RateReading::NoScore(absence) => RateReading::NoScore(absence.into()),
        };
        Self { entered: Count(group.entered), reading }
    }
}

impl From<domain::ConversionRate> for ConversionRate {
    fn from(rate: domain::ConversionRate) -> Self {
        let time = match rate.time {
            domain::MedianReading::MedianTime(domain::MedianTime { days, low, high }) => {
                MedianReading::MedianTime(MedianTime { days, low, high })
            }
            domain::MedianReading::NoScore(absence) => MedianReading::NoScore(absence.into()),
        };
        Self {
            reached: Count(rate.reached),
            share: rate.share,
            interval: rate.interval.into(),
            time,
            median_days_of_reached: rate.median_days_of_reached,
        }
    }
}
