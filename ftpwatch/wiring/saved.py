"""Where texts that a key saves go: `reports` in the state directory, beside the recordings."""

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Final

from platformdirs import user_state_path

from ftpwatch.core.errors import UserError
from ftpwatch.headless.clipboard import copy_outside
from ftpwatch.headless.saving import save_beside

__all__ = ["keep_copy", "save_text"]

_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST: Final = 60


def save_text(name: str, text: str) -> str:
    """Keep `text` in a new private file called after the moment and `name`; its path. Raises
    UserError.
    """
    called = _UNFIT.sub("-", name)[:_LONGEST].strip("-.")
    return str(save_beside(_folder(), f"{datetime.now():%Y%m%d-%H%M%S}-{called}", ".md", text))


def keep_copy(text: str) -> str:
    """Put what was copied where it can be pasted from; where that is, in words."""
    try:
        return copy_outside(text, _folder() / "copied.txt", os.environ)
    except UserError as error:
        return str(error)


def _folder() -> Path:
    try:
        return user_state_path("ftpwatch") / "reports"
    except RuntimeError as error:  # nobody's home is known
        raise UserError(f"there is no state directory: {error}") from error
