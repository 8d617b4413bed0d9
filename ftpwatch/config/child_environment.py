"""What a program that we start may see of our environment: no secret of ours."""

import os
from typing import Final

__all__ = ["child_environment"]

_SECRET: Final = ("FTPWATCH_PASSWORD", "FTPWATCH_NOTIFY")


def child_environment() -> dict[str, str]:
    """The environment without passwords, and without addresses that messages are sent to."""
    return {name: text for name, text in os.environ.items() if not name.startswith(_SECRET)}
