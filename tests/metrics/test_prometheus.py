"""A real Prometheus scrapes a watch, and is asked."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from on_time import SERVER
from real.servers import free_port

from ftpwatch.metrics.shipped import shipped
from metrics.pages import program

pytestmark = pytest.mark.long


class Prometheus:
    """Its HTTP API."""

    def __init__(self, port: int) -> None:
        self._api = f"http://127.0.0.1:{port}/api/v1"

    def ask(self, what: str, **fields: str) -> Any:
        with urlopen(f"{self._api}/{what}?{urlencode(fields)}", timeout=10) as answer:
            data = json.load(answer)
        assert data["status"] == "success"
        return data["data"]

    def values(self, query: str) -> list[float]:
        return [float(row["value"][1]) for row in self.ask("query", query=query)["result"]]

    def until(self, query: str, expected: list[float], seconds: float = 40) -> None:
        deadline, values = time.monotonic() + seconds, list[float]()
        while time.monotonic() < deadline:
            try:
                values = self.values(query)
            except URLError:
                values = []
            if values == expected:
                return
            time.sleep(0.2)
        pytest.fail(f"{query} is {values}, not {expected}")


@contextmanager
def started(*words: str, **streams: Any) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(words, text=True, **streams)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def prometheus(folder: Path, target: str) -> Iterator[Prometheus]:
    port = free_port()
    (folder / "alerts.yaml").write_text(shipped("alerts"))
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(folder / "alerts.yaml")],
        "scrape_configs": [{"job_name": "ftpwatch", "static_configs": [{"targets": [target]}]}],
    }
    (folder / "prometheus.yml").write_text(json.dumps(config))  # JSON is YAML
    words = [
        program("prometheus"), f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address=127.0.0.1:{port}",
    ]  # fmt: skip
    with started(*words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        yield Prometheus(port)


def test_it_scrapes_and_knows(tmp_path: Path) -> None:
    program("prometheus")
    with started(sys.executable, "-c", SERVER, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        url = f"ftp://127.0.0.1:{int(server.stdout.readline())}"
        watch = [
            sys.executable, "-m", "ftpwatch", "watch", "--mode", "silent", "--no-record",
            "--sessions", "3", "--keep-alive", "1s", "--metrics", "0", url,
        ]  # fmt: skip
        with started(*watch, stderr=subprocess.PIPE) as watching:
            assert watching.stderr is not None
            said = watching.stderr.readline()
            target = re.findall(r"http://([^/]+)/metrics", said)[0]
            with prometheus(tmp_path, target) as asked:
                asked.until("sum(ftpwatch_session_up)", [3])
                asked.until("sum(ftpwatch_keep_alives_answered_total) >= bool 9", [1])
                every_query_of_the_dashboard_is_one(asked)
                scraped_as_openmetrics(asked)
                (group,) = asked.ask("rules")["groups"]
                assert {rule["health"] for rule in group["rules"]} == {"ok"}
                server.kill()
                asked.until("sum(ftpwatch_session_up)", [0])
                asked.until("sum(ftpwatch_unexpected_ends_total) >= bool 3", [1])
                asked.until('count(ALERTS{alertname="FtpSessionDown"})', [3])
                ends = 'sum(ftpwatch_ends_total{cause!~"client_quit|local"}) >= bool 3'
                asked.until(ends, [1])


def every_query_of_the_dashboard_is_one(asked: Prometheus) -> None:
    panels = json.loads(shipped("dashboard"))["panels"]
    queries = [target["expr"] for panel in panels for target in panel["targets"]]
    filled = [
        re.sub(r"\$__\w+", "1m", query).replace("$host", ".*").replace("$session", ".*")
        for query in queries
    ]
    without = [query for query in filled if not asked.values(query)]
    # The rest needs more than a few seconds, or an end, or a limit.
    assert all(re.search(r"rate|increase|_limit_|_ends_", query) for query in without), without


def scraped_as_openmetrics(asked: Prometheus) -> None:
    (target,) = asked.ask("targets")["activeTargets"]
    assert (target["health"], target["lastError"]) == ("up", "")
    known = asked.ask("metadata", metric="ftpwatch_recording")
    assert known["ftpwatch_recording"][0]["type"] == "stateset"
