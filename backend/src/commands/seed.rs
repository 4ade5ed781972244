use anyhow::bail;

use crate::access::store::organisations;
use crate::ambient::Ambient;
use crate::database::Database;
use crate::sample;

pub async fn run(database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
    if !organisations(&database.read).await?.is_empty() {
        bail!("the database holds an organisation already; the sample is loaded into an empty one only");
    }
    let loaded = sample::load(database, ambient).await?;
    println!(
        "Loaded the sample community: {} responses and {} records over eight quarters.",
        loaded.responses, loaded.records
    );
    Ok(())
}
