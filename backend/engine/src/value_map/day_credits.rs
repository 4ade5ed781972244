//! What the outcomes of one day are credited to, and what was met on it: the returns of activities are sums of days.
//!
//! Credits are kept for each outcome by activity and channel, not added up over the day. In every other grouping the
//! activities of one journey share an outcome, which sums by activity no longer tell; and a day has fewer outcomes than
//! there are activities, channels, kinds and buckets together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use valuemap_shared::activities::OutcomeKind;
use valuemap_shared::attribution::{Bucket, HalfLife, Model};
use valuemap_shared::value_map::model::Attribution;

/// The credit for a whole outcome. Credits are whole numbers, so that what is kept is what was computed to the last digit.
pub const WHOLE: f64 = 1e15;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DayCredits {
    /// In order. Others refer to them by their index, as to channels.
    pub activities: Vec<Uuid>,
    pub channels: Vec<Option<String>>,
    /// What was met on this day.
    pub met: Vec<Met>,
    /// Outcomes before which something was met.
    pub outcomes: Vec<CreditedOutcome>,
    /// Those before which nothing was.
    pub uncredited: Vec<UncreditedOutcomes>,
}

/// An activity was met, by way of a channel or of none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Met {
    pub activity: u32,
    pub channel: u32,
    /// How often, in roles that have a weight.
    pub touches: u64,
    /// The members or accounts that took part, in order. How many different ones there are of several days is no sum.
    #[serde(with = "packed")]
    pub participants: Vec<Uuid>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreditedOutcome {
    /// The index of its [`Bucket`].
    pub bucket: u8,
    pub kind: OutcomeKind,
    /// A purchase that won a customer, or what was refunded of it.
    pub is_first: bool,
    /// Ten-thousandths of the community's currency.
    pub amount: i64,
    /// By activity and channel, in parts of [`WHOLE`]. What was met and is credited with nothing is among them.
    pub credits: Vec<(u32, u32, u64)>,
}

/// Outcomes of one kind, refunds among them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UncreditedOutcomes {
    pub kind: OutcomeKind,
    pub is_first: bool,
    /// Refunds are none.
    pub count: u64,
    /// Ten-thousandths, refunds taken off.
    pub amount: i64,
    /// The largest absolute amount of one of them.
    pub largest: u64,
}

/// What gets the credit: an activity, by way of a channel or of none.
pub type Source = (Uuid, Option<Arc<str>>);

/// A day while it is being summed up.
#[derive(Debug, Default)]
pub struct CreditedDay {
    pub met: BTreeMap<Source, (u64, BTreeSet<Uuid>)>,
    pub outcomes: Vec<(CreditedOutcome, BTreeMap<Source, f64>)>,
    pub uncredited: BTreeMap<(OutcomeKind, bool), UncreditedOutcomes>,
}

impl From<CreditedDay> for DayCredits {
    fn from(day: CreditedDay) -> Self {
        let sources = || day.met.keys().chain(day.outcomes.iter().flat_map(|(_, credits)| credits.keys()));
        let activities: BTreeSet<Uuid> = sources().map(|(activity, _)| *activity).collect();
        let channels: BTreeSet<Option<Arc<str>>> = sources().map(|(_, channel)| channel.clone()).collect();
        let activity_indexes: BTreeMap<Uuid, u32> = activities.iter().copied().zip(0..).collect();
        let channel_indexes: BTreeMap<Option<Arc<str>>, u32> = channels.iter().cloned().zip(0..).collect();
        let index_of = |(activity, channel): &Source| (activity_indexes[activity], channel_indexes[channel]);
        let met = day.met.iter().map(|(source, (touches, participants))| {
            let (activity, channel) = index_of(source);
            Met { activity, channel, touches: *touches, participants: participants.iter().copied().collect() }
        });
        let met = met.collect();
        let outcomes = day.outcomes.iter().map(|(outcome, credits)| {
            let credit = |(source, credit): (&Source, &f64)| {
                let (activity, channel) = index_of(source);
                (activity, channel, (credit * WHOLE).round() as u64)
            };
            CreditedOutcome { credits: credits.iter().map(credit).collect(), ..outcome.clone() }
        });
        let outcomes = outcomes.collect();
        let channels = channels.into_iter().map(|channel| channel.map(|channel| channel.to_string())).collect();
        let (activities, uncredited) = (activities.into_iter().collect(), day.uncredited.into_values().collect());
        Self { activities, channels, met, outcomes, uncredited }
    }
}

