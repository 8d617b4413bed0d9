"""The one error of this room."""

from ftpwatch.core.errors import UserError

__all__ = ["ConfigError"]


class ConfigError(UserError, ValueError):
    """A sentence for the user: the thing, the value, what is accepted."""
