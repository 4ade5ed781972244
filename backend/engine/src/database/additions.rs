//! Bulk inserts: rows that are added to a table, many at a time.
//!
//! Each statement that PostgreSQL is sent costs a wait for it, however short the work. So there all additions are one
//! statement, and its text is the same for any number of rows: it is prepared once a connection. For SQLite, which works
//! inside of this process, they are plain statements one after the other.

use sea_orm::prelude::*;
use sea_orm::sea_query::{InsertStatement, OnConflict};
use sea_orm::{DatabaseBackend, IntoActiveModel, Iterable, PrimaryKeyToColumn, QueryTrait, Statement, Value};
use serde::Serialize;

use crate::database::statements::{all_set, chunks};

/// Rows for one table.
#[derive(Debug)]
pub struct Addition(Form);

#[derive(Debug)]
enum Form {
    /// Of at most this many rows, because a statement takes only so many parameters.
    Statements(Vec<InsertStatement>),
    /// The rows as one JSON array.
    Recordset { into: String, conflict: String, rows: String },
}

const ROWS: usize = 500;

impl Addition {
    /// Rows that are not there yet.
    pub fn of<E>(backend: DatabaseBackend, rows: Vec<E::Model>) -> Result<Self, DbErr>
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel> + Serialize,
        E::ActiveModel: Send,
    {
        Self::summing::<E>(backend, rows, &[])
    }

    /// Rows that are there already, or not: these columns are added to what a row holds. They are written in the order
    /// given.
    pub fn summing<E>(backend: DatabaseBackend, rows: Vec<E::Model>, summed: &[E::Column]) -> Result<Self, DbErr>
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel> + Serialize,
        E::ActiveModel: Send,
    {
        if backend == DatabaseBackend::Postgres {
            return Self::recordset::<E>(&rows, summed);
        }
        let mut conflict = OnConflict::columns(E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column));
        for column in summed {
            conflict.value(*column, sum(E::default(), *column));
        }
        let insert = |rows: Vec<E::ActiveModel>| {
            let insert = E::insert_many(rows);
            if summed.is_empty() { insert.into_query() } else { insert.on_conflict(conflict.clone()).into_query() }
        };
        let rows = rows.into_iter().map(all_set::<E::ActiveModel>);
        Ok(Self(Form::Statements(chunks(rows, ROWS).into_iter().map(insert).collect())))
    }

    fn recordset<E>(rows: &[E::Model], summed: &[E::Column]) -> Result<Self, DbErr>
    where
        E: EntityTrait,
        E::Model: Serialize,
    {
        let table = E::default();
        let table = table.table_name();
        let names = |columns: Vec<E::Column>| {
            let names: Vec<String> = columns.iter().map(|column| format!("\"{}\"", column.as_str())).collect();
            names.join(", ")
        };
        let columns = names(E::Column::iter().collect());
        let conflict = if summed.is_empty() {
            String::new()
        } else {
            let key = names(E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect());
            let sum = |column: &E::Column| format!("\"{0}\" = \"{table}\".\"{0}\" + excluded.\"{0}\"", column.as_str());
            let sums: Vec<String> = summed.iter().map(sum).collect();
            format!(" ON CONFLICT ({key}) DO UPDATE SET {}", sums.join(", "))
        };
        let into = format!(
            "INSERT INTO \"{table}\" ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::\"{table}\", "
        );
        let rows = serde_json::to_string(rows).map_err(|error| DbErr::Json(error.to_string()))?;
        Ok(Self(Form::Recordset { into, conflict, rows }))
    }
}

fn sum<E: EntityTrait>(table: E, column: E::Column) -> sea_orm::sea_query::Expr {
    use sea_orm::sea_query::ExprTrait;
    Expr::col((table, column)).add(Expr::col(("excluded", column)))
}

/// Makes all additions, before what follows.
pub async fn add(transaction: &impl ConnectionTrait, additions: &[Addition]) -> Result<(), DbErr> {
    for statement in statements(additions) {
        transaction.execute(statement).await?;
    }
    if let Some(statement) = with_additions(additions, |added| format!("SELECT 1 FROM {added}"), Vec::new()) {
        transaction.execute_raw(statement).await?;
    }
    Ok(())
}

fn statements(additions: &[Addition]) -> impl Iterator<Item = &InsertStatement> {
    additions.iter().flat_map(|Addition(form)| match form {
        Form::Statements(statements) => statements.as_slice(),
        Form::Recordset { .. } => &[],
    })
}

/// For PostgreSQL, additions and then `last`, in one statement. `last` is given what to select from for it to come after
/// them, and its parameters are `$1` and so on. `None` where there is nothing to add.
pub fn with_additions(
    additions: &[Addition],
    last: impl FnOnce(&str) -> String,
    mut parameters: Vec<Value>,
) -> Option<Statement> {
    let (mut parts, mut names) = (Vec::new(), Vec::new());
    for (position, Addition(form)) in additions.iter().enumerate() {
        if let Form::Recordset { into, conflict, rows } = form {
            parameters.push(Value::String(Some(rows.clone())));
            parts.push(format!("added_{position} AS ({into}${}::json){conflict} RETURNING 1)", parameters.len()));
            names.push(format!("SELECT 1 FROM added_{position}"));
        }
    }
    if parts.is_empty() {
        return None;
    }
    // PostgreSQL makes changes that nobody reads in an order of its own. All transactions have to lock rows in the same
    // order, so these are read, one after the other: for a count that is asked about, or it would not be counted.
    let rows = names.join(" UNION ALL ");
    let added = format!("(SELECT count(*) FROM ({rows}) AS each_row HAVING count(*) >= 0) AS added");
    let text = format!("WITH {} {}", parts.join(", "), last(&added));
    Some(Statement::from_sql_and_values(DatabaseBackend::Postgres, text, parameters))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::entities::co_moment;

    fn sums(count: i64) -> co_moment::Model {
        co_moment::Model {
            community_id: Uuid::nil(),
            pair: "peer_best_practices:roadmap_influence".to_owned(),
            day: Default::default(),
            version_id: Uuid::nil(),
            count,
            first_sum: 1,
            second_sum: 2,
            product_sum: 2,
        }
    }

    fn added(backend: DatabaseBackend, rows: i64) -> [Addition; 2] {
        let rows: Vec<co_moment::Model> = (0..rows).map(sums).collect();
        let addition =
            |rows| Addition::summing::<co_moment::Entity>(backend, rows, &[co_moment::Column::Count]).unwrap();
        [addition(rows.clone()), addition(rows)]
    }

    #[test]
    fn postgres_is_sent_one_text_whatever_the_number_of_rows() {
        let texts = [0, 1, 700].map(|rows| {
            let additions = added(DatabaseBackend::Postgres, rows);
            assert_eq!(statements(&additions).count(), 0);
            with_additions(&additions, |added| format!("SELECT $1 FROM {added}"), vec![7.into()]).unwrap().sql
        });
        assert_eq!(texts[0], texts[1]);
        assert_eq!(texts[0], texts[2]);
        let places = ["$2::json", "DO UPDATE", "$3::json", "SELECT $1", "FROM added_0 UNION", "FROM added_1)"]
            .map(|part| texts[0].find(part));
        assert!(places.is_sorted() && places.iter().all(Option::is_some), "{}", texts[0]);
    }

    #[test]
    fn sqlite_is_sent_statements_of_so_many_rows() {
        let additions = added(DatabaseBackend::Sqlite, 700);
        assert_eq!(statements(&additions).count(), 4);
        assert!(with_additions(&additions, str::to_owned, Vec::new()).is_none());
    }
}
