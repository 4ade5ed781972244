//! Counts the stored answers again and compares with the tallies.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;
use sea_orm::prelude::*;
use sea_orm::{DatabaseBackend, IntoActiveModel};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::survey::Cell;
use valuemap_shared::value_map::CoMoment;

use crate::base::progress::SharedProgress;
use crate::database::statements::chunks;
use crate::survey::entities::response::Standing;
use crate::survey::entities::{co_moment, response, tally};
use crate::survey::entry::ResponseKey;
use crate::survey::respondents::{all_claims_of_several, corrections_of};
use crate::survey::store::{VersionCache, responses_after};
use crate::survey::tallying::{Contribution, contribution_of, unreadable};

/// What was found in one community.
#[derive(Debug, Default)]
pub struct Findings {
    /// The responses that count.
    pub responses: u64,
    pub set_aside: u64,
    pub tallies: u64,
    /// Tallies whose count is not what the answers add up to, and responses that break their survey's rules.
    pub differences: Vec<String>,
}

type Counts = BTreeMap<(String, NaiveDate, Uuid, Cell), i64>;
type PairSums = BTreeMap<(String, NaiveDate, Uuid), CoMoment>;

pub async fn verify(
    db: &impl ConnectionTrait,
    community: CommunityId,
    progress: &SharedProgress,
) -> Result<Findings, DbErr> {
    let mut findings = Findings::default();
    let (recounted, resummed) = recount(db, community, &mut findings, progress).await?;
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
    let kept = stored_pairs(db, community).await?;
    for key in resummed.keys().chain(kept.keys().filter(|key| !resummed.contains_key(*key))) {
        let (summed, stored) =
            (resummed.get(key).copied().unwrap_or_default(), kept.get(key).copied().unwrap_or_default());
        if summed != stored {
            let (pair, day, version) = key;
            findings.differences.push(format!(
                "{pair} on {day}, version {version}: the co-moment says {stored:?}, the answers {summed:?}"
            ));
        }
    }
    Ok(findings)
}

/// Replaces the tallies and co-moments of a community by what its answers add up to. Returns what was wrong before.
pub async fn mend(
    transaction: &impl ConnectionTrait,
    community: CommunityId,
    progress: &SharedProgress,
) -> Result<Findings, DbErr> {
    if transaction.get_database_backend() == DatabaseBackend::Postgres {
        // Answers wait until the tallies are what they add up to. SQLite has one writer, and this is it.
        transaction.execute_unprepared("LOCK TABLE response IN SHARE MODE").await?;
    }
    let findings = verify(transaction, community, progress).await?;
    if findings.differences.is_empty() {
        return Ok(findings);
    }
    let (counts, pairs) = recount(transaction, community, &mut Findings::default(), progress).await?;
    tally::Entity::delete_many().filter(tally::Column::CommunityId.eq(community.0)).exec(transaction).await?;
    co_moment::Entity::delete_many().filter(co_moment::Column::CommunityId.eq(community.0)).exec(transaction).await?;
    let community_id = community.0;
    let rows = counts.into_iter().map(|((subject, day, version_id, cell), count)| tally::Model {
        community_id,
        subject,
        day,
        version_id,
        points: i16::from(cell.points),
        answered: i16::from(cell.answered),
        total: i32::from(cell.total),
        count,
    });
    for rows in chunks(rows, 500) {
        let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
        tally::Entity::insert_many(rows).exec_without_returning(transaction).await?;
    }
    let rows = pairs.into_iter().map(|((pair, day, version_id), sums)| co_moment::Model {
        community_id,
        pair,
        day,
        version_id,
        count: sums.count,
        first_sum: sums.first_sum,
        second_sum: sums.second_sum,
        product_sum: sums.product_sum,
    });
    for rows in chunks(rows, 500) {
        let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
        co_moment::Entity::insert_many(rows).exec_without_returning(transaction).await?;
    }
    Ok(findings)
}

async fn recount(
    db: &impl ConnectionTrait,
    community: CommunityId,
    findings: &mut Findings,
    progress: &SharedProgress,
) -> Result<(Counts, PairSums), DbErr> {
    let responses = response::Entity::find().filter(response::Column::CommunityId.eq(community.0)).count(db).await?;
    progress.begin("Counting answers again", responses);
    let versions = VersionCache::default();
    let several = all_claims_of_several(db, community).await?;
    let of_several: HashSet<ResponseKey> = several.values().flatten().copied().collect();
    let mut repeated: HashMap<ResponseKey, (response::Model, Contribution)> = HashMap::new();
    let mut recounted = (Counts::new(), PairSums::new());
    let mut after = None;
    loop {
        let page = responses_after(db, community, after, 1_000).await?;
        let Some((last, _)) = page.last() else { break };
        after = Some((last.survey_id, last.id));
        progress.advance(page.len() as u64);
        for (response, answers) in page {
            if response.standing != Standing::Counted {
                findings.set_aside += 1;
                continue;
            }
            findings.responses += 1;
            let Some(contribution) = contribution_of(db, &versions, &response, &answers).await? else {
                findings.differences.push(unreadable(&response));
                continue;
            };
            count(&mut recounted, &contribution);
            let key = (response.community_id, response.survey_id, response.id);
            if of_several.contains(&key) {
                repeated.insert(key, (response, contribution));
            }
        }
    }
    for keys in several.values() {
        let counted = keys.iter().filter_map(|key| repeated.get(key)).map(|(row, contribution)| (row, contribution));
        for correction in corrections_of(counted.collect()) {
            count(&mut recounted, &correction);
        }
    }
    recounted.0.retain(|_, count| *count != 0);
    recounted.1.retain(|_, sums| *sums != CoMoment::default());
    Ok(recounted)
}

fn count((counts, pairs): &mut (Counts, PairSums), contribution: &Contribution) {
    let (day, version) = (contribution.day(), contribution.version_id());
    for (pair, sums) in contribution.pairs() {
        pairs.entry((pair.clone(), day, version)).or_default().add(*sums);
    }
    for (subject, cell, count) in contribution.cells() {
        *counts.entry((subject.clone(), day, version, *cell)).or_default() += count;
    }
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

async fn stored_pairs(db: &impl ConnectionTrait, community: CommunityId) -> Result<PairSums, DbErr> {
    let rows = co_moment::Entity::find().filter(co_moment::Column::CommunityId.eq(community.0)).all(db).await?;
    let sums = |row: &co_moment::Model| CoMoment {
        count: row.count,
        first_sum: row.first_sum,
        second_sum: row.second_sum,
        product_sum: row.product_sum,
    };
    Ok(rows.into_iter().map(|row| ((row.pair.clone(), row.day, row.version_id), sums(&row))).collect())
}
