//! What members and accounts are to the organisation, on a day.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::QuerySelect;
use sea_orm::prelude::*;
use uuid::Uuid;
use valuemap_shared::activities::{Audience, AudienceFacts};
use valuemap_shared::ids::CommunityId;

use crate::activities::entities::party;
use crate::activities::identity::Identities;

/// Of all parties of a community.
#[derive(Debug)]
pub struct Audiences(HashMap<Uuid, AudienceFacts>);

type Row = (Uuid, String, bool, Option<NaiveDate>, Option<NaiveDate>, Option<String>);

impl Audiences {
    pub async fn of(db: &impl ConnectionTrait, community: CommunityId) -> Result<Self, DbErr> {
        use party::Column;
        let rows: Vec<Row> = party::Entity::find()
            .select_only()
            .columns([Column::Id, Column::Kind, Column::IsStaff, Column::Since, Column::Until, Column::Audience])
            .filter(Column::CommunityId.eq(community.0))
            .into_tuple()
            .all(db)
            .await?;
        let known = |(id, kind, is_staff, since, until, stated): Row| {
            let facts = facts(&kind, is_staff, (since, until), stated.as_deref())?;
            Ok((id, facts))
        };
        Ok(Self(rows.into_iter().map(known).collect::<Result<_, DbErr>>()?))
    }

    /// What a member or account is on a day.
    pub fn on(&self, identities: &Identities, party: Uuid, day: NaiveDate) -> Option<Audience> {
        let facts = |parties: Vec<Uuid>| -> Vec<AudienceFacts> {
            parties.iter().filter_map(|party| self.0.get(party).copied()).collect()
        };
        let accounts = identities.accounts_of(party, day);
        Audience::on(day, &facts(identities.one(party, day)), &facts(accounts))
    }
}

/// What these parties, which are one and work at these accounts, are on a day.
pub fn audience_of(
    day: NaiveDate,
    parties: &[party::Model],
    accounts: &[party::Model],
) -> Result<Option<Audience>, DbErr> {
    let known = |rows: &[party::Model]| -> Result<Vec<AudienceFacts>, DbErr> {
        let of = |row: &party::Model| facts(&row.kind, row.is_staff, (row.since, row.until), row.audience.as_deref());
        rows.iter().map(of).collect()
    };
    Ok(Audience::on(day, &known(parties)?, &known(accounts)?))
}

fn facts(
    kind: &str,
    is_staff: bool,
    (since, until): (Option<NaiveDate>, Option<NaiveDate>),
    stated: Option<&str>,
) -> Result<AudienceFacts, DbErr> {
    let stated = stated.map(|text| text.parse().map_err(DbErr::Custom)).transpose()?;
    Ok(AudienceFacts { kind: kind.parse().map_err(DbErr::Custom)?, is_staff, since, until, stated })
}
