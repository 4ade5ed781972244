//! The log, on standard error: lines for a person or for a program, and never many because somebody sends nonsense.

use std::io::IsTerminal;

use anyhow::anyhow;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, FilterExt, LevelFilter, filter_fn};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use valuemap_engine::base::log_throttle::LogThrottle;

use crate::settings::{LogFormat, Settings};

pub fn start(settings: &Settings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.log)
        .map_err(|error| anyhow!("the setting log `{}` is not a log filter: {error}", settings.log))?;
    let is_ours = filter_fn(|line| !is_of_malformed_http(line)).with_max_level_hint(LevelFilter::TRACE);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match settings.log_format {
        LogFormat::Text => lines.with_target(false).with_ansi(std::io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let malformed = filter_fn(is_of_malformed_http).with_max_level_hint(LevelFilter::ERROR);
    tracing_subscriber::registry()
        .with(lines.with_filter(filter.and(is_ours)))
        // Outermost: what it writes goes through the filters of the others, which forget what they were at.
        .with(MalformedHttp.with_filter(malformed))
        .init();
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let file = panic.location().map(std::panic::Location::file).unwrap_or_default();
        // It panics at names of headers above 64 KiB, and closes the connection.
        if file.contains("actix-http") && file.ends_with("decoder.rs") { note_malformed() } else { usual(panic) }
    }));
    Ok(())
}

/// actix reports each request that is not HTTP as an error of the server.
fn is_of_malformed_http(line: &Metadata<'_>) -> bool {
    *line.level() == Level::ERROR && line.target().starts_with("actix_http")
}

/// Says now and then that there were such requests.
struct MalformedHttp;

impl<S: Subscriber> Layer<S> for MalformedHttp {
    fn on_event(&self, _: &Event<'_>, _: Context<'_, S>) {
        note_malformed();
    }
}

fn note_malformed() {
    static NOTED: LogThrottle = LogThrottle::new();
    if let Some(unsaid) = NOTED.pass() {
        tracing::warn!(unsaid, "a connection was closed: what came in was not HTTP, or the client went away");
    }
}
