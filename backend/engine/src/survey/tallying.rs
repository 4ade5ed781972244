//! What an answer adds to the tallies and co-moments, and adding or taking it away in a transaction that the caller
//! opened.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::prelude::*;
use sea_orm::{Condition, DatabaseBackend};
use valuemap_shared::ids::{CommunityId, SurveyId, SurveyVersionId};
use valuemap_shared::survey::{
    Answer, AnswerDraft, Benefit, Cell, Correction, Subject, Submission, cells_of, corrections, pairs_of,
};
use valuemap_shared::value_map::CoMoment;

use crate::database::additions::{Addition, add};
use crate::database::statements::chunks;
use crate::survey::entities::{answer, co_moment, response, tally};
use crate::survey::store::{PublishedVersion, VersionCache};

/// What one answer adds, or what corrects that its member is counted more than once.
#[derive(Clone, Debug)]
pub struct Contribution {
    community_id: Uuid,
    version_id: Uuid,
    day: NaiveDate,
    /// Each with how many more are in it: one, or in a correction also one less.
    cells: Vec<(String, Cell, i64)>,
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
            cells: cells.into_iter().map(|(subject, cell)| (subject.to_string(), cell, 1)).collect(),
        }
    }

    /// What makes a member count once who gave these answers, in the order in which they were received; none where there
    /// is nothing to correct.
    pub fn corrections(answers: &[&Self]) -> Vec<Self> {
        let subject_of = |(subject, cell, _): &(String, Cell, i64)| Some((subject.parse().ok()?, *cell));
        let cells: Vec<Vec<(Subject, Cell)>> =
            answers.iter().map(|answer| answer.cells.iter().filter_map(subject_of).collect()).collect();
        let corrected = |(answer, correction): (&&Self, Correction)| {
            let cells = correction.cells.into_iter().map(|(subject, cell, count)| (subject.to_string(), cell, count));
            let pairs = correction.pairs.into_iter().map(|((pair, (first, second)), sign)| {
                let sums = CoMoment::of(first, second);
                (pair_name(pair), if sign < 0 { sums.negated() } else { sums })
            });
            Self { cells: cells.collect(), pairs: pairs.collect(), ..**answer }
        };
        let all = answers.iter().zip(corrections(&cells)).map(corrected);
        all.filter(|correction| !(correction.cells.is_empty() && correction.pairs.is_empty())).collect()
    }

    /// What takes it away again.
    pub fn negated(mut self) -> Self {
        self.cells.iter_mut().for_each(|(_, _, count)| *count = -*count);
        self.pairs.iter_mut().for_each(|(_, sums)| *sums = sums.negated());
        self
    }

    pub fn day(&self) -> NaiveDate {
        self.day
    }

    pub fn version_id(&self) -> Uuid {
        self.version_id
    }

    pub fn cells(&self) -> &[(String, Cell, i64)] {
        &self.cells
    }

    pub fn pairs(&self) -> &[(String, CoMoment)] {
        &self.pairs
    }
}

/// What a stored response adds to the tallies; `None` where it breaks the rules of its survey.
pub async fn contribution_of(
    db: &impl ConnectionTrait,
    versions: &VersionCache,
    response: &response::Model,
    answers: &[answer::Model],
) -> Result<Option<Contribution>, DbErr> {
    let survey = (CommunityId(response.community_id), SurveyId(response.survey_id));
    let Some(version) = versions.published(db, survey, SurveyVersionId(response.version_id)).await? else {
        return Ok(None);
    };
    let submission = Submission::parse(&version.definition, &drafts(answers)).ok();
    Ok(submission.map(|submission| Contribution::of(&version, response.day, &submission)))
}

pub fn unreadable(response: &response::Model) -> String {
    format!("response {} does not fit its survey version {}", response.id, response.version_id)
}

/// The answers as they were once sent.
fn drafts(answers: &[answer::Model]) -> Vec<AnswerDraft> {
    let draft = |row: &answer::Model| {
        let order = row.choice_order.clone().and_then(|order| serde_json::from_value(order).ok());
        let draft = AnswerDraft { question: row.question.clone(), order, ..AnswerDraft::default() };
        match serde_json::from_value(row.value.clone()) {
            Ok(Answer::Number(number)) => AnswerDraft { number: Some(i64::from(number)), ..draft },
            Ok(Answer::Text(text)) => AnswerDraft { text: Some(text), ..draft },
            Ok(Answer::Choices(choices)) => AnswerDraft { choices: Some(choices), ..draft },
            Err(_) => draft,
        }
    };
    answers.iter().map(draft).collect()
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
    delete_empty_cells(transaction, cells.into_keys()).await?;
    delete_empty_pairs(transaction, pairs.into_keys()).await
}

/// What answers contribute to the tallies and co-moments, to be added.
pub fn tallied(backend: DatabaseBackend, contributions: &[&Contribution]) -> Result<[Addition; 2], DbErr> {
    let (cells, pairs) = (cell_changes(contributions, Change::Add), pair_changes(contributions, Change::Add));
    Ok([cells_added(backend, &cells)?, pairs_added(backend, &pairs)?])
}

fn cell_changes<'a>(contributions: &[&'a Contribution], change: Change) -> BTreeMap<CellKey<'a>, i64> {
    let mut changes: BTreeMap<CellKey<'a>, i64> = BTreeMap::new();
    for Contribution { community_id, version_id, day, cells, .. } in contributions {
        for (subject, cell, count) in cells {
            let changed = changes.entry((*community_id, subject.as_str(), *day, *version_id, *cell)).or_default();
            *changed += if change == Change::Add { *count } else { -*count };
        }
    }
    changes.retain(|_, count| *count != 0);
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
    changes.retain(|_, sums| *sums != CoMoment::default());
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
    use co_moment::Column::{CommunityId, Count, Day, FirstSum, Pair, ProductSum, SecondSum, VersionId};
    // A correction may move sums and leave the count as it is.
    let empty = [Count, FirstSum, SecondSum, ProductSum].map(|column| column.eq(0));
    let empty = empty.into_iter().fold(Condition::all(), Condition::add);
    for keys in chunks(keys, 200) {
        let is = |(community_id, pair, day, version_id): PairKey<'_>| {
            Condition::all()
                .add(CommunityId.eq(community_id))
                .add(Pair.eq(pair))
                .add(Day.eq(day))
                .add(VersionId.eq(version_id))
        };
        let any = keys.into_iter().map(is).fold(Condition::any(), Condition::add);
        co_moment::Entity::delete_many().filter(any).filter(empty.clone()).exec(transaction).await?;
    }
    Ok(())
}
