"""What this terminal, and stdout, can show."""

import os
import sys
from typing import Any

__all__ = ["colours", "writes_ascii"]


def writes_ascii() -> bool:
    """Neither stdout nor the locale nor the terminal takes more."""
    from ftpwatch.core.text.terminal import writes_ascii_only

    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    coerced = bool(sys.flags.utf8_mode) and not os.environ.get("PYTHONUTF8")
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    environment = {**os.environ} if on_terminal else {**os.environ, "TERM": ""}
    return encoding not in ("utf8", "utf16") or writes_ascii_only(environment, coerced=coerced)


def colours(wanted: str, *, screen: bool) -> Any:
    """The Colours of the screen, or of lines on stdout, where a pipe has none by itself."""
    from ftpwatch.core.text.terminal import Colours, colours_of

    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    if not screen and not on_terminal and wanted == "auto":
        return Colours.NONE
    if sys.platform == "win32" and "TERM" not in os.environ:
        return Colours.NONE if wanted == "never" or os.environ.get("NO_COLOR") else Colours.MANY
    return colours_of(wanted, os.environ)
