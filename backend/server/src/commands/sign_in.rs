use std::net::SocketAddr;

use chrono::TimeDelta;
use clap::Args;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::Database;
use valuemap_engine::tenancy::entities::api_token::Kind;
use valuemap_engine::tenancy::store::create_token;
use valuemap_shared::ids::OrganisationId;

use crate::commands::find_organisation;

#[derive(Args)]
pub struct SignIn {
    /// The organisation to sign in to [default: the only one]
    #[arg(long)]
    organisation: Option<String>,
    /// Where the server is reached, such as https://valuemap.example.com
    #[arg(long, value_name = "URL")]
    server: Option<String>,
}

impl SignIn {
    pub async fn run(&self, database: &Database, ambient: &Ambient, listen: SocketAddr) -> anyhow::Result<()> {
        let organisation = find_organisation(database, self.organisation.as_deref()).await?;
        let server = self.server.clone().unwrap_or_else(|| format!("http://{listen}"));
        println!("{}", sign_in_link(database, ambient, OrganisationId(organisation.id), &server).await?);
        Ok(())
    }
}

/// A link that works once, and for a quarter of an hour.
pub async fn sign_in_link(
    database: &Database,
    ambient: &Ambient,
    organisation: OrganisationId,
    server: &str,
) -> anyhow::Result<String> {
    let lifetime = TimeDelta::minutes(15);
    let created = database.write(Touches::NOTHING, async |db| {
        create_token(db, ambient, organisation, Kind::SignIn, "Dashboard", true, lifetime).await
    });
    let secret = created.await?;
    Ok(format!("{}/sign-in?token={secret}", server.trim_end_matches('/')))
}
