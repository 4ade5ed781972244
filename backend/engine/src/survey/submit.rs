//! Takes in answers: the one way from each door to the disk. There are three doors: the widget, the plain form, and files.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use valuemap_shared::ids::{CommunityId, SiteId, SubmissionId, SurveyId, SurveyVersionId};
use valuemap_shared::survey::{AnswerDraft, Problem, ProblemCode, Submission, SurveyDefinition};

use crate::base::ambient::Ambient;
use crate::database::Database;
use crate::limits::{Admission, Client, Limits, TooMany};
use crate::member_identity::{Pseudonym, Refusal, Unidentified, signed_member};
use crate::survey::entities::response::Standing;
use crate::survey::entry::{Entry, Origin};
use crate::survey::record::{Acknowledgement, EntryResult, acknowledgement_of, record};
use crate::survey::store::{PublishedVersion, VersionCache};
use crate::survey::writer::{NotWritten, Writer};
use crate::tenancy::entities::site;

/// The page that a request comes from, as the browser says.
#[derive(Clone, Debug, Default)]
pub struct PageOrigin {
    pub origin: Option<String>,
    /// The origin of this server's own pages.
    pub own: Option<String>,
    /// The page is one of this server, as the browser says where it names no origin: when it only reads.
    pub is_same_origin: bool,
}

/// What a site's survey is asked for and answered by, and which pages may. A page of this server always may.
#[derive(Clone, Copy, Debug)]
pub enum Door<'a> {
    /// A script. Every browser that can run it says which page it is on, so a request of no page, or of a page that hides
    /// its origin, is refused.
    Widget(&'a PageOrigin),
    /// A form that a browser sends by itself, as those without script do. The old ones among them never say which page
    /// they are on: who names no page is let in, and who names one has to name one of the site's.
    Form(&'a PageOrigin),
}

impl Door<'_> {
    /// Whether the page may use the site.
    pub fn check(self, site: &site::Model) -> Result<(), SubmitError> {
        let refused = |origin: &str| SubmitError::OriginNotAllowed(origin.to_owned());
        let is_listed = |origin: &str| site.origins().iter().any(|allowed| allowed == origin);
        match self {
            Self::Widget(page) => {
                if page.origin.is_none() && page.is_same_origin {
                    return Ok(());
                }
                let origin = page.origin.as_deref().unwrap_or("(none)");
                let is_own = page.own.as_deref() == Some(origin);
                if origin != "null" && (is_own || is_listed(origin)) { Ok(()) } else { Err(refused(origin)) }
            }
            Self::Form(page) => {
                let Some(origin) = page.origin.as_deref() else { return Ok(()) };
                let is_own = page.own.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(origin));
                if is_own || is_listed(origin) { Ok(()) } else { Err(refused(origin)) }
            }
        }
    }
}

/// What an answer needs on its way.
#[derive(Clone, Copy, Debug)]
pub struct Intake<'a> {
    pub database: &'a Database,
    pub ambient: &'a Ambient,
    pub versions: &'a VersionCache,
    pub limits: &'a Limits,
    pub writer: &'a Writer,
}

/// An answer as it came in.
#[derive(Debug)]
pub struct Sent<'a, D> {
    pub client: Client,
    /// `None` where it cannot be read.
    pub id: Option<SubmissionId>,
    /// `None` where it cannot be read.
    pub version: Option<SurveyVersionId>,
    /// What was answered, from the survey that was asked and the submission's id.
    pub drafts: D,
    /// A token that the partner's server signed for the member.
    pub identity: Option<&'a str>,
}

/// What became of an answer.
#[derive(Debug)]
pub enum Taken {
    /// It is on disk, from now or from before, and this is its first receipt.
    Stored { version: Arc<PublishedVersion>, receipt: Acknowledgement },
    /// It breaks rules of the survey; of no version where that one is not known. Nothing was stored.
    Invalid { version: Option<Arc<PublishedVersion>>, problems: Vec<Problem> },
    /// A submission with different content was stored under its id. Nothing changed.
    IdReused,
    /// The member has answered in this wave before. Nothing changed.
    AlreadyAnswered { received_at: DateTime<Utc> },
}

