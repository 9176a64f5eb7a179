//! HTTP as little as it takes: one connection, one request after the other. The load must cost less than what it loads.

use serde_json::Value;
use std::net::SocketAddr;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

pub struct Wire {
    stream: BufReader<TcpStream>,
    door: String,
}

impl Wire {
    /// With a header that opens the door.
    pub async fn caller(address: SocketAddr, key: &str) -> Self {
        Self::open(address, format!("x-api-key: {key}")).await
    }

    pub async fn agent(address: SocketAddr, token: &str) -> Self {
        Self::open(address, format!("authorization: Bearer {token}")).await
    }

    async fn open(address: SocketAddr, door: String) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        // Thousands of them are open at once.
        Self { stream: BufReader::with_capacity(1_024, stream), door }
    }

    pub async fn post(&mut self, path: &str, body: &str) -> Value {
        let (door, length) = (&self.door, body.len());
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\n{door}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(request.as_bytes()).await.unwrap();
        let (status, body) = self.answer().await;
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }

    async fn answer(&mut self) -> (u16, Vec<u8>) {
        let (mut line, mut status, mut length) = (String::new(), 0, 0);
        loop {
            line.clear();
            self.stream.read_line(&mut line).await.unwrap();
            match line.trim_end().split_once(' ') {
                Some(("HTTP/1.1", rest)) => status = rest.split(' ').next().unwrap().parse().unwrap(),
                Some((name, value)) if name.eq_ignore_ascii_case("content-length:") => {
                    length = value.parse().unwrap()
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.unwrap();
        (status, body)
    }
}
