use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use sea_orm::EntityTrait;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::Database;
use valuemap_engine::database::author::Author;
use valuemap_engine::jobs::entities::job;
use valuemap_engine::jobs::queue::{cancel, find};
use valuemap_engine::jobs::worker::Workshop;
use valuemap_engine::tenancy::entities::community;
use valuemap_engine::work::{Hands, Verified, Work};
use valuemap_shared::ids::{CommunityId, JobId};

use crate::commands::progress::progress_bar;

#[derive(Args)]
pub struct Verify {
    /// Replace what is wrong by what the answers and records add up to
    #[arg(long)]
    mend: bool,
}

/// Polling interval while another process works on the job: there is no other signal between processes.
const INTERVAL: Duration = Duration::from_millis(300);

impl Verify {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        let communities = community::Entity::find().all(&database.read).await?;
        if self.mend {
            for row in &communities {
                let found = recount(database, ambient, row, true).await?;
                println!("{}: {} rows mended", row.name, found.differences);
            }
        }
        let mut differences = 0;
        for row in &communities {
            let found = recount(database, ambient, row, false).await?;
            let set_aside = match found.set_aside {
                0 => String::new(),
                count => format!(", {count} set aside"),
            };
            let Verified { responses, tallies, days, .. } = found;
            println!(
                "{}: {responses} responses{set_aside}, {tallies} tallies, {days} days of what is tracked",
                row.name
            );
            for difference in &found.listed {
                println!("  {difference}");
            }
            if found.differences > found.listed.len() {
                println!("  ... and {} more", found.differences - found.listed.len());
            }
            differences += found.differences;
        }
        if differences > 0 {
            bail!("{differences} differences were found; `valuemap verify --mend` counts anew");
        }
        println!("Every tally is what the answers add up to, and every day what was recorded of it.");
        Ok(())
    }
}

/// Puts a recount in the queue, works on it unless a server is faster, and waits for what it comes to. Whoever does not
/// wait any more cancels it.
async fn recount(
    database: &Database,
    ambient: &Ambient,
    row: &community::Model,
    is_mending: bool,
) -> anyhow::Result<Verified> {
    let (work, community) = (Work::Verify { mend: is_mending }, CommunityId(row.id));
    let author = Author::operator(ambient, row.owner(), if is_mending { "verify --mend" } else { "verify" });
    let enqueued = database.write(&author, Touches::NOTHING, async |transaction| {
        work.enqueue(transaction, ambient, community, "valuemap verify").await
    });
    let id = JobId(enqueued.await?.id);
    let followed = tokio::select! {
        followed = follow(database, ambient, id) => followed,
        interrupted = tokio::signal::ctrl_c() => Err(interrupted.err().map_or_else(|| anyhow!("cancelled"), Into::into)),
    };
    let job = match followed {
        Ok(job) => job,
        Err(error) => {
            let cancelled = database.write_some(&author, Touches::NOTHING, async |transaction| {
                cancel(transaction, ambient, (community, id)).await
            });
            cancelled.await?;
            return Err(error);
        }
    };
    match (job.state, job.result) {
        (job::State::Done, Some(result)) => Ok(serde_json::from_value(result)?),
        (_, _) => bail!("{}: {}", row.name, job.problem.as_deref().unwrap_or("the recount was cancelled")),
    }
}

/// Works on a job, or shows how far it has come where another process does, until it has ended.
async fn follow(database: &Database, ambient: &Ambient, id: JobId) -> anyhow::Result<job::Model> {
    let workshop = Workshop { database: database.clone(), ambient: *ambient };
    let hands = Hands { database: database.clone(), ambient: *ambient };
    let bar = progress_bar();
    let (mut part, mut shown) = (String::new(), 0);
    loop {
        workshop.work_on_one(&hands, id, bar.clone()).await?;
        let job = find(&database.read, id).await?.context("the job is gone")?;
        if job.state.is_final() {
            return Ok(job);
        }
        if job.part != part {
            bar.begin(&job.part, u64::try_from(job.steps).unwrap_or_default());
            (part, shown) = (job.part, 0);
        }
        let done = u64::try_from(job.steps_done).unwrap_or_default();
        bar.advance(done.saturating_sub(shown));
        shown = done;
        tokio::time::sleep(INTERVAL).await;
    }
}
