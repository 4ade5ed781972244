//! A partner's site: pages of another origin than Valuemap's, each with the headers that it wants to be sent with.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::Context;
use reqwest::Url;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::setting;

/// What stands in the pages in double braces.
#[derive(Clone, Debug, Default)]
pub struct Blanks {
    /// `{{SERVER}}`: where Valuemap is.
    pub server: String,
    /// `{{SITE}}`: the site's key, unless the page is asked for with another one, as in `plain.html?site=pk_other`.
    pub site: String,
    /// `{{OTHER_SITE}}`: the key of a second site.
    pub other_site: String,
    /// `{{INTEGRITY}}`: the digest of the script.
    pub integrity: String,
}

/// The site, on a port that was free. It is gone when it is dropped.
#[derive(Debug)]
pub struct HostSite {
    pub origin: String,
    blanks: Arc<OnceLock<Blanks>>,
    task: JoinHandle<()>,
}

impl HostSite {
    /// Serves the pages of a folder, once their blanks are filled.
    pub async fn start(pages: PathBuf) -> anyhow::Result<Self> {
        let modules = PathBuf::from(setting("VALUEMAP_TEST_NODE_MODULES")?);
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let blanks = Arc::new(OnceLock::new());
        let folders = Arc::new(Folders { pages, modules });
        let filled = Arc::clone(&blanks);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (folders, blanks) = (Arc::clone(&folders), Arc::clone(&filled));
                // A browser that goes away in the middle of an answer is no concern of ours.
                tokio::spawn(async move { answer(stream, &folders, blanks.get()).await.ok() });
            }
        });
        Ok(Self { origin, blanks, task })
    }

    pub fn fill(&self, blanks: Blanks) -> anyhow::Result<()> {
        self.blanks.set(blanks).ok().context("the blanks are filled already")
    }
}

impl Drop for HostSite {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Debug)]
struct Folders {
    pages: PathBuf,
    modules: PathBuf,
}

async fn answer(mut stream: TcpStream, folders: &Folders, blanks: Option<&Blanks>) -> anyhow::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8(head)?;
    let target = head.split(' ').nth(1).context("a request names what it wants")?;
    let url = Url::parse(&format!("http://site{target}"))?;
    let response = match respond(&url, folders, blanks.unwrap_or(&Blanks::default())) {
        Ok(response) => response,
        Err(_) if url.path() == "/favicon.ico" => "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_owned(),
        Err(error) => written("404 Not Found", "text/plain", "", &format!("{error:#}")),
    };
    stream.write_all(response.as_bytes()).await?;
    Ok(stream.shutdown().await?)
}

fn respond(url: &Url, folders: &Folders, blanks: &Blanks) -> anyhow::Result<String> {
    let read = |path: &Path| std::fs::read_to_string(path).with_context(|| path.display().to_string());
    let file = match url.path() {
        "/bootstrap.css" => folders.modules.join("bootstrap/dist/css/bootstrap.css"),
        "/preflight.css" => folders.modules.join("tailwindcss/preflight.css"),
        path => folders.pages.join(&path[1..]),
    };
    let content = read(&file)?;
    if file.extension().is_some_and(|extension| extension == "css") {
        return Ok(written("200 OK", "text/css", "", &content));
    }
    let [own, rest] = ["own.html", "rest.html"].map(|part| read(&folders.pages.join(part)));
    let page = fill(&content.replace("{{OWN}}", &own?).replace("{{REST}}", &rest?), url, blanks);
    let (headers, page) = split_headers(&page);
    Ok(written("200 OK", "text/html; charset=utf-8", &headers, page))
}

/// A page may open with a comment, whose lines are sent as headers in place of it.
fn split_headers(page: &str) -> (String, &str) {
    let Some((headers, page)) = page.strip_prefix("<!--").and_then(|rest| rest.split_once("-->")) else {
        return (String::new(), page);
    };
    let lines = headers.lines().map(str::trim).filter(|line| !line.is_empty());
    (lines.map(|line| format!("{line}\r\n")).collect(), page.trim_start())
}

/// Fills the blanks. What the address asks for becomes attributes: of `<html>` where its name starts with `html.`, of the
/// survey otherwise. With `bare` the page comes as it was before the partner pasted our script into it.
fn fill(page: &str, url: &Url, blanks: &Blanks) -> String {
    let (mut site, mut attributes, mut of_html) = (blanks.site.clone(), String::new(), String::new());
    for (name, value) in url.query_pairs() {
        let attribute = |name: &str| format!(" {name}=\"{}\"", value.replace('&', "&amp;").replace('"', "&quot;"));
        match (&*name, name.strip_prefix("html.")) {
            ("bare", _) => {}
            ("site", _) => site = value.clone().into_owned(),
            (_, Some(name)) => of_html += &attribute(name),
            _ => attributes += &attribute(&name),
        }
    }
    let page = page
        .replace("{{SERVER}}", &blanks.server)
        .replace("{{SITE}}", &site)
        .replace("{{OTHER_SITE}}", &blanks.other_site)
        .replace("{{INTEGRITY}}", &blanks.integrity)
        .replace(" {{ATTRIBUTES}}", &attributes)
        .replace(" {{HTML}}", &of_html);
    if url.query_pairs().any(|(name, _)| name == "bare") { without_our_script(&page) } else { page }
}

fn without_our_script(page: &str) -> String {
    let mut rest = page;
    let mut result = String::with_capacity(page.len());
    while let Some((before, script)) = rest.split_once("<script") {
        let (script, after) = script.split_once("</script>").unwrap_or((script, ""));
        result.push_str(before);
        if !script.contains("/embed/v1/") {
            result += &format!("<script{script}</script>");
        }
        rest = after;
    }
    result + rest
}

fn written(status: &str, kind: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\ncache-control: no-store\r\n\
         connection: close\r\n{headers}\r\n{body}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<!--\nX-Page: {{SERVER}}\n-->\n<html {{HTML}}><script>own()</script>\
                        <script src=\"{{SERVER}}/embed/v1/valuemap.js\"></script><a site=\"{{SITE}}\" {{ATTRIBUTES}}></a>";

    #[track_caller]
    fn check(query: &str, headers: &str, page: &str) {
        let blanks = Blanks { server: "S".into(), site: "pk".into(), ..Blanks::default() };
        let filled = fill(PAGE, &Url::parse(&format!("http://site/{query}")).unwrap(), &blanks);
        assert_eq!(split_headers(&filled), (headers.to_owned(), page));
    }

    #[test]
    fn a_page_comes_with_its_headers_and_without_blanks() {
        check(
            "?html.dir=rtl&site=other&lang=%22",
            "X-Page: S\r\n",
            "<html dir=\"rtl\"><script>own()</script><script src=\"S/embed/v1/valuemap.js\"></script>\
             <a site=\"other\" lang=\"&quot;\"></a>",
        );
    }

    #[test]
    fn a_bare_page_keeps_its_own_scripts() {
        check("?bare", "X-Page: S\r\n", "<html><script>own()</script><a site=\"pk\"></a>");
    }
}
