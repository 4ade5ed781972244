use anyhow::bail;
use clap::{Args, Subcommand, ValueEnum};
use sea_orm::ActiveEnum;
use valuemap_api::wire::node_id::NodeId;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::database::Database;
use valuemap_engine::database::author::Author;
use valuemap_engine::webhooks::apply;
use valuemap_engine::webhooks::entities::inbox_event;
use valuemap_engine::webhooks::inbox::{event, events, keys_with_status};
use valuemap_shared::ids::{CommunityId, InboxEventId};

use crate::commands::{find_community, owner_of, shown};

#[derive(Subcommand)]
pub enum Inbox {
    /// List events, latest first
    List(List),
    /// Show one event with the body that was posted
    Show(Show),
    /// Apply events again
    Replay(Replay),
}

#[derive(Args)]
pub struct List {
    /// The community: its name or its id
    #[arg(long)]
    community: String,
    #[arg(long)]
    status: Option<Status>,
    #[arg(long, default_value_t = 20)]
    limit: u32,
}

#[derive(Args)]
pub struct Show {
    /// The id that `inbox list` prints: inb_...
    id: String,
}

#[derive(Args)]
pub struct Replay {
    /// Ids that `inbox list` prints; without any, all events of --status
    ids: Vec<String>,
    /// The community: its name or its id
    #[arg(long, required_unless_present = "ids")]
    community: Option<String>,
    #[arg(long, conflicts_with = "ids", default_value = "failed")]
    status: Status,
}

#[derive(Clone, Copy, ValueEnum)]
enum Status {
    /// Stored and not applied yet
    Pending,
    Applied,
    /// There was nothing to apply
    Ignored,
    /// Not understood, or refused
    Failed,
}

impl From<Status> for inbox_event::Status {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::Applied => Self::Applied,
            Status::Ignored => Self::Ignored,
            Status::Failed => Self::Failed,
        }
    }
}

impl Inbox {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        match self {
            Self::List(list) => list.run(database).await,
            Self::Show(show) => show.run(database).await,
            Self::Replay(replay) => replay.run(database, ambient).await,
        }
    }
}

impl List {
    async fn run(&self, database: &Database) -> anyhow::Result<()> {
        let community = CommunityId(find_community(database, &self.community).await?.id);
        let status = self.status.map(Into::into);
        for row in events(&database.read, community, status, None, u64::from(self.limit)).await? {
            print_line(&row);
        }
        Ok(())
    }
}

impl Show {
    async fn run(&self, database: &Database) -> anyhow::Result<()> {
        let Some(row) = event(&database.read, event_id(&self.id)?).await? else {
            bail!("there is no event {}; see `valuemap inbox list`", self.id);
        };
        print_line(&row);
        println!("{}", row.body);
        Ok(())
    }
}

impl Replay {
    async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        let (keys, statuses) = match &self.community {
            Some(community) if self.ids.is_empty() => {
                let community = CommunityId(find_community(database, community).await?.id);
                let status = self.status.into();
                (keys_with_status(&database.read, Some(community), status, None).await?, vec![status])
            }
            _ => {
                use inbox_event::Status::{Applied, Failed, Ignored, Pending};
                let keys = self.ids.iter().map(|id| event_id(id)).collect::<anyhow::Result<Vec<_>>>()?;
                (keys, vec![Pending, Applied, Ignored, Failed])
            }
        };
        let mut author = None;
        let (mut applied, mut ignored, mut failed) = (0_u64, 0_u64, 0_u64);
        for key in keys {
            let author = match &author {
                Some((community, author)) if *community == key.0 => author,
                _ => {
                    let operator = Author::operator(ambient, owner_of(database, key.0).await?, "inbox replay");
                    &author.insert((key.0, operator)).1
                }
            };
            match apply(database, ambient, author, key, &statuses).await? {
                Some(inbox_event::Status::Applied) => applied += 1,
                Some(inbox_event::Status::Ignored) => ignored += 1,
                Some(inbox_event::Status::Failed) => failed += 1,
                Some(inbox_event::Status::Pending) | None => {}
            }
        }
        println!("{applied} applied, {ignored} ignored, {failed} failed");
        Ok(())
    }
}

fn event_id(text: &str) -> anyhow::Result<(CommunityId, InboxEventId)> {
    match text.parse() {
        Ok(NodeId::InboxEvent(community, id)) => Ok((community, id)),
        _ => bail!("`{text}` is not the id of an event; see `valuemap inbox list`"),
    }
}

fn print_line(row: &inbox_event::Model) {
    let (community, id) = row.key();
    let problem = row.problem.as_deref().map(|problem| format!("  {}", shown(problem))).unwrap_or_default();
    println!(
        "{}  {}  {}  {}{problem}",
        NodeId::InboxEvent(community, id),
        row.received_at.format("%Y-%m-%d %H:%M:%S"),
        row.status.to_value(),
        shown(&row.event)
    );
}
