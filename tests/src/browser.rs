use std::process::Stdio;

use anyhow::{Context, bail};
use tempfile::TempDir;
use thirtyfour::prelude::*;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::{PATIENCE, setting};

/// Chromium with a fresh profile, driven by its own ChromeDriver. Both are gone when it is dropped.
#[derive(Debug)]
pub struct Browser {
    pub page: WebDriver,
    _driver: Child,
    _profile: TempDir,
}

impl Browser {
    pub async fn start(width: u32, height: u32) -> anyhow::Result<Self> {
        Self::start_with(width, height, &[]).await
    }

    /// A browser whose user has switched JavaScript off.
    pub async fn without_scripts(width: u32, height: u32) -> anyhow::Result<Self> {
        Self::start_with(width, height, &["--blink-settings=scriptEnabled=false"]).await
    }

    async fn start_with(width: u32, height: u32, arguments: &[&str]) -> anyhow::Result<Self> {
        let (driver, port) = start_driver().await?;
        let profile = TempDir::with_prefix("valuemap-browser-")?;
        let mut capabilities = DesiredCapabilities::chrome();
        capabilities.set_binary(&setting("CHROMIUM")?)?;
        for argument in [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--force-device-scale-factor=1",
            &format!("--window-size={width},{height}"),
            &format!("--user-data-dir={}", profile.path().display()),
        ] {
            capabilities.add_arg(argument)?;
        }
        for argument in arguments {
            capabilities.add_arg(argument)?;
        }
        let page = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await?;
        Ok(Self { page, _driver: driver, _profile: profile })
    }

    /// The root of the survey in the first widget on the page.
    pub async fn widget(&self) -> anyhow::Result<WebElement> {
        let host = self.page.query(By::Css("valuemap-survey")).first().await?;
        Ok(host.get_shadow_root().await?)
    }

    pub async fn close(self) -> anyhow::Result<()> {
        Ok(self.page.quit().await?)
    }
}

/// ChromeDriver takes a port that is free for IPv4 and gives up when IPv6 has it in use; another one will do.
async fn start_driver() -> anyhow::Result<(Child, u16)> {
    const TRIES: u8 = 3;
    let mut tries = 1;
    loop {
        let mut driver =
            Command::new(setting("CHROMEDRIVER")?).arg("--port=0").stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let output = driver.stdout.take().context("ChromeDriver has no standard output")?;
        match tokio::time::timeout(PATIENCE, read_port(BufReader::new(output))).await? {
            Ok(port) => return Ok((driver, port)),
            Err(error) if tries == TRIES => return Err(error),
            Err(_) => tries += 1,
        }
    }
}

async fn read_port(output: BufReader<tokio::process::ChildStdout>) -> anyhow::Result<u16> {
    let mut lines = output.lines();
    while let Some(line) = lines.next_line().await? {
        if let Some(port) = line.strip_prefix("ChromeDriver was started successfully on port ") {
            return Ok(port.trim_end_matches('.').parse()?);
        }
    }
    bail!("ChromeDriver did not say which port it listens on")
}
