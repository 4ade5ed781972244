//! What gets the credit: activities, or what they have in common.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use valuemap_shared::attribution::{AttributionError, Conversion, CreditSource, Journeys, Parameters, Touch};

use crate::attribution::history::{ActivityFacts, Happened, History, NOBODY, Touched};
use crate::attribution::met::Met;
use crate::base::digests::hexadecimal;
use crate::value_map::day_credits::bucket_of;

/// Something that can be credited.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The name that files and inputs have for it; empty for touches without a channel.
    pub key: String,
    /// Of an activity or a type.
    pub id: Option<Uuid>,
    pub name: String,
}

impl Source {
    fn plain(name: &str) -> Self {
        Self { key: name.to_owned(), id: None, name: name.to_owned() }
    }

    fn of_activity(facts: &ActivityFacts, kind: CreditSource) -> Self {
        match kind {
            CreditSource::Activity => Self { key: facts.key.clone(), id: Some(facts.id), name: facts.name.clone() },
            CreditSource::ActivityType => {
                Self { key: facts.type_key.clone(), id: Some(facts.activity_type), name: facts.type_name.clone() }
            }
            CreditSource::Modality => Self::plain(&facts.modality),
            CreditSource::Goal | CreditSource::Channel => Self::plain(&facts.goal),
        }
    }

    fn of_channel(channel: Option<&str>) -> Self {
        channel.map_or(Self { name: "no channel".to_owned(), ..Self::plain("") }, Self::plain)
    }
}

/// The sources of a history, and which of them each touch belongs to.
#[derive(Debug)]
pub struct Grouping {
    kind: CreditSource,
    /// In order.
    pub sources: Vec<Source>,
    /// The index of the source in `sources`: by activity, or by channel where these get the credit.
    source_indexes: Vec<u32>,
}

impl Grouping {
    /// The sources that were met.
    pub fn of(history: &History, kind: CreditSource) -> Self {
        let met = history.touches.iter().map(|touch| (touch.activity, touch.channel));
        Self::by((&history.activities, &history.channels), met, kind, &HashSet::new())
    }

    /// The sources that were met, and those of these activities.
    pub fn of_met(met: &Met, kind: CreditSource, also: &HashSet<u32>) -> Self {
        let sources = met.sources.iter().map(|source| (source.activity, source.channel));
        Self::by((&met.activities, &met.channels), sources, kind, also)
    }

    fn by(
        (activities, channels): (&[ActivityFacts], &[Option<String>]),
        met: impl Iterator<Item = (u32, u32)> + Clone,
        kind: CreditSource,
        also: &HashSet<u32>,
    ) -> Self {
        let mut used = vec![false; if kind == CreditSource::Channel { channels.len() } else { activities.len() }];
        for (activity, channel) in met.clone() {
            used[index_of(kind, activity, channel) as usize] = true;
        }
        if kind != CreditSource::Channel {
            also.iter().for_each(|activity| used[*activity as usize] = true);
        } else if !also.is_empty() {
            // An activity that nobody met has no channel.
            let met: HashSet<u32> = met.map(|(activity, _)| activity).collect();
            used[0] |= also.iter().any(|activity| !met.contains(activity));
        }
        let source_of = |index: usize| match kind {
            CreditSource::Channel => Source::of_channel(channels[index].as_deref()),
            _ => Source::of_activity(&activities[index], kind),
        };
        let used: Vec<Option<Source>> =
            used.into_iter().enumerate().map(|(index, used)| used.then(|| source_of(index))).collect();
        let sources: Vec<Source> = used.iter().flatten().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        let numbers: HashMap<&Source, u32> = sources.iter().zip(0..).collect();
        let source_indexes =
            used.iter().map(|source| source.as_ref().map_or(u32::MAX, |source| numbers[source])).collect();
        Self { kind, source_indexes, sources }
    }

    /// What gets the credit for an activity that was met by way of a channel.
    pub fn source_of(&self, activity: u32, channel: u32) -> u32 {
        self.source_indexes[index_of(self.kind, activity, channel) as usize]
    }

    pub fn kind(&self) -> CreditSource {
        self.kind
    }

    /// Whether an activity may belong to several sources.
    pub fn divides_activities(&self) -> bool {
        self.kind == CreditSource::Channel
    }

    /// The source of an activity; `None` where it may have several.
    pub fn of_activity(&self, activity: u32) -> Option<u32> {
        (!self.divides_activities()).then(|| self.source_indexes[activity as usize])
    }

