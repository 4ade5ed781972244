//! Where simulations run.

use sea_orm::DbErr;
use tokio::sync::Semaphore;

/// How many maps are computed at once: a request that was given up goes on computing, and its repetition waits.
static COMPUTING: Semaphore = Semaphore::const_new(4);

/// Runs what takes milliseconds where it keeps no other request waiting.
pub async fn blocking<T: Send + 'static>(compute: impl FnOnce() -> T + Send + 'static) -> Result<T, DbErr> {
    let turn = COMPUTING.acquire().await.map_err(|closed| DbErr::Custom(closed.to_string()))?;
    let compute = move || {
        let _turn = turn;
        compute()
    };
    let done = tokio::task::spawn_blocking(compute).await;
    done.map_err(|error| DbErr::Custom(format!("the map could not be computed: {error}")))
}
