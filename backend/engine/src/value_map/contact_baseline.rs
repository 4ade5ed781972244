//! The quarter that contacts per customer are compared with.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::QuerySelect;
use sea_orm::prelude::*;
use valuemap_shared::activities::PartyKind;
use valuemap_shared::calendar::Quarter;
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::ScoringModel;
use valuemap_shared::value_map::{BaselineFault, BaselineQuarter, ContactBaseline, Stretch};

use crate::activities::entities::{party, support_case};
use crate::activities::identity::Identities;
use crate::value_map::counted::{cases, customers};
use crate::value_map::days::Span;

/// A quarter is covered as a whole when tracking began within this many days.
const FIRST_DAYS: u32 = 10;

/// The quarter that contacts per customer are compared with: the one that the model names, else the first up to today's
/// that has both cases and customers and is covered well enough. `None` where one of the two is not tracked at all.
pub async fn contact_baseline(
    db: &impl ConnectionTrait,
    community: CommunityId,
    model: &ScoringModel,
    identities: &Identities,
    today: NaiveDate,
) -> Result<Option<ContactBaseline>, DbErr> {
    let (first_case, first_customer) = (first_case(db, community).await?, first_customer(db, community).await?);
    let Some((first_case, first_customer)) = first_case.zip(first_customer) else { return Ok(None) };
    // Where tracking seems to begin with a case, days are counted from the next on: a span that is known to begin with a
    // case has one more than chance gives it.
    let after_first_case = first_case.succ_opt().unwrap_or(first_case);
    let tracked_from = if first_customer > first_case { first_customer } else { after_first_case };
    if let Some(period) = model.financial.baseline_period {
        let found = baseline_quarter(db, community, identities, (period, tracked_from)).await?;
        let unusable = |fault| ContactBaseline::Unusable(period, fault);
        return Ok(Some(found.map_or_else(unusable, ContactBaseline::Quarter)));
    }
    let mut period = Quarter::containing(tracked_from);
    while period <= Quarter::containing(today) {
        if let Ok(found) = baseline_quarter(db, community, identities, (period, tracked_from)).await? {
            return Ok(Some(ContactBaseline::Quarter(found)));
        }
        period = period.next();
    }
    Ok(Some(ContactBaseline::NoneYet))
}

async fn baseline_quarter(
    db: &impl ConnectionTrait,
    community: CommunityId,
    identities: &Identities,
    (period, tracked_from): (Quarter, NaiveDate),
) -> Result<Result<BaselineQuarter, BaselineFault>, DbErr> {
    let of = period.days();
    let late = (tracked_from - period.first_day()).num_days();
    let (from, days) = match u32::try_from(late) {
        Ok(late) if late >= of => return Ok(Err(BaselineFault::HardlyCovered)),
        Ok(late) if late >= FIRST_DAYS => (tracked_from, of - late),
        _ => (period.first_day(), of),
    };
    if 2 * days < of {
        return Ok(Err(BaselineFault::HardlyCovered));
    }
    let customers = customers(db, community, identities, period.last_day()).await?;
    if customers == 0 {
        return Ok(Err(BaselineFault::NoCustomers));
    }
    let (cases, case_weeks) = cases(db, community, Span { first: from, last: period.last_day() }).await?;
    if cases == 0 {
        return Ok(Err(BaselineFault::NoCases));
    }
    Ok(Ok(BaselineQuarter { period, customers, cases, case_weeks, covered: Stretch { days, of } }))
}

async fn first_case(db: &impl ConnectionTrait, community: CommunityId) -> Result<Option<NaiveDate>, DbErr> {
    let first: Option<Option<DateTime<Utc>>> = support_case::Entity::find()
        .select_only()
        .column_as(support_case::Column::OpenedAt.min(), "first")
        .filter(support_case::Column::CommunityId.eq(community.0))
        .into_tuple()
        .one(db)
        .await?;
    Ok(first.flatten().map(|first| first.date_naive()))
}

/// When the first account became a customer.
async fn first_customer(db: &impl ConnectionTrait, community: CommunityId) -> Result<Option<NaiveDate>, DbErr> {
    let first: Option<Option<NaiveDate>> = party::Entity::find()
        .select_only()
        .column_as(party::Column::Since.min(), "first")
        .filter(party::Column::CommunityId.eq(community.0))
        .filter(party::Column::Kind.eq(PartyKind::Account.as_str()))
        .into_tuple()
        .one(db)
        .await?;
    Ok(first.flatten())
}
