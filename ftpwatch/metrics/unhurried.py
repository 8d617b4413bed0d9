"""A page is made in small portions with rests between them. Threads of Python take turns, and what
makes a page without a rest would take the loop's turns from it: keep-alives would go out late.
"""

import time
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

__all__ = ["Unhurried", "unhurried"]

PORTION: Final = 50
REST_SECONDS: Final = 0.002
T = TypeVar("T")


def unhurried(items: Iterable[T]) -> Iterator[T]:
    """All of `items`, with a rest after each portion."""
    for number, item in enumerate(items, 1):
        yield item
        if number % PORTION == 0:
            time.sleep(REST_SECONDS)


class _Samples(list[Sample]):
    def __iter__(self) -> Iterator[Sample]:
        return unhurried(super().__iter__())


class Unhurried:
    """A collector whose metrics are walked through without hurry."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector

    def collect(self) -> Iterator[Metric]:
        """As the collector has them."""
        for metric in self._collector.collect():
            metric.samples = _Samples(metric.samples)
            yield metric
