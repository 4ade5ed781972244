//! What a failure of the database means to whoever asked.

use sea_orm::{DbErr, RuntimeErr};

/// Whether the same request may succeed later: the database is away, busy, full or failing to write.
pub fn is_passing(error: &DbErr) -> bool {
    let cause = match error {
        DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => return true,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => cause,
        _ => return false,
    };
    let Some(database) = cause.as_database_error() else {
        use sea_orm::sqlx::Error;
        // The last two: a connection that is in another state than its driver believes, and is closed for it.
        return matches!(
            **cause,
            Error::Io(_)
                | Error::PoolTimedOut
                | Error::PoolClosed
                | Error::WorkerCrashed
                | Error::Tls(_)
                | Error::Protocol(_)
                | Error::BeginFailed
                | Error::InvalidSavePointStatement
        );
    };
    let code = database.code().unwrap_or_default();
    match code.parse::<u32>() {
        // SQLite's BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT (which a read that fails is reported as, too), FULL,
        // CANTOPEN and PROTOCOL, in the low byte of its extended codes.
        Ok(number) if code.len() < 5 => matches!(number & 0xff, 5 | 6 | 7 | 8 | 10 | 11 | 13 | 14 | 15),
        // PostgreSQL: connection, a write on a standby or after a timeout of the transaction, transaction rollback,
        // resources, operator intervention, system error.
        _ => ["08", "25006", "25P03", "25P04", "40", "53", "55P03", "57", "58"]
            .iter()
            .any(|class| code.starts_with(class)),
    }
}

/// Whether somebody else holds what was waited for.
pub fn is_taken(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return false;
    };
    let code = cause.as_database_error().and_then(|database| database.code()).unwrap_or_default();
    // SQLite's BUSY, whatever the reason, and PostgreSQL's lock_not_available.
    code == "55P03" || (code.len() < 5 && code.parse::<u32>().is_ok_and(|code| code & 0xff == 5))
}

/// Whether a write failed because something of that name is there already.
pub fn is_duplicate(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_)))
}
