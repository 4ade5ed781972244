//! Who answers, as the partner's server says: a short-lived token that it signs for the member's browser.

mod crypto;
mod entities;
pub mod graphql;
mod key;
mod pseudonym;
mod token;

use valuemap_shared::ids::CommunityId;

pub use self::key::IdentityKey;
pub use self::pseudonym::Pseudonym;
pub use self::token::Refusal;
use super::entities::site;
use crate::error::ApiError;
use crate::graphql::schema::State;

/// The member that an identity names, under a pseudonym; `None` for who answers anonymously.
pub async fn signed_member(
    state: &State,
    site: &site::Model,
    identity: Option<&str>,
) -> Result<Option<Pseudonym>, ApiError> {
    let token = match identity {
        Some(token) => token,
        None if site.requires_identity => return Err(Refusal::Missing.into()),
        None => return Ok(None),
    };
    let keys = site.identity_keys()?;
    let subject = token::subject_of(token, &keys, &site.key, state.ambient.now())?;
    let secret = pseudonym::secret_of(&state.database.read, CommunityId(site.community_id)).await?;
    Ok(Some(secret.pseudonym_of(&subject)))
}
