"""`ftpwatch recordings`."""

import sys
from pathlib import Path

import click

from ftpwatch.cli.configured import configuration
from ftpwatch.cli.ending import exit_with
from ftpwatch.cli.options import checked
from ftpwatch.cli.recording_file import RecordingFile
from ftpwatch.cli.streams import print_data, say
from ftpwatch.core.counted import counted
from ftpwatch.core.errors import UserError

__all__ = ["recordings"]

_DAMAGED = 1


@click.group()
def recordings() -> None:
    """List, prune and check what watches have recorded."""


@recordings.command()
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text")
def list(format_: str) -> None:
    """Size, span, targets and ends by cause of each, in the order in which they began."""
    from ftpwatch.headless.recordings import list_json, list_text
    from ftpwatch.wiring.recording import recordings_folder
    from ftpwatch.wiring.recordings import listed

    folder = recordings_folder()
    found = listed(folder)
    if not found:
        say(f"ftpwatch: no recordings in {folder}")
    print_data(list_json(found) if format_ == "json" else list_text(found))


@recordings.command()
def path() -> None:
    """Where they are."""
    from ftpwatch.wiring.recording import recordings_folder

    print_data(f"{recordings_folder()}\n")


@recordings.command()
@click.option("--days", metavar="DAYS", help="Keep what is younger, e.g. 7.")
@click.option("--size", metavar="SIZE", help="Keep so much, e.g. 500MiB.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def prune(days: str | None, size: str | None, dry_run: bool, yes: bool) -> None:
    """Take away what is older or more than is to be kept; what is being written stays."""
    from ftpwatch.config.sizes import parse_days, parse_size
    from ftpwatch.core.text.neutral import visible
    from ftpwatch.headless.recordings import size_text
    from ftpwatch.wiring.recording import keep_of, recordings_folder
    from ftpwatch.wiring.recordings import going_of, prune_parts

    most = checked(lambda text: parse_size(text, "--size"), size) if size is not None else None
    kept = checked(parse_days, days) if days is not None else None
    going = going_of(recordings_folder(), keep_of(configuration().recordings, kept, most))
    for part, why in going:
        print_data(f"{visible(part.path.name)}  {size_text(part.bytes)}  {why}\n")
    if not going:
        say("ftpwatch: nothing is to go")
    elif not dry_run:
        if not yes and not (sys.stdin and sys.stdin.isatty()):
            raise click.UsageError("prune asks before it takes anything away: --yes says so")
        if not yes:
            click.confirm(f"Take away {counted(len(going), 'file')}?", abort=True, err=True)
        gone = prune_parts(going)
        files = counted(len(gone), "file")
        say(f"ftpwatch: {files} went, {size_text(sum(one.bytes for one in gone))}")


@recordings.command()
@click.argument("files", nargs=-1, type=RecordingFile(), metavar="[RECORDING]...")
def check(files: tuple[Path, ...]) -> None:
    """Read all of a recording, or of every one, and say what cannot be read."""
    from ftpwatch.core.text.neutral import visible
    from ftpwatch.wiring.recording import recordings_folder
    from ftpwatch.wiring.recordings import check as check_one
    from ftpwatch.wiring.recordings import listed

    damaged = False
    for file in files or [one.path for one in listed(recordings_folder())]:
        try:
            what = check_one(file)
        except UserError as error:
            damaged = True
            say(f"ftpwatch: {error}")
            continue
        lost = f", {what.unreadable} cannot be read" if what.unreadable else ""
        entries = counted(what.readable, "entry", "entries")
        print_data(f"{visible(file.name)}: {entries}{lost}\n")
        for problem in what.problems:
            say(f"ftpwatch: {file.name}: {problem}")
        damaged = damaged or bool(what.unreadable or what.problems)
    exit_with(_DAMAGED if damaged else 0)
