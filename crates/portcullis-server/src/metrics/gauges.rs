//! What is looked at when somebody reads the metrics.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use portcullis::Auth;
use portcullis::account::PasswordRules;
use portcullis::token::KeyRing;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::registry::Unit;

use crate::listen::Places;

/// What knows the numbers.
pub(crate) struct Watched {
    pub(crate) auth: Auth,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) places: Places,
    pub(crate) passwords: PasswordRules,
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").finish_non_exhaustive()
    }
}

impl Collector for Watched {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut page = Page(encoder);
        self.tally(&mut page)?;
        self.hashing(&mut page)?;
        self.keys(&mut page)?;
        let about = "Connections that are open.";
        page.gauge(
            ("connections_open", about, None),
            count(self.places.taken()),
        )
    }
}

impl Watched {
    fn tally(&self, page: &mut Page<'_>) -> fmt::Result {
        let tally = self.auth.tally();
        let logins = tally
            .logins
            .map(|(to, number)| ([("outcome", to.name())], number));
        page.counters("logins", "Passwords that were checked.", &logins)?;
        let requests: Vec<_> = tally
            .token_requests
            .into_iter()
            .flat_map(|(grant, outcomes)| {
                outcomes.map(|(to, number)| ([("grant", grant), ("outcome", to.name())], number))
            })
            .collect();
        page.counters("token_requests", "Requests for a token.", &requests)?;
        for (name, about, number) in [
            (
                "refresh_replays",
                "Spent refresh tokens that came back, each of which ended its session.",
                tally.replays,
            ),
            (
                "revocations",
                "Sessions that were ended by one of their tokens.",
                tally.revocations,
            ),
            (
                "sessions_swept",
                "Sessions that were over, and were removed by this process.",
                tally.swept_sessions,
            ),
            (
                "breach_lookups_unanswered",
                "Chosen passwords for which the list of stolen ones elsewhere gave no answer.",
                self.passwords.unanswered(),
            ),
        ] {
            page.counter(name, about, number)?;
        }
        Ok(())
    }

    fn hashing(&self, page: &mut Page<'_>) -> fmt::Result {
        let load = self.auth.pool().load();
        for (name, about, number) in [
            (
                "hashing_waiting",
                "Passwords that wait for a thread.",
                load.waiting,
            ),
            (
                "hashing_busy_threads",
                "Threads that hash a password.",
                load.busy,
            ),
            ("hashing_threads", "Threads for passwords.", load.threads),
        ] {
            page.gauge((name, about, None), count(number))?;
        }
        Ok(())
    }

    fn keys(&self, page: &mut Page<'_>) -> fmt::Result {
        let now = self.auth.now();
        let about = "Signing keys that are published.";
        let published = self.keys.published(now).len();
        page.gauge(("signing_keys", about, None), count(published))?;
        let signing = self.keys.signing(now);
        let of_it = |kid: &str| {
            let mut all = self.keys.scheduled().into_iter();
            all.find(|one| one.key.public().kid() == kid)
        };
        let since = signing.and_then(|key| of_it(key.public().kid()));
        // The demo's key has no beginning.
        match since.map(|key| key.signs_from) {
            Some(since) if since > Timestamp::MIN => {
                let seconds = now.duration_since(since).as_secs().max(0);
                let about = "For how long the present key signs.";
                page.gauge(("signing_key_age", about, Some(&Unit::Seconds)), seconds)
            }
            _ => Ok(()),
        }
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Where they are written. A registry would end each text with a full stop; here it is written out.
struct Page<'a>(DescriptorEncoder<'a>);

impl Page<'_> {
    fn gauge(
        &mut self,
        (name, about, unit): (&str, &str, Option<&Unit>),
        value: i64,
    ) -> fmt::Result {
        let mut metric = self
            .0
            .encode_descriptor(name, about, unit, MetricType::Gauge)?;
        metric.encode_gauge(&value)
    }

    fn counter(&mut self, name: &str, about: &str, number: u64) -> fmt::Result {
        let metric = self
            .0
            .encode_descriptor(name, about, None, MetricType::Counter)?;
        ConstCounter::new(number).encode(metric)
    }

    fn counters<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        about: &str,
        numbers: &[(L, u64)],
    ) -> fmt::Result {
        let mut metric = self
            .0
            .encode_descriptor(name, about, None, MetricType::Counter)?;
        for (labels, number) in numbers {
            ConstCounter::new(*number).encode(metric.encode_family(labels)?)?;
        }
        Ok(())
    }
}
