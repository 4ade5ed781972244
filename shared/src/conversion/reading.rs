//! What is read off conversions, in the shapes of the GraphQL API.

use chrono::NaiveDate;

use super::Stage;
use crate::activities::Audience;
use crate::calendar::Quarter;
use crate::statistics::Interval;
use crate::value_map::model::AttributionUnit;
use crate::value_map::{NoScore, Verdict};
use crate::wire::wire;

wire! {
    /// How far those who entered a stage in some quarters have come.
    pub struct Conversion {
        pub from: Quarter,
        pub until: Quarter,
        /// The last day whose outcomes are known: who had got no further by then is on the way.
        pub followed_until: NaiveDate,
        /// Who is followed.
        pub unit: AttributionUnit,
        /// Only those who were this on the day on which they entered a stage; all where nothing was asked for.
        pub audience: Option<Audience>,
        /// How long before they entered a stage they count as touched.
        pub lookback_days: u32,
        /// Leads and opportunities of the quarters that belong to nobody, so that nobody can be followed.
        pub of_nobody: u64,
        /// By member, the ones that belong to an account, so that it is not known which member's they are.
        pub of_accounts: u64,
        pub steps: Vec<ConversionStep>,
    }

    /// From one stage to another.
    pub struct ConversionStep {
        pub from: Stage,
        pub to: Stage,
        /// All of it in a sentence or two.
        pub summary: String,
        pub all: ConversionGroup,
        /// Those whom the community had touched before they entered the stage.
        pub touched: ConversionGroup,
        pub untouched: ConversionGroup,
        /// The share of the touched less that of the others.
        pub difference: DifferenceReading,
    }

    pub struct ConversionGroup {
        /// How many entered the stage.
        pub entered: u64,
        pub reading: RateReading,
    }

    /// How many have got to the other stage so far, and when.
    pub struct ConversionRate {
        pub reached: u64,
        /// In 0..1.
        pub share: f64,
        /// Wilson's.
        pub interval: Interval,
        /// In how many days half of all get there, with those who are on the way censored (Kaplan, Meier 1958).
        pub time: MedianReading,
        /// In how many days half of those got there who did; `None` where nobody did. It errs on the short side.
        pub median_days_of_reached: Option<f64>,
    }

    pub struct MedianTime {
        pub days: f64,
        pub low: f64,
        /// `None` where it lies beyond what has been seen.
        pub high: Option<f64>,
    }

    /// A difference of shares: an association, not an effect.
    pub struct ShareDifference {
        /// In -1..1.
        pub value: f64,
        /// Newcombe's.
        pub interval: Interval,
        pub verdict: Verdict,
    }
}

macro_rules! readings {
    ($($(#[$doc:meta])* pub enum $name:ident { $figure:ident })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(tag = "__typename"))]
        pub enum $name {
            $figure($figure),
            NoScore(NoScore),
        }

        impl $name {
            pub fn figure(&self) -> Option<&$figure> {
                match self {
                    Self::$figure(figure) => Some(figure),
                    Self::NoScore(_) => None,
                }
            }
        }
    )*};
}

readings! {
    /// A rate, or the reason why there is none.
    pub enum RateReading { ConversionRate }
    /// A median, or the reason why there is none.
    pub enum MedianReading { MedianTime }
    /// A difference, or the reason why there is none.
    pub enum DifferenceReading { ShareDifference }
}
