//! The named queries on organisations, tokens, communities and sites.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect};
use serde_json::json;
use valuemap_shared::ids::{CommunityId, OrganisationId, SiteId, SurveyId, TokenId};
use valuemap_shared::money::Currency;

use crate::base::ambient::Ambient;
use crate::database::author::Owner;
use crate::tenancy::entities::api_token::Kind;
use crate::tenancy::entities::{api_token, community, organisation, site};
use crate::tenancy::rights::Rights;
use crate::tenancy::secret::{hash_of, new_secret};

/// Who is asking: a token or session that is valid now.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub organisation: organisation::Model,
    pub token: api_token::Model,
}

impl Viewer {
    pub fn organisation_id(&self) -> OrganisationId {
        OrganisationId(self.organisation.id)
    }

    pub fn rights(&self) -> Rights {
        self.token.rights()
    }

    /// The least number of answers that a figure shown to this organisation rests on.
    pub fn minimum_answers(&self) -> u64 {
        minimum_of(&self.organisation)
    }
}

pub fn minimum_of(organisation: &organisation::Model) -> u64 {
    let minimum = u64::try_from(organisation.minimum_answers).unwrap_or_default();
    minimum.max(valuemap_shared::value_map::LOWEST_MINIMUM)
}

pub async fn organisations(db: &impl ConnectionTrait) -> Result<Vec<organisation::Model>, DbErr> {
    organisation::Entity::find().order_by_asc(organisation::Column::Id).all(db).await
}

pub async fn create_organisation(
    db: &impl ConnectionTrait,
    ambient: &Ambient,
    id: OrganisationId,
    name: &str,
    minimum: u64,
) -> Result<organisation::Model, DbErr> {
    let row = organisation::ActiveModel {
        id: Set(id.0),
        name: Set(name.to_owned()),
        minimum_answers: Set(i64::try_from(minimum).unwrap_or(i64::MAX)),
        created_at: Set(ambient.now()),
    };
    row.insert(db).await
}

/// Creates a token and returns its secret, which nobody will see again.
pub async fn create_token(
    db: &impl ConnectionTrait,
    ambient: &Ambient,
    organisation: OrganisationId,
    kind: Kind,
    name: &str,
    rights: &Rights,
    lifetime: chrono::TimeDelta,
) -> Result<String, DbErr> {
    let secret = new_secret(ambient);
    let row = api_token::ActiveModel {
        id: Set(ambient.new_id()),
        organisation_id: Set(organisation.0),
        name: Set(name.to_owned()),
        kind: Set(kind),
        rights: Set(rights.to_string()),
        secret_hash: Set(hash_of(&secret)),
        created_at: Set(ambient.now()),
        expires_at: Set(ambient.now() + lifetime),
    };
    row.insert(db).await?;
    Ok(secret)
}

