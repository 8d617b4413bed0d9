"""A recording as it is named on the command line: a path, or a bare name in the state directory."""

import os
from pathlib import Path
from typing import Any, Final

import click

__all__ = ["RecordingFile"]

_SUFFIX: Final = ".ftpwatch"


class RecordingFile(click.Path):
    """What is there under its path is meant; else a bare name means the recording that is called
    so where watches are recorded, with or without its suffix. `-` stays so.
    """

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        bare = str(path)
        if bare in ("-", "", ".", "..") or Path(bare).name != bare or os.path.lexists(path):
            return path
        from platformdirs import user_state_path

        try:
            folder = user_state_path("ftpwatch") / "recordings"
        except RuntimeError:  # no home directory
            return path
        kept = (folder / bare, folder / f"{bare}{_SUFFIX}")
        return next((there for there in kept if os.path.lexists(there)), path)
