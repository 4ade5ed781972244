use anyhow::bail;
use chrono::TimeDelta;
use clap::{Args, Subcommand};
use valuemap_api::wire::node_id::NodeId;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::Database;
use valuemap_engine::database::author::{Author, COMMAND_LINE, Owner};
use valuemap_engine::tenancy::entities::api_token::Kind;
use valuemap_engine::tenancy::names::checked_name;
use valuemap_engine::tenancy::rights::{Right, Rights};
use valuemap_engine::tenancy::store::{create_token, organisation_of_token, revoke_token, tokens_of};
use valuemap_shared::ids::{OrganisationId, TokenId};

use crate::commands::{find_organisation, rights_of};

#[derive(Subcommand)]
pub enum Token {
    /// Create a token and print it, once
    Create(Create),
    /// List the tokens, sign-in links and sessions that are good now
    List(List),
    /// Take a token or sign-in link away from whoever holds it, or end a session
    Revoke(Revoke),
}

#[derive(Args)]
pub struct Create {
    /// What the token is for, such as the app that will use it
    #[arg(long)]
    name: String,
    /// The organisation that it belongs to [default: the only one]
    #[arg(long)]
    organisation: Option<String>,
    /// What it may do, with commas between: read_figures, read_answers, write, manage, operate
    /// [default: read_figures,read_answers]
    #[arg(long, value_name = "RIGHTS", value_delimiter = ',')]
    rights: Vec<Right>,
    /// Give it every right
    #[arg(long, conflicts_with = "rights")]
    write: bool,
    /// Days until it expires
    #[arg(long, default_value_t = 90)]
    days: u16,
}

#[derive(Args)]
pub struct List {
    /// The organisation [default: the only one]
    #[arg(long)]
    organisation: Option<String>,
}

#[derive(Args)]
pub struct Revoke {
    /// As `token list` prints it
    id: String,
}

impl Token {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        match self {
            Self::Create(create) => create.run(database, ambient).await,
            Self::List(list) => list.run(database, ambient).await,
            Self::Revoke(revoke) => revoke.run(database, ambient).await,
        }
    }
}

impl Create {
    async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        if self.days == 0 {
            bail!("a token that expires in 0 days is good for nothing; give --days a larger number");
        }
        let name = checked_name(&self.name)?;
        if name.eq_ignore_ascii_case(COMMAND_LINE) {
            bail!("`{COMMAND_LINE}` is who works here, as the audit log has it; choose another name");
        }
        let organisation = find_organisation(database, self.organisation.as_deref()).await?;
        let (organisation_id, lifetime) = (OrganisationId(organisation.id), TimeDelta::days(i64::from(self.days)));
        let rights = rights_of(&self.rights, if self.write { Rights::all() } else { Rights::reading() });
        let author = Author::operator(ambient, Owner::organisation(organisation_id), "token create");
        let created = database.write(&author, Touches::NOTHING, async |db| {
            create_token(db, ambient, organisation_id, Kind::App, name, &rights, lifetime).await
        });
        let secret = created.await?;
        eprintln!(
            "A token of {} for {} with the rights {rights}, good for {} days. It is shown this once:",
            organisation.name, name, self.days
        );
        println!("{secret}");
        Ok(())
    }
}

impl List {
    async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        let organisation = OrganisationId(find_organisation(database, self.organisation.as_deref()).await?.id);
        for row in tokens_of(&database.read, organisation, ambient.now()).await? {
            let kind = match row.kind {
                Kind::App => "app",
                Kind::SignIn => "sign-in link",
                Kind::Session => "session",
            };
            let until = row.expires_at.format("%Y-%m-%d %H:%M");
            println!("{}  {kind} {}, until {until}: {}", NodeId::Token(TokenId(row.id)), row.name, row.rights());
        }
        Ok(())
    }
}

impl Revoke {
    async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        let Ok(NodeId::Token(id)) = self.id.parse() else {
            // It may be the secret itself.
            bail!("this is not the id of a token, which begins with tok_; see `valuemap token list`");
        };
        let Some(organisation) = organisation_of_token(&database.read, id).await? else {
            bail!("there is no token {}; see `valuemap token list`", self.id);
        };
        let author = Author::operator(ambient, Owner::organisation(organisation), "token revoke");
        let revoked =
            database.write_some(&author, Touches::NOTHING, async |db| revoke_token(db, organisation, id).await);
        match revoked.await? {
            Some(row) => println!("{} is good for nothing any more, within a second on every server.", row.name),
            None => bail!("there is no token {}; see `valuemap token list`", self.id),
        }
        Ok(())
    }
}
