use std::process::{Output, Stdio};

use anyhow::{Context, bail};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::{Api, Embed, PATIENCE, Scratch, setting};

/// All of a test or a benchmark comes from one address.
const NO_LIMITS: [&str; 5] = [
    "VALUEMAP_LIMITS_ANSWERS_PER_MINUTE",
    "VALUEMAP_LIMITS_SUBMISSIONS_PER_MINUTE",
    "VALUEMAP_LIMITS_FAILED_TOKENS_PER_MINUTE",
    "VALUEMAP_LIMITS_REQUESTS_PER_MINUTE",
    "VALUEMAP_LIMITS_COST_PER_MINUTE",
];

/// The server, started on a port that was free. It is killed when it is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Such as `http://127.0.0.1:40123`.
    pub address: String,
    greeting: Lines<BufReader<ChildStdout>>,
}

impl Server {
    /// Starts `valuemap serve` on this database, without rate limits, and waits until it listens.
    pub async fn start(scratch: &Scratch, arguments: &[&str]) -> anyhow::Result<Self> {
        Self::start_with(scratch, arguments, &NO_LIMITS.map(|name| (name, "0"))).await
    }

    /// The same with these variables in its environment, and with rate limits as everybody has them.
    pub async fn start_with(
        scratch: &Scratch,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        Self::launch(scratch, arguments, environment, Stdio::inherit()).await
    }

    /// Without rate limits, and with its log going here.
    pub async fn start_with_log(scratch: &Scratch, arguments: &[&str], log: impl Into<Stdio>) -> anyhow::Result<Self> {
        Self::launch(scratch, arguments, &NO_LIMITS.map(|name| (name, "0")), log.into()).await
    }

    async fn launch(
        scratch: &Scratch,
        arguments: &[&str],
        environment: &[(&str, &str)],
        log: Stdio,
    ) -> anyhow::Result<Self> {
        let mut child = command(scratch)?
            .args(["serve", "--listen", "127.0.0.1:0", "--migrate"])
            .args(arguments)
            .env("VALUEMAP_TRUSTED_PROXIES", "127.0.0.0/8")
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().context("the server has no standard output")?;
        let mut greeting = BufReader::new(output).lines();
        let first = tokio::time::timeout(PATIENCE, greeting.next_line()).await??;
        let first = first.context("the server stopped before it listened")?;
        let address = first.strip_prefix("Valuemap is at ").context("the server greets with its address")?.to_owned();
        Ok(Self { child, address, greeting })
    }

    /// The link that the server prints for the person at the terminal.
    pub async fn sign_in_link(&mut self) -> anyhow::Result<String> {
        while let Some(line) = tokio::time::timeout(PATIENCE, self.greeting.next_line()).await?? {
            if let Some((_, link)) = line.split_once("): ") {
                return Ok(link.to_owned());
            }
        }
        bail!("the server printed no link")
    }

    /// A client of `/graphql` with a token of its own.
    pub async fn api(&self, scratch: &Scratch) -> anyhow::Result<Api> {
        let token = run(scratch, &["token", "create", "--name", "test", "--write"]).await?;
        Ok(Api::new(&self.address, token.trim()))
    }

    /// A client of `/embed/graphql` on a page of this origin.
    pub fn embed(&self, origin: &str) -> Embed {
        Embed::new(&self.address, origin)
    }

    /// The number of its process.
    pub fn id(&self) -> anyhow::Result<u32> {
        self.child.id().context("the server is gone")
    }

    /// SIGKILL, and nothing left of the process when this returns.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill().await?;
        Ok(())
    }

    /// SIGTERM; returns whether it exited with success.
    pub async fn stop(mut self) -> anyhow::Result<bool> {
        let id = self.id()?;
        Command::new("kill").args(["-TERM", &id.to_string()]).status().await?;
        Ok(self.child.wait().await?.success())
    }
}

/// Runs a command of the binary that has to succeed, and returns what it printed.
async fn run(scratch: &Scratch, arguments: &[&str]) -> anyhow::Result<String> {
    let output = valuemap(scratch, arguments).await?;
    if !output.status.success() {
        bail!("valuemap {arguments:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Runs a command of the binary to its end, whatever that is.
pub async fn valuemap(scratch: &Scratch, arguments: &[&str]) -> anyhow::Result<Output> {
    Ok(command(scratch)?.args(arguments).output().await?)
}

/// The same, not started yet.
pub fn valuemap_command(scratch: &Scratch, arguments: &[&str]) -> anyhow::Result<Command> {
    let mut command = command(scratch)?;
    command.args(arguments).kill_on_drop(true);
    Ok(command)
}

/// The same for the database at a URL.
pub async fn valuemap_at(url: &str, folder: &std::path::Path, arguments: &[&str]) -> anyhow::Result<Output> {
    Ok(command_at(url, folder)?.args(arguments).output().await?)
}

fn command(scratch: &Scratch) -> anyhow::Result<Command> {
    command_at(&scratch.url, scratch.folder())
}

fn command_at(url: &str, folder: &std::path::Path) -> anyhow::Result<Command> {
    let mut command = Command::new(setting("VALUEMAP_TEST_SERVER")?);
    command.current_dir(folder).env("VALUEMAP_DATABASE_URL", url).env("VALUEMAP_LOG", "warn").stdin(Stdio::null());
    Ok(command)
}
