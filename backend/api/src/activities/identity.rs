//! Who is one person or one account: the links that say so, and a person's word against one.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject, Union};
use chrono::{DateTime, NaiveDate, Utc};
use valuemap_engine::activities::ended::{Ended, LinkChange, set_ended};
use valuemap_engine::activities::entities::identity_link;
use valuemap_engine::activities::lists::Tie;
use valuemap_engine::activities::one_person::OnePerson;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::import::file_of;
use valuemap_engine::tenancy::rights::Right;
use valuemap_shared::activities as domain;
use valuemap_shared::ids::{CommunityId, IdentityLinkId};
use valuemap_shared::survey::{Problem, ProblemCode};

use crate::activities::enums::{Audience, LinkMethod, stored};
use crate::activities::outcome;
use crate::activities::party::Party;
use crate::activities::recording::InvalidInput;
use crate::context::{Need, own, services};
use crate::error::ApiError;
use crate::wire::node_id::NodeId;
use crate::wire::results::NotFound;

/// Longest reason, in characters.
const LONGEST_REASON: usize = 200;

pub struct IdentityLink(pub identity_link::Model);

/// Two parties belong together: two members or two accounts are the same, or a member works at an account.
#[Object]
impl IdentityLink {
    pub async fn id(&self) -> NodeId {
        NodeId::IdentityLink(CommunityId(self.0.community_id), IdentityLinkId(self.0.id))
    }

    #[graphql(guard = "Right::ReadAnswers.needed()")]
    async fn from(&self, context: &Context<'_>) -> Result<Party, ApiError> {
        outcome::party(context, self.0.community_id, self.0.from_id).await
    }

    #[graphql(guard = "Right::ReadAnswers.needed()")]
    async fn to(&self, context: &Context<'_>) -> Result<Party, ApiError> {
        outcome::party(context, self.0.community_id, self.0.to_id).await
    }

    /// How it was found out.
    async fn method(&self) -> Result<LinkMethod, ApiError> {
        stored::<domain::LinkMethod, _>(&self.0.method)
    }

    /// The same in words.
    async fn why(&self) -> Result<&'static str, ApiError> {
        Ok(stored::<domain::LinkMethod, domain::LinkMethod>(&self.0.method)?.why())
    }

    /// 0 to 1.
    async fn confidence(&self) -> f64 {
        self.0.confidence
    }

    async fn valid_from(&self) -> Option<NaiveDate> {
        self.0.valid_from
    }

    async fn valid_until(&self) -> Option<NaiveDate> {
        self.0.valid_until
    }

    /// When it was recorded as it is now.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }

    /// The file that it was imported from; null for what came by the API or a webhook.
    async fn imported_from(&self, context: &Context<'_>) -> Result<Option<String>, ApiError> {
        let Some(batch) = self.0.batch_id else { return Ok(None) };
        let database = &services(context)?.database.read;
        Ok(file_of(database, CommunityId(self.0.community_id), batch).await?)
    }

    /// A person said that it does not hold. Null while it does.
    async fn ended(&self) -> Option<EndedLink> {
        let at = self.0.ended_at?;
        Some(EndedLink { at, by: self.0.ended_by.clone().unwrap_or_default(), reason: self.0.end_reason.clone() })
    }
}

/// Who said that a link does not hold. It stays on record, and importing it again changes nothing.
#[derive(SimpleObject)]
pub struct EndedLink {
    at: DateTime<Utc>,
    /// The token or session.
    by: String,
    reason: Option<String>,
}

/// What links tie together.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum TieKind {
    /// Two members or two accounts that are the same.
    Same,
    /// A member and an account that they work at.
    WorksAt,
}

impl From<TieKind> for Tie {
    fn from(kind: TieKind) -> Self {
        match kind {
            TieKind::Same => Self::Same,
            TieKind::WorksAt => Self::WorksAt,
        }
    }
}

pub struct Identity(pub OnePerson);

