//! A simulator of one's own and a signed-in client for it.

use std::sync::Arc;

use liaison_simulator::{Config, Running, Settings, SignIn, Simulator};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, ClientBuilder, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

pub(crate) const NORMALIZED: &str = "application/vnd.linkedin.normalized+json+2.1";
pub(crate) const PLAIN: &str = "application/json";
pub(crate) const LIST: &str = "/voyager/api/relationships/dash/connections?q=search&sortType=RECENTLY_ADDED\
    &decorationId=com.linkedin.voyager.dash.deco.web.mynetwork.ConnectionListWithProfile-16";
pub(crate) const SENT: &str = "/voyager/api/relationships/sentInvitationViewsV2?q=invitationType&invitationType=CONNECTION&start=0&count=100";
pub(crate) const INVITE: &str = "/voyager/api/voyagerRelationshipsDashMemberRelationships?action=verifyQuotaAndCreateV2\
    &decorationId=com.linkedin.voyager.dash.deco.relationships.InvitationCreationResultWithInvitee-2";
/// The example id of the published API documents.
pub(crate) const STRANGER: &str = "ACoAABCDEF123";

/// The two protocols, by the name ALPN has for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Http {
    One,
    Two,
}

pub(crate) struct Site {
    pub(crate) running: Running,
    pub(crate) client: Client,
    pub(crate) sign_in: SignIn,
    base: String,
}

/// A simulator with the usual settings and a client over HTTP/2.
pub(crate) async fn site() -> Site {
    site_with(Settings::default(), Http::Two).await
}

pub(crate) async fn site_with(settings: Settings, http: Http) -> Site {
    let running = Simulator::start(Config { settings, ..Config::default() }).await.unwrap();
    let client = client(&running, http);
    let base = format!("https://www.linkedin.com:{}", running.https_addr().port());
    let sign_in = running.sign_in();
    Site { running, client, sign_in, base }
}

/// A simulator with so many connections.
pub(crate) async fn site_of(connections: u32) -> Site {
    site_with(Settings { connections, ..Settings::default() }, Http::Two).await
}

/// A client that trusts this simulator.
pub(crate) fn client(running: &Running, http: Http) -> Client {
    let direct = builder(running, http).no_proxy();
    direct.resolve("www.linkedin.com", running.https_addr()).build().unwrap()
}

/// What such a client is made of, but for its way to the simulator.
pub(crate) fn builder(running: &Running, http: Http) -> ClientBuilder {
    trusting(roots(running), http)
}

/// What a client is made of that trusts this certificate alone, given as PEM.
pub(crate) fn client_trusting(pem: &[u8]) -> ClientBuilder {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem).unwrap()).unwrap();
    trusting(roots, Http::One)
}

/// A TLS connection of one's own.
pub(crate) async fn dial(site: &Site, http: Http) -> TlsStream<TcpStream> {
    let stream = TcpStream::connect(site.running.https_addr()).await.unwrap();
    let connector = TlsConnector::from(Arc::new(tls(roots(&site.running), http)));
    connector.connect("www.linkedin.com".try_into().unwrap(), stream).await.unwrap()
}

fn roots(running: &Running) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(running.certificate_der().to_vec())).unwrap();
    roots
}

/// A client that trusts no certificate at all; plain HTTP is what it is good for.
pub(crate) fn wary_client() -> Client {
    trusting(RootCertStore::empty(), Http::One).no_proxy().build().unwrap()
}

fn trusting(roots: RootCertStore, http: Http) -> ClientBuilder {
    Client::builder().tls_backend_preconfigured(tls(roots, http)).redirect(reqwest::redirect::Policy::none())
}

fn tls(roots: RootCertStore, http: Http) -> ClientConfig {
    let mut tls = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let protocol: &[u8] = if http == Http::Two { b"h2" } else { b"http/1.1" };
    tls.alpn_protocols = vec![protocol.to_vec()];
    tls
}

impl Site {
    pub(crate) fn url(&self, target: &str) -> String {
        format!("{}{target}", self.base)
    }

    /// A signed-in request with the headers a client sends.
    pub(crate) fn request(&self, method: Method, target: &str, accept: &str) -> RequestBuilder {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", HeaderValue::from_str(&self.sign_in.cookie_header()).unwrap());
        headers.insert("csrf-token", HeaderValue::from_str(&self.sign_in.csrf_token).unwrap());
        headers.insert("accept", HeaderValue::from_str(accept).unwrap());
        headers.insert("x-restli-protocol-version", HeaderValue::from_static("2.0.0"));
        self.client.request(method, self.url(target)).headers(headers)
    }

    pub(crate) async fn get(&self, target: &str, accept: &str) -> Response {
        self.request(Method::GET, target, accept).send().await.unwrap()
    }

    /// A GET's JSON; anything but 200 fails the test.
    pub(crate) async fn get_json(&self, target: &str, accept: &str) -> Value {
        let response = self.get(target, accept).await;
        assert_eq!(response.status(), 200, "{target}");
        assert_eq!(response.headers()["content-type"], accept);
        response.json().await.unwrap()
    }

    /// Status and body of a POST.
    pub(crate) async fn post(&self, target: &str, accept: &str, body: &Value) -> (u16, Value) {
        let sent = self.request(Method::POST, target, accept).body(body.to_string()).send().await.unwrap();
        (sent.status().as_u16(), sent.json().await.unwrap_or(Value::Null))
    }

    pub(crate) async fn invite(&self, id: &str, note: Option<&str>) -> (u16, Value) {
        self.post(INVITE, NORMALIZED, &invitation(id, note)).await
    }

    /// A control request that must succeed.
    pub(crate) async fn control(&self, method: &str, target: &str, body: Value) -> Value {
        let (status, answer) = self.running.control(method, target, &body).await;
        assert_eq!(status, 200, "{method} {target}: {answer}");
        answer
    }

    pub(crate) async fn arm(&self, fault: Value) {
        self.control("POST", "/__sim/fault", json!({ "match": { "path": "/voyager/" }, "fault": fault }))
            .await;
    }

    pub(crate) fn counts(&self) -> Value {
        self.running.journal()["counts"].clone()
    }

    /// Ids of the newest connections, in order.
    pub(crate) async fn network_ids(&self, count: usize) -> Vec<String> {
        let network = self.control("GET", &format!("/__sim/network?count={count}"), Value::Null).await;
        network["people"].as_array().unwrap().iter().map(|row| text(&row["id"])).collect()
    }
}

pub(crate) fn invitation(id: &str, note: Option<&str>) -> Value {
    let mut body =
        json!({ "invitee": { "inviteeUnion": { "memberProfile": format!("urn:li:fsd_profile:{id}") } } });
    if let Some(note) = note {
        body["customMessage"] = json!(note);
    }
    body
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a string: {value}")).to_owned()
}

/// The ids that `*elements` names, in list order.
pub(crate) fn listed(page: &Value) -> Vec<String> {
    let elements = page["data"]["*elements"].as_array().unwrap();
    elements.iter().map(|urn| text(urn).rsplit(':').next().unwrap().to_owned()).collect()
}

/// The entities in `included` whose `$type` ends so.
pub(crate) fn included<'a>(page: &'a Value, type_end: &str) -> Vec<&'a Value> {
    let all = page["included"].as_array().unwrap().iter();
    all.filter(|entity| entity["$type"].as_str().unwrap().ends_with(type_end)).collect()
}
