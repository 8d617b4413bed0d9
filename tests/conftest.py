"""Shared by all rooms: no configuration or password of the machine leaks into a test."""

import gc
import os
from inspect import iscoroutinefunction
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no failed property.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


# Where each case starts a program, or a screen.
_SLOW = (
    "/test_terminal.py", "/test_command_line.py", "/test_explaining.py", "/test_seeking.py",
    "/test_overhearing.py", "/real/test_real_servers.py", "/record/test_moving.py",
)  # fmt: skip


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: much of the time servers and screens are waited for."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of a test of the screen or of the program that is run for many sizes, keys or lines, the
    first is in the fast suite.
    """
    alike: dict[tuple[str, str], list[pytest.Item]] = {}
    for item in items:
        path, name = item.path.as_posix(), getattr(item, "originalname", item.name)
        on_screen = "/tests/tui/" in path and iscoroutinefunction(getattr(item, "obj", None))
        if on_screen or path.endswith(_SLOW):
            alike.setdefault((path, name), []).append(item)
    for group in alike.values():
        for item in group[1:]:
            item.add_marker(pytest.mark.long)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # thousands of tests and modules, which no collection need walk again


@pytest.fixture
def timed() -> None:
    """For what is measured: a collection walks what this test makes, and not all that tests
    before it left.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours = [name for name in os.environ if name.startswith("FTPWATCH_")]
    for name in ("NO_COLOR", *ours):
        if name != "FTPWATCH_SERVERS":
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
