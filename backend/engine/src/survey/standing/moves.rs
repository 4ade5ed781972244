//! Moves answers from one standing to another, together with the tallies, in transactions of bounded size.

use std::collections::{BTreeMap, HashMap};

use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{Condition, QueryOrder, QuerySelect};

use crate::base::commits::{Part, Touches};
use crate::database::author::Author;
use crate::database::{Database, Transaction, WriteError};
use crate::survey::entities::response;
use crate::survey::entities::response::{Column, Standing};
use crate::survey::respondents::{corrections, respondents_of};
use crate::survey::standing::selection::{Decision, Selection};
use crate::survey::store::{VersionCache, with_answers};
use crate::survey::tallying::{Change, Contribution, change_tallies, contribution_of, unreadable};

/// Answers in one transaction: a statement takes only so many parameters, and members who submit wait for it.
const BATCH: u64 = 500;

/// A decision that is carried out batch by batch. Stopped at any time, the figures are those of what has been moved.
#[derive(Debug)]
pub struct Move {
    selection: Selection,
    from: Vec<Standing>,
    to: Standing,
    /// The last response that was looked at.
    after: Option<(Uuid, Uuid)>,
}

impl Move {
    pub fn new(selection: Selection, decision: Decision, from: &[Standing]) -> Self {
        Self { selection, from: from.to_vec(), to: decision.standing(), after: None }
    }

    /// Moves the next answers and says how many, or `None` where no more are left. It may be none at all where somebody
    /// else moved them first.
    pub async fn next_batch(
        &mut self,
        database: &Database,
        author: &Author,
        versions: &VersionCache,
    ) -> Result<Option<u64>, WriteError> {
        let community = self.selection.community();
        let touches = community.map_or(Touches::NOTHING, |community| Touches::one(community, Part::Standings));
        let moved = database
            .write_some(author, touches, async |transaction| self.move_next(transaction, versions).await)
            .await?;
        Ok(moved.map(|(moved, last)| {
            self.after = last.or(self.after);
            moved
        }))
    }

    /// How many were moved, and the last of them.
    async fn move_next(
        &self,
        transaction: &Transaction,
        versions: &VersionCache,
    ) -> Result<Option<(u64, Option<(Uuid, Uuid)>)>, DbErr> {
        let rows = self.lock_next(transaction).await?;
        let Some(last) = rows.last() else {
            let more = response::Entity::find().filter(self.condition()).one(transaction).await?;
            return Ok(more.map(|_| (0, None)));
        };
        let last = (last.survey_id, last.id);
        self.set_standing(transaction, &rows).await?;
        let moved = rows.len() as u64;
        if let Some(change) = self.change() {
            let corrections = corrections_of_moved(transaction, &rows).await?;
            let contributions = contributions(transaction, versions, rows).await?;
            change_tallies(transaction, &contributions.iter().collect::<Vec<_>>(), change).await?;
            change_tallies(transaction, &corrections.iter().collect::<Vec<_>>(), Change::Add).await?;
        }
        Ok(Some((moved, Some(last))))
    }

    /// How many answers are still to be moved.
    pub async fn left(&self, db: &impl ConnectionTrait) -> Result<u64, DbErr> {
        response::Entity::find().filter(self.selection.condition(&self.from)).count(db).await
    }

    /// What becomes of the tallies. What is moved from is either all counted or all not.
    fn change(&self) -> Option<Change> {
        match (self.from.contains(&Standing::Counted), self.to == Standing::Counted) {
            (true, false) => Some(Change::Subtract),
            (false, true) => Some(Change::Add),
            _ => None,
        }
    }

    fn condition(&self) -> Condition {
        let behind = self.after.map(|(survey, id)| {
            Expr::tuple([Expr::col(Column::SurveyId), Expr::col(Column::Id)])
                .gt(Expr::tuple([Expr::val(survey), Expr::val(id)]))
        });
        self.selection.condition(&self.from).add_option(behind)
    }

    /// Locked in the order of their keys, so that two moves cannot deadlock. SQLite has one writer, and this is it.
    async fn lock_next(&self, transaction: &impl ConnectionTrait) -> Result<Vec<response::Model>, DbErr> {
        response::Entity::find()
            .filter(self.condition())
            .order_by_asc(Column::CommunityId)
            .order_by_asc(Column::SurveyId)
            .order_by_asc(Column::Id)
            .limit(BATCH)
            .lock_exclusive()
            .all(transaction)
            .await
    }

    async fn set_standing(&self, transaction: &impl ConnectionTrait, rows: &[response::Model]) -> Result<(), DbErr> {
        let mut surveys: BTreeMap<(Uuid, Uuid), Vec<Uuid>> = BTreeMap::new();
        for row in rows {
            surveys.entry((row.community_id, row.survey_id)).or_default().push(row.id);
        }
        for ((community, survey), ids) in surveys {
            let moved = response::ActiveModel { standing: Set(self.to), ..Default::default() };
            response::Entity::update_many()
                .set(moved)
                .filter(Column::CommunityId.eq(community))
                .filter(Column::SurveyId.eq(survey))
                .filter(Column::Id.is_in(ids))
                .exec(transaction)
                .await?;
        }
        Ok(())
    }
}

/// What keeps members counted once whose answers to several surveys were moved. The rows are as they were before.
async fn corrections_of_moved(
    transaction: &impl ConnectionTrait,
    rows: &[response::Model],
) -> Result<Vec<Contribution>, DbErr> {
    let before: HashMap<(Uuid, Uuid), Standing> =
        rows.iter().map(|row| ((row.survey_id, row.id), row.standing)).collect();
    let counted_before =
        |row: &response::Model| *before.get(&(row.survey_id, row.id)).unwrap_or(&row.standing) == Standing::Counted;
    let respondents = respondents_of(transaction, rows).await?;
    corrections(transaction, &respondents, &HashMap::new(), counted_before).await
}

async fn contributions(
    transaction: &impl ConnectionTrait,
    versions: &VersionCache,
    rows: Vec<response::Model>,
) -> Result<Vec<Contribution>, DbErr> {
    let mut contributions = Vec::with_capacity(rows.len());
    for (response, answers) in with_answers(transaction, rows).await? {
        let contribution = contribution_of(transaction, versions, &response, &answers).await?;
        contributions.push(contribution.ok_or_else(|| DbErr::Custom(unreadable(&response)))?);
    }
    Ok(contributions)
}
