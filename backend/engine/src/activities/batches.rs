//! Batches: rows of a file that are stored piece by piece, so that others can write between, and that nobody sees until
//! all are there.
//!
//! Every entity of what is tracked is a view of its table without the rows of batches that are open. A new row is stored
//! with the id of its batch; what would replace a row that is seen waits in a staged table. To publish is to put what is
//! staged in its place and to close the batch, in one transaction. A batch whose importer is gone is swept: its rows are
//! deleted, piece by piece. A community has one open batch at a time.
//!
//! Others may record the same meanwhile, and what they record is seen at once and stands: what the batch said of that row is
//! gone.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::prelude::*;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{Condition, Iterable, Order};
use uuid::Uuid;
use valuemap_shared::ids::CommunityId;

use crate::activities::entities::{
    activity, activity_type, contribution, cost_line, identity_link, observation, open_batch, outcome, party,
    support_case, touchpoint,
};
use crate::database::statements::{all_set, replacing_all_but};

/// An importer that was not heard of for so long is gone.
const GONE: TimeDelta = TimeDelta::seconds(30);
/// So many rows are looked through for those of a batch, and deleted, at a time.
const SWEPT: u64 = 2_000;
/// What views and tables of what is staged are called, before the name of their table.
const VIEW: &str = "published_";
const STAGED: &str = "staged_";
/// What a staged row replaces.
const REPLACED_HASH: &str = "replaced_hash";

/// The table that an entity is the view of.
pub(super) fn table_of<E: EntityTrait>() -> Alias {
    Alias::new(name_of::<E>())
}

/// Where rows wait that are going to replace others of an entity.
pub(super) fn staged_of<E: EntityTrait>() -> Alias {
    Alias::new(format!("{STAGED}{}", name_of::<E>()))
}

fn name_of<E: EntityTrait>() -> &'static str {
    let view = E::default().table_name();
    view.strip_prefix(VIEW).unwrap_or(view)
}

/// A batch that is being loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenBatch {
    pub community: CommunityId,
    pub id: Uuid,
}

/// Whether a batch could be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    Opened(OpenBatch),
    /// Another is being loaded.
    Taken,
    /// Another was left behind, and is to be swept first.
    LeftBehind(OpenBatch),
}

impl OpenBatch {
    /// Opens a batch. The community has to be locked.
    pub async fn open(
        transaction: &impl ConnectionTrait,
        (community, id): (CommunityId, Uuid),
        now: DateTime<Utc>,
    ) -> Result<Opening, DbErr> {
        if let Some(row) = open_batch::Entity::find_by_id(community.0).one(transaction).await? {
            let is_gone = row.is_swept || row.alive_at < now - GONE;
            let other = Self { community, id: row.batch_id };
            return Ok(if is_gone { Opening::LeftBehind(other) } else { Opening::Taken });
        }
        let row = open_batch::Model { community_id: community.0, batch_id: id, alive_at: now, is_swept: false };
        let insert = open_batch::Entity::insert(all_set::<open_batch::ActiveModel>(row));
        insert.exec_without_returning(transaction).await?;
        Ok(Opening::Opened(Self { community, id }))
    }

