//! Tokens, sign-in links and sessions: who holds which rights, and taking them away.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use valuemap_engine::base::commits::Touches;
use valuemap_engine::tenancy::entities::api_token::{self, Kind};
use valuemap_engine::tenancy::rights::Right as Needed;
use valuemap_engine::tenancy::store::{revoke_token, tokens_of};
use valuemap_shared::ids::TokenId;

use crate::context::{Need, author, services, viewer};
use crate::error::ApiError;
use crate::viewer::Right;
use crate::wire::node_id::NodeId;
use crate::wire::results::NotFound;

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Kind")]
pub enum TokenKind {
    /// An internal app has it.
    App,
    /// It starts a session, once and for 15 minutes.
    SignIn,
    /// Somebody's browser is signed in with it.
    Session,
}

/// A token, a sign-in link or a session. Its secret is not kept.
#[derive(SimpleObject)]
pub struct Token {
    id: NodeId,
    name: String,
    kind: TokenKind,
    rights: Vec<Right>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl From<api_token::Model> for Token {
    fn from(row: api_token::Model) -> Self {
        Self {
            id: NodeId::Token(TokenId(row.id)),
            kind: row.kind.into(),
            rights: row.rights().iter().map(Right::from).collect(),
            name: row.name,
            created_at: row.created_at,
            expires_at: row.expires_at,
        }
    }
}

#[derive(Default)]
pub struct TokenQuery;

#[Object]
impl TokenQuery {
    /// The tokens, sign-in links and sessions of the organisation that are good now, the newest first.
    #[graphql(guard = "Needed::Operate.needed()", complexity = "100 * child_complexity + 1")]
    async fn tokens(&self, context: &Context<'_>) -> Result<Vec<Token>, ApiError> {
        let (services, viewer) = (services(context)?, viewer(context)?);
        let rows = tokens_of(&services.database.read, viewer.organisation_id(), services.ambient.now()).await?;
        Ok(rows.into_iter().map(Token::from).collect())
    }
}

#[derive(Default)]
pub struct TokenMutation;

#[Object]
impl TokenMutation {
    /// Takes a token or sign-in link away from whoever holds it, or ends a session: within a second on every server.
    async fn revoke_token(
        &self,
        context: &Context<'_>,
        input: RevokeTokenInput,
    ) -> Result<RevokeTokenResult, ApiError> {
        let (services, author) = (services(context)?, author(context, Needed::Operate)?);
        let NodeId::Token(id) = input.id else {
            return Err(ApiError::BadUserInput("id: not the id of a token".into()));
        };
        let organisation = viewer(context)?.organisation_id();
        let revoked = services
            .database
            .write_some(&author, Touches::NOTHING, async |db| revoke_token(db, organisation, id).await);
        Ok(match revoked.await? {
            Some(row) => {
                services.viewers.forget(&row);
                RevokeTokenResult::Token(row.into())
            }
            None => RevokeTokenResult::NotFound(NotFound::new(input.id)),
        })
    }
}

#[derive(InputObject)]
pub struct RevokeTokenInput {
    id: NodeId,
}

#[derive(Union)]
pub enum RevokeTokenResult {
    /// As it was.
    Token(Token),
    NotFound(NotFound),
}
