use anyhow::bail;
use clap::{Args, Subcommand, ValueEnum};
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::Database;
use valuemap_engine::database::author::Author;
use valuemap_engine::database::failure::is_duplicate;
use valuemap_engine::tenancy::names::checked_name;
use valuemap_engine::webhooks::endpoint::{create_endpoint, disable_endpoint, endpoints_of};
use valuemap_engine::webhooks::entities::webhook_endpoint;
use valuemap_shared::ids::{CommunityId, WebhookEndpointId};

use crate::commands::find_community;

#[derive(Subcommand)]
pub enum Webhook {
    /// Create an address for another system to post to, and print its secret, once
    Create(Create),
    /// List the addresses of a community
    List(List),
    /// Disable an address for good; what came in by it stays
    Disable(Disable),
}

#[derive(Args)]
pub struct Create {
    /// The community that the events belong to: its name or its id
    #[arg(long)]
    community: String,
    #[arg(long)]
    kind: Kind,
    /// What it is for, such as the forum's name
    #[arg(long)]
    name: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// A Discourse forum
    Discourse,
    /// Anybody who follows the Standard Webhooks specification
    SignedJson,
}

impl From<Kind> for webhook_endpoint::Kind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Discourse => Self::Discourse,
            Kind::SignedJson => Self::SignedJson,
        }
    }
}

#[derive(Args)]
pub struct List {
    #[arg(long)]
    community: String,
}

#[derive(Args)]
pub struct Disable {
    #[arg(long)]
    community: String,
    /// The name that it was created with
    #[arg(long)]
    name: String,
}

impl Webhook {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        match self {
            Self::Create(create) => create.run(database, ambient).await,
            Self::List(list) => list.run(database).await,
            Self::Disable(disable) => disable.run(database, ambient).await,
        }
    }
}

impl Create {
    async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        let community = find_community(database, &self.community).await?;
        let (id, name) = (CommunityId(community.id), checked_name(&self.name)?);
        let kind = self.kind.into();
        let author = Author::operator(ambient, community.owner(), "webhook create");
        let row = match database
            .write(&author, Touches::NOTHING, async |db| create_endpoint(db, ambient, id, kind, name).await)
            .await
        {
            Ok(row) => row,
            Err(error) if is_duplicate(error.cause()) => {
                bail!("there is a webhook `{name}` already; choose another name")
            }
            Err(error) => return Err(error.into()),
        };
        eprintln!("A webhook of {}. Its secret is shown this once:", community.name);
        println!("address: {}", row.address_path());
        println!("secret:  {}", row.secret);
        Ok(())
    }
}

impl List {
    async fn run(&self, database: &Database) -> anyhow::Result<()> {
        let community = find_community(database, &self.community).await?;
        for row in endpoints_of(&database.read, CommunityId(community.id)).await? {
            let kind = match row.kind {
                webhook_endpoint::Kind::Discourse => "discourse",
                webhook_endpoint::Kind::SignedJson => "signed-json",
            };
            let disabled = row.disabled_at.map(|at| format!("  disabled {}", at.date_naive())).unwrap_or_default();
            println!("{}  {kind}  {}{disabled}", row.address_path(), row.name);
        }
        Ok(())
    }
}

impl Disable {
    async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        let community = find_community(database, &self.community).await?;
        let id = CommunityId(community.id);
        let endpoints = endpoints_of(&database.read, id).await?;
        let Some(row) = endpoints.into_iter().find(|row| row.name == self.name) else {
            bail!("{} has no webhook `{}`; see `valuemap webhook list`", community.name, self.name);
        };
        let key = (id, WebhookEndpointId(row.id));
        let author = Author::operator(ambient, community.owner(), "webhook disable");
        database.write_some(&author, Touches::NOTHING, async |db| disable_endpoint(db, ambient, key).await).await?;
        println!("{} answers 404 from now on.", row.address_path());
        Ok(())
    }
}
