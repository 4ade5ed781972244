//! One file a change of the schema, in order. A migration that has shipped is never edited.

use sea_orm_migration::prelude::*;

mod m20261121_000001_surveys_and_tallies;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m20261121_000001_surveys_and_tallies::Migration)]
    }
}
