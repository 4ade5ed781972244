//! What statements are made of.

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseBackend, EntityTrait, Iden, IntoActiveModel, Iterable,
    PrimaryKeyToColumn, StreamTrait,
};

/// What many rows are read from, one after the other: all at once they take ten times their size.
pub trait Reads: ConnectionTrait + StreamTrait {}

impl<C: ConnectionTrait + StreamTrait> Reads for C {}

/// A row to be inserted as it is, keys included.
pub fn all_set<A: ActiveModelTrait>(model: impl IntoActiveModel<A>) -> A {
    model.into_active_model().reset_all()
}

/// Rows that are there already take over all columns of those that are inserted, but for their key and for some others.
pub fn replacing_all_but<E: EntityTrait>(kept: &[E::Column]) -> OnConflict {
    let key: Vec<E::Column> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
    let stays = |column: &E::Column| key.iter().chain(kept).any(|stays| stays.to_string() == column.to_string());
    let replaced = E::Column::iter().filter(|column| !stays(column));
    OnConflict::columns(key.iter().copied()).update_columns(replaced).to_owned()
}

/// The day in UTC of a time, as dates are stored.
pub fn day_of(backend: DatabaseBackend, at: impl Into<Expr>) -> Expr {
    match backend {
        // Times are texts that begin with their day.
        DatabaseBackend::Sqlite => Expr::cust_with_exprs("substr(?, 1, 10)", [at.into()]),
        _ => Expr::cust_with_exprs("($1 AT TIME ZONE 'UTC')::date", [at.into()]),
    }
}

/// Pieces of at most `size`: a statement takes only so many parameters.
pub fn chunks<T>(items: impl IntoIterator<Item = T>, size: usize) -> Vec<Vec<T>> {
    let mut pieces: Vec<Vec<T>> = Vec::new();
    for item in items {
        match pieces.last_mut().filter(|piece| piece.len() < size) {
            Some(piece) => piece.push(item),
            None => pieces.push(vec![item]),
        }
    }
    pieces
}
