//! What an answer adds to the tallies and co-moments, and adding or taking it away in a transaction that the caller
//! opened.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::prelude::*;
use sea_orm::{Condition, DatabaseBackend};
use valuemap_shared::survey::{Benefit, Cell, Submission, cells_of, pairs_of};
use valuemap_shared::value_map::CoMoment;

use crate::database::additions::{Addition, add};
use crate::database::statements::chunks;
use crate::survey::entities::{co_moment, tally};
use crate::survey::store::PublishedVersion;

/// What one answer adds.
#[derive(Debug)]
pub struct Contribution {
    community_id: Uuid,
    version_id: Uuid,
    day: NaiveDate,
    cells: Vec<(String, Cell)>,
    pairs: Vec<(String, CoMoment)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Add,
    Subtract,
}

type CellKey<'a> = (Uuid, &'a str, NaiveDate, Uuid, Cell);
type PairKey<'a> = (Uuid, &'a str, NaiveDate, Uuid);

impl Contribution {
    pub fn of(version: &PublishedVersion, day: NaiveDate, submission: &Submission) -> Self {
        let cells = cells_of(&version.definition, submission);
        let pairs =
            pairs_of(&cells).into_iter().map(|(pair, (first, second))| (pair_name(pair), CoMoment::of(first, second)));
        Self {
            community_id: version.community.0,
            version_id: version.id.0,
            day,
            pairs: pairs.collect(),
            cells: cells.into_iter().map(|(subject, cell)| (subject.to_string(), cell)).collect(),
        }
    }

    pub fn cells(&self) -> &[(String, Cell)] {
        &self.cells
    }

    pub fn pairs(&self) -> &[(String, CoMoment)] {
        &self.pairs
    }
}

/// How a pair of benefits is called in the database.
fn pair_name((first, second): (Benefit, Benefit)) -> String {
    format!("{first}:{second}")
}

/// Adds to the tallies and co-moments what answers contribute, or takes it away again.
pub async fn change_tallies(
    transaction: &impl ConnectionTrait,
    contributions: &[&Contribution],
    change: Change,
) -> Result<(), DbErr> {
    let (cells, pairs) = (cell_changes(contributions, change), pair_changes(contributions, change));
    let backend = transaction.get_database_backend();
    add(transaction, &[cells_added(backend, &cells)?, pairs_added(backend, &pairs)?]).await?;
    if change == Change::Subtract {
        delete_empty_cells(transaction, cells.into_keys()).await?;
        delete_empty_pairs(transaction, pairs.into_keys()).await?;
    }
    Ok(())
}

/// What answers contribute to the tallies and co-moments, to be added.
pub fn tallied(backend: DatabaseBackend, contributions: &[&Contribution]) -> Result<[Addition; 2], DbErr> {
    let (cells, pairs) = (cell_changes(contributions, Change::Add), pair_changes(contributions, Change::Add));
    Ok([cells_added(backend, &cells)?, pairs_added(backend, &pairs)?])
}

fn cell_changes<'a>(contributions: &[&'a Contribution], change: Change) -> BTreeMap<CellKey<'a>, i64> {
    let mut changes: BTreeMap<CellKey<'a>, i64> = BTreeMap::new();
    for Contribution { community_id, version_id, day, cells, .. } in contributions {
        for (subject, cell) in cells {
            let count = changes.entry((*community_id, subject.as_str(), *day, *version_id, *cell)).or_default();
            *count += if change == Change::Add { 1 } else { -1 };
        }
    }
    changes
}

fn pair_changes<'a>(contributions: &[&'a Contribution], change: Change) -> BTreeMap<PairKey<'a>, CoMoment> {
    let mut changes: BTreeMap<PairKey<'a>, CoMoment> = BTreeMap::new();
    for Contribution { community_id, version_id, day, pairs, .. } in contributions {
        for (pair, sums) in pairs {
            let sums = if change == Change::Add { *sums } else { sums.negated() };
            changes.entry((*community_id, pair.as_str(), *day, *version_id)).or_default().add(sums);
        }
    }
    changes
}

/// Rows in the order of their keys, so that two servers cannot deadlock.
fn cells_added(backend: DatabaseBackend, changes: &BTreeMap<CellKey<'_>, i64>) -> Result<Addition, DbErr> {
    let row = |((community_id, subject, day, version_id, cell), count): (&CellKey<'_>, &i64)| tally::Model {
        community_id: *community_id,
        subject: (*subject).to_owned(),
        day: *day,
        version_id: *version_id,
        points: i16::from(cell.points),
        answered: i16::from(cell.answered),
        total: i32::from(cell.total),
        count: *count,
    };
    Addition::summing::<tally::Entity>(backend, changes.iter().map(row).collect(), &[tally::Column::Count])
}

/// The same of pairs.
fn pairs_added(backend: DatabaseBackend, changes: &BTreeMap<PairKey<'_>, CoMoment>) -> Result<Addition, DbErr> {
    let row = |((community_id, pair, day, version_id), sums): (&PairKey<'_>, &CoMoment)| co_moment::Model {
        community_id: *community_id,
        pair: (*pair).to_owned(),
        day: *day,
        version_id: *version_id,
        count: sums.count,
        first_sum: sums.first_sum,
        second_sum: sums.second_sum,
        product_sum: sums.product_sum,
    };
    use co_moment::Column::{Count, FirstSum, ProductSum, SecondSum};
    let summed = [Count, FirstSum, SecondSum, ProductSum];
    Addition::summing::<co_moment::Entity>(backend, changes.iter().map(row).collect(), &summed)
}

/// A row of nothing would make its quarter look as if somebody had answered in it.
async fn delete_empty_cells<'a>(
    transaction: &impl ConnectionTrait,
    keys: impl Iterator<Item = CellKey<'a>>,
) -> Result<(), DbErr> {
    use tally::Column::{Answered, CommunityId, Count, Day, Points, Subject, Total, VersionId};
    for keys in chunks(keys, 200) {
        let is = |(community_id, subject, day, version_id, cell): CellKey<'_>| {
            Condition::all()
                .add(CommunityId.eq(community_id))
                .add(Subject.eq(subject))
                .add(Day.eq(day))
                .add(VersionId.eq(version_id))
                .add(Points.eq(i16::from(cell.points)))
                .add(Answered.eq(i16::from(cell.answered)))
                .add(Total.eq(i32::from(cell.total)))
        };
        let any = keys.into_iter().map(is).fold(Condition::any(), Condition::add);
        tally::Entity::delete_many().filter(any).filter(Count.eq(0)).exec(transaction).await?;
    }
    Ok(())
}

async fn delete_empty_pairs<'a>(
    transaction: &impl ConnectionTrait,
    keys: impl Iterator<Item = PairKey<'a>>,
) -> Result<(), DbErr> {
    use co_moment::Column::{CommunityId, Count, Day, Pair, VersionId};
    for keys in chunks(keys, 200) {
        let is = |(community_id, pair, day, version_id): PairKey<'_>| {
            Condition::all()
                .add(CommunityId.eq(community_id))
                .add(Pair.eq(pair))
                .add(Day.eq(day))
                .add(VersionId.eq(version_id))
        };
        let any = keys.into_iter().map(is).fold(Condition::any(), Condition::add);
        co_moment::Entity::delete_many().filter(any).filter(Count.eq(0)).exec(transaction).await?;
    }
    Ok(())
}
