//! Whether PostgreSQL still has what it said it had committed.
//!
//! A standby that follows its leader asynchronously and takes over after it lacks the leader's last commits. So each
//! commit of a server counts one row up, and each new connection compares that row with the last number whose commit was
//! confirmed: after a failover all connections are new.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use sea_orm::sqlx::{self, PgConnection};
use sea_orm::{ConnectionTrait, DatabaseBackend, DbErr, Statement};
use uuid::Uuid;

use crate::base::ambient::Ambient;
use crate::database::additions::{Addition, add, with_additions};

#[derive(Debug, Default)]
pub struct CommitMarks {
    state: Mutex<State>,
    /// One connection at a time compares, so that no loss is counted twice.
    comparing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    /// The row of this server, once it keeps one.
    server: Option<(Uuid, Ambient)>,
    /// The number of the last commit that was confirmed.
    confirmed: i64,
    loss: Option<Loss>,
}

/// Commits that were acknowledged and that the database does not have any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    pub commits: i64,
    /// When it was noticed first.
    pub noticed_at: DateTime<Utc>,
}

/// Comes after what `from` selects.
fn advance_after(from: &str) -> String {
    format!(
        "INSERT INTO server_commit (id, number, noted_at) SELECT $1::uuid, 1, $2::timestamptz FROM {from} \
         ON CONFLICT (id) DO UPDATE SET number = server_commit.number + 1, noted_at = excluded.noted_at RETURNING number"
    )
}

const NOTHING: &str = "(SELECT 1) AS added";
const LAST: &str = "SELECT number FROM server_commit WHERE id = $1";

impl CommitMarks {
    /// From now on the commits of this process are counted.
    pub fn keep(&self, ambient: Ambient) {
        self.state().server = Some((ambient.new_id(), ambient));
    }

    /// Makes these additions and counts the commit that ends this transaction. `None` where commits are not counted.
    pub async fn advance(
        &self,
        transaction: &impl ConnectionTrait,
        additions: &[Addition],
    ) -> Result<Option<i64>, DbErr> {
        let (server, confirmed) = {
            let state = self.state();
            (state.server, state.confirmed)
        };
        let Some((id, ambient)) = server else {
            add(transaction, additions).await?;
            return Ok(None);
        };
        let values = vec![id.into(), ambient.now().into()];
        let alone =
            || Statement::from_sql_and_values(DatabaseBackend::Postgres, advance_after(NOTHING), values.clone());
        let statement = with_additions(additions, advance_after, values.clone()).unwrap_or_else(alone);
        let row = transaction.query_one_raw(statement).await?;
        let row = row.ok_or_else(|| DbErr::RecordNotFound("the number of a commit".to_owned()))?;
        let number: i64 = row.try_get("", "number")?;
        // Where something between here and the database took the connection to another server.
        self.note_found(confirmed, number - 1);
        Ok(Some(number))
    }

    pub fn acknowledge(&self, number: Option<i64>) {
        if let Some(number) = number {
            let mut state = self.state();
            state.confirmed = state.confirmed.max(number);
        }
    }

    /// Looks on a new connection whether the last confirmed commit is there.
    pub async fn compare(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let _turn = self.comparing.lock().await;
        let (server, confirmed) = {
            let state = self.state();
            (state.server, state.confirmed)
        };
        let Some((id, _)) = server.filter(|_| confirmed > 0) else { return Ok(()) };
        let found: Option<i64> = sqlx::query_scalar(LAST).bind(id).fetch_optional(connection).await?;
        self.note_found(confirmed, found.unwrap_or(0));
        Ok(())
    }

    pub fn loss(&self) -> Option<Loss> {
        self.state().loss
    }

    fn note_found(&self, confirmed: i64, found: i64) {
        let missing = confirmed - found;
        let mut state = self.state();
        // Where it is less by now, another connection has found the same.
        let is_news = missing > 0 && state.confirmed >= confirmed;
        let Some((_, ambient)) = state.server.filter(|_| is_news) else { return };
        let noticed_at = state.loss.map_or_else(|| ambient.now(), |loss| loss.noticed_at);
        let commits = state.loss.map_or(0, |loss| loss.commits) + missing;
        state.loss = Some(Loss { commits, noticed_at });
        state.confirmed = found;
        tracing::error!(
            commits = missing,
            "the database lacks commits that it had confirmed, as after a failover to an asynchronous standby; what was \
             acknowledged last may be gone"
        );
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