/// Who holds this secret, if it is of this kind and has not expired.
pub async fn viewer_with(
    db: &impl ConnectionTrait,
    kind: Kind,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<Option<Viewer>, DbErr> {
    let found = api_token::Entity::find()
        .find_also_related(organisation::Entity)
        .filter(api_token::Column::SecretHash.eq(hash_of(secret)))
        .filter(api_token::Column::Kind.eq(kind))
        .one(db)
        .await?;
    Ok(match found {
        Some((token, Some(organisation))) if token.expires_at > now => Some(Viewer { organisation, token }),
        _ => None,
    })
}

pub async fn delete_token(db: &impl ConnectionTrait, id: Uuid) -> Result<bool, DbErr> {
    Ok(api_token::Entity::delete_by_id(id).exec(db).await?.rows_affected > 0)
}

/// The tokens, sign-in links and sessions of an organisation that are good at this time, the newest first.
pub async fn tokens_of(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    now: DateTime<Utc>,
) -> Result<Vec<api_token::Model>, DbErr> {
    api_token::Entity::find()
        .filter(api_token::Column::OrganisationId.eq(organisation.0))
        .filter(api_token::Column::ExpiresAt.gt(now))
        .order_by_desc(api_token::Column::Id)
        .all(db)
        .await
}

pub async fn organisation_of_token(db: &impl ConnectionTrait, id: TokenId) -> Result<Option<OrganisationId>, DbErr> {
    Ok(api_token::Entity::find_by_id(id.0).one(db).await?.map(|token| OrganisationId(token.organisation_id)))
}

/// Takes a token, a sign-in link or a session away from whoever holds it; returns what it was.
pub async fn revoke_token(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    id: TokenId,
) -> Result<Option<api_token::Model>, DbErr> {
    let found = api_token::Entity::find_by_id(id.0).one(db).await?;
    let Some(token) = found.filter(|token| token.organisation_id == organisation.0) else { return Ok(None) };
    Ok(delete_token(db, token.id).await?.then_some(token))
}

pub async fn delete_expired_tokens(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    api_token::Entity::delete_many().filter(api_token::Column::ExpiresAt.lte(now)).exec(db).await?;
    Ok(())
}

/// The communities of an organisation, oldest first, from behind `after` on.
pub async fn communities(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    after: Option<CommunityId>,
    limit: u64,
) -> Result<Vec<community::Model>, DbErr> {
    community::Entity::find()
        .filter(community::Column::OrganisationId.eq(organisation.0))
        .filter(after.map_or(Condition::all(), |after| Condition::all().add(community::Column::Id.gt(after.0))))
        .order_by_asc(community::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// A community of this organisation; that of another one is not found.
pub async fn community_of(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    id: CommunityId,
) -> Result<Option<community::Model>, DbErr> {
    let community = community::Entity::find_by_id(id.0).one(db).await?;
    Ok(community.filter(|community| community.organisation_id == organisation.0))
}

pub async fn communities_by_id(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = CommunityId>,
) -> Result<Vec<community::Model>, DbErr> {
    community::Entity::find().filter(community::Column::Id.is_in(ids.into_iter().map(|id| id.0))).all(db).await
}

pub async fn site_by_id(
    db: &impl ConnectionTrait,
    (community, site): (CommunityId, SiteId),
) -> Result<Option<site::Model>, DbErr> {
    site::Entity::find_by_id((community.0, site.0)).one(db).await
}

/// A community of whichever organisation, by its id or its exact name, for the command line.
pub async fn communities_named(
    db: &impl ConnectionTrait,
    id: Option<CommunityId>,
    name: &str,
) -> Result<Vec<community::Model>, DbErr> {
    let condition = match id {
        Some(id) => community::Column::Id.eq(id.0),
        None => community::Column::Name.eq(name),
    };
    community::Entity::find().filter(condition).all(db).await
}

pub async fn create_community(
    db: &impl ConnectionTrait,
    ambient: &Ambient,
    organisation: OrganisationId,
    name: &str,
    is_sample: bool,
    currency: Currency,
) -> Result<community::Model, DbErr> {
    let row = community::ActiveModel {
        id: Set(ambient.new_id()),
        organisation_id: Set(organisation.0),
        name: Set(name.to_owned()),
        is_sample: Set(is_sample),
        currency: Set(currency.to_string()),
        created_at: Set(ambient.now()),
    };
    row.insert(db).await
}

pub async fn organisation_of_community(
    db: &impl ConnectionTrait,
    community: CommunityId,
) -> Result<Option<organisation::Model>, DbErr> {
    let Some(community) = community::Entity::find_by_id(community.0).one(db).await? else { return Ok(None) };
    organisation::Entity::find_by_id(community.organisation_id).one(db).await
}

pub async fn site_by_key(db: &impl ConnectionTrait, key: &str) -> Result<Option<site::Model>, DbErr> {
    // PostgreSQL has no text with this character in it, and so no key.
    if key.contains('\0') {
        return Ok(None);
    }
    site::Entity::find().filter(site::Column::Key.eq(key)).one(db).await
}

/// Whether a survey is shown on some site.
pub async fn is_embedded(
    db: &impl ConnectionTrait,
    (community, survey): (CommunityId, SurveyId),
) -> Result<bool, DbErr> {
    let sites = site::Entity::find()
        .filter(site::Column::CommunityId.eq(community.0))
        .filter(site::Column::SurveyId.eq(survey.0));
    Ok(sites.one(db).await?.is_some())
}

pub async fn sites_of(
    db: &impl ConnectionTrait,
    communities: impl IntoIterator<Item = CommunityId>,
) -> Result<Vec<site::Model>, DbErr> {
    site::Entity::find()
        .filter(site::Column::CommunityId.is_in(communities.into_iter().map(|id| id.0)))
        .order_by_asc(site::Column::Id)
        .all(db)
        .await
}

pub async fn create_site(
    db: &impl ConnectionTrait,
    ambient: &Ambient,
    survey: (CommunityId, SurveyId),
    name: &str,
    key: String,
    origins: &[String],
) -> Result<site::Model, DbErr> {
    let row = site::ActiveModel {
        community_id: Set(survey.0.0),
        id: Set(ambient.new_id()),
        survey_id: Set(survey.1.0),
        name: Set(name.to_owned()),
        key: Set(key),
        origins: Set(json!(origins)),
        identity_keys: Set(json!([])),
        requires_identity: Set(false),
        created_at: Set(ambient.now()),
    };
    row.insert(db).await
}

impl api_token::Model {
    pub fn rights(&self) -> Rights {
        Rights::stored(&self.rights)
    }
}

impl site::Model {
    pub fn origins(&self) -> Vec<String> {
        serde_json::from_value(self.origins.clone()).unwrap_or_default()
    }
}

impl community::Model {
    pub fn owner(&self) -> Owner {
        Owner { organisation: Some(OrganisationId(self.organisation_id)), community: Some(CommunityId(self.id)) }
    }

    /// What amounts are added up in. It was checked when it was stored.
    pub fn currency(&self) -> Result<Currency, DbErr> {
        self.currency.parse().map_err(|error| DbErr::Custom(format!("community {}: {error}", self.id)))
    }
}
