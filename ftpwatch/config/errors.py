"""The one error of this room."""

__all__ = ["ConfigError"]


class ConfigError(ValueError):
    """A sentence for the user: the thing, the value, what is accepted."""
