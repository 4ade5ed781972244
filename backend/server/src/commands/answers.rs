use anyhow::{Context, bail};
use chrono::{DateTime, NaiveDate, Utc};
use clap::{Args, Subcommand, ValueEnum};
use sea_orm::prelude::*;
use valuemap_api::wire::node_id::NodeId;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::database::Database;
use valuemap_engine::database::author::Author;
use valuemap_engine::survey::entities::response::Standing;
use valuemap_engine::survey::standing::lists::{Group, groups};
use valuemap_engine::survey::standing::{Decision, Matching, Move, Selection};
use valuemap_engine::survey::store::VersionCache;
use valuemap_engine::tenancy::entities::site;
use valuemap_engine::tenancy::store::{site_by_key, sites_of};
use valuemap_shared::ids::{CommunityId, SiteId};

use crate::commands::{find_community, owner_of};

/// How many groups are listed.
const LISTED: u64 = 1_000;

#[derive(Subcommand)]
pub enum Answers {
    /// List the answers that count in no figure, by site and address
    Held(Held),
    /// Have answers count that are held or quarantined
    Release(Chosen),
    /// Mark answers that are held as not genuine; they stay stored
    Discard(Chosen),
    /// Take answers that count out of every figure, until they are released
    Quarantine(Chosen),
}

#[derive(Args)]
pub struct Held {
    /// The community: its name or its id
    #[arg(long)]
    community: String,
    /// Those of this standing only [default: all that count in no figure]
    #[arg(long)]
    standing: Option<SetAside>,
}

#[derive(Args)]
pub struct Chosen {
    /// The site that they were given on: its key (pk_...) or its id (sit_...)
    #[arg(long)]
    site: String,
    /// Received at this time or later: 2026-11-28T10:00:00Z, or a day in UTC
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    from: Option<DateTime<Utc>>,
    /// Received before this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    until: Option<DateTime<Utc>>,
    /// From this address, as `answers held` prints it
    #[arg(long, value_name = "HASH")]
    address: Option<String>,
    /// Those of this standing only [default: held and quarantined ones are released, held ones discarded]
    #[arg(long)]
    standing: Option<SetAside>,
}

#[derive(Clone, Copy, ValueEnum)]
enum SetAside {
    Held,
    Quarantined,
    Discarded,
}

impl From<SetAside> for Standing {
    fn from(standing: SetAside) -> Self {
        match standing {
            SetAside::Held => Self::Held,
            SetAside::Quarantined => Self::Quarantined,
            SetAside::Discarded => Self::Discarded,
        }
    }
}

impl Answers {
    pub async fn run(&self, database: &Database, ambient: &Ambient) -> anyhow::Result<()> {
        let with = (database, ambient);
        match self {
            Self::Held(held) => held.run(database).await,
            Self::Release(chosen) => {
                chosen.decide(with, Decision::Release, ("answers release", "count from now on")).await
            }
            Self::Discard(chosen) => chosen.decide(with, Decision::Discard, ("answers discard", "are discarded")).await,
            Self::Quarantine(chosen) => {
                chosen.decide(with, Decision::Quarantine, ("answers quarantine", "count no longer")).await
            }
        }
    }
}

impl Held {
    async fn run(&self, database: &Database) -> anyhow::Result<()> {
        let community = CommunityId(find_community(database, &self.community).await?.id);
        let sites = sites_of(&database.read, [community]).await?;
        let standing = self.standing.map(Standing::from);
        let groups = groups(&database.read, community, None, standing, LISTED).await?;
        for group in &groups {
            print_line(group, sites.iter().find(|site| Some(site.id) == group.site_id));
        }
        let answers: i64 = groups.iter().map(|group| group.answers).sum();
        println!("{answers} answers count in no figure.");
        if answers > 0 {
            println!(
                "`valuemap answers release --site KEY --address HASH` has them count, `valuemap answers discard` does not."
            );
        }
        Ok(())
    }
}

fn print_line(group: &Group, site: Option<&site::Model>) {
    let site = site.map_or("(imported)", |site| site.key.as_str());
    let address = group.address_hash.as_deref().unwrap_or("(address not kept)");
    let time = |time: DateTime<Utc>| time.format("%Y-%m-%d %H:%M:%S");
    println!(
        "{site}  {address}  {}  {} answers from {} to {}",
        group.standing.to_value(),
        group.answers,
        time(group.first_at),
        time(group.last_at)
    );
}

impl Chosen {
    async fn decide(
        &self,
        (database, ambient): (&Database, &Ambient),
        decision: Decision,
        (what, done): (&str, &str),
    ) -> anyhow::Result<()> {
        let standing = self.standing.map(Standing::from);
        let from = match &standing {
            None => decision.usual_from(),
            Some(standing) if decision.all_from().contains(standing) => std::slice::from_ref(standing),
            Some(standing) => bail!("this cannot be done with answers that are {}", standing.to_value()),
        };
        let site = find_site(database, &self.site).await?;
        let address_hash = self.address.clone();
        let matching = Matching { from: self.from, until: self.until, address_hash, ..Matching::all_of(&site) };
        let mut answers = Move::new(Selection::Matching(matching), decision, from);
        let versions = VersionCache::default();
        let mut moved = 0;
        let owner = owner_of(database, CommunityId(site.community_id)).await?;
        let author = Author::operator(ambient, owner, what);
        while let Some(count) = answers.next_batch(database, &author, &versions).await? {
            moved += count;
        }
        println!("{moved} answers {done}.");
        Ok(())
    }
}

async fn find_site(database: &Database, named: &str) -> anyhow::Result<site::Model> {
    let found = match named.parse() {
        Ok(NodeId::Site(community, SiteId(id))) => {
            site::Entity::find_by_id((community.0, id)).one(&database.read).await?
        }
        _ => site_by_key(&database.read, named).await?,
    };
    found.with_context(|| format!("there is no site `{named}`; give its key (pk_...) or its id"))
}

fn parse_time(text: &str) -> Result<DateTime<Utc>, String> {
    let day = || text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0).map(|time| time.and_utc());
    let time = text.parse::<DateTime<Utc>>().ok().or_else(day);
    time.ok_or_else(|| "write it like 2026-11-28T10:00:00Z, or 2026-11-28 for the start of the day in UTC".to_owned())
}