/// Why an answer was not looked at any further. Nothing was stored, except that it may have been where the database did
/// not confirm it.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    #[error("the origin {0} is not on the site's list")]
    OriginNotAllowed(String),
    #[error(transparent)]
    IdentityRefused(#[from] Refusal),
    #[error("too many come from this address")]
    TooMany(Duration),
    #[error("the database takes no answers right now")]
    Unavailable,
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl From<TooMany> for SubmitError {
    fn from(TooMany(wait): TooMany) -> Self {
        Self::TooMany(wait)
    }
}

impl From<NotWritten> for SubmitError {
    fn from(cause: NotWritten) -> Self {
        match cause {
            NotWritten::Unavailable => Self::Unavailable,
            NotWritten::Database(error) => error.into(),
        }
    }
}

impl From<Unidentified> for SubmitError {
    fn from(cause: Unidentified) -> Self {
        match cause {
            Unidentified::Refused(refusal) => refusal.into(),
            Unidentified::Database(error) => error.into(),
        }
    }
}

/// Takes in an answer that came by the widget or the form, and returns once it is on disk.
pub async fn submit<D>(
    intake: Intake<'_>,
    door: Door<'_>,
    site: &site::Model,
    sent: Sent<'_, D>,
) -> Result<Taken, SubmitError>
where
    D: FnOnce(&SurveyDefinition, Option<SubmissionId>) -> Vec<AnswerDraft>,
{
    door.check(site)?;
    let (db, now) = (&intake.database.read, intake.ambient.now());
    let member = signed_member(db, intake.ambient, site, sent.identity).await;
    let client = sent.client;
    let (version, id, submission) = match parse(intake, site, sent).await? {
        Ok(parsed) => parsed,
        Err(invalid) => return Ok(invalid),
    };
    let entry = Entry::new(&version, id, Origin::Site(SiteId(site.id)), now.date_naive(), now, &submission);
    let outcome = match member {
        Ok(member) => store(intake, site, client, member, entry).await?,
        Err(Unidentified::Database(error)) => return Err(error.into()),
        // A token may run out between the answer that was stored and the try whose receipt arrives.
        Err(Unidentified::Refused(refusal)) => {
            EntryResult::Repeated(acknowledgement_of(db, &entry).await?.ok_or(refusal)?)
        }
    };
    Ok(match outcome {
        EntryResult::Recorded(receipt) | EntryResult::Repeated(receipt) => Taken::Stored { version, receipt },
        EntryResult::IdReused => Taken::IdReused,
        EntryResult::AlreadyAnswered { received_at } => Taken::AlreadyAnswered { received_at },
    })
}

type Parsed = (Arc<PublishedVersion>, SubmissionId, Submission);

/// Reads the whole answer and reports all that is wrong with it.
async fn parse<D>(
    intake: Intake<'_>,
    site: &site::Model,
    sent: Sent<'_, D>,
) -> Result<Result<Parsed, Taken>, SubmitError>
where
    D: FnOnce(&SurveyDefinition, Option<SubmissionId>) -> Vec<AnswerDraft>,
{
    let mut problems = Vec::new();
    if sent.id.is_none() {
        problems.push(Problem::new("id", ProblemCode::Malformed, "a submission id is a UUID of version 7"));
    }
    let survey = (CommunityId(site.community_id), SurveyId(site.survey_id));
    let version = match sent.version {
        Some(version) => intake.versions.published(&intake.database.read, survey, version).await?,
        None => None,
    };
    let Some(version) = version else {
        let message = "the site's survey has no published version of this id; fetch the survey again";
        problems.push(Problem::new("version", ProblemCode::Unknown, message));
        return Ok(Err(Taken::Invalid { version: None, problems }));
    };
    let drafts = (sent.drafts)(&version.definition, sent.id);
    Ok(match (sent.id, Submission::parse(&version.definition, &drafts)) {
        (Some(id), Ok(submission)) => Ok((version, id, submission)),
        (_, parsed) => {
            problems.extend(parsed.err().unwrap_or_default());
            Err(Taken::Invalid { version: Some(version), problems })
        }
    })
}

/// Stores an answer and returns once it is on disk. An anonymous one is held where too many come from its address; a
/// member whom the site's server signed for has one answer a wave anyway, wherever they are.
async fn store(
    intake: Intake<'_>,
    site: &site::Model,
    client: Client,
    member: Option<Pseudonym>,
    entry: Entry,
) -> Result<EntryResult, SubmitError> {
    let Intake { database, ambient, limits, writer, .. } = intake;
    let community = CommunityId(site.community_id);
    let (admission, entry) = if member.is_some() {
        (Admission::Counted, entry.of_member(member))
    } else {
        let admission = limits.admit(client, site.survey_id, entry.response().id, ambient.now())?;
        let standing = match admission {
            Admission::Counted => Standing::Counted,
            Admission::Held => Standing::Held,
        };
        let hash = limits.address_hash(database, ambient, client, community).await?;
        (admission, entry.sent_from(hash, standing))
    };
    let outcome = writer.submit(entry).await?;
    if matches!(outcome, EntryResult::Recorded(_)) {
        limits.note_answer((community, SiteId(site.id)), admission, ambient.now());
    }
    Ok(outcome)
}

/// An answer from a file, which was held to the rules when the file was read.
#[derive(Debug)]
pub struct FileAnswer {
    pub id: SubmissionId,
    pub day: NaiveDate,
    pub submission: Submission,
}

/// Takes in the answers of a file, in the transaction of its import. Nobody's page sends them and nobody signed for the
/// members, so there is no page to check, no rate, and no wave to have answered in.
pub async fn load<'a>(
    transaction: &impl ConnectionTrait,
    ambient: &Ambient,
    version: &PublishedVersion,
    file: &str,
    answers: impl Iterator<Item = &'a FileAnswer>,
) -> Result<Vec<EntryResult>, DbErr> {
    let now = ambient.now();
    let entry = |answer: &FileAnswer| {
        Entry::new(version, answer.id, Origin::File(file.to_owned()), answer.day, now, &answer.submission)
    };
    record(transaction, &answers.map(entry).collect::<Vec<_>>()).await
}

