//! On whose behalf something is written.

use chrono::{DateTime, Utc};
use sea_orm::prelude::*;
use valuemap_shared::ids::{CommunityId, OrganisationId};

use crate::base::ambient::Ambient;
use crate::database::statements::all_set;

pub mod audit_entry {
    use sea_orm::entity::prelude::*;

    /// What somebody changed. Rows are only ever added: the database itself refuses anything else.
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub at: DateTimeUtc,
        /// Null for what is done at the server's command line to no organisation in particular.
        pub organisation_id: Option<Uuid>,
        pub community_id: Option<Uuid>,
        /// The token or session, which may be gone by now; null at the command line.
        pub token_id: Option<Uuid>,
        /// What the token or session was called.
        pub actor: String,
        /// The mutation or the command.
        pub what: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// Who changes something, and what. Every transaction that writes has one, and leaves a row of the audit log where it is
/// a person or an app.
///
/// Somebody who asks over the network is one with the proof that they may: [`crate::tenancy::own`].
#[derive(Clone, Debug)]
pub struct Author(Option<audit_entry::Model>);

/// What whoever has the command line of the server is called.
pub const COMMAND_LINE: &str = "command line";

impl Author {
    /// The server itself: it takes in answers and events, and keeps house.
    pub const SERVER: Self = Self(None);

    /// Whoever has the command line of the server, and so every right.
    pub fn operator(ambient: &Ambient, owner: Owner, what: &str) -> Self {
        Self::new(ambient, owner, (None, COMMAND_LINE), what)
    }

    pub(crate) fn new(ambient: &Ambient, owner: Owner, (token, actor): (Option<Uuid>, &str), what: &str) -> Self {
        let now: DateTime<Utc> = ambient.now();
        Self(Some(audit_entry::Model {
            id: ambient.new_id(),
            at: now,
            organisation_id: owner.organisation.map(|organisation| organisation.0),
            community_id: owner.community.map(|community| community.0),
            token_id: token,
            actor: actor.to_owned(),
            what: what.to_owned(),
        }))
    }

    /// What they are called in the log.
    pub fn actor(&self) -> &str {
        self.0.as_ref().map_or("server", |row| &row.actor)
    }

    /// Writes the row, once for all transactions of the same change.
    pub(super) async fn note(&self, transaction: &impl ConnectionTrait) -> Result<(), DbErr> {
        let Some(row) = self.0.clone() else { return Ok(()) };
        let row = all_set::<audit_entry::ActiveModel>(row);
        audit_entry::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(transaction).await?;
        Ok(())
    }
}

/// To whom belongs what is changed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Owner {
    pub organisation: Option<OrganisationId>,
    pub community: Option<CommunityId>,
}

impl Owner {
    pub fn organisation(organisation: OrganisationId) -> Self {
        Self { organisation: Some(organisation), community: None }
    }
}
