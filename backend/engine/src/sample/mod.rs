//! The sample community: made-up members, customers and events over eight quarters, so that the first look at the map is
//! worth a look. It is labelled as a sample wherever it is shown.
//!
//! The story: a company sells software for kilns and pottery studios. Its community begins with staff answering most
//! questions. Answers come faster and better, best practices spread, and fewer customers need support although there
//! are more of them. Recognition of experts stalled until badges and an advocacy programme came in the fifth quarter:
//! since then members answer most questions, and accounts in the programme upgrade more often. Influence on the roadmap
//! slipped, and is being mended by a product council.

mod activities;
mod answers;
mod comments;
mod events;
mod follow_ups;
mod funnel;
mod people;
mod sales;
mod world;

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbErr};
use valuemap_shared::activities::Record;
use valuemap_shared::ids::{CommunityId, OrganisationId, SurveyId};
use valuemap_shared::money::Currency;
use valuemap_shared::value_map::DEFAULT_MINIMUM;

use crate::activities::rates::state_rate;
use crate::activities::record::Recorder;
use crate::base::ambient::Ambient;
use crate::base::commits::Touches;
use crate::database::Database;
use crate::database::author::{Author, Owner};
use crate::database::statements::chunks;
use crate::follow_ups::store::publish_follow_up;
use crate::founding::{NewCommunity, found};
use crate::sample::answers::{Given, help_answers, help_survey, member_answers};
use crate::sample::world::World;
use crate::survey::entry::{Entry, Origin};
use crate::survey::record::record;
use crate::survey::store::{PublishedVersion, create_survey, latest_published, publish_draft, save_draft};
use crate::tenancy::store::{create_organisation, create_site};
use crate::value_map::comparisons::save_comparison;

/// The key in the demo page's snippet.
pub const SITE_KEY: &str = "pk_sample_community";
const HELP_SITE_KEY: &str = "pk_sample_help_pages";

/// How much was made up.
#[derive(Debug)]
pub struct Loaded {
    pub responses: usize,
    pub records: usize,
}

/// Loads the sample into an empty database.
pub async fn load(database: &Database, ambient: &Ambient, by: impl FnOnce(Owner) -> Author) -> anyhow::Result<Loaded> {
    let organisation = OrganisationId(ambient.new_id());
    let author = by(Owner::organisation(organisation));
    let transaction = database.begin_write(&author, Touches::NOTHING).await?;
    let organisation =
        create_organisation(&transaction, ambient, organisation, "Sample organisation", DEFAULT_MINIMUM).await?;
    let organisation = OrganisationId(organisation.id);
    let new = NewCommunity { organisation, name: "Sample community", is_sample: true, currency: Currency::EUR };
    let founded = found(&transaction, ambient, new).await?;
    let community = CommunityId(founded.community.id);
    let mut world = World::new(ambient.now().date_naive());

    let version = published(&transaction, (community, founded.survey)).await?;
    let answered = member_answers(&mut world, &version);
    let mut responses = answer(&transaction, ambient, &version, ("Demo page", SITE_KEY), answered).await?;
    let help = (community, SurveyId(create_survey(&transaction, ambient, community, "Help pages").await?.id));
    save_draft(&transaction, ambient, help, &help_survey()?).await?;
    publish_draft(&transaction, ambient, help).await?;
    let version = published(&transaction, help).await?;
    let answered = help_answers(&mut world, &version);
    responses += answer(&transaction, ambient, &version, ("Help pages", HELP_SITE_KEY), answered).await?;

    for (currency, day, rate) in world.rates() {
        state_rate(&transaction, community, currency, day, rate, ambient.now()).await?;
    }
    let people = people::made_up(&mut world);
    let programme = activities::made_up(&mut world, &people);
    let mut records: Vec<Record> = people.records();
    records.extend(programme.records());
    records.extend(sales::made_up(&mut world, &people, &programme));
    records.extend(events::made_up(&mut world, &people));
    records.extend(funnel::made_up(&mut world, &people, &records));
    // Nobody meets the same thing twice.
    let mut met = HashSet::new();
    records.retain(|record| match record {
        Record::Touchpoint(touchpoint) => met.insert(touchpoint.reference.key.clone()),
        _ => true,
    });
    let count = records.len();
    let mut recorder = Recorder::start(&transaction, community, ambient).await?;
    for some in chunks((0..).zip(records), 5_000) {
        recorder.record(&transaction, some).await?;
    }
    if let Some(refused) = recorder.refused.first() {
        anyhow::bail!("the sample breaks a rule: {refused:?}");
    }
    for follow_up in follow_ups::made_up(&world)? {
        publish_follow_up(&transaction, ambient, community, &follow_up).await?;
    }
    save_comparison(&transaction, ambient, community, &sales::comparison(&world)).await?;
    transaction.commit().await?;
    Ok(Loaded { responses, records: count })
}

async fn published(
    transaction: &impl ConnectionTrait,
    survey: (CommunityId, SurveyId),
) -> anyhow::Result<PublishedVersion> {
    let version = latest_published(transaction, survey).await?;
    let version = version.ok_or_else(|| DbErr::RecordNotFound("the survey that was just published".into()))?;
    Ok(PublishedVersion::try_from(version)?)
}

/// Stores answers as given on a site of their own, and returns how many.
async fn answer(
    transaction: &impl ConnectionTrait,
    ambient: &Ambient,
    version: &PublishedVersion,
    (name, key): (&str, &str),
    given: Vec<Given>,
) -> anyhow::Result<usize> {
    let survey = (version.community, version.survey);
    let site = create_site(transaction, ambient, survey, name, key.into(), &[]).await?;
    let entry = |(id, day, submission): Given| {
        let received_at = day.and_hms_opt(12, 0, 0).unwrap_or_default().and_utc();
        Entry::new(version, id, Origin::Site(site.id.into()), day, received_at, &submission)
    };
    let entries: Vec<Entry> = given.into_iter().map(entry).collect();
    record(transaction, &entries).await?;
    Ok(entries.len())
}