    /// The journeys, each outcome worth what `value` says.
    ///
    /// A unit without an outcome in the quarters is a journey without one. It begins after its last outcome before the
    /// quarters: what was met until then was not met in vain.
    pub fn journeys(
        &self,
        history: &History,
        parameters: &Parameters,
        value: impl Fn(&Happened) -> i64,
    ) -> Result<Journeys, AttributionError> {
        let lookback = u64::from(parameters.lookback_days) * 86_400;
        let lookback_time = std::time::Duration::from_secs(lookback);
        let mut builder = Journeys::builder(self.kind, self.sources.len() as u32, lookback_time)?;
        let touch = |touched: &Touched| Touch {
            source: self.source_of(touched.activity, touched.channel),
            at: touched.at,
            weight: parameters.role_weight(touched.role),
        };
        let (mut touches, mut outcomes) = (history.touches.as_slice(), history.outcomes.as_slice());
        let mut earlier = history.earlier.as_slice();
        for (unit, id) in (0..).zip(&history.units) {
            let bucket = bucket_of(*id);
            let met = split(&mut touches, |touch| touch.unit == unit);
            let of_unit = split(&mut outcomes, |outcome| outcome.unit == unit);
            let before = split(&mut earlier, |converted| converted.unit == unit);
            if of_unit.is_empty() {
                let last = before.last().map_or(i64::MIN, |converted| converted.at);
                let since = met.partition_point(|touch| touch.at <= last);
                builder.add(bucket, met[since..].iter().map(touch), None)?;
            }
            for outcome in of_unit {
                // What lies outside of the window is left out here so that a unit of many outcomes is not sorted as
                // often as it has them.
                let begin = met.partition_point(|touch| touch.at <= outcome.at - lookback as i64);
                let end = met.partition_point(|touch| touch.at <= outcome.at);
                builder.add(bucket, met[begin..end].iter().map(touch), Some(conversion(outcome, &value)))?;
            }
        }
        for outcome in outcomes {
            builder.add(bucket_of(Uuid::nil()), [], Some(conversion(outcome, &value)))?;
        }
        Ok(builder.build())
    }

    /// What the credits follow from, as a number: the same data gives the same, whatever the database and the order in
    /// which it came in.
    pub fn data_hash(&self, history: &History, parameters: &Parameters) -> String {
        let mut hash = Sha256::new();
        let mut text = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        };
        text("valuemap attribution 2");
        text(history.currency.code());
        text(self.kind.as_str());
        for source in &self.sources {
            text(&source.key);
            text(&source.id.map(|id| id.to_string()).unwrap_or_default());
        }
        parameters.outcomes.iter().for_each(|kind| text(kind.as_str()));
        let unit = |number: u32| if number == NOBODY { Uuid::nil() } else { history.units[number as usize] };
        for touch in &history.touches {
            hash.update(unit(touch.unit).as_bytes());
            hash.update(self.source_of(touch.activity, touch.channel).to_le_bytes());
            hash.update(touch.at.to_le_bytes());
            hash.update(parameters.role_weight(touch.role).to_le_bytes());
        }
        hash.update([0xff]);
        for outcome in &history.outcomes {
            hash.update(unit(outcome.unit).as_bytes());
            hash.update(outcome.kind.as_str().as_bytes());
            for number in [Some(outcome.at), Some(outcome.amount), outcome.lead_at, outcome.opportunity_at] {
                hash.update([u8::from(number.is_some())]);
                hash.update(number.unwrap_or_default().to_le_bytes());
            }
            hash.update([u8::from(outcome.is_replaced)]);
        }
        hash.update([0xff]);
        for converted in &history.earlier {
            hash.update(unit(converted.unit).as_bytes());
            hash.update(converted.at.to_le_bytes());
        }
        hexadecimal(&hash.finalize())
    }
}

fn index_of(kind: CreditSource, activity: u32, channel: u32) -> u32 {
    if kind == CreditSource::Channel { channel } else { activity }
}

fn conversion(outcome: &Happened, value: impl Fn(&Happened) -> i64) -> Conversion {
    Conversion {
        at: outcome.at,
        value: value(outcome),
        lead_at: outcome.lead_at,
        opportunity_at: outcome.opportunity_at,
        is_replaced: outcome.is_replaced,
        is_refund: outcome.amount < 0,
    }
}

/// Takes what fulfils a condition off the beginning.
fn split<'a, T>(rest: &mut &'a [T], belongs: impl Fn(&T) -> bool) -> &'a [T] {
    let (first, second) = rest.split_at(rest.partition_point(belongs));
    *rest = second;
    first
}

#[cfg(test)]
mod tests {
    use valuemap_shared::activities::{OutcomeKind, Role};
    use valuemap_shared::money::Currency;

    use super::*;
    use crate::attribution::history::Converted;

    fn facts(number: u128, type_key: &str) -> ActivityFacts {
        ActivityFacts {
            id: Uuid::from_u128(number),
            key: format!("a{number}"),
            name: format!("Activity {number}"),
            activity_type: Uuid::from_u128(100),
            type_key: type_key.to_owned(),
            type_name: type_key.to_owned(),
            modality: "online".to_owned(),
            goal: "revenue".to_owned(),
        }
    }

    /// One unit met three activities from two channels, and then there was an outcome; another is nobody's.
    fn history() -> History {
        let touch =
            |at, activity, channel| Touched { unit: 0, at, activity, channel, role: Role::Attended, is_shared: false };
        let outcome = |unit, at| Happened {
            unit,
            at,
            kind: OutcomeKind::Upgrade,
            is_first: false,
            amount: 10_000,
            lead_at: None,
            opportunity_at: None,
            is_replaced: false,
        };
        History {
            currency: Currency::EUR,
            activities: vec![facts(1, "webinar"), facts(2, "webinar"), facts(3, "meetup"), facts(4, "gala")],
            channels: vec![None, Some("forum".to_owned())],
            units: vec![Uuid::from_u128(7)],
            touches: vec![touch(100, 0, 0), touch(200, 1, 1), touch(300, 2, 1)],
            outcomes: vec![outcome(0, 300), outcome(NOBODY, 300)],
            earlier: Vec::new(),
        }
    }

