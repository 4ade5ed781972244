//! HTTP as bytes: no client would send most of this.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub struct Answer {
    /// `None` where the connection was closed without one.
    pub status: Option<u16>,
    pub body: String,
    pub took: Duration,
}

/// Sends these bytes and no others, and reads until the server closes.
pub async fn exchange(address: &str, bytes: &[u8]) -> Answer {
    let start = Instant::now();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (mut read, mut write) = stream.split();
    let send = async {
        // The server may have heard enough before it has heard all.
        if write.write_all(bytes).await.is_ok() {
            let _ = write.shutdown().await;
        }
    };
    let mut received = Vec::new();
    let receive = async {
        let _ = read.read_to_end(&mut received).await;
    };
    tokio::join!(send, receive);
    let text = String::from_utf8_lossy(&received);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.strip_prefix("HTTP/1.1 ").or_else(|| head.strip_prefix("HTTP/1.0 "));
    let status = status.and_then(|rest| rest.get(..3)).and_then(|digits| digits.parse().ok());
    Answer { status, body: body.to_owned(), took: start.elapsed() }
}

/// A well-formed request, which closes its connection.
pub fn request(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() || method == "POST" {
        head += &format!("content-length: {}\r\n", body.len());
    }
    [head.as_bytes(), b"\r\n", body].concat()
}

/// A text as a part of an address.
pub fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}
