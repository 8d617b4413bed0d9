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


def anchors(text: str) -> set[str]:
    heads = re.findall(r"(?m)^#+ (.+)$", text)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_link_of_readme_and_the_manual_leads_somewhere() -> None:
    pages = [PACKAGE.parent / "README.md", *(PACKAGE / "manual").glob("*.md")]
    links = [
        (page, link) for page in pages for link in re.findall(r"\]\(([^)]+)\)", page.read_text())
    ]
    assert len(links) > 20
    for page, link in links:
        path, _, anchor = link.partition("#")
        if not path.startswith("https://"):
            to = page if not path else (page.parent / path).resolve()
            assert to.exists(), (page.name, link)
            assert not anchor or anchor in anchors(to.read_text()), (page.name, link)
    spoken_of = "\n".join(page.read_text() for page in pages)
    assert [page.name for page in pages[1:] if f"/{page.name}" not in spoken_of] == []
