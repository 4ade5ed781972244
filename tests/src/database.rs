use std::path::Path;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use tempfile::TempDir;

use crate::setting;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// An empty database for one test, and a folder for its files. Both are gone after it.
#[derive(Debug)]
pub struct Scratch {
    pub engine: Engine,
    pub url: String,
    pub(crate) folder: TempDir,
}

impl Scratch {
    pub async fn new(engine: Engine) -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("valuemap-test-")?;
        let url = match engine {
            Engine::Sqlite => format!("sqlite:{}", folder.path().join("valuemap.db").display()),
            Engine::Postgres => create_postgres_database().await?,
        };
        Ok(Self { engine, url, folder })
    }

    /// A SQLite database in a folder whose disk the test can break.
    pub fn sqlite_in(parent: &Path) -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix_in("valuemap-test-", parent)?;
        let url = format!("sqlite:{}", folder.path().join("valuemap.db").display());
        Ok(Self { engine: Engine::Sqlite, url, folder })
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Has PostgreSQL finish what it puts off after many writes, so that it does not come in the middle of a measurement.
    pub async fn settle(&self) -> anyhow::Result<()> {
        if self.engine == Engine::Postgres {
            let connection = self.connect().await?;
            connection.execute_unprepared("VACUUM ANALYZE").await?;
            connection.execute_unprepared("CHECKPOINT").await?;
            connection.close().await?;
        }
        Ok(())
    }

    /// A connection past the server, for what no user could do.
    pub async fn connect(&self) -> anyhow::Result<DatabaseConnection> {
        let mut options = ConnectOptions::new(self.url.replacen("sqlite:", "sqlite://", 1));
        connect(options.max_connections(1)).await
    }
}

/// Without the maintenance of pools, which may never end in sqlx 0.9.0.
async fn connect(options: &mut ConnectOptions) -> anyhow::Result<DatabaseConnection> {
    options.idle_timeout(None).max_lifetime(None).sqlx_logging(false);
    Ok(Database::connect(options.clone()).await?)
}

async fn create_postgres_database() -> anyhow::Result<String> {
    let server = setting("VALUEMAP_TEST_POSTGRES")?;
    let name = format!("test_{}", uuid::Uuid::new_v4().simple());
    let connection = connect(&mut ConnectOptions::new(&server)).await?;
    connection.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
    connection.close().await?;
    let (base, _) = server.rsplit_once('/').unwrap_or((&server, ""));
    Ok(format!("{base}/{name}"))
}
