//! A member who answers several surveys of a community in one wave counts once: what is tallied beside their answers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::prelude::*;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{Condition, DatabaseBackend, QuerySelect, Statement};
use serde_json::json;
use sha2::{Digest, Sha256};
use valuemap_shared::ids::CommunityId;

use crate::database::statements::chunks;
use crate::survey::entities::response::Standing;
use crate::survey::entities::{member_answer, response};
use crate::survey::entry::{ResponseKey, is_response};
use crate::survey::store::{VersionCache, with_answers};
use crate::survey::tallying::{Contribution, contribution_of};

/// A member of a community in a wave.
pub type Respondent = (Uuid, String, String);

pub fn respondent_of(claim: &member_answer::Model) -> Respondent {
    (claim.community_id, claim.wave.clone(), claim.member.clone())
}

/// The members who gave these responses, as far as they were signed for.
pub async fn respondents_of(
    db: &impl ConnectionTrait,
    responses: &[response::Model],
) -> Result<BTreeSet<Respondent>, DbErr> {
    use member_answer::Column;
    let mut found = BTreeSet::new();
    for responses in chunks(responses, 200) {
        let is = |row: &response::Model| {
            Condition::all()
                .add(Column::CommunityId.eq(row.community_id))
                .add(Column::SurveyId.eq(row.survey_id))
                .add(Column::ResponseId.eq(row.id))
        };
        let any = responses.into_iter().map(is).fold(Condition::any(), Condition::add);
        let claims = member_answer::Entity::find().filter(any).all(db).await?;
        found.extend(claims.iter().map(respondent_of));
    }
    Ok(found)
}

/// What is to be tallied beside the contributions of responses that begin or cease to count, so that their members count
/// once. `counted_before` says of a response whether it counted before this transaction, and `unwritten` holds the
/// contributions of responses whose answers are not written yet.
pub async fn corrections(
    transaction: &impl ConnectionTrait,
    respondents: &BTreeSet<Respondent>,
    unwritten: &HashMap<ResponseKey, &Contribution>,
    counted_before: impl Fn(&response::Model) -> bool,
) -> Result<Vec<Contribution>, DbErr> {
    if respondents.is_empty() {
        return Ok(Vec::new());
    }
    lock(transaction, respondents).await?;
    let several = claims_of_several(transaction, respondents).await?;
    let responses = responses_of(transaction, several.values().flatten()).await?;
    let contributions = contributions(transaction, &responses, unwritten).await?;
    let mut corrections = Vec::new();
    for keys in several.values() {
        let given: Vec<&response::Model> = keys.iter().filter_map(|key| responses.get(key)).collect();
        let counted = |of: &dyn Fn(&response::Model) -> bool| -> Vec<(&response::Model, &Contribution)> {
            let counted = given.iter().filter(|row| of(row));
            counted.filter_map(|row| Some((*row, contributions.get(&key_of(row))?.as_ref()))).collect()
        };
        let now = counted(&|row| row.standing == Standing::Counted);
        let before = counted(&counted_before);
        corrections.extend(corrections_of(now));
        corrections.extend(corrections_of(before).into_iter().map(Contribution::negated));
    }
    Ok(corrections)
}

/// What is tallied beside these responses of one member that count.
pub fn corrections_of(mut responses: Vec<(&response::Model, &Contribution)>) -> Vec<Contribution> {
    responses.sort_by_key(|(row, _)| (row.day, row.received_at, row.id));
    let contributions: Vec<&Contribution> = responses.into_iter().map(|(_, contribution)| contribution).collect();
    Contribution::corrections(&contributions)
}

fn key_of(row: &response::Model) -> ResponseKey {
    (row.community_id, row.survey_id, row.id)
}

/// Two answers of a member that are stored at the same time would not see each other. They wait for each other here, in the
/// order of the keys. SQLite has one writer.
async fn lock(transaction: &impl ConnectionTrait, respondents: &BTreeSet<Respondent>) -> Result<(), DbErr> {
    if transaction.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(());
    }
    let key = |(community, wave, member): &Respondent| {
        let digest = Sha256::digest(json!([community, wave, member]).to_string());
        let (first, _) = digest.split_first_chunk().unwrap_or((&[0; 8], &[]));
        i64::from_be_bytes(*first)
    };
    let keys: BTreeSet<i64> = respondents.iter().map(key).collect();
    let statement = "SELECT pg_advisory_xact_lock(key::bigint) FROM json_array_elements_text($1::json) AS keys(key)";
    let statement =
        Statement::from_sql_and_values(DatabaseBackend::Postgres, statement, [json!(keys).to_string().into()]);
    transaction.query_all_raw(statement).await?;
    Ok(())
}

