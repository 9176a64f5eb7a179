//! TLS of the server's own.

use super::support::*;
use liaison_server::tls::TlsFiles;
use liaison_server::{Config, Limits, Running};
use reqwest::{Client, Version};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use std::fs;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

struct Secure {
    server: Running,
    folder: TempDir,
}

/// Makes a certificate for this computer and writes it where the server looks.
fn certify(folder: &TempDir) -> CertificateDer<'static> {
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    fs::write(folder.path().join("cert.pem"), made.cert.pem()).unwrap();
    fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
    made.cert.der().clone()
}

fn trusting(certificate: &CertificateDer<'static>, protocols: &[&[u8]]) -> Client {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    Client::builder().tls_backend_preconfigured(config).build().unwrap()
}

async fn start() -> (Secure, CertificateDer<'static>) {
    let folder = tempfile::tempdir().unwrap();
    let certificate = certify(&folder);
    let files = TlsFiles { certificate: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
    let config = Config {
        listen: ([127, 0, 0, 1], 0).into(),
        tls: Some(files),
        limits: Limits { head: Duration::from_millis(500), ..Limits::default() },
        ..Config::new(folder.path().join("liaison.db"))
    };
    (Secure { server: liaison_server::start(config).await.unwrap(), folder }, certificate)
}

#[tokio::test]
async fn both_versions_of_http_and_no_plain_text() {
    let (secure, certificate) = start().await;
    let url = secure.server.url.clone();
    assert!(url.starts_with("https://"));
    for (protocols, version) in [
        (&[&b"h2"[..], b"http/1.1"][..], Version::HTTP_2),
        (&[b"http/1.1"], Version::HTTP_11),
        (&[], Version::HTTP_11),
    ] {
        let response = trusting(&certificate, protocols).get(format!("{url}/healthz")).send().await.unwrap();
        assert_eq!((response.status().as_u16(), response.version()), (200, version));
    }
    let store = secure.server.store();
    let key = store.add_admin_key(None, liaison_server::Timestamp(0)).await.unwrap().secret;
    let sign_in = trusting(&certificate, &[]).post(format!("{url}/dashboard/session"));
    let signed_in = sign_in.body(format!(r#"{{"admin_key":"{key}"}}"#)).send().await.unwrap();
    assert!(signed_in.headers()["set-cookie"].to_str().unwrap().ends_with("; Secure"));
    let plain = url.replace("https", "http");
    assert!(client().get(format!("{plain}/healthz")).send().await.is_err());
    let stranger = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let doubting = trusting(stranger.cert.der(), &[]);
    assert!(doubting.get(format!("{url}/healthz")).send().await.is_err());
    // A handshake that never comes costs a connection for a while and no longer.
    let mut silent = TcpStream::connect(url.trim_start_matches("https://")).await.unwrap();
    silent.write_all(&[22, 3, 1]).await.unwrap();
    let mut end = Vec::new();
    timeout(Duration::from_secs(60), silent.read_to_end(&mut end)).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_certificate_is_renewed_without_a_restart() {
    let (secure, first) = start().await;
    let url = format!("{}/healthz", secure.server.url);
    // A client of its own each time, since a connection that is open goes on with what it has.
    let greet = async |certificate: &CertificateDer<'static>| {
        trusting(certificate, &[]).get(&url).send().await.is_ok_and(|response| response.status() == 200)
    };
    let second = certify(&secure.folder);
    assert!(greet(&first).await && !greet(&second).await, "not before it is told");
    secure.server.reload_certificate().unwrap();
    assert!(!greet(&first).await && greet(&second).await);
    fs::write(secure.folder.path().join("key.pem"), "no key").unwrap();
    assert!(secure.server.reload_certificate().is_err());
    assert!(greet(&second).await, "the one before stays");
}

#[tokio::test]
async fn without_a_certificate_there_is_no_server() {
    let folder = tempfile::tempdir().unwrap();
    let files = TlsFiles { certificate: folder.path().join("none.pem"), key: folder.path().join("none.pem") };
    let database = folder.path().join("liaison.db");
    let config =
        Config { listen: ([127, 0, 0, 1], 0).into(), tls: Some(files), ..Config::new(database.clone()) };
    let error = liaison_server::start(config).await.err().unwrap();
    assert!(error.to_string().contains("none.pem"), "{error}");
    assert!(!database.exists(), "the keys of a first start are not lost to it");
}
