"""How a command ends."""

import click

from ftpwatch.cli.streams import say

__all__ = ["exit_with"]


def exit_with(code: int, failure: str | None = None) -> None:
    """Leave with `code`; an error of our own is said before."""
    if failure is not None:
        say(f"ftpwatch: an error of its own: {failure}")
    raise click.exceptions.Exit(int(code))
