use anyhow::bail;
use sea_orm::EntityTrait;
use valuemap_shared::ids::CommunityId;

use crate::access::entities::community;
use crate::database::Database;
use crate::survey::verify::verify;

pub async fn run(database: &Database) -> anyhow::Result<()> {
    let mut differences = 0;
    for row in community::Entity::find().all(&database.read).await? {
        let snapshot = database.begin_snapshot().await?;
        let findings = verify(&snapshot, CommunityId(row.id)).await?;
        snapshot.rollback().await?;
        println!("{}: {} responses, {} tallies", row.name, findings.responses, findings.tallies);
        for difference in &findings.differences {
            println!("  {difference}");
        }
        differences += findings.differences.len();
    }
    if differences > 0 {
        bail!("{differences} differences were found");
    }
    println!("Every tally is what the answers add up to.");
    Ok(())
}
