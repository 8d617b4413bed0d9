"""Shared by all rooms: no configuration or password of the machine leaks into a test."""

from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no failed property.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("FTPWATCH_PASSWORD", "FTPWATCH_NOTIFY", "NO_COLOR", "FTPWATCH_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "no-netrc"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
