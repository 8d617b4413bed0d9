"""The command line: a file a command. Heavy rooms are imported inside the commands."""

from ftpwatch.cli.entry import main

__all__ = ["main"]
