"""`ftpwatch export`."""

import sys
from pathlib import Path

import click

from ftpwatch.cli.ending import exit_with
from ftpwatch.cli.options import filter_option, timezone_option
from ftpwatch.cli.streams import print_data
from ftpwatch.cli.terminal import writes_ascii

__all__ = ["export"]

_DAMAGED = 1


@click.command()
@click.argument(
    "recording", metavar="RECORDING|LOG|CAPTURE|NDJSON|-", type=click.Path(path_type=Path)
)
@click.option(
    "--format", "format_", type=click.Choice(("json", "csv", "text")), default="json",
    show_default=True,
)  # fmt: skip
@filter_option
@timezone_option
def export(recording: Path, format_: str, filter_: str, timezone: str | None) -> None:
    """Write entries to stdout: as NDJSON, which `ftpwatch replay` reads again, as CSV, or as plain
    lines.
    """
    from ftpwatch.wiring.exporting import Export
    from ftpwatch.wiring.exporting import export as write_all

    plan = Export(
        path=None if str(recording) == "-" else recording,
        format=format_,
        wanted=filter_,
        zone=timezone,
        ascii_only=writes_ascii(),
    )
    whole = write_all(plan, sys.stdout.write)
    print_data("")
    exit_with(0 if whole else _DAMAGED)
