//! How many answers each member gave.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::prelude::*;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{Condition, QuerySelect};
use uuid::Uuid;
use valuemap_shared::activities::ContributionKind;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::AnswererCounts;

use crate::activities::entities::contribution;
use crate::activities::identity::Identities;
use crate::value_map::days::Span;

/// A topic, by its source and its number there.
type Thread = (String, String);

/// Replies of members on some days, by how many each of them wrote. A reply to an own question is no answer; one that was
/// accepted is a reply, too, and counts once.
pub async fn counts(
    db: &impl ConnectionTrait,
    community: CommunityId,
    identities: &Identities,
    days: Span,
) -> Result<AnswererCounts, DbErr> {
    let askers = askers(db, community, days).await?;
    let mut answers: HashMap<Uuid, u64> = HashMap::new();
    for (source, thread, by, at) in replies(db, community, days).await? {
        if identities.is_staff(by) {
            continue;
        }
        let person = |party| identities.person(party, at.date_naive());
        let asked = thread.and_then(|thread| askers.get(&(source, thread)));
        if !asked.is_some_and(|askers| askers.iter().any(|asker| person(*asker) == person(by))) {
            *answers.entry(identities.person(by, days.last)).or_default() += 1;
        }
    }
    Ok(AnswererCounts::of(answers.into_values()))
}

type Reply = (String, Option<String>, Uuid, DateTime<Utc>);

async fn replies(db: &impl ConnectionTrait, community: CommunityId, days: Span) -> Result<Vec<Reply>, DbErr> {
    let (from, until) = days.bounds();
    contribution::Entity::find()
        .select_only()
        .columns([contribution::Column::Source, contribution::Column::Thread])
        .columns([contribution::Column::PartyId, contribution::Column::At])
        .filter(of_kind(community, ContributionKind::Reply))
        .filter(contribution::Column::At.gte(from))
        .filter(contribution::Column::At.lt(until))
        .into_tuple()
        .all(db)
        .await
}

/// Who asked the questions that were replied to, whenever it was.
async fn askers(
    db: &impl ConnectionTrait,
    community: CommunityId,
    days: Span,
) -> Result<HashMap<Thread, HashSet<Uuid>>, DbErr> {
    use contribution::Column;
    let (from, until) = days.bounds();
    let reply = Alias::new("reply");
    let of = |column: Column| Expr::col((reply.clone(), column));
    let question = |column: Column| Expr::col((contribution::Entity, column));
    let replied = Query::select()
        .expr(Expr::val(1))
        .from_as(contribution::Entity, reply.clone())
        .and_where(of(Column::CommunityId).eq(question(Column::CommunityId)))
        .and_where(of(Column::Source).eq(question(Column::Source)))
        .and_where(of(Column::Thread).eq(question(Column::Thread)))
        .and_where(of(Column::Kind).eq(ContributionKind::Reply.as_str()))
        .and_where(of(Column::At).gte(from))
        .and_where(of(Column::At).lt(until))
        .take();
    let rows: Vec<(String, String, Uuid)> = contribution::Entity::find()
        .select_only()
        .columns([Column::Source, Column::Thread, Column::PartyId])
        .filter(of_kind(community, ContributionKind::Question))
        .filter(Expr::exists(replied))
        .into_tuple()
        .all(db)
        .await?;
    let mut askers: HashMap<Thread, HashSet<Uuid>> = HashMap::new();
    for (source, thread, by) in rows {
        askers.entry((source, thread)).or_default().insert(by);
    }
    Ok(askers)
}

fn of_kind(community: CommunityId, kind: ContributionKind) -> Condition {
    Condition::all()
        .add(contribution::Column::CommunityId.eq(community.0))
        .add(contribution::Column::Kind.eq(kind.as_str()))
        .add(contribution::Column::Withdrawn.eq(false))
}
