//! The proxy on the control port, which leads to the simulated site and nowhere else.

use reqwest::{Method, Proxy};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Http, NORMALIZED, PLAIN, Site, builder, site};

const ME: &str = "https://www.linkedin.com/voyager/api/me";

fn signed_in(site: &Site, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    request.header("cookie", site.sign_in.cookie_header()).header("csrf-token", &site.sign_in.csrf_token)
}

/// Says something to the control port and takes what comes back until it closes.
async fn say(site: &Site, words: &str) -> String {
    let address = site.running.control_url().replace("http://", "");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(words.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_tunnel_leads_to_the_site_in_both_protocols() {
    for (http, expected) in [(Http::One, "1.1"), (Http::Two, "2")] {
        let site = site().await;
        let proxy = Proxy::all(site.running.proxy_url()).unwrap();
        let client = builder(&site.running, http).proxy(proxy).build().unwrap();
        let answer = signed_in(&site, client.request(Method::GET, ME)).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(site.running.journal()["requests"][0]["http"], expected);
        let bare = signed_in(&site, client.get("https://linkedin.com/voyager/api/me")).send().await.unwrap();
        assert_eq!(bare.status(), 200);
    }
}

#[tokio::test]
async fn every_other_place_is_refused() {
    let site = site().await;
    for elsewhere in [
        "example.com:443",
        "www.linkedin.com:8443",
        "www.linkedin.com",
        "www.linkedin.com.example.com:443",
        "media.licdn.com:443",
    ] {
        let mut stream = TcpStream::connect(site.running.control_url().replace("http://", "")).await.unwrap();
        stream.write_all(format!("CONNECT {elsewhere} HTTP/1.1\r\n\r\n").as_bytes()).await.unwrap();
        // Nothing more is said: a tunnel, were there one, would end at once.
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 403 "), "{elsewhere}: {answer}");
    }
    let plain =
        say(&site, "GET http://example.com/ HTTP/1.1\r\nhost: example.com\r\nconnection: close\r\n\r\n")
            .await;
    assert!(plain.starts_with("HTTP/1.1 403 "), "{plain}");
    for url in ["http://www.linkedin.com/login", "https://www.linkedin.com:8443/login"] {
        let refused =
            say(&site, &format!("GET {url} HTTP/1.1\r\nhost: www.linkedin.com\r\nconnection: close\r\n\r\n"))
                .await;
        assert!(refused.starts_with("HTTP/1.1 403 "), "{url}: {refused}");
    }
    assert_eq!(site.counts()["requests"], 0);
}

#[tokio::test]
async fn a_whole_url_in_the_clear_is_answered_as_through_a_tunnel() {
    let site = site().await;
    let head = format!(
        "GET {ME} HTTP/1.1\r\nhost: www.linkedin.com\r\naccept: {NORMALIZED}\r\ncookie: {}\r\ncsrf-token: {}\r\nconnection: close\r\n\r\n",
        site.sign_in.cookie_header(),
        site.sign_in.csrf_token
    );
    let answer = say(&site, &head).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body, site.get_json("/voyager/api/me", NORMALIZED).await);
    // A client with the proxy for everything asks for the control side through it as well.
    let control = site.running.control_url();
    let state =
        say(&site, &format!("GET {control}/__sim/state HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"))
            .await;
    assert!(state.contains("\"clock_ms\""), "{state}");
}

#[tokio::test]
async fn a_tunnel_is_known_by_its_whole_method() {
    let site = site().await;
    let address = site.running.control_url().replace("http://", "");
    let other =
        say(&site, &format!("COPY /__sim/state HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"))
            .await;
    assert!(other.starts_with("HTTP/1.1 404 "), "{other}");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut answer = [0; 12];
    for piece in ["CON", "NECT www.linkedin.com:443 HTTP/1.1\r\n\r\n"] {
        stream.write_all(piece.as_bytes()).await.unwrap();
    }
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}

#[tokio::test]
async fn the_control_side_is_not_for_web_pages() {
    let site = site().await;
    let port = site.running.control_url().rsplit(':').next().unwrap().to_owned();
    let ask = async |host: &str, more: &str| {
        let head = format!("GET /__sim/state HTTP/1.1\r\n{host}{more}connection: close\r\n\r\n");
        say(&site, &head).await.get(9..12).unwrap().to_owned()
    };
    for host in ["127.0.0.1", "localhost", "LOCALHOST", "[::1]", "127.0.0.1:1"] {
        assert_eq!(ask(&format!("host: {host}\r\n"), "").await, "200", "{host}");
    }
    let here = format!("host: 127.0.0.1:{port}\r\n");
    for host in ["evil.example", "www.linkedin.com", "127.0.0.1.evil.example", "localhost.evil.example"] {
        assert_eq!(ask(&format!("host: {host}:{port}\r\n"), "").await, "403", "{host}");
    }
    assert_eq!(ask("", "").await, "403", "no host at all");
    for origin in ["https://evil.example", "null", "chrome-extension://abcdefghijklmnopabcdefghijklmnop"] {
        assert_eq!(ask(&here, &format!("origin: {origin}\r\n")).await, "403", "{origin}");
    }
    assert_eq!(ask(&here, "").await, "200");
}

#[tokio::test]
async fn the_certificate_is_given_as_text_too() {
    let site = site().await;
    let pem = site.running.certificate_pem();
    let trusted = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
    let expected = reqwest::Certificate::from_der(site.running.certificate_der()).unwrap();
    assert_eq!(format!("{trusted:?}"), format!("{expected:?}"));
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));
    assert_eq!(site.get("/voyager/api/me", PLAIN).await.status(), 200);
}
