//! One file a change of the schema, in order. A migration that has shipped is never edited.

use sea_orm_migration::prelude::*;

mod m20261121_000001_surveys_and_tallies;
mod m20261122_000001_activities_and_outcomes;
mod m20261122_000002_scoring_models_and_measures;
mod m20261122_000003_imports_and_inbox;
mod m20261122_000004_attribution_runs;
mod m20261122_000005_inbox_subjects;
mod m20261122_000006_member_identity;
mod m20261122_000007_follow_ups;
mod m20261122_000008_choice_orders;
mod m20261128_000001_server_commits;
mod m20261128_000002_limits_and_standings;
mod m20261129_000001_rights_and_audit;
mod m20261129_000002_jobs;
mod m20261129_000003_community_commits;
mod m20261129_000004_indicators;
mod m20261129_000020_respondents;
mod m20261129_000030_count_again;
mod m20261129_000040_ended_links;
mod m20261129_000041_addresses;
mod m20261129_000050_audiences;
mod m20261130_000001_tracked_days;
mod m20261130_000002_kept_sums;
mod m20261130_000003_import_batches;
mod m20261130_000004_withdrawn_cases;
mod m20261130_000010_uploads;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_surveys_and_tallies::Migration),
            Box::new(m20261122_000001_activities_and_outcomes::Migration),
            Box::new(m20261122_000002_scoring_models_and_measures::Migration),
            Box::new(m20261122_000003_imports_and_inbox::Migration),
            Box::new(m20261122_000004_attribution_runs::Migration),
            Box::new(m20261122_000005_inbox_subjects::Migration),
            Box::new(m20261122_000006_member_identity::Migration),
            Box::new(m20261122_000007_follow_ups::Migration),
            Box::new(m20261122_000008_choice_orders::Migration),
            Box::new(m20261128_000001_server_commits::Migration),
            Box::new(m20261128_000002_limits_and_standings::Migration),
            Box::new(m20261129_000001_rights_and_audit::Migration),
            Box::new(m20261129_000002_jobs::Migration),
            Box::new(m20261129_000003_community_commits::Migration),
            Box::new(m20261129_000004_indicators::Migration),
            Box::new(m20261129_000020_respondents::Migration),
            Box::new(m20261129_000030_count_again::Migration),
            Box::new(m20261129_000040_ended_links::Migration),
            Box::new(m20261129_000041_addresses::Migration),
            Box::new(m20261129_000050_audiences::Migration),
            Box::new(m20261130_000001_tracked_days::Migration),
            Box::new(m20261130_000002_kept_sums::Migration),
            Box::new(m20261130_000003_import_batches::Migration),
            Box::new(m20261130_000004_withdrawn_cases::Migration),
            Box::new(m20261130_000010_uploads::Migration),
        ]
    }
}
