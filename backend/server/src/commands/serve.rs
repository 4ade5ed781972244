use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use anyhow::Context;
use clap::Args;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use valuemap_engine::attribution::conversion::ConversionCache;
use valuemap_engine::attribution::returns::ReturnsCache;
use valuemap_engine::base::ambient::Ambient;
use valuemap_engine::base::background::Background;
use valuemap_engine::base::commits::Touches;
use valuemap_engine::database::Database;
use valuemap_engine::database::author::Author;
use valuemap_engine::database::readiness::Readiness;
use valuemap_engine::import::keep_swept;
use valuemap_engine::jobs::worker::Workshop;
use valuemap_engine::limits::Limits;
use valuemap_engine::limits::watch::watch as watch_limits;
use valuemap_engine::sample;
use valuemap_engine::services::Services;
use valuemap_engine::survey::store::VersionCache;
use valuemap_engine::survey::writer::Writer;
use valuemap_engine::tenancy::rights::Rights;
use valuemap_engine::tenancy::store::{delete_expired_tokens, organisations, site_by_key};
use valuemap_engine::value_map::map_cache::MapCache;
use valuemap_engine::webhooks::inbox::enqueue_pending;
use valuemap_engine::work::Hands;
use valuemap_shared::ids::OrganisationId;

use crate::commands::sign_in::{DASHBOARD, sign_in_link};
use crate::http::{Endpoints, Locales, is_built, routes, with_request_id, with_security_headers};
use crate::settings::Settings;

#[derive(Args)]
pub struct Serve {
    /// The address to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// Bring the database schema up to date first (a SQLite database always is)
    #[arg(long)]
    migrate: bool,
    /// Leave jobs to `valuemap work`
    #[arg(long)]
    no_jobs: bool,
    /// Load the sample community when the database holds no organisation
    #[arg(long)]
    seed_when_empty: bool,
    /// Print no sign-in link, as where the output goes to a log
    #[arg(long)]
    no_sign_in_link: bool,
}

impl Serve {
    pub async fn run(&self, settings: Settings) -> anyhow::Result<()> {
        // Bound before anything else: who cannot have the port should not touch the database.
        let listener = TcpListener::bind(settings.listen).with_context(|| {
            format!(
                "cannot listen on {}; is another server running there? Choose another with --listen",
                settings.listen
            )
        })?;
        listener.set_nonblocking(true)?;
        survive_file_size_limit()?;
        let address = listener.local_addr()?;
        let ambient = Ambient::real();
        let database = Database::connect(&settings.database_url, ambient).await?;
        if self.migrate || settings.database_url.starts_with("sqlite:") {
            database.migrate().await?;
        }
        database.check_schema().await?;
        database.watch_commits(&ambient).await?;
        database
            .write(&Author::SERVER, Touches::NOTHING, async |db| delete_expired_tokens(db, ambient.now()).await)
            .await?;
        if self.seed_when_empty && organisations(&database.read).await?.is_empty() {
            let sample::Loaded { responses, records } =
                sample::load(&database, &ambient, |owner| Author::operator(&ambient, owner, "serve --seed-when-empty"))
                    .await?;
            tracing::info!(responses, records, "loaded the sample community");
        }
        enqueue_pending(&database, &ambient).await?;
        greet(&database, &ambient, address, !self.no_sign_in_link).await?;
        serve(listener, database, ambient, &settings, !self.no_jobs).await
    }
}

