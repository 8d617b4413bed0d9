"""The one error of this room."""

from ftpwatch.core.errors import Foreseen

__all__ = ["ConfigError"]


class ConfigError(Foreseen, ValueError):
    """A sentence for the user: the thing, the value, what is accepted."""
