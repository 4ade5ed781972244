//! What was met in some quarters and in the look-back window before them: the same from the records and from days that are
//! summed up.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::attribution::history::{ActivityFacts, History};
use crate::value_map::kept_credits::CreditsByDay;

#[derive(Debug)]
pub struct Met {
    /// All of the community, by their ids.
    pub activities: Vec<ActivityFacts>,
    /// Where touches came from, in order; `None` is first.
    pub channels: Vec<Option<String>>,
    pub sources: Vec<MetSource>,
}

/// An activity was met, by way of a channel. The numbers are indexes into the lists of [`Met`].
#[derive(Debug, Default)]
pub struct MetSource {
    pub activity: u32,
    pub channel: u32,
    /// How often, the look-back window included.
    pub touches: u64,
    /// In the quarters themselves.
    pub touches_in_quarters: u64,
    /// The members or accounts that took part in the quarters.
    pub participants: HashSet<Uuid>,
}

type Sources = BTreeMap<(u32, u32), MetSource>;

fn source(sources: &mut Sources, (activity, channel): (u32, u32)) -> &mut MetSource {
    sources.entry((activity, channel)).or_insert_with(|| MetSource { activity, channel, ..MetSource::default() })
}

impl Met {
    /// `first` is the first moment of the quarters, in seconds since 1970.
    pub fn of_history(history: &History, first: i64) -> Self {
        let mut sources = Sources::new();
        for touch in history.touches.iter().filter(|touch| !touch.is_shared) {
            let met = source(&mut sources, (touch.activity, touch.channel));
            met.touches += 1;
            if touch.at >= first {
                met.touches_in_quarters += 1;
                if touch.role.is_participation() {
                    met.participants.insert(history.units[touch.unit as usize]);
                }
            }
        }
        let (activities, channels) = (history.activities.clone(), history.channels.clone());
        Self { activities, channels, sources: sources.into_values().collect() }
    }

    /// `first` is the first day of the quarters.
    pub fn of_days(activities: Vec<ActivityFacts>, days: &CreditsByDay, first: NaiveDate) -> Self {
        let named: BTreeSet<&Option<String>> = days.values().flat_map(|day| &day.channels).collect();
        let channels: BTreeSet<Option<String>> = named.into_iter().cloned().chain([None]).collect();
        let mut met = Self { activities, channels: channels.into_iter().collect(), sources: Vec::new() };
        let mut sources = Sources::new();
        let indexes = met.indexes();
        for (day, credits) in days {
            let numbers = indexes.of(&credits.activities, &credits.channels);
            for of_day in &credits.met {
                let Some(key) = numbers.source(of_day.activity, of_day.channel) else { continue };
                let met = source(&mut sources, key);
                met.touches += of_day.touches;
                if *day >= first {
                    met.touches_in_quarters += of_day.touches;
                    met.participants.extend(&of_day.participants);
                }
            }
        }
        met.sources = sources.into_values().collect();
        met
    }

    pub fn indexes(&self) -> Indexes<'_> {
        let activities = self.activities.iter().map(|facts| facts.id).zip(0..).collect();
        Indexes { activities, channels: self.channels.iter().zip(0..).collect() }
    }
}

/// Where activities and channels stand in the lists of [`Met`].
pub struct Indexes<'a> {
    activities: HashMap<Uuid, u32>,
    channels: HashMap<&'a Option<String>, u32>,
}

/// The same for the activities and channels of a day, by their indexes in it.
pub struct IndexesOfDay {
    activities: Vec<Option<u32>>,
    channels: Vec<Option<u32>>,
}

impl Indexes<'_> {
    pub fn of(&self, activities: &[Uuid], channels: &[Option<String>]) -> IndexesOfDay {
        IndexesOfDay {
            activities: activities.iter().map(|id| self.activities.get(id).copied()).collect(),
            channels: channels.iter().map(|channel| self.channels.get(channel).copied()).collect(),
        }
    }
}

impl IndexesOfDay {
    pub fn source(&self, activity: u32, channel: u32) -> Option<(u32, u32)> {
        let at = |list: &[Option<u32>], index: u32| list.get(index as usize).copied().flatten();
        at(&self.activities, activity).zip(at(&self.channels, channel))
    }
}