    /// The batches of all communities that were left behind.
    pub async fn left_behind(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Self>, DbErr> {
        let rows = open_batch::Entity::find().all(db).await?;
        let gone = rows.into_iter().filter(|row| row.is_swept || row.alive_at < now - GONE);
        Ok(gone.map(|row| Self { community: CommunityId(row.community_id), id: row.batch_id }).collect())
    }

    /// The one that is open in a community.
    pub(super) async fn of(db: &impl ConnectionTrait, community: CommunityId) -> Result<Option<Self>, DbErr> {
        let row = open_batch::Entity::find_by_id(community.0).one(db).await?;
        Ok(row.map(|row| Self { community, id: row.batch_id }))
    }

    /// Says that whoever loads it is still at work, and whether it is still theirs.
    pub async fn keep_alive(self, transaction: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<bool, DbErr> {
        let update = open_batch::Entity::update_many()
            .col_expr(open_batch::Column::AliveAt, Expr::value(now))
            .filter(self.is_this())
            .filter(open_batch::Column::IsSwept.eq(false));
        Ok(update.exec(transaction).await?.rows_affected > 0)
    }

    /// Puts what is staged in its place and has everybody see all of it.
    pub(super) async fn publish(self, transaction: &impl ConnectionTrait) -> Result<(), DbErr> {
        use identity_link::Column::{EndReason, EndedAt, EndedBy};
        // Parties and activities first: other rows refer to them.
        self.replace::<party::Entity>(transaction, &[]).await?;
        // A person may have ended a link meanwhile.
        self.replace::<identity_link::Entity>(transaction, &[EndedAt, EndedBy, EndReason]).await?;
        self.replace::<activity_type::Entity>(transaction, &[]).await?;
        self.replace::<activity::Entity>(transaction, &[]).await?;
        self.replace::<cost_line::Entity>(transaction, &[]).await?;
        self.replace::<touchpoint::Entity>(transaction, &[]).await?;
        self.replace::<outcome::Entity>(transaction, &[]).await?;
        self.replace::<support_case::Entity>(transaction, &[]).await?;
        self.replace::<contribution::Entity>(transaction, &[]).await?;
        self.place::<observation::Entity>(transaction, &[]).await?;
        open_batch::Entity::delete_many().filter(self.is_this()).exec(transaction).await?;
        Ok(())
    }

    /// Replaces rows by those that are staged, but for the columns that are kept. What others have recorded since that was
    /// found out stands: there, nothing is replaced.
    async fn replace<E: EntityTrait>(
        self,
        transaction: &impl ConnectionTrait,
        kept: &[E::Column],
    ) -> Result<(), DbErr> {
        let (table, staged) = (table_of::<E>(), staged_of::<E>());
        let [community, id, hash] = ["community_id", "id", "content_hash"].map(Alias::new);
        let replaced = Expr::col((staged.clone(), Alias::new(REPLACED_HASH)));
        let other = Query::select()
            .expr(Expr::value(1))
            .from(table.clone())
            .and_where(Expr::col((table.clone(), community)).eq(self.community.0))
            .and_where(Expr::col((table.clone(), id.clone())).equals((staged.clone(), id)))
            .and_where(Expr::col((table, hash)).ne(replaced))
            .take();
        let delete =
            Query::delete().from_table(staged).cond_where(self.has_rows()).and_where(Expr::exists(other)).take();
        transaction.execute(&delete).await?;
        self.place::<E>(transaction, kept).await
    }

    async fn place<E: EntityTrait>(self, transaction: &impl ConnectionTrait, kept: &[E::Column]) -> Result<(), DbErr> {
        let (table, staged) = (table_of::<E>(), staged_of::<E>());
        let columns: Vec<E::Column> = E::Column::iter().collect();
        let mut rows = Query::select();
        rows.columns(columns.iter().copied()).from(staged.clone()).cond_where(self.has_rows());
        for key in E::PrimaryKey::iter() {
            rows.order_by(key.into_column(), Order::Asc);
        }
        let mut insert = Query::insert();
        insert.into_table(table).columns(columns).on_conflict(replacing_all_but::<E>(kept));
        insert.select_from(rows).map_err(|error| DbErr::Custom(error.to_string()))?;
        transaction.execute(&insert).await?;
        let delete = Query::delete().from_table(staged).cond_where(self.has_rows()).take();
        transaction.execute(&delete).await?;
        Ok(())
    }

    /// Notes what rows that were just staged replace.
    pub(super) async fn note_replaced<E: EntityTrait>(
        self,
        transaction: &impl ConnectionTrait,
        (id, hash): (E::Column, E::Column),
        ids: Vec<Uuid>,
    ) -> Result<(), DbErr> {
        let (table, staged, community) = (table_of::<E>(), staged_of::<E>(), Alias::new("community_id"));
        let content = Query::select()
            .column((table.clone(), hash))
            .from(table.clone())
            .and_where(Expr::col((table.clone(), community.clone())).eq(self.community.0))
            .and_where(Expr::col((table, id)).equals((staged.clone(), id)))
            .take();
        let update = Query::update()
            .table(staged)
            .value(Alias::new(REPLACED_HASH), Expr::SubQuery(None, Box::new(content.into())))
            .and_where(Expr::col(community).eq(self.community.0))
            .and_where(Expr::col(id).is_in(ids))
            .take();
        transaction.execute(&update).await?;
        Ok(())
    }

    /// Has these parties seen, if they are of this batch, because others refer to them. What the batch says of them is seen
    /// with the rest of it.
    pub(super) async fn give_away(self, transaction: &impl ConnectionTrait, parties: &[Uuid]) -> Result<(), DbErr> {
        use party::Column::{Audience, BatchId, ContentHash, Id, IsStaff, Name, Since, Until};
        let is_theirs = || self.has_rows().add(Expr::col(Id).is_in(parties.iter().copied()));
        let columns: Vec<Alias> = party::Column::iter().map(|column| Alias::new(column.to_string())).collect();
        let says_something = Expr::col(ContentHash).ne("");
        let mut said = Query::select();
        said.columns(columns.clone()).expr(Expr::value("")).from(table_of::<party::Entity>());
        said.cond_where(is_theirs()).and_where(says_something);
        let mut insert = Query::insert();
        insert.into_table(staged_of::<party::Entity>());
        insert.columns(columns.into_iter().chain([Alias::new(REPLACED_HASH)]));
        insert.select_from(said).map_err(|error| DbErr::Custom(error.to_string()))?;
        transaction.execute(&insert).await?;
        let update = Query::update()
            .table(table_of::<party::Entity>())
            .values([(BatchId, None::<Uuid>.into()), (ContentHash, "".into()), (IsStaff, false.into())])
            .values([Name, Audience].map(|column| (column, None::<String>.into())))
            .values([Since, Until].map(|column| (column, None::<Date>.into())))
            .cond_where(is_theirs())
            .take();
        transaction.execute(&update).await?;
        Ok(())
    }

    /// From now on nothing can be added to it, and only be deleted. Says whether it is open still.
    pub async fn begin_sweep(self, transaction: &impl ConnectionTrait) -> Result<bool, DbErr> {
        let update = open_batch::Entity::update_many()
            .col_expr(open_batch::Column::IsSwept, Expr::value(true))
            .filter(self.is_this());
        Ok(update.exec(transaction).await?.rows_affected > 0)
    }

    /// Deletes some of its rows. The community has to be locked. `None` when nothing is left and the batch is closed.
    pub async fn sweep(self, transaction: &impl ConnectionTrait, at: Sweeping) -> Result<Option<Sweeping>, DbErr> {
        // What refers to others first.
        let next = match at.table {
            0 => self.sweep_from::<touchpoint::Entity>(transaction, at).await?,
            1 => self.sweep_from::<outcome::Entity>(transaction, at).await?,
            2 => self.sweep_from::<support_case::Entity>(transaction, at).await?,
            3 => self.sweep_from::<contribution::Entity>(transaction, at).await?,
            4 => self.sweep_from::<cost_line::Entity>(transaction, at).await?,
            5 => self.sweep_from::<identity_link::Entity>(transaction, at).await?,
            6 => self.sweep_from::<activity::Entity>(transaction, at).await?,
            7 => self.sweep_from::<activity_type::Entity>(transaction, at).await?,
            8 => self.sweep_from::<party::Entity>(transaction, at).await?,
            _ => {
                for table in [table_of::<observation::Entity>(), staged_of::<observation::Entity>()] {
                    let delete = Query::delete().from_table(table).cond_where(self.has_rows()).take();
                    transaction.execute(&delete).await?;
                }
                open_batch::Entity::delete_many().filter(self.is_this()).exec(transaction).await?;
                return Ok(None);
            }
        };
        Ok(Some(next))
    }

    async fn sweep_from<E: EntityTrait>(
        self,
        transaction: &impl ConnectionTrait,
        at: Sweeping,
    ) -> Result<Sweeping, DbErr> {
        let (table, id) = (table_of::<E>(), Alias::new("id"));
        let mut last = Query::select();
        last.column(id.clone()).from(table.clone()).and_where(Expr::col("community_id").eq(self.community.0));
        last.order_by(id.clone(), Order::Asc).offset(SWEPT - 1).limit(1);
        let mut delete = Query::delete();
        delete.from_table(table).cond_where(self.has_rows());
        if let Some(after) = at.after {
            last.and_where(Expr::col(id.clone()).gt(after));
            delete.and_where(Expr::col(id.clone()).gt(after));
        }
        let last = transaction.query_one(&last).await?;
        let last: Option<Uuid> = last.map(|row| row.try_get_by_index(0)).transpose()?;
        if let Some(last) = last {
            delete.and_where(Expr::col(id).lte(last));
        }
        transaction.execute(&delete).await?;
        Ok(match last {
            Some(last) => Sweeping { after: Some(last), ..at },
            None => {
                let staged = Query::delete().from_table(staged_of::<E>()).cond_where(self.has_rows()).take();
                transaction.execute(&staged).await?;
                Sweeping { table: at.table + 1, after: None }
            }
        })
    }

    fn is_this(self) -> Condition {
        use open_batch::Column::{BatchId, CommunityId};
        Condition::all().add(CommunityId.eq(self.community.0)).add(BatchId.eq(self.id))
    }

    /// In any table of what is tracked.
    fn has_rows(self) -> Condition {
        let of = |column: &'static str, id: Uuid| Expr::col(Alias::new(column)).eq(id);
        Condition::all().add(of("community_id", self.community.0)).add(of("batch_id", self.id))
    }
}

/// How far a batch is swept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sweeping {
    table: u8,
    after: Option<Uuid>,
}
