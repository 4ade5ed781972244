//! The sample community: made-up members who answered over eight quarters, so that the first look at the map is worth
//! a look. It is labelled as a sample wherever it is shown.

mod comments;

use chrono::{Days, NaiveDate};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use sea_orm::DbErr;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::{CommunityId, OrganisationId, SubmissionId, uuid_v7};
use valuemap_shared::money::Currency;
use valuemap_shared::survey::{AnswerDraft, Benefit, Submission};
use valuemap_shared::value_map::DEFAULT_MINIMUM;

use crate::access::graphql::create_standard_survey;
use crate::access::store::{create_community, create_organisation, create_site};
use crate::ambient::Ambient;
use crate::database::Database;
use crate::survey::record::{Entry, Origin, record};
use crate::survey::store::{PublishedVersion, latest_published};

/// The key in the demo page's snippet.
pub const SITE_KEY: &str = "pk_sample_community";
const QUARTERS: u32 = 8;

/// Loads the sample into an empty database and returns how many responses it has.
pub async fn load(database: &Database, ambient: &Ambient) -> anyhow::Result<usize> {
    let transaction = database.begin_write().await?;
    let organisation = create_organisation(&transaction, ambient, "Sample organisation", DEFAULT_MINIMUM).await?;
    let organisation = OrganisationId(organisation.id);
    let community =
        create_community(&transaction, ambient, organisation, "Sample community", true, Currency::EUR).await?;
    let survey = create_standard_survey(&transaction, ambient, CommunityId(community.id)).await?;
    let site = create_site(&transaction, ambient, survey, "Demo page", SITE_KEY.into(), &[]).await?;
    let version = latest_published(&transaction, survey).await?;
    let version = version.ok_or_else(|| DbErr::RecordNotFound("the standard survey".into()))?;
    let version = PublishedVersion::try_from(version)?;
    let entries: Vec<Entry> = submissions(ambient, &version)
        .into_iter()
        .map(|(id, day, submission)| {
            let received_at = day.and_hms_opt(12, 0, 0).unwrap_or_default().and_utc();
            Entry::new(&version, id, Origin::Site(site.id.into()), day, received_at, &submission)
        })
        .collect();
    record(&transaction, &entries).await?;
    transaction.commit().await?;
    Ok(entries.len())
}

/// The same made-up answers every time, up to yesterday.
fn submissions(ambient: &Ambient, version: &PublishedVersion) -> Vec<(SubmissionId, NaiveDate, Submission)> {
    let mut dice = Pcg64Mcg::seed_from_u64(2026);
    let today = ambient.now().date_naive();
    let mut quarter = Quarter::containing(today);
    for _ in 1..QUARTERS {
        quarter = quarter.previous();
    }
    let mut submissions = Vec::new();
    for age in 0..QUARTERS {
        let mut day = quarter.first_day();
        while day <= quarter.last_day() && day < today {
            // More members find the survey as the community grows: two or three a day at first, six at the end.
            let expected = 2.5 + 0.5 * f64::from(age);
            let today_count = expected.floor() as u32 + u32::from(dice.random_bool(expected.fract()));
            for _ in 0..today_count {
                let drafts = answers(&mut dice, f64::from(age));
                if let Ok(submission) = Submission::parse(&version.definition, &drafts) {
                    let noon = day.and_hms_opt(12, 0, 0).unwrap_or_default().and_utc().timestamp_millis();
                    let id = uuid_v7(u64::try_from(noon).unwrap_or_default(), &dice.random());
                    submissions.push((SubmissionId(id), day, submission));
                }
            }
            day = day + Days::new(1);
        }
        quarter = quarter.next();
    }
    submissions
}

/// How a benefit stands after so many quarters, as the mean on the scale from 1 to 5.
///
/// The story: answers come faster and better, and best practices spread. Recognition stalled until badges for experts
/// came in the fifth quarter. Influence on the roadmap slipped, and is being mended.
fn mean(benefit: Benefit, age: f64) -> f64 {
    match benefit {
        Benefit::ProductKnowledge => 3.6 + 0.08 * age,
        Benefit::UnconventionalUses => 2.9 + 0.05 * age,
        Benefit::PeerBestPractices => 3.2 + 0.12 * age,
        Benefit::RecognisedExpertise => 2.8 + if age >= 4.0 { 0.25 * (age - 3.0) } else { 0.0 },
        Benefit::RoadmapInfluence => 3.1 - 0.15 * age.min(5.0) + if age > 5.0 { 0.2 * (age - 5.0) } else { 0.0 },
    }
}

fn answers(dice: &mut Pcg64Mcg, age: f64) -> Vec<AnswerDraft> {
    // Some members like everything a little better than others do.
    let mood = dice.random_range(-0.8..0.8);
    let mut drafts = Vec::new();
    let mut sum = 0.0;
    for benefit in Benefit::ALL {
        let noise = dice.random_range(-1.3..1.3) + dice.random_range(-0.7..0.7);
        let point = (mean(benefit, age) + mood + noise).round().clamp(1.0, 5.0);
        sum += point;
        if dice.random_bool(0.96) {
            drafts.push(number(benefit.as_str(), point as i64));
        }
    }
    if dice.random_bool(0.93) {
        let liking = 2.2 * (sum / 5.0) + dice.random_range(-2.0..2.0);
        drafts.push(number("recommendation", liking.round().clamp(0.0, 10.0) as i64));
    }
    if dice.random_bool(0.22) {
        let comment = comments::COMMENTS[dice.random_range(0..comments::COMMENTS.len())];
        drafts.push(AnswerDraft {
            question: "more_useful".into(),
            text: Some(comment.into()),
            ..AnswerDraft::default()
        });
    }
    drafts
}

fn number(question: &str, number: i64) -> AnswerDraft {
    AnswerDraft { question: question.into(), number: Some(number), ..AnswerDraft::default() }
}
