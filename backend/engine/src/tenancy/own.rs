//! The proof that somebody may change something, and what was changed.

use sea_orm::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect};
use valuemap_shared::ids::{AuditEntryId, CommunityId, OrganisationId};

use crate::base::ambient::Ambient;
use crate::database::author::{Author, Owner, audit_entry};
use crate::tenancy::rights::Right;
use crate::tenancy::store::{Viewer, community_of};

/// A community that belongs to the organisation of whoever asks, who has the right to what they ask for. Nothing is
/// written for them without.
#[derive(Clone, Debug)]
pub struct Own {
    community: CommunityId,
    author: Author,
}

impl Own {
    pub fn community(&self) -> CommunityId {
        self.community
    }

    pub fn author(&self) -> &Author {
        &self.author
    }
}

/// A right that is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this token or session lacks the right `{0}`")]
pub struct Lacks(pub Right);

#[derive(Debug, thiserror::Error)]
pub enum NotOwn {
    #[error(transparent)]
    Lacks(#[from] Lacks),
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl Viewer {
    pub fn may(&self, right: Right) -> Result<(), Lacks> {
        if self.rights().has(right) { Ok(()) } else { Err(Lacks(right)) }
    }

    /// Whoever asks, as the author of a change to their organisation.
    pub fn author(&self, ambient: &Ambient, right: Right, what: &str) -> Result<Author, Lacks> {
        self.may(right)?;
        Ok(self.author_of(ambient, Owner::organisation(self.organisation_id()), what))
    }

    /// The proof that they may change this community; `None` where their organisation has none of this id.
    pub async fn own(
        &self,
        db: &impl ConnectionTrait,
        ambient: &Ambient,
        community: CommunityId,
        (right, what): (Right, &str),
    ) -> Result<Option<Own>, NotOwn> {
        self.may(right)?;
        let organisation = self.organisation_id();
        if community_of(db, organisation, community).await?.is_none() {
            return Ok(None);
        }
        let owner = Owner { organisation: Some(organisation), community: Some(community) };
        Ok(Some(Own { community, author: self.author_of(ambient, owner, what) }))
    }

    /// Whoever asks, as the author of what becomes of their own token or session, which takes no right.
    pub fn about_themselves(&self, ambient: &Ambient, what: &str) -> Author {
        self.author_of(ambient, Owner::organisation(self.organisation_id()), what)
    }

    fn author_of(&self, ambient: &Ambient, owner: Owner, what: &str) -> Author {
        Author::new(ambient, owner, (Some(self.token.id), &self.token.name), what)
    }
}

/// What was changed in an organisation, the latest first, from behind `after` on.
pub async fn audit_log(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    after: Option<AuditEntryId>,
    limit: u64,
) -> Result<Vec<audit_entry::Model>, DbErr> {
    audit_entry::Entity::find()
        .filter(audit_entry::Column::OrganisationId.eq(organisation.0))
        .filter(after.map_or(Condition::all(), |after| Condition::all().add(audit_entry::Column::Id.lt(after.0))))
        .order_by_desc(audit_entry::Column::Id)
        .limit(limit)
        .all(db)
        .await
}
