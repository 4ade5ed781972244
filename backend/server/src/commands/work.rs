use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::database::Database;
use valuemap_engine::jobs::worker::Workshop;
use valuemap_engine::work::Hands;

#[derive(Args)]
pub struct Work {
    /// Work on what is due and then exit
    #[arg(long)]
    once: bool,
}

impl Work {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        let workshop = Workshop { database: database.clone(), ambient: *ambient };
        let hands = Hands { database: database.clone(), ambient: *ambient };
        if self.once {
            let taken = workshop.work_off(&hands).await?;
            println!("Worked on {taken} jobs.");
            return Ok(());
        }
        let (stop, stopped) = watch::channel(false);
        let (mut terminated, mut interrupted) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let asked = async {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = interrupted.recv() => {}
            }
            stop.send_replace(true);
            // The worker puts back what it has at hand, and ends.
            std::future::pending::<()>().await;
        };
        eprintln!("Working on jobs; stop it with Ctrl+C.");
        tokio::select! {
            () = workshop.work(&hands, stopped) => {}
            () = asked => {}
        }
        Ok(())
    }
}
