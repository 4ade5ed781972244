//! Answers to single-choice questions that follow each other are tallied together, and respondents of several surveys once:
//! the answers that are stored already are counted again, by a job of each community that has any.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let jobs = "INSERT INTO job (id, community_id, kind, payload, asked_by, state, attempts, due_at, is_cancelled, part, \
                    steps_done, steps, created_at) SELECT id, id, 'verify', '{\"verify\":{\"mend\":true}}', 'migration', \
                    'waiting', 0, created_at, false, '', 0, 0, created_at FROM community WHERE EXISTS (SELECT 1 FROM tally \
                    WHERE tally.community_id = community.id)";
        manager.get_connection().execute_unprepared(jobs).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DELETE FROM tally WHERE subject LIKE 'together:%' OR subject LIKE 'repeats:%'").await?;
        db.execute_unprepared("DELETE FROM job WHERE asked_by = 'migration'").await?;
        Ok(())
    }
}
