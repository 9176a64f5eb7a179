//! A request as the site sees it and the answer it decides on: values, with no socket behind them.

use hyper::HeaderMap;
use hyper::header::{ACCEPT, HeaderName};
use serde_json::{Value, json};

use crate::relation::Refusal;
use crate::wire;

pub(crate) const NORMALIZED: &str = "application/vnd.linkedin.normalized+json+2.1";

/// A whole request, body included.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    /// As it arrived, without the question mark.
    pub(crate) raw_query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) http: &'static str,
    /// When the head had arrived: see [`crate::clock::machine_us`].
    pub(crate) arrived_us: i64,
}

impl Call {
    /// The first value of a query parameter, decoded.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.raw_query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// The first value of a query parameter as it arrived.
    pub(crate) fn raw_query_value(&self, name: &str) -> Option<&str> {
        let mut pairs = self.raw_query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// A header's text; one that is not text counts as absent.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The method, with HEAD taken for the GET whose head it asks for.
    pub(crate) fn reading_method(&self) -> &str {
        if self.method == "HEAD" { "GET" } else { &self.method }
    }

    /// The path with its query, as it stood in the request line.
    pub(crate) fn target(&self) -> String {
        if self.raw_query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.raw_query)
        }
    }

    pub(crate) fn is_voyager(&self) -> bool {
        self.path == "/voyager" || self.path.starts_with("/voyager/")
    }

    /// Whether it means to invite somebody, by an endpoint that is alive or by one that is dead.
    pub(crate) fn is_invitation(&self) -> bool {
        const WAYS: [&str; 5] = [
            "/voyager/api/voyagerRelationshipsDashMemberRelationships",
            "/voyager/api/growth/normInvitations",
            "/voyager/api/relationships/invitations",
            "/voyager/api/voyagerRelationships/dash/invitations",
            "/mwlite/invite",
        ];
        self.method == "POST" && WAYS.contains(&self.path.as_str())
    }

    /// The shape the client asked for.
    pub(crate) fn shape(&self) -> Shape {
        if self.accepts("vnd.linkedin.normalized+json") { Shape::Normalized } else { Shape::Plain }
    }

    /// Whether the client named this type.
    pub(crate) fn accepts(&self, kind: &str) -> bool {
        self.headers.get_all(ACCEPT).iter().any(|value| value.to_str().is_ok_and(|text| text.contains(kind)))
    }
}

/// The two shapes of Voyager's JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `{data, included}`, references by URN.
    Normalized,
    /// Nested objects.
    Plain,
}

/// Status, headers and body; `Date` is added where it is sent.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![(hyper::header::CONTENT_TYPE, content_type.to_owned())];
        Self { status, headers, body: body.into() }
    }

    pub(crate) fn html(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::text(status, "text/html; charset=utf-8", body)
    }

    pub(crate) fn json(body: &Value) -> Self {
        Self::text(200, "application/json", body.to_string())
    }

    /// Voyager JSON with the content type that goes with its shape.
    pub(crate) fn voyager(shape: Shape, body: &Value) -> Self {
        let content_type = match shape {
            Shape::Normalized => NORMALIZED,
            Shape::Plain => "application/json",
        };
        Self::text(200, content_type, wire::text(body))
    }

    /// A refusal: the keys sit under `data` in the normalized shape and at the top otherwise.
    pub(crate) fn refusal(shape: Shape, refusal: Refusal) -> Self {
        Self::error(shape, refusal.status, refusal.code, refusal.message)
    }

    pub(crate) fn error(shape: Shape, status: u16, code: Option<&str>, message: Option<&str>) -> Self {
        let mut error = json!({ "status": status });
        for (key, value) in [("code", code), ("message", message)] {
            if let Some(value) = value {
                error[key] = json!(value);
            }
        }
        let body = match shape {
            Shape::Normalized => json!({ "data": error, "included": [] }),
            Shape::Plain => error,
        };
        Self { status, ..Self::voyager(shape, &body) }
    }

    pub(crate) fn redirect(status: u16, location: &str) -> Self {
        let headers = vec![(hyper::header::LOCATION, location.to_owned())];
        Self { status, headers, body: Vec::new() }
    }

    /// 201 and where to find what was made.
    pub(crate) fn created(location: &str) -> Self {
        let headers = vec![(hyper::header::LOCATION, location.to_owned())];
        Self { status: 201, headers, body: Vec::new() }
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}
