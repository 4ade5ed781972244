//! What the limits do every few seconds, aside from all requests.

use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use sea_orm::DbErr;
use tokio::time::MissedTickBehavior;

use crate::base::ambient::Ambient;
use crate::base::commits::Touches;
use crate::database::Database;
use crate::database::author::Author;
use crate::limits::Limits;
use crate::limits::address_key::delete_old_keys;

const INTERVAL: Duration = Duration::from_secs(5);

/// Watches until the task is aborted.
pub async fn watch(limits: Arc<Limits>, database: Database, ambient: Ambient) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut tidied = None;
    loop {
        ticks.tick().await;
        limits.forget_idle();
        if let Err(error) = look(&limits, &database, &ambient, &mut tidied).await {
            tracing::warn!(cause = error.to_string(), "how fast answers come could not be looked at; trying again");
        }
    }
}

async fn look(
    limits: &Limits,
    database: &Database,
    ambient: &Ambient,
    tidied: &mut Option<NaiveDate>,
) -> Result<(), DbErr> {
    let now = ambient.now();
    if limits.pace.has_arrivals() {
        database.write(&Author::SERVER, Touches::NOTHING, async |db| limits.pace.report(db, now).await).await?;
    }
    // Once a day, and when the server starts.
    if *tidied != Some(now.date_naive()) {
        let days = limits.settings.address_days;
        database.write(&Author::SERVER, Touches::NOTHING, async |db| delete_old_keys(db, now, days).await).await?;
        *tidied = Some(now.date_naive());
    }
    Ok(())
}
