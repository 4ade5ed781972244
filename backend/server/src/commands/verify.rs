use anyhow::bail;
use clap::Args;
use sea_orm::EntityTrait;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::Database;
use valuemap_engine::database::author::Author;
use valuemap_engine::survey::verify::{mend, verify};
use valuemap_engine::tenancy::entities::community;
use valuemap_shared::ids::CommunityId;

#[derive(Args)]
pub struct Verify {
    /// Replace what is wrong by what the answers add up to
    #[arg(long)]
    mend: bool,
}

impl Verify {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        if self.mend {
            for row in community::Entity::find().all(&database.read).await? {
                let author = Author::operator(ambient, row.owner(), "verify --mend");
                let transaction = database.begin_write(&author, Touches::NOTHING).await?;
                let mended = mend(&transaction, CommunityId(row.id)).await?;
                transaction.commit().await?;
                println!("{}: {mended} rows mended", row.name);
            }
        }
        verify_all(database).await
    }
}

async fn verify_all(database: &Database) -> anyhow::Result<()> {
    let mut differences = 0;
    for row in community::Entity::find().all(&database.read).await? {
        let snapshot = database.begin_snapshot().await?;
        let findings = verify(&snapshot, CommunityId(row.id)).await?;
        snapshot.rollback().await?;
        let set_aside = match findings.set_aside {
            0 => String::new(),
            count => format!(", {count} set aside"),
        };
        println!("{}: {} responses{set_aside}, {} tallies", row.name, findings.responses, findings.tallies);
        for difference in &findings.differences {
            println!("  {difference}");
        }
        differences += findings.differences.len();
    }
    if differences > 0 {
        bail!("{differences} differences were found; `valuemap verify --mend` counts anew");
    }
    println!("Every tally is what the answers add up to.");
    Ok(())
}
