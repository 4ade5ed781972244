use anyhow::bail;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::database::Database;
use valuemap_engine::database::author::Author;
use valuemap_engine::sample;
use valuemap_engine::tenancy::store::organisations;

pub async fn run(database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
    if !organisations(&database.read).await?.is_empty() {
        bail!("the database holds an organisation already; the sample is loaded into an empty one only");
    }
    let loaded = sample::load(database, ambient, |owner| Author::operator(ambient, owner, "seed")).await?;
    println!(
        "Loaded the sample community: {} responses and {} records over eight quarters.",
        loaded.responses, loaded.records
    );
    Ok(())
}
