pub mod job {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "job")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub community_id: Uuid,
        pub kind: String,
        /// What the kind needs to know; nothing once the job has ended.
        pub payload: Json,
        /// What the token, session or command was called that asked for it.
        pub asked_by: String,
        pub state: State,
        /// How often it was begun without being finished, put back or stopped.
        pub attempts: i64,
        /// It is not begun before.
        pub due_at: DateTimeUtc,
        /// Who works on it, and until when they have it without saying so again.
        pub worker_id: Option<Uuid>,
        pub leased_until: Option<DateTimeUtc>,
        pub is_cancelled: bool,
        /// What is being done, how many steps of it are done and how many there are; 0 where nobody can tell.
        pub part: String,
        pub steps_done: i64,
        pub steps: i64,
        /// What it came to.
        pub result: Option<Json>,
        /// Why it failed, or why it is tried again.
        pub problem: Option<String>,
        pub created_at: DateTimeUtc,
        pub finished_at: Option<DateTimeUtc>,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "String(StringLen::None)")]
    pub enum State {
        #[sea_orm(string_value = "waiting")]
        Waiting,
        #[sea_orm(string_value = "running")]
        Running,
        #[sea_orm(string_value = "done")]
        Done,
        #[sea_orm(string_value = "failed")]
        Failed,
        #[sea_orm(string_value = "cancelled")]
        Cancelled,
    }

    impl State {
        pub fn is_final(self) -> bool {
            matches!(self, Self::Done | Self::Failed | Self::Cancelled)
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
