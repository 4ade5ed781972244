//! The sums of every day of a community: kept in the database, and summed up again where something changed.
//!
//! Who changes what a day is summed up from gives it another mark in the same transaction ([`ChangedDays`]). A sum is
//! kept under the mark that it was read under, in one snapshot, and only as long as that is the day's mark: a kept sum
//! is never out of date.
//!
//! [`ChangedDays`]: crate::activities::changed_days::ChangedDays

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sea_orm::prelude::*;
use serde_json::json;
use uuid::Uuid;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::Attribution;

use crate::activities::entities::{tracked_day, tracked_quarter};
use crate::base::digests::sha_256;
use crate::database::Database;
use crate::scoring_models::store::{StoredModel, models_of};
use crate::value_map::day_keeping::{Fresh, keep_aside};
use crate::value_map::day_reader::{DayReader, FirstActive, spans};
use crate::value_map::day_sums::{ByDay, DaySums};

/// All days of a community, summed up.
#[derive(Debug, Default)]
pub struct DayBook {
    pub days: ByDay,
    /// Of each quarter that anything is recorded of, how many members were active for the first time in it, by day.
    pub first_active: BTreeMap<Quarter, FirstActive>,
}

impl DayBook {
    /// The day of the first outcome in money.
    pub fn first_paid(&self) -> Option<NaiveDate> {
        self.days.iter().find(|(_, day)| !day.outcomes.is_empty()).map(|(day, _)| *day)
    }

    pub async fn read(database: &Database, community: CommunityId, attribution: &Attribution) -> Result<Self, DbErr> {
        let snapshot = database.begin_snapshot().await?;
        let reader = DayReader::of(&snapshot, community, attribution).await?;
        let Kept { mut days, marks, settings, quarters: mut first_active } = Kept::read(&reader).await?;
        let missing: BTreeSet<NaiveDate> = marks.keys().filter(|day| !days.contains_key(day)).copied().collect();
        for span in spans(&missing) {
            let summed = reader.sum_up(span, &missing).await?;
            if let Some(settings) = &settings {
                // Piece by piece, so that what is broken off goes on where it was.
                let fresh = |(day, sums): (&NaiveDate, &DaySums)| {
                    let basis = settings.basis_of(&reader, *day);
                    Some(marks.get(day)?.fresh(community, *day, (basis, sums)))
                };
                keep_aside(database, community, Fresh::Days(summed.iter().filter_map(fresh).collect()));
            }
            days.extend(summed);
        }
        let mut fresh = Vec::new();
        for (quarter, marks) in digests(&reader, &marks) {
            if let Entry::Vacant(unknown) = first_active.entry(quarter) {
                let by_day = reader.count_active(quarter).await?;
                let (community_id, first_day, body) = (community.0, quarter.first_day(), json!(by_day));
                fresh.push(tracked_quarter::Model { community_id, first_day, marks, body });
                unknown.insert(by_day);
            }
        }
        snapshot.rollback().await?;
        keep_aside(database, community, Fresh::Quarters(fresh));
        Ok(Self { days, first_active })
    }
}

/// To be counted up by who changes how days are summed up.
const VERSION: u32 = 1;

/// What the kept figures of a day are valid for.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    sums: Uuid,
    active: Uuid,
}

/// Of each day that anything is recorded of.
pub type Marks = BTreeMap<NaiveDate, Mark>;

impl Mark {
    fn fresh(&self, community: CommunityId, day: NaiveDate, (basis, sums): (String, &DaySums)) -> tracked_day::Model {
        let Self { sums: mark, active } = *self;
        let (basis, body) = (Some(basis), Some(json!(sums)));
        tracked_day::Model { community_id: community.0, day, mark, active, basis, body }
    }
}

/// What days are summed up with, but for the rates of a day.
#[derive(Debug)]
pub struct Settings(String);

impl Settings {
    /// `None` where the newest scoring model credits otherwise: days are marked by its look-back window, so that what others
    /// sum up is not kept, and neither is what was kept before it.
    async fn of<C: ConnectionTrait>(reader: &DayReader<'_, C>) -> Result<Option<Self>, DbErr> {
        let models = models_of(reader.snapshot, reader.community).await?;
        let credits_so = |stored: &&StoredModel| stored.model.financial.attribution == *reader.attribution;
        let since = models.iter().take_while(credits_so).last().map(|stored| stored.model.version);
        Ok(since.map(|since| Self(format!("{VERSION} {since} {:?} {}", reader.attribution, reader.exchange.own))))
    }

    /// A digest of them, and of the rates of a day.
    fn basis_of<C>(&self, reader: &DayReader<'_, C>, day: NaiveDate) -> String {
        sha_256(format!("{} {:?}", self.0, reader.exchange.rates_on(day)).as_bytes())
    }
}

/// What is kept and up to date.
pub struct Kept {
    pub days: ByDay,
    pub quarters: BTreeMap<Quarter, FirstActive>,
    /// Of all days, whether they are kept or not.
    pub marks: Marks,
    /// `None` where nothing may be kept.
    settings: Option<Settings>,
}

impl Kept {
    pub async fn read<C: ConnectionTrait>(reader: &DayReader<'_, C>) -> Result<Self, DbErr> {
        let settings = Settings::of(reader).await?;
        let (mut days, mut marks) = (ByDay::new(), Marks::new());
        let kept = tracked_day::Entity::find().filter(tracked_day::Column::CommunityId.eq(reader.community.0));
        for row in kept.all(reader.snapshot).await? {
            marks.insert(row.day, Mark { sums: row.mark, active: row.active });
            let is_current =
                settings.as_ref().is_some_and(|settings| row.basis == Some(settings.basis_of(reader, row.day)));
            let body = row.body.filter(|_| is_current);
            if let Some(sums) = body.and_then(|body| serde_json::from_value(body).ok()) {
                days.insert(row.day, sums);
            }
        }
        let quarters = kept_quarters(reader, &marks).await?;
        Ok(Self { days, quarters, marks, settings })
    }
}

async fn kept_quarters<C: ConnectionTrait>(
    reader: &DayReader<'_, C>,
    marks: &Marks,
) -> Result<BTreeMap<Quarter, FirstActive>, DbErr> {
    let marks = digests(reader, marks);
    let kept = tracked_quarter::Entity::find().filter(tracked_quarter::Column::CommunityId.eq(reader.community.0));
    let of_row = |row: tracked_quarter::Model| {
        let quarter = Quarter::containing(row.first_day);
        let is_current = marks.get(&quarter).is_some_and(|marks| *marks == row.marks);
        if is_current { Some((quarter, serde_json::from_value(row.body).ok()?)) } else { None }
    };
    Ok(kept.all(reader.snapshot).await?.into_iter().filter_map(of_row).collect())
}

/// Each quarter with a digest of the marks of its days, under which its first activities are kept.
fn digests<C>(reader: &DayReader<'_, C>, marks: &Marks) -> BTreeMap<Quarter, String> {
    let quarters: BTreeSet<Quarter> = marks.keys().copied().map(Quarter::containing).collect();
    let digest = |quarter: Quarter| {
        let of_quarter = marks.range(quarter.first_day()..=quarter.last_day());
        let of_quarter: Vec<_> = of_quarter.map(|(day, mark)| (day, mark.active)).collect();
        let told = json!([VERSION, reader.attribution.minimum_confidence, of_quarter]);
        (quarter, sha_256(told.to_string().as_bytes()))
    };
    quarters.into_iter().map(digest).collect()
}
