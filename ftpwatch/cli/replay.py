"""`ftpwatch replay`."""

from pathlib import Path
from typing import Any

import click

from ftpwatch.cli.completing import recordings
from ftpwatch.cli.ending import exit_with
from ftpwatch.cli.options import Speed, filter_option, timezone_option, view_of, view_options
from ftpwatch.cli.recording_file import RecordingFile

__all__ = ["replay"]


@click.command()
@click.argument(
    "recording",
    metavar="RECORDING|LOG|CAPTURE|-",
    type=RecordingFile(),
    shell_complete=recordings,
)
@click.option("--speed", type=Speed(0.1, 10_000), default=1.0, help="Times as fast.")
@click.option(
    "--follow",
    is_flag=True,
    help="Of a recording that is being written its present state, then live; a log or a "
    "capture as it grows. Nothing is sent.",
)
@click.option(
    "--at",
    metavar="TIME",
    help="Begin at a time (02:30 or 2026-11-21T02:30), or so long before its end (2h).",
)
@click.option("--end", is_flag=True, help="Begin at its end.")
@filter_option
@timezone_option
@view_options
def replay(recording: Path, **options: Any) -> None:
    """Show a recording again, or the log or capture of somebody else's sessions; read-only, without
    a network. - reads a log or a capture from stdin, as in

    tcpdump -U -w - port 21 | ftpwatch replay - --follow
    """
    import asyncio

    from ftpwatch.wiring.replay import ReplayPlan, run_replay

    path = None if str(recording) == "-" else recording
    view = view_of(options, stdin_is_data=path is None)
    if options["at"] is not None and options["end"]:
        raise click.UsageError("--at and --end exclude one another")
    plan = ReplayPlan(
        path=path,
        view=view,
        speed=options["speed"],
        follow=options["follow"],
        zone=options["timezone"],
        at=options["at"],
        end=options["end"],
        wanted=options["filter_"],
    )
    exit_with(asyncio.run(run_replay(plan)))
