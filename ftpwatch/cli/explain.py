"""`ftpwatch explain`."""

from pathlib import Path
from typing import Any, Final

import click

from ftpwatch.cli.completing import files
from ftpwatch.cli.options import timezone_option
from ftpwatch.cli.streams import print_data, print_text

__all__ = ["explain"]

PHASES: Final = ("connecting", "greeting", "tls", "login", "ready", "transfer", "quit")


@click.command()
@click.argument("pasted", nargs=-1, metavar="FILE|-|TEXT|CODE", shell_complete=files)
@click.option("--vs", type=click.IntRange(0, 999), help="Put another code beside it.")
@click.option("--phase", type=click.Choice(PHASES), help="Where the session was.")
@click.option("--server", help="Which server said it, e.g. ProFTPD.")
@timezone_option
@click.option("--all", "all_", is_flag=True, help="Explain every end that is found.")
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text")
def explain(pasted: tuple[str, ...], **options: Any) -> None:
    """Say why a session ended: of a log that a client or server wrote, of a capture, of a reply.

    FILE is a log, a capture (pcap, pcapng) or a recording; - reads one from stdin. TEXT is a pasted
    log or a reply, CODE a bare reply code.
    """
    from ftpwatch.wiring.explaining import Asked
    from ftpwatch.wiring.explaining import explain as answer

    text = " ".join(pasted)
    path = Path(text) if text and text != "-" and _is_file(text) else None
    asked = Asked(
        text=None if path is not None or text == "-" else text,
        path=path,
        versus=options["vs"],
        phase=options["phase"],
        server=options["server"],
        zone=options["timezone"],
        all_ends=options["all_"],
        as_object=options["format_"] == "json",
    )
    try:
        answer_text = answer(asked)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    (print_data if options["format_"] == "json" else print_text)(answer_text)


def _is_file(text: str) -> bool:
    """A pasted log may be longer than any name."""
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False