async fn serve(
    listener: TcpListener,
    database: Database,
    ambient: Ambient,
    settings: &Settings,
    with_jobs: bool,
) -> anyhow::Result<()> {
    let background = Arc::new(Background::start()?);
    let (writer, written) = Writer::start(database.clone());
    let limits = Arc::new(Limits::new(settings.limits));
    let watch = tokio::spawn(watch_limits(limits.clone(), database.clone(), ambient));
    let sweep = tokio::spawn(keep_swept(database.clone(), ambient));
    let services = Services {
        database: database.clone(),
        writer,
        maps: MapCache::new(background.handle().clone()),
        returns: Arc::new(ReturnsCache::new(background.handle().clone())),
        conversions: Arc::new(ConversionCache::new(background.handle().clone())),
        limits,
        ambient,
        versions: VersionCache::default(),
        viewers: Arc::default(),
        published: Arc::default(),
        readiness: Readiness::default(),
    };
    let readers =
        Services { database: readers_of(&database, &background, POSTGRES_READERS).await?, ..services.clone() };
    let read = readers.database.clone();
    let for_jobs = readers_of(&database, &background, POSTGRES_JOB_READERS).await?;
    let (stop, workers) = start_workers(&background, &for_jobs, ambient, if with_jobs { WORKERS } else { 0 });
    let endpoints = web::Data::new(Endpoints::new(&services, readers, background.clone())?);
    let locales = web::Data::new(Locales::parse()?);
    let services = web::Data::new(services);
    let proxies = web::Data::new(settings.trusted_proxies.clone());
    let app = move || {
        App::new()
            .app_data(services.clone())
            .app_data(proxies.clone())
            .app_data(endpoints.clone())
            .app_data(locales.clone())
            .wrap(from_fn(with_security_headers))
            .wrap(from_fn(with_request_id))
            .configure(routes)
    };
    HttpServer::new(app)
        .client_request_timeout(std::time::Duration::from_secs(5))
        .listen(listener)?
        .run()
        .await
        .context("the server stopped")?;
    // All handles on the writer went with the server: what is still queued is committed now.
    written.await?;
    watch.abort();
    sweep.abort();
    stop.send_replace(true);
    for worker in workers {
        if let Err(error) = worker.await {
            tracing::error!(cause = error.to_string(), "a worker on jobs ended before its time");
        }
    }
    for_jobs.read.close().await?;
    drop(background);
    read.close().await?;
    database.close().await?;
    tracing::info!("stopped");
    Ok(())
}

/// How many connections to PostgreSQL read what takes long for those who ask. What the database does for them it does at
/// its own priority, and members who submit wait for it meanwhile.
const POSTGRES_READERS: u32 = 2;
/// How many jobs a server works on at once.
const WORKERS: usize = 2;
/// Each job may hold one for as long as it takes, and its worker needs another one meanwhile.
const POSTGRES_JOB_READERS: u32 = 4;

/// Workers on jobs, in the background of those who ask, and what stops them.
fn start_workers(
    background: &Background,
    database: &Database,
    ambient: Ambient,
    count: usize,
) -> (watch::Sender<bool>, Vec<JoinHandle<()>>) {
    let stop = watch::Sender::new(false);
    let worker = |_| {
        let (workshop, stopped) = (Workshop { database: database.clone(), ambient }, stop.subscribe());
        let hands = Hands { database: database.clone(), ambient };
        background.handle().spawn(async move { workshop.work(&hands, stopped).await })
    };
    let workers = (0..count).map(worker).collect();
    (stop, workers)
}

/// The database over connections of the background.
async fn readers_of(database: &Database, background: &Background, postgres_readers: u32) -> anyhow::Result<Database> {
    let database = database.clone();
    background.handle().spawn(async move { database.with_own_readers(postgres_readers).await }).await?
}

/// A process that passes its limit on the size of a file is killed, unless it listens to the signal: the write that
/// passed it then fails like one on a full disk.
fn survive_file_size_limit() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        const SIGXFSZ: i32 = 25;
        // Once listened to, the signal does nothing else for the rest of the process.
        drop(tokio::signal::unix::signal(tokio::signal::unix::SignalKind::from_raw(SIGXFSZ))?);
    }
    Ok(())
}

/// Says where the server is, and how to get in.
async fn greet(database: &Database, ambient: &Ambient, address: SocketAddr, with_link: bool) -> anyhow::Result<()> {
    let server = format!("http://{address}");
    println!("Valuemap is at {server}");
    if !is_built() {
        println!("  The web pages are missing: run `cargo xtask build`.");
    }
    let organisations = organisations(&database.read).await?;
    // A link in the terminal is for the person in front of it; a server for others hands out links on request.
    if address.ip().is_loopback() && with_link {
        for organisation in &organisations {
            let link =
                sign_in_link(database, ambient, OrganisationId(organisation.id), (DASHBOARD, &Rights::all()), &server)
                    .await?;
            println!("  Sign in ({}): {link}", organisation.name);
        }
    }
    if site_by_key(&database.read, sample::SITE_KEY).await?.is_some() {
        println!("  A page with the survey: {server}/demo");
    }
    if organisations.is_empty() {
        println!("  There is no organisation yet: `valuemap organisation NAME`, or `valuemap seed` for sample data.");
    }
    Ok(())
}
