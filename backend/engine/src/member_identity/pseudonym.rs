//! Members under pseudonyms, so that the rows of their answers do not reveal who they are.

use std::fmt;

use ring::hmac;
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use valuemap_shared::ids::CommunityId;

use crate::base::ambient::Ambient;
use crate::base::digests::hexadecimal;
use crate::member_identity::entities::pseudonym_secret;

/// A member as the database knows them: the same in all of a community, and another one in any other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym(String);

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a community's pseudonyms are made with, and the keys of its members' e-mail addresses.
pub struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Secret").finish_non_exhaustive()
    }
}

impl Secret {
    /// One that is stored nowhere.
    pub fn passing(ambient: &Ambient) -> Self {
        Self(hexadecimal(&ambient.random::<32>()))
    }

    /// HMAC-SHA256. A plain digest could be looked up for everybody whose id one knows.
    pub fn pseudonym_of(&self, subject: &str) -> Pseudonym {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_bytes());
        Pseudonym(hexadecimal(hmac::sign(&key, subject.as_bytes()).as_ref()))
    }
}

/// Makes the secret of a community that has none yet. It is never changed: members would answer twice.
pub async fn ensure_secret(db: &impl ConnectionTrait, ambient: &Ambient, community: CommunityId) -> Result<(), DbErr> {
    let row = pseudonym_secret::ActiveModel {
        community_id: Set(community.0),
        secret: Set(hexadecimal(&ambient.random::<32>())),
        created_at: Set(ambient.now()),
    };
    pseudonym_secret::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(db).await?;
    Ok(())
}

pub async fn find_secret(db: &impl ConnectionTrait, community: CommunityId) -> Result<Option<Secret>, DbErr> {
    let row = pseudonym_secret::Entity::find_by_id(community.0).one(db).await?;
    Ok(row.map(|row| Secret(row.secret)))
}

pub async fn secret_of(db: &impl ConnectionTrait, community: CommunityId) -> Result<Secret, DbErr> {
    let missing = || DbErr::RecordNotFound(format!("the pseudonym secret of community {}", community.0));
    find_secret(db, community).await?.ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_has_one_pseudonym_in_a_community_and_another_elsewhere() {
        let (here, there) = (Secret("a".into()), Secret("b".into()));
        assert_eq!(here.pseudonym_of("member-7"), here.pseudonym_of("member-7"));
        assert_ne!(here.pseudonym_of("member-7"), here.pseudonym_of("member-8"));
        assert_ne!(here.pseudonym_of("member-7"), there.pseudonym_of("member-7"));
        // As `printf member-7 | openssl dgst -sha256 -hmac a` says.
        let expected = "3332f41e0561f4322d843a13a3830b53a6a0a485e03fadc667948cd6f6280133";
        assert_eq!(here.pseudonym_of("member-7").to_string(), expected);
    }
}
