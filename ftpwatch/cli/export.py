"""`ftpwatch export`."""

import sys
from pathlib import Path
from typing import Any, Final

import click

from ftpwatch.cli.ending import exit_with
from ftpwatch.cli.options import filter_option, timezone_option
from ftpwatch.cli.output import output_options, wanted_output
from ftpwatch.cli.recording_file import RecordingFile
from ftpwatch.cli.streams import print_data
from ftpwatch.cli.terminal import writes_ascii

__all__ = ["export"]

_DAMAGED: Final = 1


@click.command()
@click.argument("recording", metavar="RECORDING|LOG|CAPTURE|NDJSON|-", type=RecordingFile())
@click.option(
    "--format", "format_", type=click.Choice(("json", "csv", "text")), default="json",
    show_default=True,
)  # fmt: skip
@click.option("--since", metavar="TIME", help="2h (before its end), 02:30, yesterday, a date.")
@click.option("--until", metavar="TIME", help="As --since.")
@filter_option
@timezone_option
@output_options
def export(recording: Path, **options: Any) -> None:
    """Write entries to stdout or a file: as NDJSON, which `ftpwatch replay` reads again, as CSV,
    or as plain lines.
    """
    from ftpwatch.headless.saving import saving
    from ftpwatch.wiring.exporting import Export
    from ftpwatch.wiring.exporting import export as write_all

    output = wanted_output(options["output"], over=options["force"])
    plan = Export(
        path=None if str(recording) == "-" else recording,
        format=options["format_"],
        wanted=options["filter_"],
        since=options["since"],
        until=options["until"],
        zone=options["timezone"],
        ascii_only=output is None and writes_ascii(),
    )
    if output is None:
        whole = write_all(plan, sys.stdout.write)
        print_data("")
    else:
        with saving(output, over=options["force"]) as write:
            whole = write_all(plan, write)
    exit_with(0 if whole else _DAMAGED)
