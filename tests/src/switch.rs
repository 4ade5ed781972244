use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A line to a PostgreSQL server that can be cut, led elsewhere, or lose the answer to a COMMIT.
#[derive(Debug)]
pub struct Switch {
    pub port: u16,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    /// 0 while the line is cut.
    target: AtomicU16,
    commits_to_lose: AtomicUsize,
    /// Changes when all connections have to end.
    cut: watch::Sender<u32>,
}

impl Switch {
    pub async fn to(port: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let own_port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            target: AtomicU16::new(port),
            commits_to_lose: AtomicUsize::new(0),
            cut: watch::Sender::new(0),
        });
        let of_task = shared.clone();
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let shared = of_task.clone();
                tokio::spawn(async move {
                    let mut cut = shared.cut.subscribe();
                    tokio::select! {
                        _ = cut.changed() => {}
                        _ = pass_on(client, &shared) => {}
                    }
                });
            }
        });
        Ok(Self { port: own_port, shared, task })
    }

    /// Ends all connections and accepts no new ones.
    pub fn cut(&self) {
        self.lead_to(0);
    }

    /// Ends all connections; new ones go to the server at this port.
    pub fn lead_to(&self, port: u16) {
        self.shared.target.store(port, Ordering::SeqCst);
        self.shared.cut.send_modify(|cuts| *cuts += 1);
    }

    /// The next so many commits are carried out, and their connections end before the answer.
    pub fn lose_answers_of_commits(&self, count: usize) {
        self.shared.commits_to_lose.store(count, Ordering::SeqCst);
    }

    pub fn answers_still_to_lose(&self) -> usize {
        self.shared.commits_to_lose.load(Ordering::SeqCst)
    }
}

impl Drop for Switch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass_on(client: TcpStream, shared: &Shared) -> anyhow::Result<()> {
    let target = shared.target.load(Ordering::SeqCst);
    if target == 0 {
        return Ok(());
    }
    let server = TcpStream::connect(("127.0.0.1", target)).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answer_is_lost = AtomicUsize::new(0);
    let requests = async {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let length = from_client.read(&mut buffer).await?;
            if length == 0 {
                return anyhow::Ok(());
            }
            let is_commit = buffer[..length].windows(7).any(|bytes| bytes == b"COMMIT\0");
            let take_one = |left: usize| left.checked_sub(1);
            if is_commit && shared.commits_to_lose.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take_one).is_ok() {
                answer_is_lost.store(1, Ordering::SeqCst);
            }
            to_server.write_all(&buffer[..length]).await?;
        }
    };
    let answers = async {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let length = from_server.read(&mut buffer).await?;
            // The first thing that the server says after it has carried out the commit.
            if length == 0 || answer_is_lost.load(Ordering::SeqCst) == 1 {
                return anyhow::Ok(());
            }
            to_client.write_all(&buffer[..length]).await?;
        }
    };
    tokio::select! {
        ended = requests => ended,
        ended = answers => ended,
    }
}
