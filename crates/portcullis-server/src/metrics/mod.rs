//! `GET /metrics`: numbers for a monitor, in the text format of `OpenMetrics`, which Prometheus reads. No
//! username, id or token is among them.

mod endpoint;
mod gauges;
mod requests;

pub(crate) use endpoint::{beside_the_others, on_its_own};
pub(crate) use gauges::Watched;
pub(crate) use requests::Counting;

use std::sync::Arc;

use portcullis::scheme::StoreFailed;
use portcullis::store::OutboxLoad;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use requests::Requests;

/// Everything that is measured.
#[derive(Clone)]
pub(crate) struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    requests: Requests,
    mails_waiting: Gauge,
    mails_given_up: Gauge,
}

impl Metrics {
    /// What is watched is asked at each reading; the rest is counted.
    pub(crate) fn new(watched: Watched) -> Self {
        let mut registry = Registry::with_prefix("portcullis");
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "This program", build);
        let requests = Requests::register(&mut registry);
        let [mails_waiting, mails_given_up] = [
            (
                "mails_waiting",
                "Mails that are still to be sent, by any node",
            ),
            ("mails_given_up", "Mails that were given up within a week"),
        ]
        .map(|(name, about)| {
            let gauge = Gauge::default();
            registry.register(name, about, gauge.clone());
            gauge
        });
        registry.register_collector(Box::new(watched) as Box<dyn Collector>);
        Self(Arc::new(Inner {
            registry,
            requests,
            mails_waiting,
            mails_given_up,
        }))
    }

    /// What waits in the outbox, as it was counted last.
    pub(crate) fn mails(&self, load: OutboxLoad) {
        let count = |number| i64::try_from(number).unwrap_or(i64::MAX);
        self.0.mails_waiting.set(count(load.waiting));
        self.0.mails_given_up.set(count(load.given_up));
    }

    /// A failure of the store outside of any request.
    pub(crate) fn store_failed(&self, failed: StoreFailed) {
        self.0.requests.store_failed(failed);
    }

    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }
}
