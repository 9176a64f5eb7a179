//! What becomes of a connection: one stream reset, no more streams taken, or cut off by TCP itself.

use hyper::body::Bytes;
use liaison_simulator::Settings;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::support::{Http, INVITE, NORMALIZED, STRANGER, Site, dial, invitation, site, site_with};

const ME: &str = "/voyager/api/me";

/// A connection of one's own, without a client's pool around it.
async fn connection(site: &Site) -> h2::client::SendRequest<Bytes> {
    let stream: TlsStream<TcpStream> = dial(site, Http::Two).await;
    let (send, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    send
}

async fn ask(site: &Site, send: &mut h2::client::SendRequest<Bytes>, target: &str) -> Result<u16, h2::Error> {
    let request = hyper::Request::get(format!("https://www.linkedin.com{target}"))
        .header("cookie", site.sign_in.cookie_header())
        .header("csrf-token", &site.sign_in.csrf_token)
        .body(())
        .unwrap();
    std::future::poll_fn(|cx| send.poll_ready(cx)).await?;
    let (answer, _) = send.send_request(request, true)?;
    Ok(answer.await?.status().as_u16())
}

#[tokio::test]
async fn a_stream_is_reset_and_the_connection_goes_on() {
    let site = site().await;
    let mut send = connection(&site).await;
    let cases = [
        (json!({ "kind": "stream_reset", "when": "before" }), h2::Reason::INTERNAL_ERROR),
        (json!({ "kind": "stream_reset", "when": "after", "code": "cancel" }), h2::Reason::CANCEL),
        (
            json!({ "kind": "stream_reset", "when": "before", "code": "refused_stream" }),
            h2::Reason::REFUSED_STREAM,
        ),
    ];
    for (fault, reason) in cases {
        site.arm(fault.clone()).await;
        let error = ask(&site, &mut send, ME).await.unwrap_err();
        assert_eq!((error.reason(), error.is_reset()), (Some(reason), true), "{fault}: {error}");
        assert_eq!(ask(&site, &mut send, ME).await.unwrap(), 200, "on the same connection");
    }
}

#[tokio::test]
async fn a_reset_stream_has_an_effect_or_none() {
    for http in [Http::One, Http::Two] {
        for (when, effects) in [("before", 0), ("after", 1)] {
            let site = site_with(Settings::default(), http).await;
            site.arm(json!({ "kind": "stream_reset", "when": when })).await;
            let request = site.request(reqwest::Method::POST, INVITE, NORMALIZED);
            assert!(request.body(invitation(STRANGER, None).to_string()).send().await.is_err());
            let counts = site.counts();
            assert_eq!(
                (&counts["posts"], &counts["invitations"]),
                (&json!(1), &json!(effects)),
                "{http:?} {when}"
            );
        }
    }
}

#[tokio::test]
async fn a_refused_stream_is_what_clients_send_again() {
    let site = site().await;
    site.arm(json!({ "kind": "stream_reset", "when": "before", "code": "refused_stream" })).await;
    assert_eq!(site.invite(STRANGER, None).await.0, 200);
    let counts = site.counts();
    assert_eq!((&counts["posts"], &counts["invitations"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn after_a_goaway_a_connection_takes_nothing_new() {
    let site = site().await;
    let mut send = connection(&site).await;
    site.arm(json!({ "kind": "goaway" })).await;
    assert_eq!(ask(&site, &mut send, ME).await.unwrap(), 200, "the answer still comes");
    let error = ask(&site, &mut send, ME).await.unwrap_err();
    assert!(!error.is_reset(), "{error}");
    assert_eq!(site.counts()["requests"], 1);

    let old = site_with(Settings::default(), Http::One).await;
    old.arm(json!({ "kind": "goaway" })).await;
    let response = old.get(ME, NORMALIZED).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["connection"]),
        (200, &"close".parse().unwrap())
    );
    assert_eq!(old.get(ME, NORMALIZED).await.status(), 200, "over a new connection");
}

#[tokio::test]
async fn an_end_and_a_tcp_reset_can_be_told_apart() {
    for (abort, expected) in
        [(false, std::io::ErrorKind::UnexpectedEof), (true, std::io::ErrorKind::ConnectionReset)]
    {
        let site = site().await;
        let mut stream = dial(&site, Http::One).await;
        site.arm(json!({ "kind": "reset", "when": "after", "abort": abort })).await;
        let head = format!(
            "GET {ME} HTTP/1.1\r\nhost: www.linkedin.com\r\ncookie: {}\r\ncsrf-token: {}\r\n\r\n",
            site.sign_in.cookie_header(),
            site.sign_in.csrf_token
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let error = stream.read_to_end(&mut answer).await.unwrap_err();
        assert_eq!((error.kind(), answer.len()), (expected, 0));
        let journal = site.running.journal();
        assert_eq!(
            (&journal["requests"][0]["faults"], &journal["requests"][0]["status"]),
            (&json!(["reset"]), &Value::Null)
        );
    }
}
