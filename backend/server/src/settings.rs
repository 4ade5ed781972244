//! How the server is set up: a file, then the environment, then flags, each overriding what was said before.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use config::{Config, File, FileFormat};
use serde::Deserialize;
use valuemap_engine::limits::settings::LimitSettings;

use crate::http::TrustedProxies;

/// Read when it is there and no other file is named.
const DEFAULT_FILE: &str = "valuemap.toml";

/// Every setting. In the environment `limits.cost_burst` is `VALUEMAP_LIMITS_COST_BURST`.
const KEYS: [&str; 15] = [
    "database_url",
    "listen",
    "log",
    "log_format",
    "trusted_proxies",
    "limits.answers_per_minute",
    "limits.answers_burst",
    "limits.submissions_per_minute",
    "limits.failed_tokens_per_minute",
    "limits.failed_tokens_burst",
    "limits.requests_per_minute",
    "limits.requests_burst",
    "limits.cost_per_minute",
    "limits.cost_burst",
    "limits.address_days",
];

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
    /// Networks of the proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
    pub trusted_proxies: TrustedProxies,
    pub limits: LimitSettings,
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
            trusted_proxies: TrustedProxies::default(),
            limits: LimitSettings::default(),
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
        let mut sources = Config::builder();
        if let Some(file) = settings_file(overrides)? {
            sources = sources.add_source(File::from(file).format(FileFormat::Toml));
        }
        // Others may set variables of our prefix: Kubernetes does for a service named valuemap.
        for (variable, value) in environment {
            let Some(key) = KEYS.into_iter().find(|key| variable_of(key) == variable) else { continue };
            sources = match key {
                "trusted_proxies" => sources.set_override(key, list(&value))?,
                _ => sources.set_override(key, value)?,
            };
        }
        if let Some(url) = &overrides.database_url {
            sources = sources.set_override("database_url", url.as_str())?;
        }
        if let Some(listen) = listen {
            sources = sources.set_override("listen", listen.to_string())?;
        }
        let settings = sources.build().and_then(Config::try_deserialize);
        settings.context(
            "the settings cannot be used (known are database_url, listen, log, log_format, trusted_proxies and the table \
             limits)",
        )
    }
}

fn readable((name, value): (OsString, OsString)) -> Option<(String, String)> {
    Some((name.into_string().ok()?, value.into_string().ok()?))
}

fn variable_of(key: &str) -> String {
    format!("VALUEMAP_{}", key.replace('.', "_").to_ascii_uppercase())
}

/// The items of a list as it is written in the environment: separated by commas.
fn list(value: &str) -> Vec<String> {
    value.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
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
    fn every_limit_can_be_set_in_the_file_and_in_the_environment() {
        let names = KEYS.iter().filter_map(|key| key.strip_prefix("limits."));
        let file = names.fold("[limits]\n".to_owned(), |file, name| file + name + " = 7\n");
        let all = |limit: u32| LimitSettings {
            answers_per_minute: limit,
            answers_burst: limit,
            submissions_per_minute: limit,
            failed_tokens_per_minute: limit,
            failed_tokens_burst: limit,
            requests_per_minute: limit,
            requests_burst: limit,
            cost_per_minute: limit,
            cost_burst: limit,
            address_days: limit,
        };
        assert_eq!(load(&file, &[], None).unwrap().limits, all(7));
        let variables: Vec<String> = KEYS.iter().map(|key| variable_of(key)).collect();
        let limits = variables.iter().filter(|name| name.starts_with("VALUEMAP_LIMITS_"));
        let environment: Vec<(&str, &str)> = limits.map(|name| (name.as_str(), "8")).collect();
        assert_eq!(load(&file, &environment, None).unwrap().limits, all(8));
    }

    #[test]
    fn proxies_are_a_list_in_the_file_and_separated_by_commas_in_the_environment() {
        let proxies = |networks: &[&str]| {
            TrustedProxies::try_from(networks.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()).unwrap()
        };
        let file = "trusted_proxies = ['10.0.0.0/8', '192.0.2.1']";
        assert_eq!(load(file, &[], None).unwrap().trusted_proxies, proxies(&["10.0.0.0/8", "192.0.2.1/32"]));
        let environment = [("VALUEMAP_TRUSTED_PROXIES", "fd00::/8, 192.0.2.1")];
        assert_eq!(load(file, &environment, None).unwrap().trusted_proxies, proxies(&["fd00::/8", "192.0.2.1/32"]));
        assert_eq!(load(file, &[("VALUEMAP_TRUSTED_PROXIES", "")], None).unwrap().trusted_proxies, proxies(&[]));
        assert_eq!(load("", &[], None).unwrap().trusted_proxies, TrustedProxies::default());
    }

    #[test]
    fn what_is_not_a_setting_is_refused() {
        assert!(load("databse_url = 'sqlite:file.db'", &[], None).is_err());
        assert!(load("listen = 'here'", &[], None).is_err());
        assert!(load("log_format = 'xml'", &[], None).is_err());
        assert!(load("[limits]\nanswers_per_hour = 1", &[], None).is_err());
        assert!(load("", &[("VALUEMAP_LIMITS_COST_BURST", "-1")], None).is_err());
        assert!(load("trusted_proxies = ['10.0.0.0/99']", &[], None).is_err());
    }
}
