"""Where a copied text goes besides the terminal, which may ignore what it is sent: into tmux's
buffer, where there is tmux, and always into a file. It blocks, for a moment at most.
"""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ftpwatch.core.errors import UserError
from ftpwatch.headless.saving import save

__all__ = ["copy_outside"]

_SECONDS: Final = 1.0
# -w hands it on to the terminal outside; tmux before 3.2 does not know it.
_LOADS: Final = (("tmux", "load-buffer", "-w", "-"), ("tmux", "load-buffer", "-"))


def copy_outside(text: str, file: Path, environment: Mapping[str, str]) -> str:
    """Put `text` there; in words, where it is now, and what went wrong."""
    places = []
    if environment.get("TMUX"):
        loaded = any(_load(command, text) for command in _LOADS)
        places.append("in the tmux buffer" if loaded else "tmux did not take it")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        save(file, text, over=True)
    except UserError as error:
        places.append(str(error))
    except OSError as error:
        places.append(f"{file.parent} cannot be made: {error.strerror}")
    else:
        places.append(f"in {file}")
    return ", ".join(places)


def _load(command: tuple[str, ...], text: str) -> bool:
    try:
        done = subprocess.run(
            command, input=text.encode("utf-8", "backslashreplace"), timeout=_SECONDS,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
