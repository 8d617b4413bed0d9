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
