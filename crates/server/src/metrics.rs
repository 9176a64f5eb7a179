//! What is counted for Prometheus. No id, no name and nothing of a person is in a label: the words are the routes', the
//! states' and the codes' own, of which there are a few dozen.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::fmt;
use std::time::Duration;

/// A request that was answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    method: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfRoute {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InState {
    state: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WithCode {
    code: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfKind {
    kind: String,
}

/// All that is counted.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    request_seconds: Family<OfRoute, Histogram, fn() -> Histogram>,
    store_wait_seconds: Family<OfKind, Histogram, fn() -> Histogram>,
    offers: Counter,
    results: Family<WithCode, Counter>,
    overdue: Counter,
    tasks: Family<InState, Gauge>,
    parked: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("liaison");
        let new = Self {
            registry: Registry::default(),
            requests: Family::default(),
            // 1 ms to 131 s: an answer may be held back for two minutes.
            request_seconds: Family::new_with_constructor(|| {
                Histogram::new(exponential_buckets(0.001, 2.0, 18))
            }),
            // 50 µs to 1.6 s.
            store_wait_seconds: Family::new_with_constructor(|| {
                Histogram::new(exponential_buckets(0.000_05, 2.0, 16))
            }),
            offers: Counter::default(),
            results: Family::default(),
            overdue: Counter::default(),
            tasks: Family::default(),
            parked: Gauge::default(),
        };
        registry.register("requests", "Requests answered", new.requests.clone());
        registry.register(
            "request_seconds",
            "From a request's head to its answer's, the time included for which it was held back on purpose",
            new.request_seconds.clone(),
        );
        registry.register(
            "store_wait_seconds",
            "How long it was waited for the database: for a turn to write, or for a connection to read",
            new.store_wait_seconds.clone(),
        );
        registry.register("offers", "Tasks offered to agents", new.offers.clone());
        registry.register(
            "results",
            "Results taken from agents: completed, returned, or the code of the failure",
            new.results.clone(),
        );
        registry.register("overdue", "Tasks ended at their deadline", new.overdue.clone());
        registry.register("tasks", "Unfinished tasks in the database", new.tasks.clone());
        registry.register("parked_polls", "Polls that wait for work here", new.parked.clone());
        Self { registry, ..new }
    }
}

impl Metrics {
    /// A request was answered.
    pub fn answered(&self, route: &str, method: &str, status: u16, took: Duration) {
        let (route, method) = (route.to_owned(), method.to_owned());
        self.request_seconds.get_or_create(&OfRoute { route: route.clone() }).observe(took.as_secs_f64());
        self.requests.get_or_create(&Answered { route, method, status }).inc();
    }

    /// The database could be used, after so long.
    pub fn waited(&self, kind: &'static str, took: Duration) {
        self.store_wait_seconds.get_or_create(&OfKind { kind: kind.to_owned() }).observe(took.as_secs_f64());
    }

    /// A task was offered.
    pub fn offered(&self) {
        self.offers.inc();
    }

    /// A result was taken.
    pub fn result(&self, code: &str) {
        self.results.get_or_create(&WithCode { code: code.to_owned() }).inc();
    }

    /// So many tasks ended at their deadline.
    pub fn overdue(&self, count: usize) {
        self.overdue.inc_by(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// All of it as `OpenMetrics` text, with what is so at this moment.
    ///
    /// # Errors
    /// Never: a `String` takes everything.
    pub fn text(&self, tasks: &[(String, i64)], parked: usize) -> Result<String, fmt::Error> {
        for (state, count) in tasks {
            self.tasks.get_or_create(&InState { state: state.clone() }).set(*count);
        }
        self.parked.set(i64::try_from(parked).unwrap_or(i64::MAX));
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
