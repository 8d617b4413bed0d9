"""The errors of this room."""

from ftpwatch.core.errors import NoPassword, UserError

__all__ = ["ConfigError", "PasswordMissing"]


class ConfigError(UserError, ValueError):
    """A sentence for the user: the thing, the value, what is accepted."""


class PasswordMissing(ConfigError, NoPassword):
    """No source answers; it names them."""
