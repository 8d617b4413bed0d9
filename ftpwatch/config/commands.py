"""The names of the commands, in the order of `--help`: no profile can be called so."""

from typing import Final

__all__ = ["COMMANDS"]

COMMANDS: Final = (
    "watch", "demo", "explain", "replay", "report", "export", "limits", "check", "recordings",
    "config", "import", "metrics", "serve",
)  # fmt: skip