/// The responses of those members who answered more than one survey in the wave.
async fn claims_of_several(
    db: &impl ConnectionTrait,
    respondents: &BTreeSet<Respondent>,
) -> Result<BTreeMap<Respondent, Vec<ResponseKey>>, DbErr> {
    use member_answer::Column;
    let mut claims: BTreeMap<Respondent, Vec<ResponseKey>> = BTreeMap::new();
    for respondents in chunks(respondents, 200) {
        let is = |(community, wave, member): &Respondent| {
            Condition::all()
                .add(Column::CommunityId.eq(*community))
                .add(Column::Wave.eq(wave))
                .add(Column::Member.eq(member))
        };
        let any = respondents.into_iter().map(is).fold(Condition::any(), Condition::add);
        for claim in member_answer::Entity::find().filter(any).all(db).await? {
            let key = (claim.community_id, claim.survey_id, claim.response_id);
            claims.entry(respondent_of(&claim)).or_default().push(key);
        }
    }
    claims.retain(|_, keys| keys.len() > 1);
    Ok(claims)
}

/// The same of all members of a community.
pub async fn all_claims_of_several(
    db: &impl ConnectionTrait,
    community: CommunityId,
) -> Result<BTreeMap<Respondent, Vec<ResponseKey>>, DbErr> {
    use member_answer::Column;
    let several: Vec<(String, String)> = member_answer::Entity::find()
        .select_only()
        .columns([Column::Wave, Column::Member])
        .filter(Column::CommunityId.eq(community.0))
        .group_by(Column::Wave)
        .group_by(Column::Member)
        .having(ExprTrait::gt(Column::ResponseId.count(), 1))
        .into_tuple()
        .all(db)
        .await?;
    let respondents = several.into_iter().map(|(wave, member)| (community.0, wave, member)).collect();
    claims_of_several(db, &respondents).await
}

async fn responses_of(
    db: &impl ConnectionTrait,
    keys: impl Iterator<Item = &ResponseKey>,
) -> Result<HashMap<ResponseKey, response::Model>, DbErr> {
    let mut found = HashMap::new();
    for keys in chunks(keys, 200) {
        let any = keys.into_iter().fold(Condition::any(), |any, key| any.add(is_response(*key)));
        let rows = response::Entity::find().filter(any).all(db).await?;
        found.extend(rows.into_iter().map(|row| (key_of(&row), row)));
    }
    Ok(found)
}

/// What each response adds by itself.
async fn contributions<'a>(
    db: &impl ConnectionTrait,
    responses: &HashMap<ResponseKey, response::Model>,
    unwritten: &HashMap<ResponseKey, &'a Contribution>,
) -> Result<HashMap<ResponseKey, Known<'a>>, DbErr> {
    let versions = VersionCache::default();
    let mut known = HashMap::with_capacity(responses.len());
    let mut written: BTreeMap<Uuid, Vec<response::Model>> = BTreeMap::new();
    for (key, row) in responses {
        match unwritten.get(key) {
            Some(contribution) => {
                known.insert(*key, Known::Given(contribution));
            }
            None => written.entry(row.community_id).or_default().push(row.clone()),
        }
    }
    for rows in written.into_values().flat_map(|rows| chunks(rows, 200)) {
        for (row, answers) in with_answers(db, rows).await? {
            if let Some(contribution) = contribution_of(db, &versions, &row, &answers).await? {
                known.insert(key_of(&row), Known::Read(contribution));
            }
        }
    }
    Ok(known)
}

enum Known<'a> {
    Given(&'a Contribution),
    Read(Contribution),
}

impl AsRef<Contribution> for Known<'_> {
    fn as_ref(&self) -> &Contribution {
        match self {
            Self::Given(contribution) => contribution,
            Self::Read(contribution) => contribution,
        }
    }
}
