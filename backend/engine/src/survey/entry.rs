//! A submission as rows, ready to be stored.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::Condition;
use sea_orm::prelude::*;
use serde_json::json;
use valuemap_shared::ids::{SiteId, SubmissionId};
use valuemap_shared::survey::Submission;

use crate::base::digests::sha_256;
use crate::member_identity::Pseudonym;
use crate::survey::entities::response::Standing;
use crate::survey::entities::{answer, response};
use crate::survey::store::PublishedVersion;
use crate::survey::tallying::Contribution;

/// A submission that was parsed, ready to be stored.
#[derive(Debug)]
pub struct Entry {
    response: response::Model,
    answers: Vec<answer::Model>,
    contribution: Contribution,
    /// Who answered, where their server signed for them.
    member: Option<Pseudonym>,
}

/// Where a submission came from.
#[derive(Clone, Debug)]
pub enum Origin {
    Site(SiteId),
    File(String),
}

impl Entry {
    pub fn new(
        version: &PublishedVersion,
        id: SubmissionId,
        origin: Origin,
        day: NaiveDate,
        received_at: DateTime<Utc>,
        submission: &Submission,
    ) -> Self {
        let (site_id, source) = match origin {
            Origin::Site(site) => (Some(site.0), None),
            Origin::File(name) => (None, Some(name)),
        };
        let response = response::Model {
            community_id: version.community.0,
            survey_id: version.survey.0,
            id: id.0,
            version_id: version.id.0,
            site_id,
            source,
            day,
            received_at,
            content_hash: content_hash(version, submission),
            standing: Standing::Counted,
            address_hash: None,
        };
        let answer = |(question, answer): &(String, valuemap_shared::survey::Answer)| answer::Model {
            community_id: response.community_id,
            survey_id: response.survey_id,
            response_id: response.id,
            question: question.clone(),
            value: json!(answer),
            choice_order: submission.order(question).map(|order| json!(order)),
        };
        Self {
            member: None,
            contribution: Contribution::of(version, day, submission),
            answers: submission.answers().iter().map(answer).collect(),
            response,
        }
    }

    /// The same, as the answer of a member who is allowed one in a wave.
    pub fn of_member(self, member: Option<Pseudonym>) -> Self {
        Self { member, ..self }
    }

    /// The same, as it came from an address, and with the standing that this gives it.
    pub fn sent_from(mut self, address_hash: Option<String>, standing: Standing) -> Self {
        self.response.address_hash = address_hash;
        self.response.standing = standing;
        self
    }

    pub fn member(&self) -> Option<&Pseudonym> {
        self.member.as_ref()
    }

    pub fn response(&self) -> &response::Model {
        &self.response
    }

    pub fn answers(&self) -> &[answer::Model] {
        &self.answers
    }

    /// What it adds to the tallies, if it counts.
    pub fn contribution(&self) -> &Contribution {
        &self.contribution
    }

    pub fn key(&self) -> ResponseKey {
        (self.response.community_id, self.response.survey_id, self.response.id)
    }
}

pub type ResponseKey = (Uuid, Uuid, Uuid);

/// That a response is the one of this key.
pub fn is_response((community, survey, id): ResponseKey) -> Condition {
    Condition::all()
        .add(response::Column::CommunityId.eq(community))
        .add(response::Column::SurveyId.eq(survey))
        .add(response::Column::Id.eq(id))
}

fn content_hash(version: &PublishedVersion, submission: &Submission) -> String {
    let content = json!([version.id, submission]).to_string();
    sha_256(content.as_bytes())
}
