//! Counts the stored answers again and compares with the tallies.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::prelude::*;
use valuemap_shared::ids::{CommunityId, SurveyId, SurveyVersionId};
use valuemap_shared::survey::{Answer, AnswerDraft, Cell, Submission, cells_of};

use super::entities::{answer, response, tally};
use super::store::{VersionCache, responses_after};

/// What was found in one community.
#[derive(Debug, Default)]
pub struct Findings {
    pub responses: u64,
    pub tallies: u64,
    /// Tallies whose count is not what the answers add up to, and responses that break their survey's rules.
    pub differences: Vec<String>,
}

type Counts = BTreeMap<(String, NaiveDate, Uuid, Cell), i64>;

pub async fn verify(db: &impl ConnectionTrait, community: CommunityId) -> Result<Findings, DbErr> {
    let mut findings = Findings::default();
    let recounted = recount(db, community, &mut findings).await?;
    let stored = stored_counts(db, community).await?;
    findings.tallies = stored.len() as u64;
    for key in recounted.keys().chain(stored.keys().filter(|key| !recounted.contains_key(*key))) {
        let (counted, kept) = (recounted.get(key).unwrap_or(&0), stored.get(key).unwrap_or(&0));
        if counted != kept {
            let (subject, day, version, cell) = key;
            findings.differences.push(format!(
                "{subject} on {day}, version {version}, sum {} of {} answers: the tally says {kept}, the answers {counted}",
                cell.total, cell.answered
            ));
        }
    }
    Ok(findings)
}

async fn recount(db: &impl ConnectionTrait, community: CommunityId, findings: &mut Findings) -> Result<Counts, DbErr> {
    let versions = VersionCache::default();
    let mut counts = Counts::new();
    let mut after = None;
    loop {
        let page = responses_after(db, community, after, 1_000).await?;
        let Some((last, _)) = page.last() else { return Ok(counts) };
        after = Some((last.survey_id, last.id));
        for (response, answers) in page {
            findings.responses += 1;
            let survey = (community, SurveyId(response.survey_id));
            let version = versions.published(db, survey, SurveyVersionId(response.version_id)).await?;
            let submission = version.as_ref().map(|version| Submission::parse(&version.definition, &drafts(&answers)));
            match (version, submission) {
                (Some(version), Some(Ok(submission))) => {
                    for (subject, cell) in cells_of(&version.definition, &submission) {
                        let key = (subject.to_string(), response.day, response.version_id, cell);
                        *counts.entry(key).or_default() += 1;
                    }
                }
                _ => findings.differences.push(unreadable(&response)),
            }
        }
    }
}

fn unreadable(response: &response::Model) -> String {
    format!("response {} does not fit its survey version {}", response.id, response.version_id)
}

/// The answers as they were once sent.
fn drafts(answers: &[answer::Model]) -> Vec<AnswerDraft> {
    let draft = |row: &answer::Model| {
        let draft = AnswerDraft { question: row.question.clone(), ..AnswerDraft::default() };
        match serde_json::from_value(row.value.clone()) {
            Ok(Answer::Number(number)) => AnswerDraft { number: Some(i64::from(number)), ..draft },
            Ok(Answer::Text(text)) => AnswerDraft { text: Some(text), ..draft },
            Ok(Answer::Choices(choices)) => AnswerDraft { choices: Some(choices), ..draft },
            Err(_) => draft,
        }
    };
    answers.iter().map(draft).collect()
}

async fn stored_counts(db: &impl ConnectionTrait, community: CommunityId) -> Result<Counts, DbErr> {
    let rows = tally::Entity::find().filter(tally::Column::CommunityId.eq(community.0)).all(db).await?;
    let cell = |row: &tally::Model| Cell {
        points: u8::try_from(row.points).unwrap_or_default(),
        answered: u8::try_from(row.answered).unwrap_or_default(),
        total: u16::try_from(row.total).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(|row| ((row.subject.clone(), row.day, row.version_id, cell(&row)), row.count)).collect())
}
