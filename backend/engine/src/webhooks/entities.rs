//! The rows of webhook endpoints, of the events that came in by them, and of the last event that was applied to each
//! subject.

pub mod webhook_endpoint {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "webhook_endpoint")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: Kind,
        pub name: String,
        pub address_key: String,
        /// Signatures are made with it, so it is kept as it is. It is never shown again.
        pub secret: String,
        pub created_at: DateTimeUtc,
        pub disabled_at: Option<DateTimeUtc>,
    }

    /// Who signs, and how.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "String(StringLen::None)")]
    pub enum Kind {
        /// A Discourse forum.
        #[sea_orm(string_value = "discourse")]
        Discourse,
        /// Anybody who follows the Standard Webhooks specification.
        #[sea_orm(string_value = "signed_json")]
        SignedJson,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod inbox_event {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "inbox_event")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub endpoint_id: Uuid,
        pub event: String,
        /// The installation that sent it, where its body does not say.
        pub instance: Option<String>,
        pub deduplication_key: String,
        pub body: String,
        pub status: Status,
        /// Why it was not applied.
        pub problem: Option<String>,
        pub attempts: i32,
        pub received_at: DateTimeUtc,
        pub applied_at: Option<DateTimeUtc>,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "String(StringLen::None)")]
    pub enum Status {
        /// Stored and not applied yet: the server stopped in between, or the database could not take it.
        #[sea_orm(string_value = "pending")]
        Pending,
        #[sea_orm(string_value = "applied")]
        Applied,
        /// There was nothing to apply.
        #[sea_orm(string_value = "ignored")]
        Ignored,
        /// It was not understood, or what it says was refused. It can be replayed.
        #[sea_orm(string_value = "failed")]
        Failed,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod inbox_subject {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "inbox_subject")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub told_at: DateTimeUtc,
        pub version: i64,
        pub event_id: Uuid,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
