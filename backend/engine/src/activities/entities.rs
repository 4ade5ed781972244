//! The rows of what is tracked, as everybody sees them: views without what is still being loaded (`batches.rs`), which
//! writers write past. Kinds, roles and the like are texts that `shared` reads; money is in ten-thousandths.

pub mod party {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "published_party")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub source: String,
        pub external_key: String,
        pub content_hash: String,
        pub batch_id: Option<Uuid>,
        pub recorded_at: DateTimeUtc,
        pub kind: String,
        pub name: Option<String>,
        pub is_staff: bool,
        /// Of a member: when they joined. Of an account: when it became a customer.
        pub since: Option<Date>,
        pub until: Option<Date>,
        /// As it was stated; `None` where it follows from the dates.
        pub audience: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod identity_link {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "published_identity_link")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub source: String,
        pub external_key: String,
        pub content_hash: String,
        pub batch_id: Option<Uuid>,
        pub recorded_at: DateTimeUtc,
        pub from_id: Uuid,
        pub to_id: Uuid,
        pub method: String,
        pub confidence: f64,
        pub valid_from: Option<Date>,
        pub valid_until: Option<Date>,
        /// When a person said that it does not hold, whatever is imported.
        pub ended_at: Option<DateTimeUtc>,
        pub ended_by: Option<String>,
        pub end_reason: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod activity_type {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "published_activity_type")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub source: String,
        pub external_key: String,
        pub content_hash: String,
        pub batch_id: Option<Uuid>,
        pub recorded_at: DateTimeUtc,
        pub name: String,
        pub modality: String,
        pub goal: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod activity {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "published_activity")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub source: String,
        pub external_key: String,
        pub content_hash: String,
        pub batch_id: Option<Uuid>,
        pub recorded_at: DateTimeUtc,
        pub type_id: Uuid,
        pub name: String,
        /// Null where it is that of its type.
        pub modality: Option<String>,
        pub starts_on: Date,
        pub ends_on: Date,
        pub owner: Option<String>,
        /// A list of texts.
        pub channels: Json,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod cost_line {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "published_cost_line")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub source: String,
        pub external_key: String,
        pub content_hash: String,
        pub batch_id: Option<Uuid>,
        pub recorded_at: DateTimeUtc,
        /// Null for a running cost of the community.
        pub activity_id: Option<Uuid>,
        pub kind: String,
        pub description: Option<String>,
        pub day: Date,
        /// In ten-thousandths of the currency.
        pub amount: i64,
        pub currency: String,
        /// In ten-thousandths of an hour.
        pub hours: Option<i64>,
        pub rate: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod touchpoint {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "published_touchpoint")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub source: String,
        pub external_key: String,
        pub content_hash: String,
        pub batch_id: Option<Uuid>,
        pub recorded_at: DateTimeUtc,
        pub activity_id: Uuid,
        pub party_id: Uuid,
        pub at: DateTimeUtc,
        pub role: String,
        pub channel: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::party::Entity",
            from = "(Column::CommunityId, Column::PartyId)",
            to = "(super::party::Column::CommunityId, super::party::Column::Id)"
        )]
        Party,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod outcome {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "published_outcome")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub source: String,
        pub external_key: String,
        pub content_hash: String,
        pub batch_id: Option<Uuid>,
        pub recorded_at: DateTimeUtc,
        pub kind: String,
        pub party_id: Option<Uuid>,
        pub at: DateTimeUtc,
        /// In ten-thousandths of the currency.
        pub amount: Option<i64>,
        pub currency: Option<String>,
        pub title: Option<String>,
        pub lead_at: Option<DateTimeUtc>,
        pub opportunity_at: Option<DateTimeUtc>,
        pub withdrawn: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod support_case {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "published_support_case")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub source: String,
        pub external_key: String,
        pub content_hash: String,
        pub batch_id: Option<Uuid>,
        pub recorded_at: DateTimeUtc,
        pub party_id: Option<Uuid>,
        pub opened_at: DateTimeUtc,
        pub solved_at: Option<DateTimeUtc>,
        pub channel: Option<String>,
        pub withdrawn: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod contribution {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "published_contribution")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub source: String,
        pub external_key: String,
        pub content_hash: String,
        pub batch_id: Option<Uuid>,
        pub recorded_at: DateTimeUtc,
        pub kind: String,
        pub thread: Option<String>,
        pub party_id: Uuid,
        pub at: DateTimeUtc,
        pub withdrawn: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::party::Entity",
            from = "(Column::CommunityId, Column::PartyId)",
            to = "(super::party::Column::CommunityId, super::party::Column::Id)"
        )]
        Party,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod exchange_rate {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "exchange_rate")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub currency: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub valid_from: Date,
        /// A decimal: what one unit is worth in the community's own currency.
        pub rate: String,
        pub recorded_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod outcome_weights {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "outcome_weights")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i32,
        /// Points by kind of outcome.
        pub weights: Json,
        pub created_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod observation {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "published_observation")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub measure: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: Date,
        #[sea_orm(primary_key, auto_increment = false)]
        pub source: String,
        pub value: f64,
        pub low: Option<f64>,
        pub high: Option<f64>,
        pub batch_id: Option<Uuid>,
        pub recorded_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A batch whose rows nobody sees yet.
pub mod open_batch {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "open_batch")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        pub batch_id: Uuid,
        /// When whoever loads it was last at work.
        pub alive_at: DateTimeUtc,
        /// Its rows are being deleted.
        pub is_swept: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What is tracked, summed up and kept under a mark.
pub mod kept_sum {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "kept_sum")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        /// A day, or the first day of a quarter.
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: Date,
        /// What of it: see `SumKey`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub part: i16,
        /// Another one whenever something changes that it is summed up from.
        pub mark: Uuid,
        /// A digest of the settings that it was summed up with.
        pub basis: Option<String>,
        /// As JSON; `None` until it is summed up.
        #[sea_orm(column_type = "Text", nullable)]
        pub body: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
