use anyhow::bail;
use chrono::TimeDelta;
use clap::{Args, Subcommand};
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::Database;
use valuemap_engine::tenancy::entities::api_token::Kind;
use valuemap_engine::tenancy::store::create_token;
use valuemap_shared::ids::OrganisationId;

use crate::commands::find_organisation;

#[derive(Subcommand)]
pub enum Token {
    /// Create a token and print it, once
    Create(Create),
}

#[derive(Args)]
pub struct Create {
    /// What the token is for, such as the app that will use it
    #[arg(long)]
    name: String,
    /// The organisation that it belongs to [default: the only one]
    #[arg(long)]
    organisation: Option<String>,
    /// Let it change things, too
    #[arg(long)]
    write: bool,
    /// Days until it expires
    #[arg(long, default_value_t = 90)]
    days: u16,
}

impl Token {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        let Self::Create(create) = self;
        if create.days == 0 {
            bail!("a token that expires in 0 days is good for nothing; give --days a larger number");
        }
        let organisation = find_organisation(database, create.organisation.as_deref()).await?;
        let (organisation_id, lifetime) = (OrganisationId(organisation.id), TimeDelta::days(i64::from(create.days)));
        let created = database.write(Touches::NOTHING, async |db| {
            create_token(db, ambient, organisation_id, Kind::App, &create.name, create.write, lifetime).await
        });
        let secret = created.await?;
        eprintln!(
            "A token of {} for {}, good for {} days. It is shown this once:",
            organisation.name, create.name, create.days
        );
        println!("{secret}");
        Ok(())
    }
}
