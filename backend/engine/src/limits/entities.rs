//! The rows of the keys that addresses are hashed with, and of how fast answers came at a site.

pub mod address_key {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "address_key")]
    pub struct Model {
        /// The day in UTC on whose answers it is used.
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: Date,
        /// Random bytes in hexadecimal.
        pub key: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod site_pace {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "site_pace")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub community_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub site_id: Uuid,
        /// The maximum number of answers that counted in a minute that is over.
        pub highest_minute: i64,
        /// The latest minute that was far beyond all before it, how many answers it had, and what the maximum was till
        /// then.
        pub surge_at: Option<DateTimeUtc>,
        pub surge_answers: i64,
        pub surge_before: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
