"""What is written for those who carry it on keeps up with the code."""

import re
from pathlib import Path

import pytest

from ftpwatch.core.journal.events import AnyEvent
from ftpwatch.core.state.state import ConnectionFacts, HostFacts, SessionState, WatchState

PACKAGE = Path(__file__).parent.parent / "ftpwatch"
ARCHITECTURE = (PACKAGE / "ARCHITECTURE.md").read_text()
ROOMS = sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists())


@pytest.mark.parametrize("kind", [ConnectionFacts, SessionState, HostFacts, WatchState])
def test_every_field_of_the_state_has_a_line(kind: type) -> None:
    listed = re.findall(r"^    ([a-z_, ]+):", kind.__doc__ or "", re.MULTILINE)
    names = {name.strip() for line in listed for name in line.split(",")}
    assert names == set(kind.__struct_fields__)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", AnyEvent.__args__)
def test_every_event_has_a_line(kind: type) -> None:
    assert len((kind.__doc__ or "").split()) >= 4


def test_the_map_names_every_room() -> None:
    for text in (ARCHITECTURE, (PACKAGE / "__init__.py").read_text()):
        assert [room for room in ROOMS if not re.search(rf"\b{room}\b", text)] == []


def test_every_file_and_name_that_the_architecture_speaks_of_is_there() -> None:
    paths = set(re.findall(r"`((?:[a-z_]+/)+[a-z_*]+\.(?:py|toml|tcss))`", ARCHITECTURE))
    assert len(paths) > 30
    tests = PACKAGE.parent
    missing = [p for p in paths if not list(PACKAGE.glob(f"**/{p}")) and not (tests / p).exists()]
    assert missing == []
    for name, path in re.findall(r"`([A-Z][A-Z_]+)`, `([a-z_/]+\.py)`", ARCHITECTURE):
        assert re.search(rf"^{name}\b", (PACKAGE / path).read_text(), re.MULTILINE), name
