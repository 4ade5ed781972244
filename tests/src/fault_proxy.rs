//! What stands between a member and the server, and fails as networks do.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file under `/embed/v1/`.
    File,
    /// The survey, or its first question.
    Survey,
    /// A member's answers.
    Submission,
    Preflight,
    /// The pages that are there when the widget cannot run: `/embed/frame` and `/embed/form`.
    Fallback,
    Other,
}

/// What becomes of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The server stores it and answers, and the answer is lost.
    CommitThenDrop,
    /// The server is not asked, and its answer is 503 with this many seconds in `Retry-After`.
    Unavailable { retry_after: u32 },
    /// The same with 429, as for too many answers from one address.
    RateLimited { retry_after: u32 },
    /// The server is not asked, and its answer is that the submission breaks a rule.
    Refused,
}

/// What becomes of every request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Line {
    #[default]
    Up,
    /// Connections are reset.
    Down,
    /// Requests are taken and not answered.
    Hanging,
    /// Submissions are taken and not answered.
    HoldingSubmissions,
}

#[derive(Debug, Default)]
struct State {
    line: Line,
    faults: VecDeque<Fault>,
    seen: Vec<(Kind, Instant)>,
}

#[derive(Debug)]
struct Shared {
    upstream: String,
    state: Mutex<State>,
    changed: Notify,
}

/// A proxy in front of one server, on a port that was free. It is gone when it is dropped.
#[derive(Debug)]
pub struct FaultProxy {
    /// Such as `http://127.0.0.1:40123`.
    pub address: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl FaultProxy {
    pub async fn start(server: &str) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let upstream = server.trim_start_matches("http://").to_owned();
        let shared = Arc::new(Shared { upstream, state: Mutex::default(), changed: Notify::new() });
        let of_task = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&of_task);
                // A connection that breaks is what this program is about.
                tokio::spawn(async move { pass_on(stream, &shared).await.ok() });
            }
        });
        Ok(Self { address, shared, task })
    }

    /// The next submissions meet these faults, one each; later ones pass.
    pub fn fail_submissions(&self, faults: impl IntoIterator<Item = Fault>) {
        self.shared.state().faults = faults.into_iter().collect();
    }

    pub fn go_down(&self) {
        self.switch(Line::Down);
    }

    pub fn hang(&self) {
        self.switch(Line::Hanging);
    }

    pub fn hold_submissions(&self) {
        self.switch(Line::HoldingSubmissions);
    }

    pub fn come_back(&self) {
        self.switch(Line::Up);
    }

    /// When requests of a kind came, faults included.
    pub fn seen(&self, kind: Kind) -> Vec<Instant> {
        self.shared.state().seen.iter().filter(|(seen, _)| *seen == kind).map(|(_, at)| *at).collect()
    }

    pub fn forget(&self) {
        self.shared.state().seen.clear();
    }

    fn switch(&self, line: Line) {
        self.shared.state().line = line;
        self.shared.changed.notify_waiters();
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until requests of this kind are answered again.
    async fn wait_while_hanging(&self, kind: Kind) {
        loop {
            let mut changed = pin!(self.changed.notified());
            // From here on no change is missed, though it is looked for only below.
            changed.as_mut().enable();
            match self.state().line {
                Line::Hanging => {}
                Line::HoldingSubmissions if kind == Kind::Submission => {}
                _ => return,
            }
            changed.await;
        }
    }
}

/// Passes one request on and its answer back. Each connection is for one request, so that a browser cannot mistake a
/// fault for a connection that was kept open for too long, which it would hide by trying again itself.
async fn pass_on(mut client: TcpStream, shared: &Shared) -> anyhow::Result<()> {
    if shared.state().line == Line::Down {
        return reset(&client);
    }
    let request = read_request(&mut client).await?;
    let kind = kind(&request);
    let fault = {
        let mut state = shared.state();
        state.seen.push((kind, Instant::now()));
        if kind == Kind::Submission { state.faults.pop_front() } else { None }
    };
    shared.wait_while_hanging(kind).await;
    if shared.state().line == Line::Down {
        return reset(&client);
    }
    let own_answer = match fault {
        Some(Fault::Unavailable { retry_after }) => Some(unavailable(retry_after)),
        Some(Fault::RateLimited { retry_after }) => Some(rate_limited(retry_after)),
        Some(Fault::Refused) => Some(refused()),
        _ => None,
    };
    if let Some(answer) = own_answer {
        client.write_all(answer.as_bytes()).await?;
        return Ok(client.shutdown().await?);
    }
    let mut server = TcpStream::connect(&shared.upstream).await?;
    server.write_all(&request).await?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).await?;
    if fault == Some(Fault::CommitThenDrop) {
        return reset(&client);
    }
    client.write_all(&answer).await?;
    Ok(client.shutdown().await?)
}

/// Reads a request, and has the server close the connection after its answer.
async fn read_request(client: &mut TcpStream) -> anyhow::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8(head)?;
    let (mut request, mut length) = (String::new(), 0);
    for line in head.trim_end().lines() {
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if name == "content-length" {
            length = line[name.len() + 1..].trim().parse()?;
        }
        if name != "connection" {
            request += line;
            request += "\r\n";
        }
    }
    let mut request = (request + "connection: close\r\n\r\n").into_bytes();
    let start = request.len();
    request.resize(start + length, 0);
    client.read_exact(&mut request[start..]).await?;
    Ok(request)
}

fn kind(request: &[u8]) -> Kind {
    let text = String::from_utf8_lossy(request);
    let mut words = text.split(' ');
    match (words.next().unwrap_or_default(), words.next().unwrap_or_default()) {
        ("OPTIONS", _) => Kind::Preflight,
        ("POST", "/embed/graphql") if text.contains("submitResponse") => Kind::Submission,
        (_, path) if path.starts_with("/embed/surveys/") || path.starts_with("/embed/graphql") => Kind::Survey,
        (_, path) if path.starts_with("/embed/v1/") => Kind::File,
        (_, path) if path.starts_with("/embed/frame/") || path.starts_with("/embed/form/") => Kind::Fallback,
        _ => Kind::Other,
    }
}

fn reset(stream: &TcpStream) -> anyhow::Result<()> {
    Ok(stream.set_zero_linger()?)
}

/// As the server answers when it cannot store anything now.
fn unavailable(retry_after: u32) -> String {
    let body = r#"{"errors":[{"message":"try again later","extensions":{"code":"UNAVAILABLE"}}]}"#;
    answer("503 Service Unavailable", &format!("retry-after: {retry_after}\r\n"), body)
}

fn rate_limited(retry_after: u32) -> String {
    let body = r#"{"errors":[{"message":"too many requests","extensions":{"code":"RATE_LIMITED"}}]}"#;
    answer("429 Too Many Requests", &format!("retry-after: {retry_after}\r\n"), body)
}

/// As the server answers when an answer does not fit its question.
fn refused() -> String {
    let body = r#"{"data":{"submitResponse":{"__typename":"InvalidSubmission",
        "problems":[{"path":"answers.0.number","message":"is not on the scale"}]}}}"#;
    answer("200 OK", "", body)
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/graphql-response+json; charset=utf-8\r\n\
         content-length: {length}\r\naccess-control-allow-origin: *\r\naccess-control-expose-headers: retry-after\r\n\
         cache-control: no-store\r\nconnection: close\r\n{headers}\r\n{body}"
    )
}

/// How long lay between things that happened one after the other.
pub fn gaps(times: &[Instant]) -> Vec<Duration> {
    times.windows(2).map(|pair| pair[1].duration_since(pair[0])).collect()
}
