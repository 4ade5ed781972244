//! The command line: one file a command.
#![allow(clippy::print_stdout, reason = "commands answer on standard output; logs go to standard error")]

mod answers;
mod attribute;
mod community;
mod conversion;
mod export;
mod import;
mod import_records;
mod import_responses;
mod inbox;
mod migrate;
mod model;
mod organisation;
mod progress;
mod propose_responses;
mod rate;
mod reading;
mod schema;
mod seed;
mod serve;
mod sign_in;
mod token;
mod verify;
mod webhook;
mod work;

use anyhow::bail;
use clap::{Parser, Subcommand};
use valuemap_api::wire::node_id::NodeId;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::database::Database;
use valuemap_engine::database::author::Owner;
use valuemap_engine::tenancy::entities::{community as community_rows, organisation as organisation_rows};
use valuemap_engine::tenancy::rights::{Right, Rights};
use valuemap_engine::tenancy::store;
use valuemap_shared::ids::{CommunityId, OrganisationId};

use crate::logging;
use crate::settings::{Overrides, Settings};

/// Measures what a customer community is worth.
#[derive(Parser)]
#[command(name = "valuemap", version)]
pub struct Cli {
    #[command(flatten)]
    overrides: Overrides,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the dashboard, the widget and the API
    Serve(serve::Serve),
    /// Bring the database schema up to date
    Migrate,
    /// Load the sample community into a database without organisations
    Seed,
    /// Print the GraphQL schema
    Schema(schema::Schema),
    /// Write all responses of a community as JSON lines
    Export(export::Export),
    /// Load data that was collected elsewhere
    Import(Box<import::Import>),
    /// Look at, check and change the scoring model
    #[command(subcommand)]
    Model(model::Model),
    /// State an exchange rate
    Rate(rate::Rate),
    /// Create an organisation
    Organisation(organisation::Organisation),
    /// Create and list communities
    #[command(subcommand)]
    Community(community::Community),
    /// Create, list and revoke the tokens of internal apps, and end sessions
    #[command(subcommand)]
    Token(token::Token),
    /// Manage the addresses that other systems post their events to
    #[command(subcommand)]
    Webhook(webhook::Webhook),
    /// Look at what came in by webhooks, and apply it again
    #[command(subcommand)]
    Inbox(inbox::Inbox),
    /// Print a link that signs a person in to the dashboard
    SignIn(sign_in::SignIn),
    /// Credit outcomes to activities by several models, print the credits and keep them
    Attribute(attribute::Attribute),
    /// Print how many leads and opportunities get further, and whether touched ones do so more often
    Conversion(conversion::Conversion),
    /// Look at answers that are held, and decide which answers count
    #[command(subcommand)]
    Answers(answers::Answers),
    /// Count all answers again and compare with the tallies
    Verify(verify::Verify),
    /// Work on jobs, beside a server or in its place
    Work(work::Work),
}

pub fn run(cli: Cli) -> anyhow::Result<()> {
    if let Command::Model(model::Model::Template(template)) = &cli.command {
        return template.run();
    }
    if let Command::Schema(schema) = cli.command {
        return schema.run();
    }
    let listen = if let Command::Serve(serve) = &cli.command { serve.listen } else { None };
    let settings = Settings::load(&cli.overrides, listen)?;
    logging::start(&settings)?;
    if let Command::Serve(serve) = cli.command {
        return actix_web::rt::System::new().block_on(serve.run(settings));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run_once(cli.command, &settings))
}

async fn run_once(command: Command, settings: &Settings) -> anyhow::Result<()> {
    let creates = matches!(command, Command::Migrate | Command::Seed | Command::Organisation(_));
    if !creates {
        Database::check_exists(&settings.database_url)?;
    }
    let ambient = Ambient::real();
    let database = Database::connect(&settings.database_url, ambient).await?;
    if creates {
        database.migrate().await?;
    } else {
        database.check_schema().await?;
    }
    match command {
        Command::Migrate => migrate::report(&settings.database_url),
        Command::Seed => seed::run(&database, &ambient).await?,
        Command::Export(export) => export.run(&database).await?,
        Command::Model(model) => model.run(&database, &ambient).await?,
        Command::Import(import) => import.run(&database, &ambient).await?,
        Command::Rate(rate) => rate.run(&database, &ambient).await?,
        Command::Organisation(organisation) => organisation.run(&database, &ambient).await?,
        Command::Community(community) => community.run(&database, &ambient).await?,
        Command::Token(token) => token.run(&database, &ambient).await?,
        Command::SignIn(sign_in) => sign_in.run(&database, &ambient, settings.listen).await?,
        Command::Webhook(webhook) => webhook.run(&database, &ambient).await?,
        Command::Inbox(inbox) => inbox.run(&database, &ambient).await?,
        Command::Attribute(attribute) => attribute.run(&database, &ambient).await?,
        Command::Conversion(conversion) => conversion.run(&database, &ambient).await?,
        Command::Answers(answers) => answers.run(&database, &ambient).await?,
        Command::Verify(verify) => verify.run(&database, &ambient).await?,
        Command::Work(work) => work.run(&database, &ambient).await?,
        Command::Serve(_) | Command::Schema(_) => {}
    }
    database.close().await?;
    Ok(())
}

/// To whom a community belongs.
async fn owner_of(database: &Database, community: CommunityId) -> anyhow::Result<Owner> {
    let organisation = store::organisation_of_community(&database.read, community).await?;
    Ok(Owner { organisation: organisation.map(|row| OrganisationId(row.id)), community: Some(community) })
}

/// The rights that were asked for, or the usual ones.
fn rights_of(asked: &[Right], usual: Rights) -> Rights {
    if asked.is_empty() { usual } else { Rights::of(asked.iter().copied()) }
}

/// A text of somebody else's on a terminal: what would steer the terminal is shown and not done.
fn shown(text: &str) -> String {
    let escaped = |letter: char| match letter.is_control() {
        true => letter.escape_default().to_string(),
        false => letter.to_string(),
    };
    text.chars().map(escaped).collect()
}

/// Prints a text. Whoever reads it may stop reading, as `head` does.
fn say(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// The organisation that was named, or the only one there is.
async fn find_organisation(database: &Database, name: Option<&str>) -> anyhow::Result<organisation_rows::Model> {
    let mut organisations = store::organisations(&database.read).await?;
    if let Some(name) = name {
        organisations.retain(|organisation| organisation.name == name);
    }
    match (organisations.len(), name) {
        (1, _) => Ok(organisations.remove(0)),
        (0, None) => bail!("there is no organisation yet; create one with `valuemap organisation NAME`"),
        (_, None) => bail!("there are several organisations; name one with --organisation"),
        (_, Some(name)) => bail!("there is no organisation `{name}`"),
    }
}

/// The community of this id or exact name.
async fn find_community(database: &Database, named: &str) -> anyhow::Result<community_rows::Model> {
    let id: Option<CommunityId> = match named.parse() {
        Ok(NodeId::Community(id)) => Some(id),
        _ => None,
    };
    let mut found = store::communities_named(&database.read, id, named).await?;
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => bail!("there is no community `{named}`; give its exact name or its id"),
        _ => bail!("several organisations have a community `{named}`; give its id"),
    }
}
