"""Errors that a user can do something about."""

__all__ = ["NoPassword", "UserError"]


class UserError(Exception):
    """One sentence for the user, without a traceback: the thing, the value, what is accepted."""


class NoPassword(Exception):
    """No source has the password of a login."""
