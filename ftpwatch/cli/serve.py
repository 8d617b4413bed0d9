"""`ftpwatch serve`."""

from pathlib import Path
from typing import Any

import click

from ftpwatch.cli.completing import recordings
from ftpwatch.cli.ending import exit_with
from ftpwatch.cli.options import screen_options, visitor_view_of

__all__ = ["serve"]


@click.command()
@click.argument(
    "recording",
    required=False,
    metavar="[RECORDING]",
    type=click.Path(path_type=Path),
    shell_complete=recordings,
)
@click.option(
    "--listen",
    metavar="[ADDR:]PORT",
    default="8000",
    show_default=True,
    help="Where, on loopback; 0 is any free port.",
)
@screen_options
@click.option("--for-visitor", is_flag=True, hidden=True, help="The screen of one visitor.")
def serve(recording: Path | None, listen: str, for_visitor: bool, **options: Any) -> None:
    """Show the screens in a browser of this machine, read-only: what the running watch records, or
    RECORDING. Every program and user of this machine can open it. Needs the extra web.
    """
    import asyncio

    from ftpwatch.config.listening import parse_listening
    from ftpwatch.wiring.serving import ServePlan, chosen_recording, run_serve, show_visitor

    if for_visitor and recording is not None:
        exit_with(asyncio.run(show_visitor(recording, visitor_view_of(options))))
    where = parse_listening(listen, "--listen")
    plan = ServePlan(chosen_recording(recording), where, ("serve", *_words(options)))
    exit_with(asyncio.run(run_serve(plan)))


def _words(options: dict[str, Any]) -> list[str]:
    """How one visitor's screen is called for."""
    words = ["--for-visitor", f"--color={options['color']}", f"--motion={options['motion']}"]
    if options["ascii_only"]:
        words.append("--ascii")
    if options["theme"]:
        words.append(f"--theme={options['theme']}")
    return words