/// The model that these settings credit by, where it is additive: only then are credits sums of days.
pub fn additive_model(attribution: &Attribution) -> Option<Model> {
    let model = attribution.model.parse::<Model>().ok().filter(|model| model.is_additive())?;
    Some(match model {
        Model::TimeDecay { .. } => {
            Model::TimeDecay { half_life: HalfLife::from_days(attribution.half_life_days).ok()? }
        }
        other => other,
    })
}

/// The bucket of a member or an account: of its id, which says nothing about it, so that buckets are alike.
pub fn bucket_of(unit: Uuid) -> Bucket {
    Bucket::of_hash(Sha256::digest(unit.as_bytes())[0].into())
}

/// Ids one after the other in base64.
mod packed {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};
    use uuid::Uuid;

    pub fn serialize<S: Serializer>(ids: &[Uuid], serializer: S) -> Result<S::Ok, S::Error> {
        let bytes: Vec<u8> = ids.iter().flat_map(|id| id.into_bytes()).collect();
        serializer.serialize_str(&STANDARD_NO_PAD.encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Uuid>, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let bytes = STANDARD_NO_PAD.decode(text.as_bytes()).map_err(D::Error::custom)?;
        let ids = bytes.as_chunks::<16>();
        if ids.1.is_empty() {
            Ok(ids.0.iter().copied().map(Uuid::from_bytes).collect())
        } else {
            Err(D::Error::custom("half an id"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_was_summed_up() {
        let source = |activity, channel: Option<&str>| (Uuid::from_u128(activity), channel.map(Arc::from));
        let outcome = CreditedOutcome {
            bucket: 63,
            kind: OutcomeKind::Upgrade,
            is_first: false,
            amount: -10_000,
            credits: Vec::new(),
        };
        let credits = [(source(7, None), 1.0 / 3.0), (source(5, Some("forum")), 2.0 / 3.0)];
        let met = (2, [Uuid::from_u128(9), Uuid::from_u128(8)].into());
        let day = CreditedDay {
            met: [(source(7, Some("forum")), met)].into(),
            outcomes: vec![(outcome, credits.into())],
            uncredited: BTreeMap::new(),
        };
        let day = DayCredits::from(day);
        assert_eq!(day.activities, [Uuid::from_u128(5), Uuid::from_u128(7)]);
        assert_eq!(day.channels, [None, Some("forum".to_owned())]);
        assert_eq!(day.outcomes[0].credits, [(0, 1, 666_666_666_666_667), (1, 0, 333_333_333_333_333)]);
        assert_eq!((day.met[0].activity, day.met[0].channel, day.met[0].touches), (1, 1, 2));
        let text = serde_json::to_string(&day).unwrap();
        assert_eq!(serde_json::from_str::<DayCredits>(&text).unwrap(), day);
        assert!(serde_json::from_str::<DayCredits>(&text.replace("AAAA", "AAA")).is_err());
    }

    #[test]
    fn only_additive_models_are_kept() {
        let of = |model: &str| {
            let mut attribution = attribution();
            attribution.model = model.to_owned();
            additive_model(&attribution).map(|model| model.to_string())
        };
        assert_eq!(of("time_decay").as_deref(), Some("time_decay:14"));
        assert_eq!(of("linear").as_deref(), Some("linear"));
        for other in ["markov_removal", "shapley", "shapley_nonnegative"] {
            assert_eq!(of(other), None);
        }
    }

    fn attribution() -> Attribution {
        Attribution {
            model: "linear".into(),
            lookback_days: 90,
            half_life_days: 14.0,
            by: valuemap_shared::value_map::model::AttributionUnit::Account,
            minimum_confidence: 0.8,
            role_weights: BTreeMap::new(),
        }
    }
}
