//! How the server is set up: a file, then the environment, then flags, each overriding what was said before.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use config::{Config, Environment, File, FileFormat};
use serde::Deserialize;

/// Read when it is there and no other file is named.
const DEFAULT_FILE: &str = "valuemap.toml";

const KNOWN_VARIABLES: [&str; 4] = ["VALUEMAP_DATABASE_URL", "VALUEMAP_LISTEN", "VALUEMAP_LOG", "VALUEMAP_LOG_FORMAT"];

#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`.
    pub database_url: String,
    /// The address that the server listens on.
    pub listen: SocketAddr,
    /// What is logged: a level, or a filter such as `valuemap=debug,warn`.
    pub log: String,
    pub log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For a person at a terminal.
    Text,
    /// A JSON object a line.
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            database_url: "sqlite:data/valuemap.db".into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            log: "info,actix_server=warn,sea_orm_migration=warn".into(),
            log_format: LogFormat::Text,
        }
    }
}

/// What was said with flags.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Overrides {
    /// Settings file [default: valuemap.toml, where it exists]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Database: sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE [default: sqlite:data/valuemap.db]
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
}

impl Settings {
    pub fn load(overrides: &Overrides, listen: Option<SocketAddr>) -> anyhow::Result<Self> {
        Self::from_sources(overrides, listen, std::env::vars_os().filter_map(readable))
    }

    fn from_sources(
        overrides: &Overrides,
        listen: Option<SocketAddr>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> anyhow::Result<Self> {
        // Others may set variables of our prefix: Kubernetes does for a service named valuemap.
        let known = environment.filter(|(name, _)| KNOWN_VARIABLES.contains(&name.as_str())).collect();
        let mut sources = Config::builder();
        if let Some(file) = settings_file(overrides)? {
            sources = sources.add_source(File::from(file).format(FileFormat::Toml));
        }
        sources = sources.add_source(Environment::with_prefix("VALUEMAP").source(Some(known)));
        if let Some(url) = &overrides.database_url {
            sources = sources.set_override("database_url", url.as_str())?;
        }
        if let Some(listen) = listen {
            sources = sources.set_override("listen", listen.to_string())?;
        }
        let settings = sources.build().and_then(Config::try_deserialize);
        settings.context("the settings cannot be used (known are database_url, listen, log and log_format)")
    }
}

fn readable((name, value): (OsString, OsString)) -> Option<(String, String)> {
    Some((name.into_string().ok()?, value.into_string().ok()?))
}

fn settings_file(overrides: &Overrides) -> anyhow::Result<Option<PathBuf>> {
    match &overrides.config {
        Some(file) if file.is_file() => Ok(Some(file.clone())),
        Some(file) => bail!("there is no settings file {}", file.display()),
        None => Ok(Some(Path::new(DEFAULT_FILE)).filter(|file| file.is_file()).map(Path::to_path_buf)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn load(file: &str, environment: &[(&str, &str)], database_url: Option<&str>) -> anyhow::Result<Settings> {
        let mut config = tempfile::NamedTempFile::new()?;
        config.write_all(file.as_bytes())?;
        let overrides =
            Overrides { config: Some(config.path().to_owned()), database_url: database_url.map(str::to_owned) };
        let variables = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::from_sources(&overrides, None, variables)
    }

    #[test]
    fn flags_beat_the_environment_which_beats_the_file() {
        let file = "database_url = 'sqlite:file.db'\nlisten = '127.0.0.1:1'\nlog = 'warn'";
        let environment = [
            ("VALUEMAP_DATABASE_URL", "sqlite:environment.db"),
            ("VALUEMAP_LISTEN", "127.0.0.1:2"),
            ("VALUEMAP_SERVICE_HOST", "10.0.0.1"),
        ];
        let settings = load(file, &environment, Some("sqlite:flag.db")).unwrap();
        assert_eq!(settings.database_url, "sqlite:flag.db");
        assert_eq!(settings.listen.port(), 2);
        assert_eq!(settings.log, "warn");
    }

    #[test]
    fn what_is_not_a_setting_is_refused() {
        assert!(load("databse_url = 'sqlite:file.db'", &[], None).is_err());
        assert!(load("listen = 'here'", &[], None).is_err());
        assert!(load("log_format = 'xml'", &[], None).is_err());
    }
}
