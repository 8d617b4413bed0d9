"""`ftpwatch report`."""

from pathlib import Path
from typing import Any, Final

import click

from ftpwatch.cli.ending import exit_with
from ftpwatch.cli.options import timezone_option
from ftpwatch.cli.output import output_options, wanted_output
from ftpwatch.cli.recording_file import RecordingFile
from ftpwatch.cli.streams import print_data, print_text, say

__all__ = ["report"]

_KINDS: Final = ("users", "hosts", "addresses", "paths")
_UNREADABLE: Final = 1


@click.command()
@click.argument("recording", metavar="RECORDING|LOG|CAPTURE|-", type=RecordingFile())
@click.option(
    "--format", "format_", type=click.Choice(("md", "html", "json")), default="md",
    show_default=True, help="Markdown, one HTML page, or an object.",
)  # fmt: skip
@click.option("--since", metavar="TIME", help="2h (before its end), 02:30, yesterday, a date.")
@click.option("--until", metavar="TIME", help="As --since.")
@click.option(
    "--filter", "filter_", metavar="EXPR", default="", help="Which ends, as on the screen."
)
@click.option(
    "--redact", metavar="LIST", default="",
    help="users, hosts, addresses, paths, or all: placeholders take their place.",
)  # fmt: skip
@timezone_option
@output_options
def report(recording: Path, **options: Any) -> None:
    """Say why sessions ended, in an answer for a ticket: five lines, then what they rest on, and a
    text for the operators of the server. Passwords are never in it.

    Reads a recording, a log or a capture; - is a log or a capture from stdin.
    """
    from ftpwatch.report.names import What
    from ftpwatch.wiring.reporting import ReportPlan
    from ftpwatch.wiring.reporting import report as make

    output = wanted_output(options["output"], over=options["force"])
    plan = ReportPlan(
        path=None if str(recording) == "-" else recording,
        form=options["format_"],
        since=options["since"],
        until=options["until"],
        filtered=options["filter_"],
        left_out=frozenset(map(What, _kinds(options["redact"]))),
        zone=options["timezone"],
    )
    text, whole = make(plan)
    _write(output, text, plan.form, over=options["force"])
    if not whole:
        say("ftpwatch: some entries are damaged and could not be read; the report says how many")
        exit_with(_UNREADABLE)


def _kinds(text: str) -> tuple[str, ...]:
    """What is to be left out. Raises click.UsageError for what cannot be."""
    kinds = [kind.strip().lower() for kind in text.split(",") if kind.strip()]
    for kind in kinds:
        if kind not in (*_KINDS, "all"):
            raise click.UsageError(f"--redact {kind!r} is none of {', '.join(_KINDS)}, all")
    return _KINDS if "all" in kinds else tuple(kinds)


def _write(output: Path | None, text: str, form: str, *, over: bool) -> None:
    if output is None:
        (print_text if form == "md" else print_data)(text)
        return
    from ftpwatch.headless.saving import save

    save(output, text, over=over)
