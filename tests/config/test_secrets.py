"""Where passwords come from: bounded in time and size, and never altered."""

import os
import shlex
import sys
import time
from pathlib import Path

import pytest
from descriptors import many_descriptors

from ftpwatch.config import password_command
from ftpwatch.config.address import parse_address
from ftpwatch.config.errors import ConfigError
from ftpwatch.config.files import read_regular
from ftpwatch.config.options import TargetFinder
from ftpwatch.config.password_command import password_from
from ftpwatch.config.passwords import PasswordSources
from ftpwatch.config.profiles import read_profiles
from ftpwatch.config.settings import Profiles, Settings
from ftpwatch.core.errors import NoPassword
from ftpwatch.core.ftp.command import Secret


def python(code: str) -> str:
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


def test_only_the_first_line_counts() -> None:
    assert password_from("printf 'one\\r\\ntwo\\n'", "eu") == Secret("one")
    assert password_from("printf one", "eu") == Secret("one")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (python("print('x' * 5000)"), "more than 4096 bytes"),
        (python("import sys; sys.stdout.buffer.write(b'x' * 10_000_000)"), "more than 4096 bytes"),
        ("true", "printed nothing"), ("false", "ended with 1"),
        ("sh -c 'echo x; exit 3'", "ended with 3"),
        ("printf '\\377\\376x'", "not UTF-8"), ("  ", "is empty"), ("'", "cannot be run"),
    ],
)  # fmt: skip
def test_what_is_no_password_is_refused(command: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        password_from(command, "eu")


def test_what_it_leaves_running_is_ended_and_not_waited_for(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    began = time.monotonic()
    command = f"sh -c 'sleep 60 & echo $! > {pid}; echo secret'"
    assert password_from(command, "eu") == Secret("secret")
    assert time.monotonic() - began < 5
    left = int(pid.read_text())
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and _runs(left):
        time.sleep(0.01)
    assert not _runs(left)


def test_descriptors_above_1023_do_not_matter() -> None:
    with many_descriptors():
        assert password_from("echo secret", "eu") == Secret("secret")


def _runs(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1][:3]
    except FileNotFoundError:
        return False


def test_who_does_not_answer_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_command, "SECONDS", 0.3)
    with pytest.raises(ConfigError, match="did not answer within"):
        password_from("sleep 60", "eu")


def test_it_does_not_see_our_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTPWATCH_PASSWORD", "one")
    monkeypatch.setenv("FTPWATCH_PASSWORD_EU_1", "two")
    monkeypatch.setenv("FTPWATCH_NOTIFY", "json://bob:three@h")
    monkeypatch.setenv("KEPT", "kept")
    code = (
        "import os; print(os.environ['KEPT'], "
        "[k for k in os.environ if 'PASSWORD' in k or 'NOTIFY' in k])"
    )
    assert password_from(python(code), "eu") == Secret("kept []")


@pytest.mark.parametrize(
    "url", ["ftp://b%ffb@h", "ftp://b\udcffb@h", "ftp://bob@h\udcff", "ftp://bob@h/\udcff"]
)
def test_what_is_no_utf_8_in_a_url_is_refused_not_altered(url: str) -> None:
    with pytest.raises(ConfigError, match="not UTF-8"):
        parse_address(url)
    assert parse_address("ftp://b%C3%BCb@h").user == "büb"


def test_one_password_for_several_logins_says_why_it_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FTPWATCH_PASSWORD", "x")
    two = [parse_address("ftp://ops@h:2121"), parse_address("ftp://ops@h:2122")]
    with pytest.raises(ConfigError, match="one login only, and there are 2; set") as caught:
        PasswordSources(None, two).find(two[0], None, None)
    assert "h:2121" in str(caught.value)
    with pytest.raises(ConfigError, match="FTPWATCH_PASSWORD_EU_1"):
        PasswordSources(None, two).find(two[0], "eu-1", None)


def test_the_prompt_names_host_and_ports() -> None:
    asked: list[str] = []

    def prompt(text: str) -> str:
        asked.append(text)
        return "typed"

    two = [parse_address("ftp://ops@h:2121"), parse_address("ftp://ops@h:2122")]
    sources = PasswordSources(prompt, two)
    for address in two:
        assert sources.find(address, None, None).password == Secret("typed")
    assert asked == ["Password of ops at h:2121 (also for :2122): "]


@pytest.mark.parametrize("kind", ["fifo", "folder", "large", "device"])
def test_what_is_no_small_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x"
    match kind:
        case "fifo":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case "large":
            with path.open("wb") as file:
                file.truncate(2**31)
        case _:
            path = Path("/dev/zero")
    with pytest.raises(OSError):
        read_regular(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_profiles(path)


@pytest.mark.parametrize("kind", ["fifo", "large"])
def test_a_strange_netrc_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path = tmp_path / "netrc"
    if kind == "fifo":
        os.mkfifo(path)
    else:
        with path.open("wb") as file:
            file.truncate(2**31)
    monkeypatch.setenv("NETRC", str(path))
    address = parse_address("ftp://ops@h")
    with pytest.raises(ConfigError, match="cannot be read"):
        PasswordSources(None, [address]).find(address, None, None)


def test_b13_the_prompt_says_why_the_password_of_the_environment_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    two = [parse_address("ftp://ops@h:2121"), parse_address("ftp://eve@h:2121")]
    monkeypatch.setenv("FTPWATCH_PASSWORD", "x")
    sources = PasswordSources(lambda text: asked.append(text) or "typed", two)
    assert sources.find(two[0], None, None).password == Secret("typed")
    (question,) = asked
    assert question.startswith("(FTPWATCH_PASSWORD is set, but serves one login only")
    assert "FTPWATCH_PASSWORD_<PROFILE>" in question
    assert question.endswith("Password of ops at h:2121: ")


@pytest.mark.parametrize(
    ("word", "host", "port", "user"),
    [("ftp.example.com", "ftp.example.com", 21, "anonymous"), ("h:2121", "h", 2121, "anonymous"),
     ("localhost", "localhost", 21, "anonymous"), ("127.0.0.1:21", "127.0.0.1", 21, "anonymous"),
     ("joe@h", "h", 21, "joe"), ("[::1]:2121", "::1", 2121, "anonymous")],
)  # fmt: skip
def test_b26_a_host_alone_is_added_as_ftp(word: str, host: str, port: int, user: str) -> None:
    finder = TargetFinder(Profiles(), Settings(), None)
    (target,) = finder.find_more(word, None if user == "anonymous" else Secret("x"))
    assert (target.host, target.port, target.user) == (host, port, user)


@pytest.mark.parametrize("word", ["eu-1", "joe:secret@h", "http://h", "h:x", "@eu", "h/p.txt"])
def test_b26_what_is_no_host_is_still_refused_without_its_password(word: str) -> None:
    with pytest.raises(ConfigError) as caught:
        TargetFinder(Profiles(), Settings(), None).find_more(word, None)
    assert "secret" not in str(caught.value)


def test_b26_a_login_that_lacks_only_its_password_is_told_apart() -> None:
    with pytest.raises(NoPassword):
        TargetFinder(Profiles(), Settings(), None).find_more("joe@h", None)
