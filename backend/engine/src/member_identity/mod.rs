//! Who answers, as the partner's server says: a short-lived token that it signs for the member's browser.

mod crypto;
mod entities;
pub mod key;
pub mod pseudonym;
pub mod store;
mod token;

use sea_orm::{ConnectionTrait, DbErr};
use valuemap_shared::ids::CommunityId;

use crate::base::ambient::Ambient;
use crate::tenancy::entities::site;

pub use crate::member_identity::key::IdentityKey;
pub use crate::member_identity::pseudonym::Pseudonym;
pub use crate::member_identity::token::Refusal;

/// Why it is not known who answers.
#[derive(Debug, thiserror::Error)]
pub enum Unidentified {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// The member that an identity names, under a pseudonym; `None` for who answers anonymously.
pub async fn signed_member(
    db: &impl ConnectionTrait,
    ambient: &Ambient,
    site: &site::Model,
    identity: Option<&str>,
) -> Result<Option<Pseudonym>, Unidentified> {
    let token = match identity {
        Some(token) => token,
        None if site.requires_identity => return Err(Refusal::Missing.into()),
        None => return Ok(None),
    };
    let keys = store::identity_keys(site)?;
    let subject = token::subject_of(token, &keys, &site.key, ambient.now())?;
    let secret = pseudonym::secret_of(db, CommunityId(site.community_id)).await?;
    Ok(Some(secret.pseudonym_of(&subject)))
}
