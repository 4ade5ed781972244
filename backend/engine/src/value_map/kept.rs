//! What of a community's sums is known: kept in the database, or in an earlier book, and up to date.
//!
//! Who changes what a sum is made of gives it another mark in the same transaction ([`ChangedDays`]). A sum is kept under
//! the mark that it was read under, in one snapshot, and only as long as that is its mark: a kept sum is never out of date.
//!
//! [`ChangedDays`]: crate::activities::changed_days::ChangedDays

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::NaiveDate;
use sea_orm::prelude::*;
use sea_orm::{Condition, QuerySelect};
use uuid::Uuid;
use valuemap_shared::calendar::Quarter;

use crate::activities::entities::kept_sum;
use crate::activities::kept_sums::{PartyRange, SumKey, Summed};
use crate::base::digests::sha_256;
use crate::database::statements::Reads;
use crate::scoring_models::store::{StoredModel, models_of};
use crate::value_map::active_members::ActiveSums;
use crate::value_map::customers::Customers;
use crate::value_map::day_reader::DayReader;
use crate::value_map::day_sums::DaySums;

/// A sum, with what it was summed up under and with.
#[derive(Clone, Debug)]
pub struct Known {
    mark: Uuid,
    basis: Arc<str>,
    pub sum: Sum,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Sum {
    Day(Arc<DaySums>),
    Active(Arc<ActiveSums>),
    Customers(Arc<Customers>),
}

impl Sum {
    fn parse(key: SumKey, text: &str) -> Option<Self> {
        Some(match key.of() {
            Summed::Day(_) => Self::Day(serde_json::from_str(text).ok()?),
            Summed::Active(..) => Self::Active(serde_json::from_str(text).ok()?),
            Summed::Customers => Self::Customers(serde_json::from_str(text).ok()?),
            Summed::Credits(_) => return None,
        })
    }

    fn to_text(&self) -> Option<String> {
        let text = match self {
            Self::Day(sums) => serde_json::to_string(sums),
            Self::Active(sums) => serde_json::to_string(sums),
            Self::Customers(customers) => serde_json::to_string(customers),
        };
        text.ok()
    }
}

/// To be counted up by who changes how anything is summed up.
const VERSION: u32 = 2;

/// What is summed up with.
#[derive(Debug)]
pub struct Settings {
    /// Of days, but for the rates of a day.
    days: String,
    /// Digests of them, each with the rates of a day.
    with_rates: Mutex<HashMap<String, Arc<str>>>,
    /// Of who was active, and of customers.
    others: Arc<str>,
    /// Days are marked by the look-back window of the newest scoring model: where that one credits otherwise, what is summed
    /// up is not kept, and what was kept before it is not used.
    pub are_of_newest: bool,
}

impl Settings {
    pub async fn of<C: Reads>(reader: &DayReader<'_, C>) -> Result<Self, DbErr> {
        let models = models_of(reader.snapshot, reader.community).await?;
        let credits_so = |stored: &&StoredModel| stored.model.financial.attribution == *reader.attribution;
        let since = models.iter().take_while(credits_so).last().map(|stored| stored.model.version);
        let days = format!("{VERSION} {since:?} {:?} {}", reader.attribution, reader.exchange.own);
        let others = sha_256(format!("{VERSION} {}", reader.attribution.minimum_confidence).as_bytes());
        let (with_rates, others) = (Mutex::default(), others.into());
        Ok(Self { days, with_rates, others, are_of_newest: since.is_some() })
    }

    /// A digest of them.
    pub fn basis<C>(&self, reader: &DayReader<'_, C>, key: SumKey) -> Arc<str> {
        match key.of() {
            Summed::Day(day) | Summed::Credits(day) => {
                let rates = format!("{:?}", reader.exchange.rates_on(day));
                let mut digests = self.with_rates.lock().unwrap_or_else(PoisonError::into_inner);
                let digest = |rates: &String| sha_256(format!("{} {rates}", self.days).as_bytes()).into();
                digests.entry(rates).or_insert_with_key(digest).clone()
            }
            Summed::Active(..) | Summed::Customers => self.others.clone(),
        }
    }
}

/// What is known and up to date.
pub struct Kept {
    known: BTreeMap<SumKey, Known>,
    /// Of all that can be kept, whether it is or not.
    marks: BTreeMap<SumKey, Uuid>,
    /// What is known and was not kept: another transaction was at it.
    unkept: Vec<SumKey>,
    settings: Settings,
}

/// From so many sums on, all are read.
const MANY: usize = 50;

impl Kept {
    pub async fn of<C: Reads>(reader: &DayReader<'_, C>) -> Result<Self, DbErr> {
        Self::read(reader, BTreeMap::new()).await
    }

