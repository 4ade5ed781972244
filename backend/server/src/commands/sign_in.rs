use std::net::SocketAddr;

use chrono::TimeDelta;
use clap::Args;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::Database;
use valuemap_engine::database::author::{Author, Owner};
use valuemap_engine::tenancy::entities::api_token::Kind;
use valuemap_engine::tenancy::names::checked_name;
use valuemap_engine::tenancy::rights::{Right, Rights};
use valuemap_engine::tenancy::store::create_token;
use valuemap_shared::ids::OrganisationId;

use crate::commands::{find_organisation, rights_of};

/// Whoever signs in, where nobody says who.
pub const DASHBOARD: &str = "Dashboard";

#[derive(Args)]
pub struct SignIn {
    /// The organisation to sign in to [default: the only one]
    #[arg(long)]
    organisation: Option<String>,
    /// Where the server is reached, such as https://valuemap.example.com
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Who will sign in, as the list of sessions and the audit log have it
    #[arg(long, default_value = DASHBOARD)]
    name: String,
    /// What the person may do, with commas between: read_figures, read_answers, write, manage, operate [default: all]
    #[arg(long, value_name = "RIGHTS", value_delimiter = ',')]
    rights: Vec<Right>,
}

impl SignIn {
    pub async fn run(&self, database: &Database, ambient: &Ambient, listen: SocketAddr) -> anyhow::Result<()> {
        let organisation = find_organisation(database, self.organisation.as_deref()).await?;
        let name = checked_name(&self.name)?;
        let rights = rights_of(&self.rights, Rights::all());
        let server = self.server.clone().unwrap_or_else(|| format!("http://{listen}"));
        println!(
            "{}",
            sign_in_link(database, ambient, OrganisationId(organisation.id), (name, &rights), &server).await?
        );
        Ok(())
    }
}

/// A link that works once, and for a quarter of an hour.
pub async fn sign_in_link(
    database: &Database,
    ambient: &Ambient,
    organisation: OrganisationId,
    (name, rights): (&str, &Rights),
    server: &str,
) -> anyhow::Result<String> {
    let lifetime = TimeDelta::minutes(15);
    let author = Author::operator(ambient, Owner::organisation(organisation), "sign-in");
    let created = database.write(&author, Touches::NOTHING, async |db| {
        create_token(db, ambient, organisation, Kind::SignIn, name, rights, lifetime).await
    });
    let secret = created.await?;
    Ok(format!("{}/sign-in?token={secret}", server.trim_end_matches('/')))
}
