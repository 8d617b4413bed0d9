"""The pictures show what the screens show now."""

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def words_of(picture: str) -> list[str]:
    """What stands on it, without how it looks."""
    texts = re.findall(r"<text[^>]*>(.*?)</text>", picture, re.DOTALL)
    return [html.unescape(text).replace("\xa0", " ").strip() for text in texts]


@pytest.mark.long
@pytest.mark.timeout(400)
def test_no_picture_is_stale(tmp_path: Path) -> None:
    kept = {p.name: words_of(p.read_text()) for p in (ROOT / "screenshots").glob("*.svg")}
    stale = set(kept)
    for _ in range(3):  # a machine that is busy may draw a picture a moment too early
        command = [sys.executable, str(ROOT / "tests" / "screenshots.py"), str(tmp_path)]
        subprocess.run(command, check=True, capture_output=True)
        made = {path.name: words_of(path.read_text()) for path in tmp_path.glob("*.svg")}
        assert sorted(made) == sorted(kept)
        stale &= {name for name, words in made.items() if words != kept[name]}
        if not stale:
            return
    assert not stale, "run python tests/screenshots.py"


def test_readme_and_the_manual_show_pictures_that_there_are() -> None:
    pages = [ROOT / "README.md", *(ROOT / "ftpwatch" / "manual").glob("*.md")]
    shown = {name for page in pages for name in re.findall(r"(\S+\.svg)\)", page.read_text())}
    assert len(shown) > 6
    assert all((ROOT / "screenshots" / Path(name).name).exists() for name in shown)