    /// With what was known before, as far as it is still true.
    pub async fn read<C: Reads>(reader: &DayReader<'_, C>, before: BTreeMap<SumKey, Known>) -> Result<Self, DbErr> {
        use kept_sum::Column::{Basis, Body, CommunityId, Day, Mark, Part};
        let settings = Settings::of(reader).await?;
        let mut kept = Self { known: before, marks: BTreeMap::new(), unkept: Vec::new(), settings };
        let of_community = || {
            let rows = kept_sum::Entity::find().select_only().filter(CommunityId.eq(reader.community.0));
            rows.filter(Part.ne(SumKey::CREDITS))
        };
        let rows = of_community().columns([Day, Part, Mark, Basis]).into_tuple();
        let rows: Vec<(NaiveDate, i16, Uuid, Option<String>)> = rows.all(reader.snapshot).await?;
        let mut to_read = BTreeMap::new();
        for (day, part, mark, of_row) in rows {
            let (key, basis) = (SumKey { day, part }, kept.settings.basis(reader, SumKey { day, part }));
            kept.marks.insert(key, mark);
            // Nobody marks days by the window of another model than the newest, so that they may have changed unmarked.
            let is_marked = kept.settings.are_of_newest || !matches!(key.of(), Summed::Day(_));
            let is_same = |known: &Known| known.mark == mark && known.basis == basis;
            let is_known = is_marked && kept.known.get(&key).is_some_and(is_same);
            let is_kept = of_row.as_deref() == Some(&*basis);
            if is_known && !is_kept {
                kept.unkept.push(key);
            }
            if !is_known {
                kept.known.remove(&key);
                if is_kept && kept.settings.are_of_newest {
                    to_read.insert(key, basis);
                }
            }
        }
        let marks = &kept.marks;
        kept.known.retain(|key, _| marks.contains_key(key));
        let mut bodies = of_community().columns([Day, Part, Body]).filter(Body.is_not_null());
        if to_read.len() < MANY {
            let is = |key: &SumKey| Condition::all().add(Day.eq(key.day)).add(Part.eq(key.part));
            bodies = bodies.filter(to_read.keys().fold(Condition::any(), |any, key| any.add(is(key))));
        }
        let bodies: Vec<(NaiveDate, i16, String)> =
            if to_read.is_empty() { Vec::new() } else { bodies.into_tuple().all(reader.snapshot).await? };
        for (day, part, body) in bodies {
            let key = SumKey { day, part };
            let known = to_read.remove(&key).and_then(|basis| Some((basis, Sum::parse(key, &body)?)));
            if let Some(((basis, sum), mark)) = known.zip(kept.marks.get(&key).copied()) {
                kept.known.insert(key, Known { mark, basis, sum });
            }
        }
        Ok(kept)
    }

    /// Rows of what is known and was not kept.
    pub fn unkept<C>(&self, reader: &DayReader<'_, C>) -> Vec<kept_sum::Model> {
        self.rows(reader, self.unkept.iter().copied())
    }

    /// How many sums are known, of how many that there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.known.len(), self.marks.len())
    }

    pub fn into_known(self) -> BTreeMap<SumKey, Known> {
        self.known
    }

    /// Whether it is among what is summed up.
    pub fn has(&self, key: SumKey) -> bool {
        self.marks.contains_key(&key)
    }

    pub fn lacks(&self, key: SumKey) -> bool {
        self.has(key) && !self.known.contains_key(&key)
    }

    pub fn sum(&self, key: SumKey) -> Option<&Sum> {
        self.known.get(&key).map(|known| &known.sum)
    }

    pub fn days(&self) -> BTreeSet<NaiveDate> {
        let day = |key: &SumKey| if let Summed::Day(day) = key.of() { Some(day) } else { None };
        self.known.keys().filter_map(day).collect()
    }

    pub fn missing_days(&self) -> BTreeSet<NaiveDate> {
        let day = |key: &SumKey| if let Summed::Day(day) = key.of() { Some(day) } else { None };
        self.marks.keys().filter(|key| self.lacks(**key)).filter_map(day).collect()
    }

    pub fn missing_active(&self) -> BTreeMap<Quarter, BTreeSet<PartyRange>> {
        let mut missing: BTreeMap<Quarter, BTreeSet<PartyRange>> = BTreeMap::new();
        for key in self.marks.keys().filter(|key| self.lacks(**key)) {
            if let Summed::Active(quarter, range) = key.of() {
                missing.entry(quarter).or_default().insert(range);
            }
        }
        missing
    }

    /// Takes over what was summed up, and makes rows of it.
    pub fn add<C>(
        &mut self,
        reader: &DayReader<'_, C>,
        sums: impl IntoIterator<Item = (SumKey, Sum)>,
    ) -> Vec<kept_sum::Model> {
        let mut added = Vec::new();
        for (key, sum) in sums {
            if let Some(mark) = self.marks.get(&key).copied() {
                self.known.insert(key, Known { mark, basis: self.settings.basis(reader, key), sum });
                added.push(key);
            }
        }
        self.rows(reader, added)
    }

    /// Rows of what is known, under the marks that it was read under; none where they may not be kept.
    fn rows<C>(&self, reader: &DayReader<'_, C>, keys: impl IntoIterator<Item = SumKey>) -> Vec<kept_sum::Model> {
        let row = |key: SumKey| {
            let Known { mark, basis, sum } = self.known.get(&key).filter(|_| self.settings.are_of_newest)?;
            let (SumKey { day, part }, basis, body) = (key, Some(basis.to_string()), sum.to_text());
            Some(kept_sum::Model { community_id: reader.community.0, day, part, mark: *mark, basis, body })
        };
        keys.into_iter().filter_map(row).collect()
    }
}
