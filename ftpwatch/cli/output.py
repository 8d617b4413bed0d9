"""`-o FILE` and `--force`, for the commands that leave a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

__all__ = ["output_options", "wanted_output"]

Command = Callable[..., Any]


def output_options(command: Command) -> Command:
    """-o and --force."""
    for option in (
        click.option("--force", is_flag=True, help="Write over the file of -o."),
        click.option(
            "-o", "--output", type=click.Path(path_type=Path), help="A new file, private."
        ),
    ):
        command = option(command)
    return command


def wanted_output(output: Path | None, *, over: bool) -> Path | None:
    """Where to write; None for stdout. Long reading shall not end at a file that is there: raises
    UserError before it.
    """
    if over and output is None:
        raise click.UsageError("--force is for the file of -o, and there is no -o")
    if output is None or str(output) == "-":
        return None
    from ftpwatch.headless.saving import look_at

    look_at(output, over=over)
    return output