#[cfg(test)]
mod tests {
    use sea_orm::prelude::Uuid;
    use serde_json::json;

    use super::*;

    const OWN: &str = "https://valuemap.example.com:8080";

    /// Whether the widget, and whether the form, is let in.
    #[track_caller]
    fn check(origin: Option<&str>, is_same_origin: bool, expected: [bool; 2]) {
        let site = site::Model {
            community_id: Uuid::nil(),
            id: Uuid::nil(),
            survey_id: Uuid::nil(),
            name: String::new(),
            key: String::new(),
            origins: json!(["https://forum.example.com"]),
            identity_keys: json!([]),
            requires_identity: false,
            created_at: DateTime::UNIX_EPOCH,
        };
        let page = PageOrigin { origin: origin.map(str::to_owned), own: Some(OWN.into()), is_same_origin };
        let found = [Door::Widget(&page), Door::Form(&page)].map(|door| door.check(&site).is_ok());
        assert_eq!(found, expected, "{origin:?}");
    }

    #[test]
    fn a_page_is_let_in_by_its_whole_origin() {
        for good in ["https://forum.example.com", OWN] {
            check(Some(good), false, [true, true]);
        }
        for bad in [
            "http://valuemap.example.com:8080",
            "http://forum.example.com",
            "https://forum.example.com.evil.example",
            "https://valuemap.example.com",
            "null",
        ] {
            check(Some(bad), false, [false, false]);
        }
        check(Some("https://other.example.com"), true, [false, false]);
    }

    #[test]
    fn a_page_that_is_not_named_may_send_a_form_and_is_no_place_for_the_widget() {
        check(None, false, [false, true]);
        check(None, true, [true, true]);
    }
}
