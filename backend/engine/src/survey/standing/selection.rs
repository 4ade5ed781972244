//! Which answers are moved, and what may become of them.

use chrono::{DateTime, Utc};
use sea_orm::Condition;
use sea_orm::prelude::*;
use valuemap_shared::ids::{CommunityId, SiteId, SurveyId};

use crate::survey::entities::response::{Column, Standing, is_set_aside};
use crate::survey::entry::{ResponseKey, is_response};
use crate::tenancy::entities::site;

/// What somebody decides about answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// They count from now on.
    Release,
    /// They are not genuine and need not be looked at again.
    Discard,
    /// They count no longer, until somebody has looked at them.
    Quarantine,
}

impl Decision {
    pub fn standing(self) -> Standing {
        match self {
            Self::Release => Standing::Counted,
            Self::Discard => Standing::Discarded,
            Self::Quarantine => Standing::Quarantined,
        }
    }

    /// The standings that it can be decided about.
    pub fn all_from(self) -> &'static [Standing] {
        match self {
            Self::Release => &[Standing::Held, Standing::Quarantined, Standing::Discarded],
            // What counts has to be quarantined first, which shows what the figures are without it.
            Self::Discard => &[Standing::Held, Standing::Quarantined],
            Self::Quarantine => &[Standing::Counted],
        }
    }

    /// The standings that are meant where none is named: what was discarded stays so.
    pub fn usual_from(self) -> &'static [Standing] {
        match self {
            Self::Release => &[Standing::Held, Standing::Quarantined],
            Self::Discard => &[Standing::Held],
            Self::Quarantine => &[Standing::Counted],
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    These(Vec<ResponseKey>),
    Matching(Matching),
}

/// The answers that came by a site, within a time that may be left open, and from one address or any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matching {
    pub site: (CommunityId, SurveyId, SiteId),
    pub from: Option<DateTime<Utc>>,
    /// The first moment that is not meant any more.
    pub until: Option<DateTime<Utc>>,
    pub address_hash: Option<String>,
}

impl Matching {
    pub fn all_of(site: &site::Model) -> Self {
        let site = (CommunityId(site.community_id), SurveyId(site.survey_id), SiteId(site.id));
        Self { site, from: None, until: None, address_hash: None }
    }
}

impl Selection {
    /// The community that the answers belong to.
    pub fn community(&self) -> Option<CommunityId> {
        match self {
            Self::These(keys) => keys.first().map(|(community, ..)| CommunityId(*community)),
            Self::Matching(matching) => Some(matching.site.0),
        }
    }

    /// Which rows are meant, of those that have one of the standings.
    pub fn condition(&self, from: &[Standing]) -> Condition {
        let chosen = match self {
            Self::These(keys) => keys.iter().map(|key| is_response(*key)).fold(Condition::any(), Condition::add),
            Self::Matching(Matching { site: (community, survey, site), from, until, address_hash }) => Condition::all()
                .add(Column::CommunityId.eq(community.0))
                .add(Column::SurveyId.eq(survey.0))
                .add(Column::SiteId.eq(site.0))
                .add_option(from.map(|from| Column::ReceivedAt.gte(from)))
                .add_option(until.map(|until| Column::ReceivedAt.lt(until)))
                .add_option(address_hash.as_ref().map(|hash| Column::AddressHash.eq(hash))),
        };
        let of_index = (!from.contains(&Standing::Counted)).then(is_set_aside);
        Condition::all().add(chosen).add(Column::Standing.is_in(from.iter().copied())).add_option(of_index)
    }
}
