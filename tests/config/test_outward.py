"""Where to listen and where messages go, as it is written."""

import os
from pathlib import Path

import pytest

from ftpwatch.config.errors import ConfigError
from ftpwatch.config.listening import parse_listening
from ftpwatch.config.notify import find_destinations
from ftpwatch.core.ftp.command import Secret

SECRET = "s3kret"


@pytest.mark.parametrize(
    ("text", "address"),
    [("9464", ("127.0.0.1", 9464)), (":9464", ("127.0.0.1", 9464)), ("0", ("127.0.0.1", 0)),
     ("0.0.0.0:9464", ("0.0.0.0", 9464)), ("[::1]:9464", ("::1", 9464)),
     ("localhost:65535", ("localhost", 65535))],
)  # fmt: skip
def test_loopback_unless_another_address_is_written_out(
    text: str, address: tuple[str, int]
) -> None:
    assert parse_listening(text, "--metrics") == address


@pytest.mark.parametrize(
    "text",
    ["", ":", "x", "65536", "-1", "1" * 400, "h:", "::1:9464", "[::1]", "[x]:1", "a b:1", "h:1:2",
     "http://h:1", "u@h:1", "h:1/", "٣", "1\n", "\x1b[31m:1"],
)  # fmt: skip
def test_what_is_no_address_is_named(text: str) -> None:
    with pytest.raises(ConfigError, match="--metrics .* is not an address to listen at"):
        parse_listening(text, "--metrics")


def test_options_go_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTPWATCH_NOTIFY", "json://a\n  json://b ")
    found = find_destinations((), environment=True)
    assert [(d.source, d.wire, d.openly) for d in found] == [
        ("FTPWATCH_NOTIFY 1", "json://a", False), ("FTPWATCH_NOTIFY 2", "json://b", False),
    ]  # fmt: skip
    found = find_destinations(("json://c",), environment=True)
    assert [(d.source, d.wire, d.openly) for d in found] == [("--notify 1", "json://c", True)]
    assert find_destinations((), environment=False) == ()


def test_a_file_has_a_url_a_line(tmp_path: Path) -> None:
    file = tmp_path / "places"
    file.write_text(f"# on call\n\njson://bob:{SECRET}@h  \n#json://x\r\njson://b\r\n")
    found = find_destinations((f"@{file}",), environment=True)
    assert [(d.source, d.wire, d.openly) for d in found] == [
        (f"line 3 of {file}", f"json://bob:{SECRET}@h", False),
        (f"line 5 of {file}", "json://b", False),
    ]  # fmt: skip
    assert found[0].url == Secret(f"json://bob:{SECRET}@h") and SECRET not in repr(found)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "names no URL"), (b"# x\n", "names no URL"), (b"\xff\xfe", "not text in UTF-8"),
     (b"json://s3kret" + b"x" * 5_000, "longer than 4096"),
     (b"json://s3kret\n" * 5_000, "too many"), (b"x" * 2_000_000, "larger than")],
)  # fmt: skip
def test_a_strange_file_is_a_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "places"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=says) as caught:
        find_destinations((f"@{file}",), environment=False)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("kind", ["missing", "folder", "fifo"])
def test_what_is_no_file_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    with pytest.raises(ConfigError, match=f"@{path} cannot be read"):
        find_destinations((f"@{path}",), environment=False)


def test_too_many_are_refused() -> None:
    with pytest.raises(ConfigError, match="21 places are too many"):
        find_destinations(("json://h",) * 21, environment=False)
