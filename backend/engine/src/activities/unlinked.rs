//! What was recorded and is linked to nobody: no activity can be credited with it, or it can be credited with nothing.

use std::collections::{HashMap, HashSet};

use sea_orm::QuerySelect;
use sea_orm::prelude::*;
use uuid::Uuid;
use valuemap_shared::activities::{PartyKind, PartyRef, Record, Unlinked};
use valuemap_shared::ids::CommunityId;
use valuemap_shared::value_map::model::{Attribution, AttributionUnit};

use crate::activities::accepted::Stamp;
use crate::activities::entities::{outcome, touchpoint};
use crate::activities::identity::Identities;
use crate::scoring_models::store::model_of;

/// What of all that a community has on record is linked to nobody.
pub async fn unlinked_in(db: &impl ConnectionTrait, community: CommunityId) -> Result<Unlinked, DbErr> {
    let model = model_of(db, community, None).await?;
    let attribution = model.map(|stored| stored.model.financial.attribution.clone());
    Mentions::of(db, community).await?.unlinked(db, community, attribution.as_ref()).await
}

/// Who some records are about.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    /// How many touchpoints each party has.
    touched: HashMap<Uuid, u64>,
    /// How many outcomes each party has.
    happened: HashMap<Uuid, u64>,
    of_nobody: u64,
    /// Parties that links of this transaction tie; they need not be stored.
    links: Vec<(Uuid, Uuid)>,
    accounts: HashSet<Uuid>,
}

impl Mentions {
    pub fn add(&mut self, stamp: &Stamp, record: &Record) {
        let id = |party: &PartyRef| stamp.party_id(party);
        match record {
            Record::Link(link) => {
                let ends = [&link.from, &link.to];
                let accounts = ends.into_iter().filter(|party| party.kind == PartyKind::Account);
                self.accounts.extend(accounts.map(id));
                self.links.push((id(&link.from), id(&link.to)));
            }
            Record::Touchpoint(touchpoint) => {
                *self.touched.entry(id(&touchpoint.party)).or_default() += 1;
                if touchpoint.party.kind == PartyKind::Account {
                    self.accounts.insert(id(&touchpoint.party));
                }
            }
            Record::Outcome(outcome) if outcome.withdrawn => {}
            Record::Outcome(outcome) => match &outcome.party {
                None => self.of_nobody += 1,
                Some(party) => {
                    *self.happened.entry(id(party)).or_default() += 1;
                    if party.kind == PartyKind::Account {
                        self.accounts.insert(id(party));
                    }
                }
            },
            _ => {}
        }
    }

    /// All that the community has on record.
    async fn of(db: &impl ConnectionTrait, community: CommunityId) -> Result<Self, DbErr> {
        let touched: Vec<(Uuid, i64)> = touchpoint::Entity::find()
            .select_only()
            .column(touchpoint::Column::PartyId)
            .column_as(touchpoint::Column::Id.count(), "touchpoints")
            .filter(touchpoint::Column::CommunityId.eq(community.0))
            .group_by(touchpoint::Column::PartyId)
            .into_tuple()
            .all(db)
            .await?;
        let happened: Vec<(Option<Uuid>, i64)> = outcome::Entity::find()
            .select_only()
            .column(outcome::Column::PartyId)
            .column_as(outcome::Column::Id.count(), "outcomes")
            .filter(outcome::Column::CommunityId.eq(community.0))
            .filter(outcome::Column::Withdrawn.eq(false))
            .group_by(outcome::Column::PartyId)
            .into_tuple()
            .all(db)
            .await?;
        let count = |count: i64| u64::try_from(count).unwrap_or_default();
        Ok(Self {
            touched: touched.into_iter().map(|(party, touchpoints)| (party, count(touchpoints))).collect(),
            of_nobody: happened.iter().filter(|(party, _)| party.is_none()).map(|(_, all)| count(*all)).sum(),
            happened: happened.into_iter().filter_map(|(party, all)| Some((party?, count(all)))).collect(),
            ..Self::default()
        })
    }

    pub async fn unlinked(
        &self,
        db: &impl ConnectionTrait,
        community: CommunityId,
        attribution: Option<&Attribution>,
    ) -> Result<Unlinked, DbErr> {
        let mut unlinked = Unlinked { outcomes_of_nobody: self.of_nobody, ..Unlinked::default() };
        let by_account = attribution.filter(|attribution| attribution.by == AttributionUnit::Account);
        let Some(attribution) = by_account.filter(|_| !self.touched.is_empty() || !self.happened.is_empty()) else {
            return Ok(unlinked);
        };
        let mut identities = Identities::of(db, community, attribution.minimum_confidence).await?;
        identities.add_stated(self.links.iter().copied(), &self.accounts);
        for (_, touchpoints) in self.touched.iter().filter(|(member, _)| !identities.has_account(**member)) {
            unlinked.members_without_account += 1;
            unlinked.touchpoints_without_account += touchpoints;
        }
        let with_members = identities.accounts_with_members();
        let is_met = |account: &Uuid| with_members.contains(account) || self.touched.contains_key(account);
        let alone = |party: &Uuid| identities.is_account(*party) && !is_met(party);
        for (_, outcomes) in self.happened.iter().filter(|(party, _)| alone(party)) {
            unlinked.accounts_without_member += 1;
            unlinked.outcomes_of_accounts_without_member += outcomes;
        }
        Ok(unlinked)
    }
}
