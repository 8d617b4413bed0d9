"""Where texts that a key saves go: `reports` in the state directory, beside the recordings."""

import re
from datetime import datetime
from typing import Final

from platformdirs import user_state_path

from ftpwatch.core.errors import UserError
from ftpwatch.headless.saving import save_beside

__all__ = ["save_text"]

_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST: Final = 60


def save_text(name: str, text: str) -> str:
    """Keep `text` in a new private file called after the moment and `name`; its path. Raises
    UserError.
    """
    called = _UNFIT.sub("-", name)[:_LONGEST].strip("-.")
    try:
        folder = user_state_path("ftpwatch") / "reports"
    except RuntimeError as error:  # nobody's home is known
        raise UserError(f"there is no state directory: {error}") from error
    return str(save_beside(folder, f"{datetime.now():%Y%m%d-%H%M%S}-{called}", ".md", text))
