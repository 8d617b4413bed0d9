"""The rooms keep to themselves: the import contracts of pyproject.toml, and sizes."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_import_contracts_hold() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_module_says_what_it_is_for() -> None:
    for file in (ROOT / "ftpwatch").rglob("*.py"):
        assert file.read_text().startswith('"""'), file


def test_a_file_that_is_long_says_why() -> None:
    for file in (ROOT / "ftpwatch").rglob("*.py"):
        text = file.read_text()
        reason = text.partition('"""')[2].partition('"""')[0].lower()
        assert text.count("\n") <= 250 or "long" in reason or "one file" in reason, file
