"""A watch as metrics: what Prometheus scrapes, and the dashboard and rules that go with it."""
