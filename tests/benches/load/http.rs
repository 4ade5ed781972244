//! HTTP/1.1 with as little work as possible: the client shares the machine with what it measures.

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub fn post(path: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(address: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and reads its answer, which has to be 200 and hold `expected`.
    pub async fn send(&mut self, request: &[u8], expected: &str) -> anyhow::Result<()> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
            let Some(head) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
            let headers = std::str::from_utf8(&self.buffer[..head])?;
            let length = headers.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.context("the answer has a length")?.parse()?;
            if self.buffer.len() < head + 4 + length {
                continue;
            }
            let text = String::from_utf8_lossy(&self.buffer);
            if !text.starts_with("HTTP/1.1 200") || !text.contains(expected) {
                bail!("an unexpected answer: {text}");
            }
            return Ok(());
        }
    }
}
