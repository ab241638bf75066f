//! Requests, counted and timed where they are answered.

use std::hash::{Hash, Hasher};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use http::Method;
use pin_project_lite::pin_project;
use portcullis::scheme::StoreFailed;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use tower::{Layer, Service};

use super::Metrics;

/// Upper bounds in seconds: a token is verified in less than a millisecond, a password hashed in some
/// twenty, and a queue is full after half a second.
const BUCKETS: [f64; 11] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0,
];

/// What was asked, as far as its values are few: a template in place of a path, one word for all
/// methods that nobody has heard of.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    route: Route,
    method: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: Route,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Failed {
    kind: &'static str,
}

/// The template of a route, which is shared and not copied; `None` where no route is.
#[derive(Debug, Clone)]
struct Route(Option<MatchedPath>);

impl Route {
    fn as_str(&self) -> &str {
        self.0.as_ref().map_or("none", MatchedPath::as_str)
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Route {}

impl Hash for Route {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl EncodeLabelValue for Route {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        self.as_str().encode(encoder)
    }
}

fn name_of(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

pub(super) struct Requests {
    answers: Family<Answered, Counter>,
    durations: Family<Asked, Histogram>,
    store_errors: Family<Failed, Counter>,
}

impl Requests {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let requests = Self {
            answers: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            store_errors: Family::default(),
        };
        // There from the start, so that the first failure is an increase.
        for failed in [StoreFailed::Unavailable, StoreFailed::Unexpected] {
            drop(requests.store_errors.get_or_create(&failed.into()));
        }
        registry.register(
            "http_requests",
            "Requests that were answered, by route, method and status",
            requests.answers.clone(),
        );
        registry.register_with_unit(
            "http_request_duration",
            "How long an answer took, until its head was ready",
            Unit::Seconds,
            requests.durations.clone(),
        );
        registry.register(
            "store_errors",
            "Failures of the database: it was away, or held something unexpected",
            requests.store_errors.clone(),
        );
        requests
    }

    pub(super) fn store_failed(&self, failed: StoreFailed) {
        self.store_errors.get_or_create(&failed.into()).inc();
    }
}

impl From<StoreFailed> for Failed {
    fn from(failed: StoreFailed) -> Self {
        let kind = match failed {
            StoreFailed::Unavailable => "unavailable",
            StoreFailed::Unexpected => "unexpected",
        };
        Self { kind }
    }
}

impl Requests {
    fn answered(&self, asked: Asked, response: &Response, took: Duration) {
        self.durations
            .get_or_create(&asked)
            .observe(took.as_secs_f64());
        let answered = Answered {
            route: asked.route,
            method: asked.method,
            status: response.status().as_u16(),
        };
        self.answers.get_or_create(&answered).inc();
        if let Some(failed) = response.extensions().get::<StoreFailed>() {
            self.store_failed(*failed);
        }
    }
}

/// Counts each request and its answer. Written out, because it stands before everything else: a function
/// as middleware would box a future and copy the router for each request.
#[derive(Clone)]
pub(crate) struct Counting(pub(crate) Metrics);

impl<S> Layer<S> for Counting {
    type Service = Counted<S>;

    fn layer(&self, inner: S) -> Counted<S> {
        Counted {
            inner,
            metrics: self.0.clone(),
        }
    }
}

/// A service whose answers are counted.
#[derive(Clone)]
pub(crate) struct Counted<S> {
    inner: S,
    metrics: Metrics,
}

impl<S: Service<Request, Response = Response>> Service<Request> for Counted<S> {
    type Response = Response;
    type Error = S::Error;
    type Future = Counts<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Counts<S::Future> {
        let asked = Asked {
            route: Route(request.extensions().get::<MatchedPath>().cloned()),
            method: name_of(request.method()),
        };
        Counts {
            began: Instant::now(),
            asked: Some(asked),
            metrics: self.metrics.clone(),
            answer: self.inner.call(request),
        }
    }
}

pin_project! {
    /// An answer that is counted once it is there.
    pub(crate) struct Counts<F> {
        began: Instant,
        asked: Option<Asked>,
        metrics: Metrics,
        #[pin]
        answer: F,
    }
}

impl<F: Future<Output = Result<Response, E>>, E> Future for Counts<F> {
    type Output = Result<Response, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = ready!(this.answer.poll(context));
        if let (Ok(response), Some(asked)) = (&answer, this.asked.take()) {
            let requests = &this.metrics.0.requests;
            requests.answered(asked, response, this.began.elapsed());
        }
        Poll::Ready(answer)
    }
}