    fn parameters() -> Parameters {
        serde_json::from_value(serde_json::json!({
            "from": "2026-Q1", "until": "2026-Q1", "models": ["linear"], "by": "ACCOUNT", "source": "ACTIVITY_TYPE",
            "lookback_days": 1, "half_life_days": 7.0, "minimum_confidence": 0.8, "outcomes": ["UPGRADE"],
            "role_weights": { "REGISTERED": 0.5, "ATTENDED": 1.0 },
        }))
        .unwrap()
    }

    fn keys(kind: CreditSource, also: &[u32]) -> Vec<String> {
        let grouping = Grouping::of_met(&Met::of_history(&history(), 0), kind, &also.iter().copied().collect());
        grouping.sources.into_iter().map(|source| source.key).collect()
    }

    #[test]
    fn sources_are_what_was_met_or_cost_something() {
        assert_eq!(keys(CreditSource::ActivityType, &[]), ["meetup", "webinar"]);
        assert_eq!(keys(CreditSource::ActivityType, &[3]), ["gala", "meetup", "webinar"]);
        assert_eq!(keys(CreditSource::Activity, &[]), ["a1", "a2", "a3"]);
        assert_eq!(keys(CreditSource::Goal, &[3]), ["revenue"]);
        assert_eq!(keys(CreditSource::Channel, &[]), ["", "forum"]);
        let mut from_forum = history();
        from_forum.touches.remove(0);
        let channels = |also: &[u32]| {
            let met = Met::of_history(&from_forum, 0);
            Grouping::of_met(&met, CreditSource::Channel, &also.iter().copied().collect()).sources.len()
        };
        assert_eq!((channels(&[1]), channels(&[3])), (1, 2), "what nobody met cost no channel anything");
    }

    #[test]
    fn journeys_have_what_lies_within_the_window() {
        let history = history();
        let grouping = Grouping::of(&history, CreditSource::ActivityType);
        let journeys = grouping.journeys(&history, &parameters(), |outcome| outcome.amount).unwrap();
        assert_eq!((journeys.credited().count, journeys.uncredited().count, journeys.unconverted()), (1, 1, 0));
        let touches: Vec<u64> = journeys.activity().iter().map(|activity| activity.touches).collect();
        assert_eq!(touches, [1, 2]);
        let mut later = history;
        later.outcomes[0].at = 200 + 86_400;
        let journeys = grouping.journeys(&later, &parameters(), |outcome| outcome.amount).unwrap();
        let touches: Vec<u64> = journeys.activity().iter().map(|activity| activity.touches).collect();
        assert_eq!(touches, [1, 0], "a touch of exactly a day is too old");
    }

    #[test]
    fn what_led_to_an_earlier_outcome_was_not_met_in_vain() {
        let nulls = |earlier: &[i64]| {
            let mut history = history();
            history.outcomes.clear();
            history.earlier = earlier.iter().map(|at| Converted { unit: 0, at: *at }).collect();
            let grouping = Grouping::of(&history, CreditSource::ActivityType);
            let journeys = grouping.journeys(&history, &parameters(), |outcome| outcome.amount).unwrap();
            let touches: u64 = journeys.activity().iter().map(|activity| activity.touches).sum();
            (journeys.unconverted(), touches)
        };
        assert_eq!(nulls(&[]), (1, 3));
        assert_eq!(nulls(&[50]), (1, 3), "before anything was met");
        assert_eq!(nulls(&[50, 200]), (1, 1), "what was met since led to nothing");
        assert_eq!(nulls(&[300]), (0, 0));
    }

    #[test]
    fn whatever_changes_credits_changes_the_hash() {
        let parameters = parameters();
        let hash =
            |history: &History| Grouping::of(history, CreditSource::ActivityType).data_hash(history, &parameters);
        let usual = hash(&history());
        assert_eq!(usual, hash(&history()));
        let changes: [fn(&mut History); 9] = [
            |history| history.touches[0].at = 101,
            |history| history.touches[2].activity = 1,
            |history| history.touches[2].role = Role::Registered,
            |history| history.outcomes[0].amount = 10_001,
            |history| history.outcomes[0].lead_at = Some(0),
            |history| history.outcomes[0].is_replaced = true,
            |history| history.units[0] = Uuid::from_u128(8),
            |history| history.earlier.push(Converted { unit: 0, at: 1 }),
            |history| history.currency = "USD".parse().unwrap(),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut changed = history();
            change(&mut changed);
            assert_ne!(hash(&changed), usual, "change {number}");
        }
        let mut renamed = history();
        renamed.activities[0].name = "New name".to_owned();
        assert_eq!(hash(&renamed), usual, "a name is not credited with anything");
    }
}
