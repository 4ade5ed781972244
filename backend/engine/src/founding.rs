//! A community with its first survey and scoring model.

use sea_orm::{ConnectionTrait, DbErr};
use valuemap_shared::ids::{CommunityId, OrganisationId, SurveyId};
use valuemap_shared::money::Currency;
use valuemap_shared::survey::standard_survey;

use crate::base::ambient::Ambient;
use crate::scoring_models::store::create_standard_model;
use crate::survey::store::{create_survey, publish_draft, save_draft};
use crate::tenancy::entities::community;
use crate::tenancy::store::create_community;

/// What a new community is made of.
#[derive(Clone, Copy, Debug)]
pub struct NewCommunity<'a> {
    pub organisation: OrganisationId,
    pub name: &'a str,
    pub is_sample: bool,
    pub currency: Currency,
}

/// A community that was founded, and its first survey.
#[derive(Debug)]
pub struct Founded {
    pub community: community::Model,
    pub survey: SurveyId,
}

/// Founds a community: with the standard survey, published, and the standard scoring model.
pub async fn found(db: &impl ConnectionTrait, ambient: &Ambient, new: NewCommunity<'_>) -> Result<Founded, DbErr> {
    let NewCommunity { organisation, name, is_sample, currency } = new;
    let community = create_community(db, ambient, organisation, name, is_sample, currency).await?;
    let id = CommunityId(community.id);
    let survey = create_standard_survey(db, ambient, id).await?;
    create_standard_model(db, id, ambient.now()).await?;
    Ok(Founded { community, survey })
}

async fn create_standard_survey(
    db: &impl ConnectionTrait,
    ambient: &Ambient,
    community: CommunityId,
) -> Result<SurveyId, DbErr> {
    let survey = SurveyId(create_survey(db, ambient, community, "Member survey").await?.id);
    save_draft(db, ambient, (community, survey), &standard_survey()).await?;
    publish_draft(db, ambient, (community, survey)).await?;
    Ok(survey)
}
