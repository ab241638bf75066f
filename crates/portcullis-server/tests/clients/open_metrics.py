"""/metrics is what Prometheus' own library takes for OpenMetrics, strictly read."""

import requests
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from said import base_url, check

BASE = base_url()

answer = requests.get(f"{BASE}/metrics", timeout=10)
check(answer.status_code == 200, "the metrics are there", answer.status_code)
media_type = answer.headers["Content-Type"]
check(media_type.startswith("application/openmetrics-text;"), "and say what they are", media_type)

families = {family.name: family for family in text_string_to_metric_families(answer.text)}
for name, kind in {
    "portcullis_build": "info",
    "portcullis_http_requests": "counter",
    "portcullis_http_request_duration_seconds": "histogram",
    "portcullis_logins": "counter",
    "portcullis_refresh_replays": "counter",
    "portcullis_hashing_waiting": "gauge",
}.items():
    family = families.get(name)
    check(family is not None and family.type == kind, f"{name} is a {kind}", family)
    check(bool(family.documentation), f"{name} says what it is")

granted = [
    sample.value
    for sample in families["portcullis_logins"].samples
    if sample.labels == {"outcome": "granted"}
]
check(granted == [1.0], "one login was granted", granted)