/// Who a party is on a day, by the links that hold on it and are as sure as the newest scoring model asks for.
#[Object]
impl Identity {
    /// The parties that are one and the same, this one among them; at most 500 are looked at.
    async fn parties(&self) -> Vec<Party> {
        self.0.parties.iter().cloned().map(Party).collect()
    }

    /// Of a member: where they work. What a member of several accounts meets counts for each of them.
    async fn accounts(&self) -> Vec<Party> {
        self.0.accounts.iter().cloned().map(Party).collect()
    }

    /// What they are to the organisation on that day: as was stated, or by the dates of the account. Null of a member
    /// without an account.
    async fn audience(&self) -> Option<Audience> {
        self.0.audience.map(Audience::from)
    }

    /// The links that say so.
    async fn links(&self) -> Vec<IdentityLink> {
        self.0.links.iter().cloned().map(IdentityLink).collect()
    }
}

#[derive(Default)]
pub struct IdentityMutation;

#[Object]
impl IdentityMutation {
    /// Ends a link, and every other between its two parties: they are two from now on, in all figures. What is recorded
    /// of them stays as it is. The link stays on record, and importing it again does not bring it back.
    async fn end_identity_link(
        &self,
        context: &Context<'_>,
        input: EndIdentityLinkInput,
    ) -> Result<IdentityLinkResult, ApiError> {
        let reason = input.reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        let is_fine = |reason: &String| reason.chars().count() <= LONGEST_REASON && !reason.contains(char::is_control);
        if !reason.iter().all(is_fine) {
            let message = format!("at most {LONGEST_REASON} characters, none of them a control character");
            return Ok(IdentityLinkResult::Invalid(vec![Problem::new("reason", ProblemCode::Size, message)].into()));
        }
        change(context, input.id, Some(reason)).await
    }

    /// Restores a link that a person has ended, with every other between its two parties.
    async fn restore_identity_link(
        &self,
        context: &Context<'_>,
        input: RestoreIdentityLinkInput,
    ) -> Result<IdentityLinkResult, ApiError> {
        change(context, input.id, None).await
    }
}

/// Ends a link for a reason, or restores it where there is none.
async fn change(
    context: &Context<'_>,
    link: NodeId,
    reason: Option<Option<String>>,
) -> Result<IdentityLinkResult, ApiError> {
    let NodeId::IdentityLink(community, id) = link else {
        return Err(ApiError::BadUserInput(format!("id: {link} is not the id of an identity link")));
    };
    let services = services(context)?;
    let not_found = || IdentityLinkResult::NotFound(NotFound::new(link));
    let Some(own) = own(context, community, Right::Write).await? else { return Ok(not_found()) };
    let transaction = services.database.begin_write(own.author(), Touches::tracked(community)).await?;
    let ended = reason.map(|reason| Ended { at: services.ambient.now(), by: own.author().actor().to_owned(), reason });
    let changed = set_ended(&transaction, &services.ambient, (community, id), ended).await?;
    match changed {
        LinkChange::Changed(row) => {
            transaction.commit().await?;
            Ok(IdentityLinkResult::Link(Box::new(IdentityLink(row))))
        }
        LinkChange::Same(row) => {
            transaction.rollback().await?;
            Ok(IdentityLinkResult::Link(Box::new(IdentityLink(row))))
        }
        LinkChange::NotFound => {
            transaction.rollback().await?;
            Ok(not_found())
        }
    }
}

#[derive(InputObject)]
pub struct EndIdentityLinkInput {
    id: NodeId,
    /// Why they are not the same, or why the member does not work there.
    reason: Option<String>,
}

#[derive(InputObject)]
pub struct RestoreIdentityLinkInput {
    id: NodeId,
}

#[derive(Union)]
pub enum IdentityLinkResult {
    Link(Box<IdentityLink>),
    NotFound(NotFound),
    Invalid(InvalidInput),
}
