"""The page as it is served: formats, what is no scrape, who only opens connections."""

import gzip
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from knowledge.contexts import Tale
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from ftpwatch.core.errors import UserError
from ftpwatch.metrics import endpoint as module
from ftpwatch.metrics.endpoint import MOST_CONNECTIONS, Endpoint
from metrics.pages import OPENMETRICS, Exposed, fetch, read


@pytest.fixture
def served() -> Iterator[tuple[Endpoint, Exposed]]:
    tale = Tale()
    exposed = Exposed(tale.watch)
    tale.ready()
    with exposed.served() as endpoint:
        yield endpoint, exposed


def test_both_formats_by_what_is_accepted(served: tuple[Endpoint, Exposed]) -> None:
    url = served[0].url
    kind, text = fetch(url, OPENMETRICS)
    assert kind.startswith("application/openmetrics-text; version=1.0.0")
    assert text.endswith("# EOF\n")
    kind, text = fetch(url, "text/plain;version=0.0.4")
    assert kind.startswith("text/plain; version=0.0.4")
    classic = {family.name for family in text_string_to_metric_families(text)}
    assert {"ftpwatch_session_up", "ftpwatch_reply_seconds", "ftpwatch_build_info"} <= classic


def test_it_is_packed_for_who_takes_that(served: tuple[Endpoint, Exposed]) -> None:
    request = Request(served[0].url, headers={"Accept-Encoding": "gzip"})
    with urlopen(request, timeout=10) as answer:
        assert b"ftpwatch_session_up" in gzip.decompress(answer.read())


@pytest.mark.parametrize(
    "accept",
    ["application/openmetrics-text; version=x", "version=" + "9" * 400 + ";;,,", "\x1b[31m", "*/*",
     "application/openmetrics-text; version=" + "1." * 5_000],
)  # fmt: skip
def test_a_strange_accept_is_still_answered(
    served: tuple[Endpoint, Exposed], accept: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert "ftpwatch_session_up" in fetch(served[0].url, accept)[1]
    assert capfd.readouterr() == ("", "") and served[1].errors == []


@pytest.mark.parametrize(
    ("request_line", "code"),
    [("GET / HTTP/1.1", 404), ("GET /metrics/../x HTTP/1.0", 404), ("POST /metrics HTTP/1.1", 501),
     ("GET " + "x" * 70_000 + " HTTP/1.1", 414), ("\x16\x03\x01", 400),
     ("GET /\x1b[31m HTTP/1.1", 404)],
)  # fmt: skip
def test_what_is_no_scrape_is_refused_without_a_word_of_ours(
    served: tuple[Endpoint, Exposed], request_line: str, code: int,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with connected(served[0]) as client:
        client.sendall(f"{request_line}\r\n\r\n".encode("latin-1"))
        answer = client.recv(200)
    assert str(code) in answer.decode() and b"\x1b" not in answer
    assert read(served[0].url).value("ftpwatch_session_up") == 1
    assert capfd.readouterr() == ("", "") and served[1].errors == []


def test_who_only_opens_connections_takes_no_more_than_some(
    served: tuple[Endpoint, Exposed], monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = served[0]
    with ExitStack() as stack:
        silent = [stack.enter_context(connected(endpoint)) for _ in range(MOST_CONNECTIONS + 20)]
        # Those above what is borne are closed at once.
        for client in silent[MOST_CONNECTIONS:]:
            client.settimeout(5)
            assert client.recv(1) == b""
        monkeypatch.setattr(module, "LONGEST_SECONDS", 0.0)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            try:
                assert read(endpoint.url).value("ftpwatch_session_up") == 1
                break
            except OSError:
                continue
        else:
            pytest.fail("silent connections keep scrapes out")


def test_an_error_of_the_collector_is_500_and_told(capfd: pytest.CaptureFixture[str]) -> None:
    class Broken:
        def collect(self) -> Iterator[Metric]:
            raise LookupError("x")

    errors: list[Exception] = []
    endpoint = Endpoint("127.0.0.1", 0)
    endpoint.serve(Broken(), errors.append)
    try:
        with pytest.raises(HTTPError, match="500"):
            fetch(endpoint.url)
    finally:
        endpoint.close()
    assert [str(error) for error in errors] == ["x"]
    assert capfd.readouterr().err == ""


def test_a_port_in_use_is_a_sentence_and_one_that_is_closed_is_free_again() -> None:
    first = Endpoint("127.0.0.1", 0)
    port = urlsplit(first.url).port or 0
    with pytest.raises(UserError, match=rf"127\.0\.0\.1:{port}: Address already in use; --metrics"):
        Endpoint("127.0.0.1", port)
    first.close()
    Endpoint("127.0.0.1", port).close()


def test_loopback_of_the_other_family() -> None:
    try:
        endpoint = Endpoint("::1", 0)
    except UserError as error:
        pytest.skip(str(error))
    assert endpoint.url.startswith("http://[::1]:")
    endpoint.close()


def connected(endpoint: Endpoint) -> socket.socket:
    url = urlsplit(endpoint.url)
    return socket.create_connection((url.hostname or "", url.port or 0), timeout=10)
