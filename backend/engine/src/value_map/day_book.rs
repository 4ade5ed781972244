//! The sums of every day of a community: kept in the database, and summed up again where something changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use sea_orm::prelude::*;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::Element;
use valuemap_shared::value_map::model::Attribution;

use crate::activities::kept_sums::{PartyRange, SumKey};
use crate::database::Database;
use crate::value_map::active_members::ActiveSums;
use crate::value_map::customers::Customers;
use crate::value_map::day_keeping::keep_aside;
use crate::value_map::day_reader::{DayReader, spans};
use crate::value_map::day_sums::{ByDay, DaySums};
use crate::value_map::days::Span;
use crate::value_map::kept::{Kept, Known, Sum};
use crate::value_map::summing_up::SummingUp;

/// All days of a community, summed up.
#[derive(Debug, Default)]
pub struct DayBook {
    known: BTreeMap<SumKey, Known>,
    pub days: ByDay,
    active: BTreeMap<Quarter, ActiveSums>,
    customers: Arc<Customers>,
}

impl DayBook {
    /// The day of the first outcome in money.
    pub fn first_paid(&self) -> Option<NaiveDate> {
        self.days.iter().find(|(_, day)| !day.outcomes.is_empty()).map(|(day, _)| *day)
    }

    /// The day of the first support case.
    pub fn first_case(&self) -> Option<NaiveDate> {
        self.days.iter().find(|(_, day)| day.cases > 0).map(|(day, _)| *day)
    }

    /// How many outcomes and refunds of an element there are on the days of a span that have any.
    pub fn outcomes_of(&self, element: Element, span: Span) -> impl Iterator<Item = (NaiveDate, u64)> {
        let of_day = move |(day, sums): (&NaiveDate, &Arc<DaySums>)| Some((*day, sums.outcomes.get(&element)?.rows));
        self.days.range(span.first..=span.last).filter_map(of_day)
    }

    /// How many members were active in the first days of a quarter or a month.
    pub fn active_members(&self, span: Span) -> u64 {
        let quarter = Quarter::containing(span.first);
        self.active.get(&quarter).map_or(0, |sums| sums.members(quarter, span))
    }

    pub fn customers(&self) -> &Customers {
        &self.customers
    }

    /// Reads what is kept, but for what is in an earlier book and still true, and sums up the rest.
    pub async fn read(
        database: &Database,
        (community, attribution): (CommunityId, &Attribution),
        before: Option<Arc<Self>>,
        progress: &SummingUp,
    ) -> Result<Self, DbErr> {
        let snapshot = database.begin_snapshot().await?;
        let reader = DayReader::of(&snapshot, community, attribution).await?;
        let before = before.map(|before| before.known.clone()).unwrap_or_default();
        let mut kept = Kept::read(&reader, before).await?;
        keep_aside(database, community, kept.unkept(&reader));
        // Piece by piece, so that what is broken off goes on where it was.
        let (missing, missing_active) = (kept.missing_days(), kept.missing_active());
        let (known, of) = kept.progress();
        progress.begin(known, of);
        for span in spans(&missing) {
            let summed = reader.sum_up(span, &missing).await?;
            progress.add(summed.len());
            let sums = summed.into_iter().map(|(day, sums)| (SumKey::of_day(day), Sum::Day(sums.into())));
            keep_aside(database, community, kept.add(&reader, sums));
        }
        for (quarter, ranges) in missing_active {
            let mut counted = reader.count_active(quarter, &ranges).await?;
            let mut sum = |range: &PartyRange| Sum::Active(counted.remove(range).unwrap_or_default().into());
            let sums: Vec<(SumKey, Sum)> =
                ranges.iter().map(|range| (SumKey::of_active(quarter, *range), sum(range))).collect();
            progress.add(sums.len());
            keep_aside(database, community, kept.add(&reader, sums));
        }
        if kept.lacks(SumKey::CUSTOMERS) {
            let sum = Sum::Customers(reader.customers().await?.into());
            keep_aside(database, community, kept.add(&reader, [(SumKey::CUSTOMERS, sum)]));
        }
        snapshot.rollback().await?;
        Ok(kept.into_known().into())
    }
}

impl From<BTreeMap<SumKey, Known>> for DayBook {
    fn from(known: BTreeMap<SumKey, Known>) -> Self {
        let mut book = Self::default();
        for (key, Known { sum, .. }) in &known {
            match sum {
                Sum::Day(sums) => _ = book.days.insert(key.day, sums.clone()),
                Sum::Active(sums) => book.active.entry(Quarter::containing(key.day)).or_default().add(sums),
                Sum::Customers(customers) => book.customers = customers.clone(),
            }
        }
        Self { known, ..book }
    }
}
