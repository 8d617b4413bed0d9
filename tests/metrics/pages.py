"""What a told watch exposes, as Prometheus would read it, and where its programs are."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from ftpwatch.core.judgement.settled_ends import SettledEnds
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.metrics.collector import WatchCollector
from ftpwatch.metrics.endpoint import Endpoint
from ftpwatch.metrics.observer import Observer

OPENMETRICS = "application/openmetrics-text; version=1.0.0,text/plain;version=0.0.4;q=0.5"


class Page:
    """The metrics of one scrape."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.families = {f.name: f for f in text_string_to_metric_families(text)}

    def family(self, name: str) -> Metric:
        return self.families[name]

    def value(self, name: str, **labels: str) -> float | None:
        """Of the one sample of that name that has these labels; None where there is none."""
        found = [
            sample.value
            for family in self.families.values()
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        assert len(found) <= 1, found
        return found[0] if found else None

    @property
    def names(self) -> set[str]:
        return {sample.name for family in self.families.values() for sample in family.samples}


class Exposed:
    """A watch, and the page of it."""

    def __init__(self, watch: Watch, *, unkept: int = 0, recorded: bool = True) -> None:
        self.ends = SettledEnds(watch)
        self.observer = Observer(watch, self.ends)
        self.errors: list[Exception] = []
        self.collector = WatchCollector(
            lambda: self.observer.seen, lambda: unkept, recorded=recorded
        )

    @contextmanager
    def served(self) -> Iterator[Endpoint]:
        endpoint = Endpoint("127.0.0.1", 0)
        endpoint.serve(self.collector, self.errors.append)
        try:
            yield endpoint
        finally:
            endpoint.close()

    def page(self) -> Page:
        with self.served() as endpoint:
            return read(endpoint.url)


def read(url: str) -> Page:
    return Page(fetch(url, OPENMETRICS)[1])


def fetch(url: str, accept: str = "") -> tuple[str, str]:
    """Content type and text."""
    with urlopen(Request(url, headers={"Accept": accept}), timeout=10) as answer:
        return answer.headers["Content-Type"], answer.read().decode()


def program(name: str) -> str:
    """The path of prometheus or promtool; skips where it is missing."""
    root = os.environ.get("FTPWATCH_SERVERS")
    unpacked = Path(root) / "usr/bin" / name if root else None
    if unpacked is not None and unpacked.exists():
        return str(unpacked)
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not on this machine (see .ci/run for how it is fetched)")
    return found
