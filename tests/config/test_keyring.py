"""The keyring as a source of passwords: with a backend of the tests' own, and what can go wrong."""

import sys
import threading
import time
from collections.abc import Iterator
from typing import ClassVar

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, NoKeyringError

from ftpwatch.config.address import parse_address
from ftpwatch.config.errors import ConfigError
from ftpwatch.config.passwords import PasswordSources, entry_of
from ftpwatch.core.ftp.command import Secret
from ftpwatch.wiring import keyring as wired
from ftpwatch.wiring.keyring import KeyringFailed, SystemKeyring

ADDRESS = parse_address("ftp://ops@h")


class Backend(KeyringBackend):
    """Passwords in memory; `fails` is raised, or waited for, instead."""

    priority: ClassVar[float] = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.fails: BaseException | threading.Event | None = None
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        self._fail()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._fail()
        self.kept[service, username] = password

    def _fail(self) -> None:
        if isinstance(self.fails, threading.Event):
            self.fails.wait(30)
        elif self.fails is not None:
            raise self.fails


@pytest.fixture
def backend() -> Iterator[Backend]:
    before, own = keyring.get_keyring(), Backend()
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)


def ask(entry: str | None = None, prompt: object = None, quiet: bool = False) -> tuple[str, list]:
    """The password that is found, or the error; and what was said."""
    said: list[str] = []
    sources = PasswordSources(prompt, [ADDRESS], SystemKeyring(said.append), quiet=quiet)  # type: ignore[arg-type]
    try:
        return sources.find(ADDRESS, "eu", None, entry).password._revealed(), said
    except ConfigError as error:
        return str(error), said


def test_a_login_is_found_by_user_host_and_port_and_by_the_name_in_a_profile(
    backend: Backend,
) -> None:
    assert entry_of(ADDRESS) == "ops@h:21"
    backend.kept = {("ftpwatch", "ops@h:21"): "by login", ("ftpwatch", "eu"): "by name"}
    assert ask() == ("by login", [])
    assert ask("eu") == ("by name", [])


def test_it_is_asked_after_netrc_and_before_the_prompt(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.kept = {("ftpwatch", "ops@h:21"): "kept"}
    asked: list[str] = []
    assert ask(prompt=lambda text: asked.append(text) or "typed") == ("kept", [])
    monkeypatch.setenv("FTPWATCH_PASSWORD", "from-env")
    backend.asked = 0
    assert ask() == ("from-env", []) and backend.asked == 0 and not asked


@pytest.mark.parametrize(
    ("fails", "words"),
    [
        (KeyringLocked("secret-detail"), "it is locked"),
        (NoKeyringError("secret-detail"), "this machine has none"),
        (RuntimeError("secret-detail"), r"it failed (RuntimeError)"),
        (SystemError(), "it failed"),
    ],
)
def test_what_fails_is_said_once_and_the_next_source_asked(
    backend: Backend, fails: Exception, words: str
) -> None:
    backend.fails = fails
    said: list[str] = []
    sources = PasswordSources(lambda _: "typed", [ADDRESS], SystemKeyring(said.append))
    for entry in (None, "eu", "us"):
        assert sources.find(ADDRESS, "eu", None, entry).password == Secret("typed")
    assert len(said) == 1 and words in said[0] and "secret-detail" not in said[0]
    assert backend.asked == 1


def test_a_machine_without_a_keyring_is_nothing_to_speak_of(backend: Backend) -> None:
    backend.fails = NoKeyringError()
    assert ask(prompt=lambda _: "typed") == ("typed", [])


def test_who_never_answers_is_waited_for_in_bounds(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wired, "SECONDS", 0.2)
    never = backend.fails = threading.Event()
    began = time.monotonic()
    found, said = ask(prompt=lambda _: "typed")
    never.set()
    assert found == "typed" and "did not answer within 0.2 s" in said[0]
    assert time.monotonic() - began < 5


def test_an_entry_that_a_profile_names_and_that_is_not_there_is_said(backend: Backend) -> None:
    found, said = ask("eu")
    assert "no password for ops at h:21" in found and "no entry 'eu'" in said[0]
    assert ask() == (found, [])


def test_nothing_is_said_while_a_screen_is_there(backend: Backend) -> None:
    backend.fails = KeyringLocked()
    assert ask("eu", quiet=True)[1] == []


def test_without_the_package_only_who_wants_it_hears_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wired, "find_spec", lambda _: None)
    assert ask()[1] == []
    assert "pip install 'ftpwatch[keyring]'" in ask("eu")[1][0]
    with pytest.raises(KeyringFailed, match="pip install"):
        SystemKeyring(print).keep("eu", Secret("x"))


def test_it_is_imported_only_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTPWATCH_PASSWORD", "x")
    for name in [name for name in sys.modules if name.split(".")[0] == "keyring"]:
        monkeypatch.delitem(sys.modules, name)
    assert ask()[0] == "x"
    assert "keyring" not in sys.modules
