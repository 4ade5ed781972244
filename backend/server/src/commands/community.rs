use anyhow::bail;
use clap::{Args, Subcommand};
use valuemap_api::wire::node_id::NodeId;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::Database;
use valuemap_engine::database::author::{Author, Owner};
use valuemap_engine::database::failure::is_duplicate;
use valuemap_engine::founding::{NewCommunity, found};
use valuemap_engine::tenancy::names::checked_name;
use valuemap_engine::tenancy::store::communities;
use valuemap_shared::ids::{CommunityId, OrganisationId};
use valuemap_shared::money::Currency;

use crate::commands::{find_organisation, say};

#[derive(Subcommand)]
pub enum Community {
    /// Create a community with the standard survey and scoring model
    Create(Create),
    /// List the communities with their ids
    List(List),
}

#[derive(Args)]
pub struct Create {
    /// Its name, which no other community of the organisation has
    name: String,
    /// The organisation that it belongs to [default: the only one]
    #[arg(long)]
    organisation: Option<String>,
    /// The currency that it counts in
    #[arg(long, value_name = "CODE", default_value = "EUR")]
    currency: Currency,
}

#[derive(Args)]
pub struct List {
    /// The organisation [default: the only one]
    #[arg(long)]
    organisation: Option<String>,
}

impl Community {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        match self {
            Self::Create(create) => create.run(database, ambient).await,
            Self::List(list) => list.run(database).await,
        }
    }
}

impl Create {
    async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        let name = checked_name(&self.name)?;
        let organisation = OrganisationId(find_organisation(database, self.organisation.as_deref()).await?.id);
        let author = Author::operator(ambient, Owner::organisation(organisation), "community create");
        let new = NewCommunity { organisation, name, is_sample: false, currency: self.currency };
        let founded = database.write(&author, Touches::NOTHING, async |db| found(db, ambient, new).await);
        match founded.await {
            Ok(founded) => {
                let id = NodeId::Community(CommunityId(founded.community.id));
                println!("Created the community {name} ({id}). Next: `valuemap import`.");
            }
            Err(error) if is_duplicate(error.cause()) => bail!("there is a community `{name}` already"),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }
}

impl List {
    async fn run(&self, database: &Database) -> anyhow::Result<()> {
        let organisation = OrganisationId(find_organisation(database, self.organisation.as_deref()).await?.id);
        let mut after = None;
        loop {
            let page = communities(&database.read, organisation, after, 100).await?;
            for row in &page {
                say(&format!("{}  {}  {}\n", NodeId::Community(CommunityId(row.id)), row.currency, row.name))?;
            }
            match page.last() {
                Some(last) => after = Some(CommunityId(last.id)),
                None => return Ok(()),
            }
        }
    }
}
